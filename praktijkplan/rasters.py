"""A raster is a weekly template; publishing it gives dated sessions (PP-20, PP-30)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import combinations, groupby
from zoneinfo import ZoneInfo

from praktijkplan.contact import Modality
from praktijkplan.localtime import HalfDay, LocalTimeError, half_day, iso_week, to_instant
from praktijkplan.slots import BlockMode


class WeekPattern(StrEnum):
    """The weeks in which a raster holds, by the parity of the ISO week number.

    A year of 53 weeks, such as 2026, has two odd weeks in a row at its end: show dates, not only parity.
    """

    EVERY = "every"
    EVEN = "even"
    ODD = "odd"

    def holds_on(self, day: date) -> bool:
        is_odd = iso_week(day)[1] % 2 == 1
        return self is WeekPattern.EVERY or is_odd == (self is WeekPattern.ODD)


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """A stretch of one weekday, from `start` to `end` on the local clock."""

    key: int
    weekday: int  # 0 is Monday
    start: time
    end: time
    mode: BlockMode
    slot_minutes: int = 0  # FIXED only
    start_up_minutes: int = 0  # PP-26
    modalities: frozenset[Modality] | None = None  # None: every form
    durations: frozenset[int] | None = None  # minutes; None: every duration
    video_durations: frozenset[int] | None = None  # minutes, of the video consults among them; None: any of these
    workplace: int | None = None  # PP-28: an id
    # PP-32: held for urgent consults until so many minutes before its start, then released for all; 0: not held
    release_minutes: int = 0
    note: str = ""

    @property
    def half_day(self) -> HalfDay:
        return half_day(self.start)

    @property
    def minutes(self) -> int:
        """How long the block lasts on the clock; not positive if it ends before it starts."""
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute


@dataclass(frozen=True, slots=True)
class RasterPlan:
    """A weekly template of one clinician, valid on the dates from `valid_from` through `valid_until`."""

    weeks: WeekPattern
    valid_from: date
    valid_until: date | None
    blocks: tuple[BlockPlan, ...]


class RasterProblemId(StrEnum):
    """What can be wrong with a raster."""

    VALIDITY_ENDS_FIRST = "validity_ends_first"
    ENDS_FIRST = "ends_first"
    START_UP_FILLS_BLOCK = "start_up_fills_block"
    NO_SLOT_LENGTH = "no_slot_length"
    SLOTS_LEAVE_REST = "slots_leave_rest"
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class RasterProblem:
    """One reason why a raster cannot be published; `key` names the block, and is None for the raster."""

    id: RasterProblemId
    key: int | None
    facts: Mapping[str, int] = field(default_factory=dict)  # minutes, keys of other blocks


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """A block on a date; `starts` and `ends` are instants."""

    plan: BlockPlan
    starts: int
    ends: int

    @property
    def key(self) -> int:
        return self.plan.key


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A half-day of a clinician on a date, with its blocks and breaks in order of time."""

    date: date
    half_day: HalfDay
    blocks: tuple[PlannedBlock, ...]

    @property
    def starts(self) -> int:
        return self.blocks[0].starts

    @property
    def ends(self) -> int:
        return max(block.ends for block in self.blocks)


@dataclass(frozen=True, slots=True)
class SkippedBlock:
    """A block that cannot be held on a date, because the clock is changed that night."""

    date: date
    plan: BlockPlan
    problem: LocalTimeError


def raster_problems(plan: RasterPlan) -> tuple[RasterProblem, ...]:
    """What is wrong with a raster in itself; an empty answer means that `sessions` makes sense of it.

    Breaks may lie inside a block; two blocks for consults may not overlap (PP-20).
    """
    problems = [problem for block in plan.blocks for problem in _block_problems(block)]
    if plan.valid_until is not None and plan.valid_until < plan.valid_from:
        problems.insert(0, RasterProblem(RasterProblemId.VALIDITY_ENDS_FIRST, None))
    working = [block for block in plan.blocks if block.mode is not BlockMode.BREAK]
    for one, other in combinations(sorted(working, key=lambda block: (block.start, block.key)), 2):
        if one.weekday == other.weekday and max(one.start, other.start) < min(one.end, other.end):
            problems.append(RasterProblem(RasterProblemId.OVERLAPS, other.key, {"other": one.key}))
    return tuple(problems)


def _block_problems(block: BlockPlan) -> Iterator[RasterProblem]:
    if block.minutes <= 0:
        yield RasterProblem(RasterProblemId.ENDS_FIRST, block.key)
        return
    bookable = block.minutes - block.start_up_minutes
    if bookable <= 0:
        yield RasterProblem(RasterProblemId.START_UP_FILLS_BLOCK, block.key, {"minutes": block.minutes})
    if block.mode is not BlockMode.FIXED:
        return
    if block.slot_minutes <= 0:
        yield RasterProblem(RasterProblemId.NO_SLOT_LENGTH, block.key)
    elif bookable % block.slot_minutes:
        rest = bookable % block.slot_minutes
        yield RasterProblem(RasterProblemId.SLOTS_LEAVE_REST, block.key, {"minutes": rest})


def dates_on(plan: RasterPlan, weekday: int, first: date, last: date) -> list[date]:
    """The dates from `first` through `last` that are this weekday and on which the raster holds."""
    day = max(first, plan.valid_from)
    if plan.valid_until is not None:
        last = min(last, plan.valid_until)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    dates = []
    while day <= last:
        if plan.weeks.holds_on(day):
            dates.append(day)
        day += timedelta(days=7)
    return dates


def sessions(plan: RasterPlan, first: date, last: date, tz: ZoneInfo) -> list[PlannedSession]:
    """The sessions from `first` through `last`, in order of time; local times stay what the raster says.

    A half-day of nothing but breaks is no session. A block whose start or end falls in the hour that the
    clock skips or doubles is left out here and reported by `skipped_blocks`.
    """
    placed = [(day, block) for day, block in _dated(plan, first, last, tz) if isinstance(block, PlannedBlock)]
    found = []
    for (day, half), group in groupby(placed, key=lambda pair: (pair[0], pair[1].plan.half_day)):
        blocks = tuple(block for _, block in group)
        if any(block.plan.mode is not BlockMode.BREAK for block in blocks):
            found.append(PlannedSession(day, half, blocks))
    return found


def skipped_blocks(plan: RasterPlan, first: date, last: date, tz: ZoneInfo) -> list[SkippedBlock]:
    """What `sessions` leaves out, so that nothing disappears in silence."""
    return [block for _, block in _dated(plan, first, last, tz) if isinstance(block, SkippedBlock)]


def _dated(
    plan: RasterPlan, first: date, last: date, tz: ZoneInfo
) -> Iterator[tuple[date, PlannedBlock | SkippedBlock]]:
    dated = (
        (day, block)
        for weekday in range(7)
        for day in dates_on(plan, weekday, first, last)
        for block in plan.blocks
        if block.weekday == weekday
    )
    for day, block in sorted(dated, key=lambda pair: (pair[0], pair[1].start, pair[1].key)):
        try:
            starts, ends = to_instant(day, block.start, tz), to_instant(day, block.end, tz)
        except LocalTimeError as problem:
            yield day, SkippedBlock(day, block, problem)
        else:
            yield day, PlannedBlock(block, starts, ends)
