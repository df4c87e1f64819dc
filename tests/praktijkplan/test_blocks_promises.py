"""What must hold for any raster: what is accepted is bearable, and a fix does what it promises."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from praktijkplan.blocks import Severity, apply_fix, findings, inverse
from praktijkplan.contact import Modality
from praktijkplan.findings import Fix, FixId, PutBlock, RemoveBlock, SetValidity
from praktijkplan.policy import Policy
from praktijkplan.rasters import BlockPlan
from praktijkplan.slots import BlockMode
from tests.praktijkplan.rasters_of_all_kinds import blocks, days, plans, raster, surroundings, validity

POLICY = Policy()
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def longest_short_run(plan, weekday, *, known) -> int:
    """The longest run of short video in minutes, counted minute by minute as PP-24 says it."""
    short = set()
    for block in plan.blocks:
        if block.weekday == weekday and block.mode is not BlockMode.BREAK and is_short(block, known):
            short |= minutes_of(block)
    for block in plan.blocks:
        if block.weekday == weekday and block.mode is BlockMode.BREAK:
            short -= minutes_of(block)
    longest = since = 0
    last = None
    for minute in sorted(short):
        if last is None or minute - last - 1 >= 15:
            since = minute
        last = minute
        longest = max(longest, minute + 1 - since)
    return longest


def is_short(block, known) -> bool:
    lengths = known if block.durations is None else block.durations
    if block.durations is None and block.mode is BlockMode.FIXED:
        lengths = {block.slot_minutes}
    video = block.modalities is None or Modality.VIDEO in block.modalities
    return video and (lengths is None or any(length <= 10 for length in lengths))


def minutes_of(block) -> set[int]:
    return set(range(of(block.start), of(block.end)))


def of(at) -> int:
    return at.hour * 60 + at.minute


def graver(found, than) -> list:
    return [each for each in found if each.severity.rank <= than.rank]


def told(found) -> list:
    """Findings without their fixes, which depend on each other."""
    return [(f.id, f.keys, f.weekday, f.start, f.end, dict(f.facts), f.severity) for f in found]


@many
@given(plans(days()), surroundings)
def test_no_accepted_raster_has_a_run_of_short_video_past_the_bound(plan, around):  # PP-24
    found = findings(plan, POLICY, around)
    for weekday in range(7):
        longest = longest_short_run(plan, weekday, known=around.durations)
        grave = {f.severity for f in found if f.weekday == weekday and f.rule == "PP-24"}
        assert longest <= 180 or Severity.ERROR in grave
        assert longest <= 120 or grave & {Severity.ERROR, Severity.WARNING}


@many
@given(plans(), surroundings)
@example(raster("9.00-12.20 flexible video 10"), None)
@example(raster("8.00-18.00 hybrid"), None)
def test_a_fix_removes_its_finding_and_adds_none_as_grave(plan, around):
    given_around = () if around is None else (around,)
    found = findings(plan, POLICY, *given_around)
    for finding in found:
        if finding.fix is None:
            continue
        after = findings(apply_fix(plan, finding.fix), POLICY, *given_around)
        assert told([finding])[0] not in told(after)
        before = told(found)
        assert [each for each in told(graver(after, finding.severity)) if each not in before] == []


@many
@given(plans(), surroundings)
def test_a_fix_that_is_undone_leaves_no_trace(plan, around):
    for finding in findings(plan, POLICY, around):
        if finding.fix is not None:
            undo = inverse(plan, finding.fix)
            fixed = apply_fix(plan, finding.fix)
            assert fixed != plan
            assert apply_fix(fixed, undo) == plan
            assert apply_fix(apply_fix(fixed, undo), inverse(fixed, undo)) == fixed


@many
@given(st.data())
def test_any_changes_are_undone_in_the_same_order_of_blocks(data):
    plan = data.draw(plans())
    keys = [block.key for block in plan.blocks]
    removed = data.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    put = data.draw(st.lists(blocks().map(PutBlock), max_size=2))
    numbered = [PutBlock(BlockPlan(-n, 0, p.block.start, p.block.end, p.block.mode)) for n, p in enumerate(put, 1)]
    dates = data.draw(st.lists(st.builds(SetValidity, validity, st.none()), max_size=1))
    fix = Fix(FixId.SHORTEN, (*(RemoveBlock(key) for key in removed), *numbered, *dates))
    assert apply_fix(apply_fix(plan, fix), inverse(plan, fix)) == plan


@many
@given(plans(), surroundings)
def test_findings_are_sorted_and_name_blocks_that_are_there(plan, around):
    found = findings(plan, POLICY, around)
    assert [f.severity.rank for f in found] == sorted(f.severity.rank for f in found)
    assert {key for f in found for key in f.keys} <= {block.key for block in plan.blocks}
    assert all((f.start is None) == (f.end is None) == (f.weekday is None) for f in found)
