"""When the consults of a clinician's day will begin, from what has happened (PP-52).

Lindley's recursion, not on minutes but on chances per minute: a consult begins when the clinician is free, though not
before its time, and the clinician is free again when it has lasted. Lindley 1952; in discrete time for appointments
De Vuyst, Bruneel and Fiems 2014. The order of the plan is kept.

Times are instants. What is planned is a whole number; what happened and `now` may hold parts of a minute.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from praktijkplan.chances import Chances
from praktijkplan.intervals import Span, merge
from praktijkplan.lengths import assumed, end_of
from praktijkplan.pace import USUAL, Pace
from praktijkplan.policy import Policy

# With nobody in consult for so long after the next could have begun, nobody knows when it will go on.
STALLED_AFTER = 5


class Stage(StrEnum):
    EXPECTED = "expected"  # not there yet
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Consult:
    """One appointment of the day, of whatever form. `lasts`: chances per minute; None: what is assumed.

    Raises ValueError when a running consult has not begun, or one that is done has not ended.
    """

    key: int
    start: int
    minutes: int
    stage: Stage = Stage.EXPECTED
    began_at: float | None = None
    ended_at: float | None = None
    lasts: Chances | None = None

    def __post_init__(self) -> None:
        if self.stage is Stage.RUNNING and self.began_at is None:
            raise ValueError(f"consult {self.key} runs: say when it began")
        if self.stage is Stage.DONE and self.ended_at is None:
            raise ValueError(f"consult {self.key} is done: say when it ended")

    @property
    def is_coming(self) -> bool:
        return self.stage in (Stage.EXPECTED, Stage.WAITING)

    @property
    def since(self) -> float:
        """When it began, or ended if nobody saw it begin; of a consult that runs or is done."""
        known = self.ended_at if self.began_at is None else self.began_at
        return math.inf if known is None else known

    @property
    def length(self) -> Chances:
        return assumed(self.minutes) if self.lasts is None else self.lasts


@dataclass(frozen=True, slots=True)
class Announcement:
    """The clinician said `at` that the next consult does not begin before `until`. It holds until one begins."""

    at: float
    until: int


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """What is planned and known of a clinician's day. The time between two sessions is a break too."""

    consults: tuple[Consult, ...]
    sessions: tuple[Span, ...] = ()
    breaks: tuple[Span, ...] = ()
    announced: Announcement | None = None
    paces: tuple[Pace, ...] = USUAL

    @property
    def announced_until(self) -> int | None:
        if self.announced is None:
            return None
        spent = any(one.began_at is not None and one.began_at > self.announced.at for one in self.consults)
        return None if spent else self.announced.until

    @property
    def coming(self) -> list[Consult]:
        """In the order in which they will be held."""
        return sorted((one for one in self.consults if one.is_coming), key=lambda one: (one.start, one.key))

    @property
    def pauses(self) -> list[Span]:
        between = ((end, start) for (_, end), (start, _) in pairwise(merge(self.sessions)))
        return merge((*self.breaks, *between))


@dataclass(frozen=True, slots=True)
class Expected:
    """A moment that is not known: once in ten times it is later than `high`, and at most once earlier than `low`."""

    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """When each consult that is still to come begins, by key in the order of the day.

    `free`: when the clinician is done with all of them. `stalled`: nobody is in consult though the next was due, so
    that what is expected only says "not before now".
    """

    starts: dict[int, Expected]
    free: Expected
    stalled: bool


def forecast(day: ClinicDay, now: float, policy: Policy) -> Forecast:
    """What can be expected at `now`. Nothing begins before now, nor before its time.

    With `early_start` a patient who waits is taken before their time. Of a break that comes late
    `mini_break_minutes` are kept, or all of a shorter one. Who did not come or cancelled takes no time.
    """
    coming, last = day.coming, _begun_last(day.consults)
    courses = [list(_course(day, last, pace.factor, now, policy)) for pace in day.paces]
    weights = [pace.weight for pace in day.paces]
    moments = [_expected(tuple(zip(weights, parts, strict=True))) for parts in zip(*courses, strict=True)]
    return Forecast(
        starts={consult.key: moment for consult, moment in zip(coming, moments[:-1], strict=True)},
        free=moments[-1],
        stalled=bool(coming) and _is_stalled(day, last, now, policy),
    )


def _course(day: ClinicDay, last: Consult | None, factor: float, now: float, policy: Policy) -> Iterator[Chances]:
    """When each consult that is to come begins, and when the last of them is over."""
    free, earliest = _free(day, last, factor, now), math.ceil(now)
    pauses = [pause for pause in day.pauses if last is None or pause[0] > last.start]
    announced = day.announced_until
    for consult in day.coming:
        while pauses and pauses[0][0] <= consult.start:
            free = _rested(free, pauses.pop(0), policy.mini_break_minutes)
        early = policy.early_start and consult.stage is Stage.WAITING
        begins = free.not_before(earliest if early else max(earliest, consult.start))
        if announced is not None:
            begins, announced = begins.not_before(announced), None
        yield begins
        free = begins.plus(consult.length.times(factor))
    yield free.not_before(earliest)


def _is_stalled(day: ClinicDay, last: Consult | None, now: float, policy: Policy) -> bool:
    """Whether the next consult could have begun so long ago already."""
    if last is not None and last.stage is Stage.RUNNING:
        return False
    then = now - STALLED_AFTER
    return next(_course(day, last, 1, then, policy)).first <= math.ceil(then)


def announce(day: ClinicDay, minutes: int, now: float) -> Announcement | None:
    """What is meant by "we lopen 20 minuten uit": by the time of who is next. None when nobody is to come."""
    coming = day.coming
    return Announcement(now, coming[0].start + minutes) if coming else None


def _begun_last(consults: Iterable[Consult]) -> Consult | None:
    """The consult that says where the clinician is: one that still runs beside a later one was not ended properly."""
    begun = [one for one in consults if one.stage in (Stage.RUNNING, Stage.DONE)]
    return max(begun, key=lambda one: (one.since, one.start, one.key), default=None)


def _free(day: ClinicDay, last: Consult | None, factor: float, now: float) -> Chances:
    """When the clinician is free for whoever is next, breaks left out."""
    if last is None:
        # Before everything that is planned, so that a pause which is over costs nothing.
        planned = (consult.start for consult in day.consults)
        return Chances.sure(min((*planned, *(start for start, _ in day.sessions)), default=math.ceil(now)))
    if last.stage is Stage.RUNNING:
        return end_of(last.length.times(factor), last.since, now)
    return Chances.sure(math.ceil(last.since if last.ended_at is None else last.ended_at))


def _rested(free: Chances, pause: Span, kept: int) -> Chances:
    start, end = pause
    return free.not_before(start).later(min(kept, end - start)).not_before(end)


def _expected(parts: Sequence[tuple[int, Chances]]) -> Expected:
    moment = Chances.mixed(parts)
    low, median, after = (moment.quantile(percent) for percent in (10, 50, 90))
    # Whole minutes that lie inside the range: telling it rounds outward again.
    return Expected(low, median, max(median, after - 1))
