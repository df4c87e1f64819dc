"""The sessions that a raster asks for on dates: with its exceptions, and without holidays (PP-30)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from praktijkplan.localtime import HalfDay, LocalTimeError, to_instant
from praktijkplan.rasters import PlannedBlock, PlannedSession, SkippedBlock, sessions, skipped_blocks
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent, Types, read_block, types_of
from scheduling.holidays import closed_days
from scheduling.localtime import AMSTERDAM
from scheduling.models import Raster, RasterException
from scheduling.queries.policy import Policies

SessionKey = tuple[date, str]
BlockFacts = tuple[int, int, str, int, int, int | None, int, frozenset[int]]


@dataclass(frozen=True)
class DatedSession:
    """A session as the raster wants it, with the types that each of its blocks allows."""

    planned: PlannedSession
    types: Mapping[int, frozenset[int]]
    exception: RasterException | None = None

    @property
    def date(self) -> date:
        return self.planned.date

    @property
    def half_day(self) -> HalfDay:
        return self.planned.half_day

    @property
    def starts(self) -> int:
        return self.planned.starts

    @property
    def ends(self) -> int:
        return self.planned.ends

    @property
    def facts(self) -> frozenset[BlockFacts]:
        return frozenset(map(self.facts_of, self.planned.blocks))

    def facts_of(self, block: PlannedBlock) -> BlockFacts:
        plan = block.plan
        released = block.starts - plan.release_minutes if plan.release_minutes else 0
        return (
            block.starts,
            block.ends,
            plan.mode.value,
            plan.slot_minutes,
            plan.start_up_minutes,
            plan.workplace,
            released,
            self.types[plan.key],
        )


@dataclass(frozen=True)
class Wanted:
    """In order of time; `holidays` are the dates of the raster on which the clinic is closed."""

    sessions: Mapping[SessionKey, DatedSession]
    holidays: Mapping[date, str]
    skipped: tuple[SkippedBlock, ...]  # the clock is changed that night


def wanted_sessions(raster: Raster, content: RasterContent, policies: Policies, first: date, until: date) -> Wanted:
    """From `first` through `until`. One select, or two where a date has blocks of its own."""
    types = {block.key: block.types for block in content.blocks}
    exceptions = {
        (exception.date, exception.half_day): exception
        for exception in raster.exceptions.filter(date__range=(first, until))
    }
    closed = closed_days(policies, first, until)
    wanted: dict[SessionKey, DatedSession] = {}
    holidays: dict[date, str] = {}
    for planned in sessions(content.plan, first, until, AMSTERDAM):
        key = planned.date, planned.half_day.value
        if planned.date in closed and key not in exceptions:
            holidays[planned.date] = closed[planned.date]
        elif (dated := _excepted(planned, types, exceptions.get(key))) is not None:
            wanted[key] = dated
    skipped = [
        block
        for block in skipped_blocks(content.plan, first, until, AMSTERDAM)
        if (block.date, block.plan.half_day.value) not in exceptions
    ]
    own = [each for each in exceptions.values() if each.kind == RasterException.Kind.OWN_BLOCKS]
    known = types_of(raster.department_id) if own else {}
    for exception in own:
        held, left_out = own_session(exception, known)
        skipped += left_out
        if held is not None:
            wanted[exception.date, exception.half_day] = held
    return Wanted(dict(sorted(wanted.items(), key=lambda item: item[1].starts)), holidays, tuple(skipped))


def _excepted(
    planned: PlannedSession, types: Mapping[int, frozenset[int]], exception: RasterException | None
) -> DatedSession | None:
    if exception is None:
        return DatedSession(planned, types)
    if exception.kind != RasterException.Kind.SHIFTED:
        return None
    return DatedSession(later(planned, exception.shift_minutes), types, exception)


def later(planned: PlannedSession, minutes: int) -> PlannedSession:
    """The same session so many minutes later; in minutes that pass, also in a night in which the clock is changed."""
    blocks = tuple(PlannedBlock(b.plan, b.starts + minutes, b.ends + minutes) for b in planned.blocks)
    return PlannedSession(planned.date, planned.half_day, blocks)


def own_session(exception: RasterException, known: Types) -> tuple[DatedSession | None, list[SkippedBlock]]:
    """The blocks that hold on this one date; None if there is nothing but breaks, or the clock skips them."""
    contents = [read_block(block, known) for block in exception.blocks]
    found = list(_placed(contents, exception.date))
    skipped = [block for block in found if isinstance(block, SkippedBlock)]
    placed = [block for block in found if isinstance(block, PlannedBlock)]
    if all(block.plan.mode is BlockMode.BREAK for block in placed):
        return None, skipped
    placed.sort(key=lambda block: (block.starts, block.key))
    session = PlannedSession(exception.date, HalfDay(exception.half_day), tuple(placed))
    return DatedSession(session, {content.key: content.types for content in contents}, exception), skipped


def _placed(contents: Iterable[BlockContent], day: date) -> Iterator[PlannedBlock | SkippedBlock]:
    for content in contents:
        try:
            starts = to_instant(day, content.plan.start, AMSTERDAM)
            ends = to_instant(day, content.plan.end, AMSTERDAM)
        except LocalTimeError as problem:
            yield SkippedBlock(day, content.plan, problem)
        else:
            yield PlannedBlock(content.plan, starts, ends)
