"""Where a raster's blocks are held: the workplaces, and who else uses them (PP-28, PP-29)."""

from collections.abc import Iterator
from itertools import combinations

from praktijkplan.beside import Index, shared
from praktijkplan.days import Day, TimedBlock
from praktijkplan.findings import Finding, FindingId, Severity, Surroundings, Workplace, WorkplaceKind
from praktijkplan.policy import Policy
from praktijkplan.rasters import RasterPlan
from praktijkplan.runs import found
from praktijkplan.slots import BlockMode

_TAKEN = FindingId.WORKPLACE_TAKEN, "PP-28", Severity.ERROR


def place_findings(day: Day, around: Surroundings, index: Index) -> Iterator[Finding]:
    """What is wrong with the workplaces of one weekday."""
    for block in day.blocks:
        if block.plan.workplace is None:
            if around.workplaces and block.allows_video:
                yield found(day, (FindingId.WORKPLACE_MISSING, "PP-28", Severity.ADVICE), block.span, {}, _key(block))
            continue
        yield from _place(day, block, block.plan.workplace, around)
        yield from _colleagues(day, block, block.plan.workplace, index)
    for one, other in combinations(day.blocks, 2):
        place = other.plan.workplace
        overlap = shared(one.span, other.span)
        if overlap and place is not None and one.plan.workplace == place:
            facts = {"workplace": place, "block": one.plan.key}
            yield found(day, _TAKEN, overlap, facts, (one.plan.key, other.plan.key))


def _place(day: Day, block: TimedBlock, place: int, around: Surroundings) -> Iterator[Finding]:
    workplace = around.workplaces.get(place)
    facts = {"workplace": place}
    if workplace is None:
        yield found(day, (FindingId.WORKPLACE_UNKNOWN, "PP-28", Severity.ERROR), block.span, facts, _key(block))
    elif not workplace.video_ready and (block.allows_video or block.plan.mode is BlockMode.HYBRID):
        what = FindingId.WORKPLACE_NOT_VIDEO_READY, "PP-28", Severity.ERROR
        yield found(day, what, block.span, facts, _key(block))


def _colleagues(day: Day, block: TimedBlock, place: int, index: Index) -> Iterator[Finding]:
    """One finding per colleague's block that is there at the same time on a date."""
    for used in index.places.get((day.weekday, place), ()):
        if overlap := shared(block.span, used.span):
            facts = {
                "workplace": place,
                "block": used.block.key,
                "clinician": used.other.clinician,
                "raster": used.other.raster,
                "first": used.first.toordinal(),
            }
            yield found(day, _TAKEN, overlap, facts, _key(block))


def _key(block: TimedBlock) -> tuple[int, ...]:
    return (block.plan.key,)


def workplace_findings(plan: RasterPlan, policy: Policy, around: Surroundings) -> Iterator[Finding]:
    """What holds for a workplace on every day alike: one finding, and one reason to give, for the raster."""
    used: dict[int, list[int]] = {}
    for block in plan.blocks:
        if block.workplace is not None and block.mode is not BlockMode.BREAK:
            used.setdefault(block.workplace, []).append(block.key)
    for place, keys in sorted(used.items()):
        workplace = around.workplaces.get(place)
        if workplace is None:
            continue
        if workplace.kind is WorkplaceKind.HOME and not workplace.checklist_confirmed:  # PP-29
            facts = {"workplace": place}
            yield Finding(FindingId.HOME_UNCHECKED, "PP-29", Severity.WARNING, tuple(keys), facts=facts)
        if is_far(workplace, policy):
            facts = {
                "workplace": place,
                "minutes": workplace.walking_minutes,
                "most": policy.cabin_walking_minutes,
            }
            yield Finding(FindingId.CABIN_FAR, "PP-28", Severity.ADVICE, tuple(keys), facts=facts)


def is_far(workplace: Workplace, policy: Policy) -> bool:
    """Whether a cabin is too far for urgent questions (PP-28)."""
    return workplace.kind is WorkplaceKind.CABIN and workplace.walking_minutes > policy.cabin_walking_minutes
