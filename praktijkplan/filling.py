"""A half-day filled with the consults that its raster leads to expect, to be simulated (PP-31)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.intervals import Span, merge, overlaps, subtract
from praktijkplan.lengths import ASSUMED_CV
from praktijkplan.rasters import PlannedBlock, PlannedSession
from praktijkplan.slots import BlockMode

Stretch: TypeAlias = tuple[float, float]  # (start, end)

_USUAL_MINUTES = (10, 20, 30)  # PP-11


@dataclass(frozen=True, slots=True)
class PlannedConsult:
    """A consult planned `at` minutes from the start of the session."""

    at: float
    duration: Duration
    modality: Modality = Modality.VIDEO
    urgent: bool = False  # PP-32: a held place, which may stay empty

    def __post_init__(self) -> None:
        if not math.isfinite(self.at):
            raise ValueError(f"a consult is planned at a number of minutes, not {self.at}")
        if self.duration.mean <= 0:
            raise ValueError(f"the consult at {self.at:g} must last more than 0 minutes on average")


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """A half-day as planned: its consults, its breaks and its start-up times, each in order of time.

    Raises ValueError when something is out of order, ends first, or when breaks overlap.
    """

    consults: tuple[PlannedConsult, ...]
    breaks: tuple[Stretch, ...] = ()
    start_ups: tuple[Stretch, ...] = ()  # PP-26
    starts: float = 0
    ends: float = 0  # overrun counts from here

    def __post_init__(self) -> None:
        for one, other in pairwise(self.consults):
            if other.at < one.at:
                raise ValueError(f"the consult at {other.at:g} comes after the one at {one.at:g}: sort them by time")
        for name, stretches in (("break", self.breaks), ("start-up time", self.start_ups)):
            for start, end in stretches:
                if end <= start:
                    raise ValueError(f"the {name} at {start:g} ends at {end:g}: it must end after it starts")
            for (start, end), (later, _) in pairwise(stretches):
                if later < end:
                    raise ValueError(f"the {name} at {later:g} begins before the one at {start:g} is over")

    def in_order(self) -> Iterator[tuple[int, PlannedConsult, list[tuple[Stretch, bool]]]]:
        """Each consult with its number, and what begins before it: (stretch, whether it is a break).

        Of a break and a start-up time that begin together, the break goes first.
        """
        coming = [(stretch, True) for stretch in self.breaks] + [(stretch, False) for stretch in self.start_ups]
        coming.sort(key=lambda item: item[0][0])
        for number, consult in enumerate(self.consults):
            before = [item for item in coming if item[0][0] <= consult.at]
            del coming[: len(before)]
            yield number, consult, before


def assumed_duration(minutes: float) -> Duration:
    """How long a consult planned for so many minutes lasts as long as nobody has measured it."""
    return Duration(Family.LOGNORMAL, minutes, ASSUMED_CV)


@dataclass(frozen=True, slots=True)
class ConsultKind:
    """A kind of consult that a raster is filled with: planned for `minutes`, lasting `duration`.

    Of two kinds that both fit, the one with twice the weight comes twice as often.
    """

    minutes: int
    modality: Modality
    duration: Duration
    weight: float = 1

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"a consult is planned for at least a minute, not {self.minutes}")
        if not 0 < self.weight < math.inf:
            raise ValueError(
                f"the weight of a kind of consult is a number above 0, not {self.weight}: leave the kind out"
            )


def consults_of(
    session: PlannedSession,
    kinds: Sequence[ConsultKind] = (),
    *,
    by_block: Mapping[int, Sequence[ConsultKind]] | None = None,
    grid_minutes: int = 5,
) -> SimulatedSession:
    """The session with every slot taken, its times counted from the start of its first block.

    A fixed block holds a consult in each of its slots, of the longest kinds that fit one; any other is filled
    from the front, each consult at the first time of the grid that is free. The kinds that a block allows take turns
    by their weight, the same way each time: next is the one that is furthest behind its share and fits before
    the next break. Where `by_block` has a block's key, its kinds are the ones to choose from there. A block that
    allows none is filled with what it says itself: its own forms and durations, or those of PP-11, in equal
    shares. The session is one of a raster without problems; a ValueError is raised for one of nothing but breaks.
    """
    working = [block for block in session.blocks if block.plan.mode is not BlockMode.BREAK]
    if not working:
        raise ValueError("a session of nothing but breaks cannot be simulated: give it a block for consults")
    breaks = merge((block.starts, block.ends) for block in session.blocks if block.plan.mode is BlockMode.BREAK)
    zero, ends = min(block.starts for block in working), max(block.ends for block in working)
    # Turns go on in the next block that allows the same kinds: else none but the first would come in short ones.
    turns: dict[tuple[ConsultKind, ...], _Turns] = {}
    consults: list[PlannedConsult] = []
    for block in working:
        allowed = _allowed(block, (by_block or {}).get(block.key, kinds))
        consults += _filled(block, breaks, turns.setdefault(allowed, _Turns(allowed)), zero, grid_minutes)
    return SimulatedSession(
        tuple(sorted(consults, key=lambda consult: consult.at)),
        breaks=tuple((start - zero, end - zero) for start, end in breaks if overlaps((start, end), (zero, ends))),
        start_ups=tuple(
            (block.starts - zero, block.starts - zero + block.plan.start_up_minutes)
            for block in working
            if block.plan.start_up_minutes
        ),
        ends=ends - zero,
    )


def _allowed(block: PlannedBlock, kinds: Sequence[ConsultKind]) -> tuple[ConsultKind, ...]:
    plan = block.plan
    allowed = tuple(
        kind
        for kind in kinds
        if (plan.modalities is None or kind.modality in plan.modalities)
        and (plan.durations is None or kind.minutes in plan.durations)
        and (plan.mode is not BlockMode.FIXED or kind.minutes <= plan.slot_minutes)
    )
    if allowed and plan.mode is BlockMode.FIXED:
        longest = max(kind.minutes for kind in allowed)
        return tuple(kind for kind in allowed if kind.minutes == longest)
    if allowed:
        return allowed
    modalities = sorted(plan.modalities) if plan.modalities else [Modality.VIDEO]
    lengths = [plan.slot_minutes] if plan.mode is BlockMode.FIXED else sorted(plan.durations or _USUAL_MINUTES)
    return tuple(ConsultKind(minutes, form, assumed_duration(minutes)) for minutes in lengths for form in modalities)


def _filled(
    block: PlannedBlock, breaks: Sequence[Span], turns: "_Turns", zero: int, grid: int
) -> Iterator[PlannedConsult]:
    opens = block.starts + block.plan.start_up_minutes
    gaps = subtract((opens, block.ends), breaks)
    if block.plan.mode is BlockMode.FIXED:
        placed = _slot_by_slot(gaps, turns, opens, block.plan.slot_minutes)
    else:
        placed = _from_the_front(gaps, turns, grid)
    urgent = block.plan.release_minutes > 0  # PP-32
    for at, kind in placed:
        yield PlannedConsult(at - zero, kind.duration, kind.modality, urgent)


def _slot_by_slot(
    gaps: Sequence[Span], turns: "_Turns", opens: int, slot_minutes: int
) -> Iterator[tuple[int, ConsultKind]]:
    for start, end in gaps:
        first = start + (opens - start) % slot_minutes
        for at in range(first, end - slot_minutes + 1, slot_minutes):
            if (kind := turns.take(slot_minutes)) is not None:
                yield at, kind


def _from_the_front(gaps: Sequence[Span], turns: "_Turns", grid: int) -> Iterator[tuple[int, ConsultKind]]:
    for start, end in gaps:
        at = start + -start % grid
        while (kind := turns.take(end - at)) is not None:
            yield at, kind
            at += kind.minutes
            at += -at % grid


class _Turns:
    """Whose turn it is: kinds of consult that each come as often as their weight says."""

    def __init__(self, kinds: Sequence[ConsultKind]) -> None:
        total = sum(kind.weight for kind in kinds)
        self._kinds = kinds
        self._shares = [kind.weight / total for kind in kinds]
        self._behind = [0.0] * len(kinds)

    def take(self, room: int) -> ConsultKind | None:
        """The next kind that lasts no longer than `room` minutes; None when there is none."""
        fitting = [index for index, kind in enumerate(self._kinds) if kind.minutes <= room]
        if not fitting:
            return None
        self._behind = [behind + share for behind, share in zip(self._behind, self._shares, strict=True)]
        # Rounded, so that the first of equals comes first whatever the sums of the shares.
        chosen = max(fitting, key=lambda index: round(self._behind[index], 9))
        self._behind[chosen] -= 1
        return self._kinds[chosen]


def regular(slots: int, slot_minutes: float, duration: Duration, *, at_start: int = 1) -> SimulatedSession:
    """A session of equal slots, with `at_start` patients planned at its start: 2 is Bailey and Welch's rule."""
    at = (max(0, number - at_start + 1) * slot_minutes for number in range(slots))
    return SimulatedSession(tuple(PlannedConsult(time, duration) for time in at), ends=slots * slot_minutes)
