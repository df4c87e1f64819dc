"""What might mend a finding. These are proposals: only one that keeps its promise is offered, see `blocks`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from praktijkplan.beside import Index, shared
from praktijkplan.days import clock, day_of, minutes, span_of, stretches
from praktijkplan.findings import (
    Finding,
    FindingId,
    Fix,
    FixId,
    PutBlock,
    SetValidity,
    Surroundings,
    WorkplaceKind,
    apply_fix,
    fresh_key,
)
from praktijkplan.intervals import Span
from praktijkplan.places import is_far
from praktijkplan.policy import Policy
from praktijkplan.rasters import BlockPlan, RasterPlan
from praktijkplan.runs import short_run_findings
from praktijkplan.slots import BlockMode

_STEP = 5  # minutes: the grid that a raster is drawn on
_PLACES = 4  # how many workplaces are tried
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a finding was found."""

    plan: RasterPlan
    policy: Policy
    around: Surroundings
    index: Index

    @classmethod
    def of(cls, plan: RasterPlan, policy: Policy, around: Surroundings) -> "Context":
        return cls(plan, policy, around, Index.of(plan, around))

    def after(self, fix: Fix) -> "Context":
        """The same once the fix is applied."""
        plan = apply_fix(self.plan, fix)
        moved = (plan.valid_from, plan.valid_until) != (self.plan.valid_from, self.plan.valid_until)
        return Context.of(plan, self.policy, self.around) if moved else replace(self, plan=plan)

    def block(self, key: int) -> BlockPlan:
        return next(block for block in self.plan.blocks if block.key == key)


def proposals(finding: Finding, context: Context) -> Iterator[Fix]:
    """Fixes that may remove the finding, the plainest first."""
    if finding.id in _PAUSES:
        yield from _add_pauses(finding, context)
    elif finding.id in _MOVES:
        yield from _move(finding, context)
    elif finding.id in _BLOCKS:
        yield from _BLOCKS[finding.id](finding, context)


def _add_pauses(finding: Finding, context: Context) -> Iterator[Fix]:
    """Pauses spread over the stretch: the first of one pause is halfway, so 10.40 in 9.00 to 12.20."""
    pause, policy = finding.facts["pause"], context.policy
    bound, short = _longest_piece(finding, policy), finding.id is FindingId.MINI_BREAK_MISSING
    spans = [_span(finding)] if short else [_span(finding), *_around(finding, context)]
    tries = [(span, bound) for span in spans]
    if not short:
        tries.append((spans[0], policy.mini_break_every_minutes))
    for span, longest in tries:
        length = span[1] - span[0]
        count = max(1, -(-length // longest) - 1)
        if length < (pause + _STEP) * (count + 1):
            continue
        fix = _pauses_at(context, finding, _spread(span, finding, context, count), pause)
        yield fix
        if not short:
            yield from _with_mini_breaks(fix, span, finding, context)


def _around(finding: Finding, context: Context) -> list[Span]:
    """The longer stretch of video that the finding is a part of: where another rule is broken by it too."""
    day = day_of(context.plan.blocks, finding.weekday or 0, context.around)
    start, end = _span(finding)
    video = stretches(day.video, context.policy.run_ends_after_minutes)
    return [span for span in video if span[0] <= start and end <= span[1] and span != (start, end)]


def _longest_piece(finding: Finding, policy: Policy) -> int:
    """How long video may go on between the new pauses, so that no milder finding takes the place of this."""
    if finding.id in (FindingId.MINI_BREAK_MISSING, FindingId.PAUSE_MISSING):
        return finding.facts["most"]
    if finding.id is FindingId.VIDEO_BLOCK_TOO_LONG:
        return min(finding.facts["most"], *policy.video_without_pause.values())
    return policy.short_run_warning_minutes


def _spread(span: Span, finding: Finding, context: Context, count: int) -> list[int]:
    start, end = span
    even = (start + (end - start) * k // (count + 1) for k in range(1, count + 1))
    return [_on_border(at // _STEP * _STEP, finding, context) for at in even]


def _on_border(at: int, finding: Finding, context: Context) -> int:
    """The minute, or in a fixed block the start of the slot that it lies in: fewest slots are lost."""
    for key in finding.keys:
        block = context.block(key)
        start, end = span_of(block)
        opens = start + block.start_up_minutes
        if block.mode is BlockMode.FIXED and block.slot_minutes > 0 and opens < at < end:
            return at - (at - opens) % block.slot_minutes
    return at


def _pauses_at(context: Context, finding: Finding, starts: list[int], pause: int) -> Fix:
    added = _pauses(context.plan, finding, [(at, at + pause) for at in starts])
    return Fix(FixId.ADD_PAUSES, added, {"count": len(starts), "at": starts[0], "minutes": pause})


def _pauses(plan: RasterPlan, finding: Finding, spans: list[Span]) -> tuple[PutBlock, ...]:
    key, weekday = fresh_key(plan), finding.weekday or 0
    return tuple(
        PutBlock(BlockPlan(key - n, weekday, clock(start), clock(end), BlockMode.BREAK))
        for n, (start, end) in enumerate(spans)
    )


def _with_mini_breaks(fix: Fix, span: Span, finding: Finding, context: Context) -> Iterator[Fix]:
    """The same pauses, and the mini-breaks that short consults between them need (PP-24)."""
    plan, policy = apply_fix(context.plan, fix), context.policy
    pause = policy.mini_break_minutes
    day = day_of(plan.blocks, finding.weekday or 0, context.around)
    spans: list[Span] = []
    for missing in short_run_findings(day, policy):
        if missing.id is FindingId.MINI_BREAK_MISSING and shared(_span(missing), span):
            count = max(1, -(-missing.facts["minutes"] // policy.mini_break_every_minutes) - 1)
            if missing.facts["minutes"] >= (pause + _STEP) * (count + 1):
                spans += [(at, at + pause) for at in _spread(_span(missing), missing, context, count)]
    if spans:
        changes = (*fix.changes, *_pauses(plan, finding, spans))
        starts = [minutes(change.block.start) for change in changes if isinstance(change, PutBlock)]
        facts = {"count": len(starts), "at": min(starts), "minutes": min(pause, fix.facts["minutes"])}
        yield replace(fix, changes=changes, facts=facts)


def _make_pause(finding: Finding, context: Context) -> Iterator[Fix]:
    start, end = _span(finding)
    changes = _pauses(context.plan, finding, [(start, end)])
    yield Fix(FixId.MAKE_PAUSE, changes, {"at": start, "minutes": end - start})


def _start_up(finding: Finding, context: Context) -> Iterator[Fix]:
    """The minutes advised, or in a fixed block as many as leave whole slots."""
    block, wanted = context.block(finding.keys[0]), finding.facts["minutes"]
    slot = block.slot_minutes
    for start_up in dict.fromkeys([wanted, -(-wanted // slot) * slot if slot > 0 else wanted]):
        changes = (PutBlock(replace(block, start_up_minutes=start_up)),)
        yield Fix(FixId.SET_START_UP, changes, {"minutes": start_up})


def _no_start_up(finding: Finding, context: Context) -> Iterator[Fix]:
    block = context.block(finding.keys[0])
    yield Fix(FixId.SET_START_UP, (PutBlock(replace(block, start_up_minutes=0)),), {"minutes": 0})


def _whole_slots(finding: Finding, context: Context) -> Iterator[Fix]:
    block = context.block(finding.keys[0])
    start, end = span_of(block)
    yield from _to(block, start, end - finding.facts["minutes"])


def _apart(finding: Finding, context: Context) -> Iterator[Fix]:
    """The earlier block ends where the later begins, or the later begins where the earlier ends."""
    one, other = (context.block(key) for key in finding.keys)
    yield from _to(one, span_of(one)[0], span_of(other)[0])
    yield from _to(other, span_of(one)[1], span_of(other)[1])


def _inside_hours(finding: Finding, context: Context) -> Iterator[Fix]:
    block = context.block(finding.keys[0])
    start, end = span_of(block)
    yield from _to(block, max(start, finding.facts["opens"]), min(end, finding.facts["closes"]))


def _to(block: BlockPlan, start: int, end: int) -> Iterator[Fix]:
    """The block from `start` to `end`, if that leaves anything of it."""
    if end <= start:
        return
    at = end if start == span_of(block)[0] else start
    yield Fix(FixId.SHORTEN, (PutBlock(replace(block, start=clock(start), end=clock(end))),), {"at": at})


def _move(finding: Finding, context: Context) -> Iterator[Fix]:
    """To a workplace that is ready for video, near and free: of the same kind first."""
    block = context.block(finding.keys[-1])
    places = context.around.workplaces
    now = places.get(block.workplace) if block.workplace is not None else None
    fit = [
        (now is None or place.kind is not now.kind, key)
        for key, place in places.items()
        if place.video_ready
        and place.kind is not WorkplaceKind.HOME
        and not is_far(place, context.policy)
        and key != block.workplace
        and _is_free(key, block, context)
    ]
    for _, key in sorted(fit)[:_PLACES]:
        yield Fix(FixId.MOVE_WORKPLACE, (PutBlock(replace(block, workplace=key)),), {"workplace": key})


def _is_free(place: int, block: BlockPlan, context: Context) -> bool:
    return not any(shared(span_of(block), used.span) for used in context.index.places.get((block.weekday, place), ()))


def _validity(finding: Finding, context: Context) -> Iterator[Fix]:
    """From the day after the other raster, or until the day before it."""
    plan = context.plan
    other = next(o.plan for o in context.around.neighbours if o.raster == finding.facts["raster"])
    if plan.valid_until is None or other.valid_from <= plan.valid_until:
        if other.valid_from <= plan.valid_from and other.valid_until is not None:
            yield _valid(other.valid_until + _DAY, plan.valid_until)
        elif other.valid_from > plan.valid_from:
            yield _valid(plan.valid_from, other.valid_from - _DAY)
    elif other.valid_from > plan.valid_until:
        yield _valid(plan.valid_from, other.valid_from - _DAY)


def _valid(first: date, last: date | None) -> Fix:
    facts = {"first": first.toordinal()} | ({} if last is None else {"last": last.toordinal()})
    return Fix(FixId.SET_VALIDITY, (SetValidity(first, last),), facts)


def _span(finding: Finding) -> Span:
    """The stretch of a finding that has one."""
    if finding.start is None or finding.end is None:
        raise ValueError(f"{finding.id} has no stretch of time")
    return minutes(finding.start), minutes(finding.end)


_PAUSES = frozenset(
    {
        FindingId.VIDEO_BLOCK_TOO_LONG,
        FindingId.SHORT_RUN_TOO_LONG,
        FindingId.SHORT_RUN_LONG,
        FindingId.MINI_BREAK_MISSING,
        FindingId.PAUSE_MISSING,
    }
)
_MOVES = frozenset({FindingId.WORKPLACE_UNKNOWN, FindingId.WORKPLACE_NOT_VIDEO_READY, FindingId.WORKPLACE_TAKEN})
_BLOCKS = {
    FindingId.GAP_TOO_SMALL: _make_pause,
    FindingId.START_UP_ADVISED: _start_up,
    FindingId.START_UP_FILLS_BLOCK: _no_start_up,
    FindingId.SLOTS_LEAVE_REST: _whole_slots,
    FindingId.OVERLAPS: _apart,
    FindingId.OUTSIDE_OPENING_HOURS: _inside_hours,
    FindingId.RASTERS_COLLIDE: _validity,
    FindingId.VALIDITY_GAP: _validity,
}
