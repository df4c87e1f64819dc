"""The block rules: what is wrong with a raster, how grave it is, and a fix where one is sure (PP-20 to PP-33).

    findings(plan, policy, around) -> tuple[Finding, ...]
    apply_fix(plan, fix) -> RasterPlan
    inverse(plan, fix) -> Fix

Nothing here is a sentence: the pages make these from ids and facts, in the reader's language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time

from praktijkplan.beside import collisions, gap_findings
from praktijkplan.bookable import bookable_findings
from praktijkplan.days import clock, day_of, minutes
from praktijkplan.findings import (
    Change,
    Finding,
    FindingId,
    Fix,
    FixId,
    OtherRaster,
    PutBlock,
    RemoveBlock,
    SetValidity,
    Severity,
    Surroundings,
    Workplace,
    WorkplaceKind,
    apply_fix,
    inverse,
)
from praktijkplan.fixes import Context, proposals
from praktijkplan.places import place_findings, workplace_findings
from praktijkplan.policy import Policy
from praktijkplan.rasters import BlockPlan, RasterPlan, RasterProblem, RasterProblemId, raster_problems
from praktijkplan.runs import video_findings
from praktijkplan.slots import BlockMode

__all__ = [
    "Change",
    "Finding",
    "FindingId",
    "Fix",
    "FixId",
    "OtherRaster",
    "PutBlock",
    "RemoveBlock",
    "SetValidity",
    "Severity",
    "Surroundings",
    "Workplace",
    "WorkplaceKind",
    "apply_fix",
    "findings",
    "inverse",
]

WEEK = range(7)
_NOWHERE = Surroundings()


def findings(plan: RasterPlan, policy: Policy, around: Surroundings = _NOWHERE) -> tuple[Finding, ...]:
    """Everything that the rules find, the gravest first, then by weekday and time.

    A fix is offered only where applying it to this plan removes its finding and adds none that is as grave
    or graver. The keys of a plan's blocks are all different.
    """
    context = Context.of(plan, policy, around)
    whole = [*_whole_findings(context)]
    days = {weekday: [*_day_findings(context, weekday)] for weekday in WEEK}
    judged = _Judged(context, whole, days)
    found = [*whole, *(finding for weekday in WEEK for finding in days[weekday])]
    return tuple(sorted((replace(each, fix=judged.fix_for(each)) for each in found), key=_order))


def _order(finding: Finding) -> tuple[int, int, time, str, tuple[int, ...]]:
    weekday = -1 if finding.weekday is None else finding.weekday
    return finding.severity.rank, weekday, finding.start or time.min, finding.id.value, finding.keys


@dataclass(frozen=True, slots=True)
class _Judged:
    """A plan and what was found in it, to see what a fix does to that."""

    context: Context
    whole: Sequence[Finding]
    days: dict[int, list[Finding]]

    def fix_for(self, finding: Finding) -> Fix | None:
        return next((fix for fix in proposals(finding, self.context) if self._keeps_promise(fix, finding)), None)

    def _keeps_promise(self, fix: Fix, finding: Finding) -> bool:
        """Whether the finding is gone, and all that is as grave was there before."""
        after = self.context.after(fix)
        pauses = _adds_pauses_only(fix)
        touched = {change.block.weekday for change in fix.changes if isinstance(change, PutBlock)} or set(WEEK)
        before = [*self.whole, *(each for weekday in touched for each in self.days[weekday])]
        return all(
            each != finding and (each.severity.rank > finding.severity.rank or each in before)
            for found in (
                () if pauses else _whole_findings(after),
                *(_day_findings(after, weekday, pauses_only=pauses) for weekday in touched),
            )
            for each in found
        )


def _whole_findings(context: Context) -> Iterator[Finding]:
    """What belongs to no weekday."""
    plan = context.plan
    for problem in raster_problems(replace(plan, blocks=())):
        yield Finding(FindingId(problem.id.value), "", Severity.ERROR)
    yield from workplace_findings(plan, context.policy, context.around)
    yield from gap_findings(plan, context.around.neighbours)


def _adds_pauses_only(fix: Fix) -> bool:
    """Whether all that the fix changes is what lies inside blocks, so that most rules need not be asked again."""
    return all(
        isinstance(change, PutBlock) and change.block.key < 0 and change.block.mode is BlockMode.BREAK
        for change in fix.changes
    )


def _day_findings(context: Context, weekday: int, *, pauses_only: bool = False) -> Iterator[Finding]:
    """What belongs to one weekday, or only what a pause more or less can change in it."""
    policy, around = context.policy, context.around
    own = tuple(block for block in context.plan.blocks if block.weekday == weekday)
    if not own:
        return
    day = day_of(own, weekday, around)
    yield from video_findings(day, policy, around)
    yield from bookable_findings(day, policy, around)
    if pauses_only:
        return
    plan = replace(context.plan, blocks=own)
    yield from (_finding(problem, own) for problem in raster_problems(plan) if problem.key is not None)
    yield from place_findings(day, around, context.index)
    yield from collisions(plan, context.index)


def _finding(problem: RasterProblem, blocks: Sequence[BlockPlan]) -> Finding:
    """What `raster_problems` says of a block: publishing refuses each of these."""
    by_key = {block.key: block for block in blocks}
    block = by_key[problem.key or 0]
    keys: tuple[int, ...] = (block.key,)
    start, end, facts = block.start, block.end, dict(problem.facts)
    if problem.id is RasterProblemId.OVERLAPS:
        other = by_key[facts["other"]]
        keys = other.key, block.key
        start, end = max(block.start, other.start), min(block.end, other.end)
        facts = {"minutes": minutes(end) - minutes(start)}
    elif problem.id is RasterProblemId.SLOTS_LEAVE_REST:
        start = clock(minutes(end) - facts["minutes"])
    return Finding(FindingId(problem.id.value), "", Severity.ERROR, keys, block.weekday, start, end, facts)
