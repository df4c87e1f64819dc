"""What can be booked in a day at all: opening hours, gaps, and blocks in which nothing fits (PP-20)."""

from collections.abc import Iterator
from itertools import pairwise

from praktijkplan.days import Day, TimedBlock, minutes, without
from praktijkplan.findings import Finding, FindingId, Severity, Surroundings
from praktijkplan.intervals import Span, merge
from praktijkplan.policy import Policy
from praktijkplan.runs import found
from praktijkplan.slots import BlockMode


def bookable_findings(day: Day, policy: Policy, around: Surroundings) -> Iterator[Finding]:
    """What is wrong with the room that one weekday leaves for consults."""
    yield from _opening_hours(day, policy)
    for block in day.blocks:
        if _makes_sense(block):
            yield from _room(day, block, policy.grid_minutes, around.durations)
    if around.durations:
        yield from _gaps(day, min(around.durations))


def _opening_hours(day: Day, policy: Policy) -> Iterator[Finding]:
    opens, closes = minutes(policy.opens_at), minutes(policy.closes_at)
    for block in day.blocks:
        if block.span[0] < opens or block.span[1] > closes:
            what = FindingId.OUTSIDE_OPENING_HOURS, "", Severity.WARNING
            yield found(day, what, block.span, {"opens": opens, "closes": closes}, (block.plan.key,))


def _makes_sense(block: TimedBlock) -> bool:
    """Whether there is bookable time and a slot length: `raster_problems` tells it where not."""
    fixed = block.plan.mode is BlockMode.FIXED
    return block.plan.start_up_minutes < block.plan.minutes and (not fixed or block.plan.slot_minutes > 0)


def _room(day: Day, block: TimedBlock, grid: int, existing: frozenset[int] | None) -> Iterator[Finding]:
    """The block in which no consult fits, and the rest of a block, beside its pauses, that is too small."""
    opens = block.span[0] + block.plan.start_up_minutes
    pieces = without([(opens, block.span[1])], day.pauses)
    shortest = _shortest(block, grid, existing)
    useless = [span for span in pieces if shortest is None or not _fits(block, span, shortest, grid)]
    if len(useless) == len(pieces):
        what = FindingId.NOTHING_BOOKABLE, "PP-20", Severity.ERROR
        yield found(day, what, block.span, {}, (block.plan.key,))
    elif block.plan.mode is not BlockMode.FIXED:
        for span in useless:
            what = FindingId.GAP_TOO_SMALL, "PP-20", Severity.ADVICE
            facts = {"minutes": span[1] - span[0], "shortest": shortest or 0}
            yield found(day, what, span, facts, (block.plan.key,))


def _shortest(block: TimedBlock, grid: int, existing: frozenset[int] | None) -> int | None:
    """The shortest consult that the block takes, in minutes, or None if no type fits it."""
    allowed = block.plan.durations
    if allowed is None:
        # Where nothing is known, there may be a type that lasts as long as the grid.
        possible = frozenset({grid}) if existing is None else existing
    else:
        possible = allowed if existing is None else allowed & existing
    if block.plan.mode is BlockMode.FIXED:
        possible = frozenset(length for length in possible if length <= block.plan.slot_minutes)
    return min(possible, default=None)


def _fits(block: TimedBlock, span: Span, length: int, grid: int) -> bool:
    """Whether a consult of this length starts and ends in the span, on the grid that `slots` knows."""
    start, end = span
    if block.plan.mode is BlockMode.FIXED:
        opens = block.span[0] + block.plan.start_up_minutes
        start += (opens - start) % block.plan.slot_minutes
        return start + length <= end and start + block.plan.slot_minutes <= block.span[1]
    start += -start % grid
    return start + length <= end


def _gaps(day: Day, shortest: int) -> Iterator[Finding]:
    """Time between blocks, that no block and no pause takes and that is too small for any type."""
    for (_, start), (end, _) in pairwise(merge([*day.worked, *day.pauses])):
        if end - start < shortest:
            what = FindingId.GAP_TOO_SMALL, "PP-20", Severity.ADVICE
            yield found(day, what, (start, end), {"minutes": end - start, "shortest": shortest}, ())
