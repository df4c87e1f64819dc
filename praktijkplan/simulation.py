"""What a raster does to a half-day, simulated before it goes live (PP-31): waiting, overrun, idle time.

Times are minutes from the start of the session. Consults are held in the order of the plan, also when the
next patient is there before a late one. Without disturbances this is Lindley's recursion: a patient waits
max(0, wait of the one before + that one's consult - time between the two appointments).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Draws, Duration, Family, Minutes, Quantity, Yes
from praktijkplan.filling import PlannedConsult, SimulatedSession

Progress: TypeAlias = Callable[[int, int], None]  # half-days done, half-days in all

PAUSE_MINUTES = 5  # PP-24: from here an interruption is a pause
RUNS_PER_PART = 5_000
# Percentiles of waiting look at no more waits than this: 32 MB, a million half-days or a few thousand.
KEPT_WAITS = 4_000_000
THE_CLINICIAN = 2**32 - 1  # the stream of what belongs to no consult


@dataclass(frozen=True, slots=True)
class Spread:
    """Minutes, over all simulated half-days."""

    mean: float
    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class SlotWaiting:
    """How long the patients of one slot wait, in minutes; all 0 for a slot that nobody came to."""

    at: float
    came: int  # of all half-days
    mean: float
    p10: float
    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class Result:
    """What the simulated half-days were like, in minutes.

    `mean_wait` is over everyone who came. A wait counts from the appointment or from the patient's arrival,
    whichever is later. A half-day ends with the last consult that is held, and `idle` is, on average, the
    time until then in which the clinician waits for a patient. `work` is the longest stretch without an
    interruption of PAUSE_MINUTES.
    """

    slots: tuple[SlotWaiting, ...]
    mean_wait: float
    end: Spread
    overrun: Spread
    in_time: float  # share of half-days that are not over the planned end
    idle: float
    work: Spread
    runs: int


def simulate(
    session: SimulatedSession,
    assumptions: Assumptions,
    *,
    runs: int,
    seed: int,
    progress: Progress | None = None,
    runs_per_part: int = RUNS_PER_PART,
) -> Result:
    """Hold the session `runs` times. The same seed gives the same result, in parts of whatever size.

    `progress` is called after each part; what it raises ends the simulation. Memory: 24 bytes per half-day,
    and at most KEPT_WAITS waits: beyond that the percentiles of waiting are those of the first half-days.
    """
    if runs < 1 or runs_per_part < 1:
        raise ValueError(f"simulate at least 1 half-day at a time, not {min(runs, runs_per_part)}")
    draws, record = Draws(seed), _Record(len(session.consults), runs)
    for first in range(0, runs, runs_per_part):
        size = min(runs_per_part, runs - first)
        record.add(first, _hold(session, assumptions, draws, size, record.waited(first)))
        if progress is not None:
            progress(first + size, runs)
    return record.result(session)


def _hold(
    session: SimulatedSession,
    assumptions: Assumptions,
    draws: Draws,
    size: int,
    waited: Callable[[int, Minutes, Yes], None],
) -> "_Clinicians":
    late = Duration(Family.GAMMA, assumptions.clinician_late_mean, assumptions.clinician_late_cv)
    free = session.starts + draws.lasts(THE_CLINICIAN, Quantity.LATENESS, late, size)
    clinicians = _Clinicians(free, session.starts)
    for number, consult, before in session.in_order():
        for (start, end), is_break in before:
            if is_break:
                clinicians.rest(start, end, assumptions.break_kept_minutes)
            else:
                clinicians.start_up(start, end)
        patients = _Patients.drawn(number, consult, assumptions, draws, size)
        waited(number, *clinicians.meet(consult, patients, assumptions))
    return clinicians


@dataclass(frozen=True, slots=True)
class _Patients:
    """Who is planned in one slot, one per half-day."""

    booked: Yes
    came: Yes
    arrived: Minutes
    lasts: Minutes

    @classmethod
    def drawn(
        cls, number: int, consult: PlannedConsult, assumptions: Assumptions, draws: Draws, size: int
    ) -> "_Patients":
        booked = draws.happens(number, Quantity.FILLED, assumptions.urgent_fill if consult.urgent else 1, size)
        lasts = draws.lasts(number, Quantity.LENGTH, consult.duration, size)
        if not consult.modality.is_live:
            return cls(booked, booked, np.full(size, consult.at), lasts)
        came = booked & draws.happens(number, Quantity.COMES, 1 - assumptions.no_show, size)
        mean, sd = assumptions.patient_late_mean, assumptions.patient_late_sd
        arrived = consult.at + draws.normal(number, Quantity.LATENESS, mean, sd, size)
        if consult.modality is Modality.VIDEO and consult.duration.mean <= assumptions.absorbing_minutes:
            lasts = lasts + _lost(number, assumptions, draws, size)
        return cls(booked, came, arrived, lasts)


def _lost(number: int, assumptions: Assumptions, draws: Draws, size: int) -> Minutes:
    """Minutes that faltering technique takes: until it is repaired, or until the change to phone (PP-62)."""
    repair = Duration(Family.GAMMA, assumptions.failure_minutes_mean, assumptions.failure_minutes_cv)
    repaired = draws.lasts(number, Quantity.LOSS, repair, size)
    to_phone = draws.happens(number, Quantity.TO_PHONE, assumptions.phone, size)
    fails = draws.happens(number, Quantity.FAILS, assumptions.failure, size)
    return np.where(fails, np.where(to_phone, assumptions.phone_minutes, repaired), 0.0)


class _Clinicians:
    """How far the clinicians are, one per half-day."""

    def __init__(self, free: Minutes, starts: float) -> None:
        self.free = free
        self.end = np.full_like(free, starts)  # of the last consult held
        self.idle = np.zeros_like(free)  # until that end
        self.longest_work = np.zeros_like(free)
        self._idle_now = np.zeros_like(free)
        self._work_since = free.copy()
        self._work_until = np.full_like(free, -np.inf)

    def rest(self, start: float, end: float, kept: float) -> None:
        """A break begins at its time, or after the running consult; it absorbs delay.

        It ends as planned, unless less than `kept` minutes of it, or than all of a shorter one, would be left.
        """
        begins = np.maximum(self.free, start)
        self._idle_now += begins - self.free
        self.free = np.maximum(end, begins + min(kept, end - start))

    def start_up(self, start: float, end: float) -> None:
        """Preparing takes its time also when it begins late; it is work (PP-26)."""
        begins = np.maximum(self.free, start)
        self._idle_now += begins - self.free
        self.free = begins + (end - start)
        self._work(begins, self.free, np.ones(len(begins), dtype=np.bool_))

    def meet(self, consult: PlannedConsult, patients: _Patients, assumptions: Assumptions) -> tuple[Minutes, Yes]:
        """Hold the consult; returns how long the patients wait, and who came.

        For who does not come the clinician is there at the planned time, and gives up a little later. An
        urgent place that nobody took keeps nobody.
        """
        came = patients.came
        expected = np.maximum(patients.arrived, consult.at)
        earliest = patients.arrived if assumptions.early_start else expected
        begins = np.maximum(self.free, earliest)
        gives_up = np.maximum(self.free, consult.at) + assumptions.no_show_minutes
        missed = patients.booked & ~came
        self._idle_now += np.where(came, begins, np.where(missed, gives_up, self.free)) - self.free
        ends = begins + patients.lasts
        self._work(begins, ends, came)
        self.free = np.where(came, ends, np.where(missed, gives_up, self.free))
        self.end = np.where(came, ends, self.end)
        self.idle = np.where(came, self._idle_now, self.idle)
        waits = np.maximum(begins - expected, 0.0)
        # Nobody waits for a letter to be written.
        return waits, came if consult.modality.is_live else np.zeros_like(came)

    def _work(self, begins: Minutes, ends: Minutes, where: Yes) -> None:
        paused = where & (begins - self._work_until >= PAUSE_MINUTES)
        self._work_since = np.where(paused, begins, self._work_since)
        self._work_until = np.where(where, ends, self._work_until)
        self.longest_work = np.maximum(self.longest_work, np.where(where, ends - self._work_since, 0.0))


@dataclass(slots=True)
class _Record:
    """What is remembered of all half-days."""

    consults: int
    runs: int
    came: list[int] = field(init=False)
    total_wait: list[float] = field(init=False)
    waits: Minutes = field(init=False)  # per consult, of the half-days kept; nan for who did not come
    end: Minutes = field(init=False)
    longest_work: Minutes = field(init=False)
    idle: Minutes = field(init=False)

    def __post_init__(self) -> None:
        self.came, self.total_wait = [0] * self.consults, [0.0] * self.consults
        kept = min(self.runs, max(1, KEPT_WAITS // max(1, self.consults)))
        self.waits = np.full((self.consults, kept), np.nan)
        self.end, self.longest_work, self.idle = np.empty((3, self.runs))

    def waited(self, first: int) -> Callable[[int, Minutes, Yes], None]:
        def remember(number: int, waits: Minutes, came: Yes) -> None:
            self.came[number] += int(np.count_nonzero(came))
            self.total_wait[number] += float(waits[came].sum())
            room = self.waits[number, first : first + len(waits)]
            room[:] = np.where(came, waits, np.nan)[: len(room)]

        return remember

    def add(self, first: int, clinicians: _Clinicians) -> None:
        here = slice(first, first + len(clinicians.free))
        self.end[here], self.idle[here] = clinicians.end, clinicians.idle
        self.longest_work[here] = clinicians.longest_work

    def result(self, session: SimulatedSession) -> Result:
        overrun = np.maximum(self.end - session.ends, 0.0)
        return Result(
            slots=tuple(self._slot(number, consult.at) for number, consult in enumerate(session.consults)),
            mean_wait=sum(self.total_wait) / max(1, sum(self.came)),
            end=_spread(self.end),
            overrun=_spread(overrun),
            in_time=float(np.mean(overrun == 0)),
            idle=float(self.idle.mean()),
            work=_spread(self.longest_work),
            runs=self.runs,
        )

    def _slot(self, number: int, at: float) -> SlotWaiting:
        waits = self.waits[number][~np.isnan(self.waits[number])]
        p10, median, p90 = np.percentile(waits, (10, 50, 90)) if len(waits) else (0.0, 0.0, 0.0)
        came = self.came[number]
        return SlotWaiting(at, came, self.total_wait[number] / max(1, came), float(p10), float(median), float(p90))


def _spread(minutes: Minutes) -> Spread:
    median, p90 = np.percentile(minutes, (50, 90))
    return Spread(float(minutes.mean()), float(median), float(p90))
