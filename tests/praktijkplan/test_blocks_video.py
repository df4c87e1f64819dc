"""Each rule about video at, just under and just over its bound."""

from dataclasses import replace
from datetime import time

import pytest

from praktijkplan.blocks import FindingId, FixId, Severity, Surroundings, apply_fix, findings, inverse
from praktijkplan.policy import Policy
from praktijkplan.rasters import raster_problems
from praktijkplan.starters import fixed_hour, hybrid_afternoon, video_block
from tests.praktijkplan.rasters_of_all_kinds import CABIN, MONDAY, PLACES, ROOM, TYPES, block, raster

POLICY = Policy()
KNOWN = Surroundings(durations=TYPES)
PLAIN_VIDEO = {
    FindingId.VIDEO_BLOCK_TOO_LONG,
    FindingId.SHORT_RUN_TOO_LONG,
    FindingId.SHORT_RUN_LONG,
    FindingId.MINI_BREAK_MISSING,
    FindingId.PAUSE_MISSING,
    FindingId.PAUSE_AFTER_CONSULT_MISSING,
}
RUNS = {FindingId.SHORT_RUN_TOO_LONG, FindingId.SHORT_RUN_LONG}


def found(*texts, only=PLAIN_VIDEO, around=KNOWN, policy=POLICY):
    """(id, start, end, minutes) of the findings that the table is about."""
    return [
        (f.id.value, f"{f.start:%H.%M}", f"{f.end:%H.%M}", f.facts["minutes"])
        for f in findings(raster(*texts), policy, around)
        if f.id in only
    ]


@pytest.mark.parametrize("starter", [fixed_hour, video_block, hybrid_afternoon])
@pytest.mark.parametrize("place", [None, CABIN, ROOM])
def test_an_example_of_the_plan_has_no_error_and_no_warning(starter, place):  # PP-21, PP-22, PP-23
    plan = starter(MONDAY)
    placed = raster(*(replace(each, workplace=place) for each in plan.blocks))
    around = Surroundings(workplaces=PLACES, durations=TYPES, failure_share=0.4)
    assert {f.severity for f in findings(placed, POLICY, around)} <= {Severity.ADVICE}
    assert [f for f in findings(plan, POLICY, KNOWN) if f.severity is not Severity.ADVICE] == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-11.00 flexible video 10"], []),
        (["9.00-11.05 flexible video 10"], [("short_run_long", "09.00", "11.05", 125)]),
        (["9.00-12.00 flexible video 10"], [("short_run_long", "09.00", "12.00", 180)]),
        (["9.00-12.05 flexible video 10"], [("short_run_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 flexible video 10 20"], [("short_run_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 flexible video 15 20"], []),
        (["9.00-12.05 flexible phone 10"], []),
        (["9.00-12.05 hybrid"], [("short_run_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 hybrid video phone 30"], []),
        (["9.00-12.10 fixed video 10"], [("short_run_too_long", "09.00", "12.10", 190)]),
        ([block("9.00-12.10 fixed video 15", durations=None)], []),
        (
            ["9.00-10.30 flexible video 10", "10.30-12.05 flexible video 10"],
            [("short_run_too_long", "09.00", "12.05", 185)],
        ),
        (
            ["9.00-10.30 flexible video 10", "10.40-12.05 flexible video 10"],
            [("short_run_too_long", "09.00", "12.05", 185)],
        ),
        (["9.00-10.30 flexible video 10", "10.45-12.05 flexible video 10"], []),
        (["9.00-12.05 flexible video 10", "10.30-10.45 break"], []),
        (
            ["9.00-12.05 flexible video 10", "10.30-10.40 break"],
            [("short_run_too_long", "09.00", "12.05", 185)],
        ),
        (
            ["9.00-10.30 flexible video 10", "10.30-10.40 flexible phone 10", "10.40-12.05 flexible video 10"],
            [("short_run_too_long", "09.00", "12.05", 185)],
        ),
        (["9.00-10.30 flexible video 10", "10.30-10.45 flexible phone 10", "10.45-12.05 flexible video 10"], []),
        (
            [
                "9.00-10.30 flexible video 10",
                "10.30-10.40 flexible phone 10",
                "10.40-10.45 break",
                "10.45-12.05 flexible video 10",
            ],
            [],
        ),
        (
            ["9.00-10.30 flexible video 10", "10.30-11.00 flexible video 30", "11.00-12.05 flexible video 10"],
            [("short_run_too_long", "09.00", "12.05", 185)],
        ),
    ],
    ids=[
        "at the warning",
        "over the warning",
        "at the error",
        "over the error",
        "10 among others counts",
        "no 10",
        "phone",
        "hybrid allows all",
        "hybrid of 30",
        "fixed of 10",
        "fixed without length is as long as its slot",
        "a border is no break",
        "10 minutes apart",
        "15 minutes apart",
        "a pause of 15 inside the block",
        "a pause of 10 inside the block",
        "10 minutes of phone",
        "15 minutes of phone",
        "phone and a pause, 15 together",
        "longer video is no other form",
    ],
)
def test_run_of_short_video(texts, expected):  # PP-24
    assert found(*texts, only=RUNS) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-10.00 flexible video 10"], []),
        (["9.00-10.05 flexible video 10"], [("mini_break_missing", "09.00", "10.05", 65)]),
        (["9.00-11.05 flexible video 10", "10.00-10.05 break"], []),
        (
            ["9.00-11.10 flexible video 10", "10.00-10.05 break"],
            [("mini_break_missing", "10.05", "11.10", 65)],
        ),
        (
            ["9.00-10.00 flexible video 10", "10.00-10.10 flexible phone 10", "10.10-10.30 flexible video 10"],
            [("mini_break_missing", "09.00", "10.30", 90)],
        ),
        (["9.00-10.00 flexible video 10", "10.00-10.15 flexible phone 10", "10.15-11.15 flexible video 10"], []),
        (["9.00-10.00 flexible video 10", "10.05-11.05 flexible video 10"], []),
    ],
    ids=[
        "an hour",
        "over an hour",
        "after an hour",
        "over an hour after the mini-break",
        "a little phone is no mini-break",
        "phone that ends the run",
        "a gap is a mini-break",
    ],
)
def test_mini_breaks_in_a_run(texts, expected):  # PP-24
    assert found(*texts, only={FindingId.MINI_BREAK_MISSING}) == expected


@pytest.mark.parametrize("minutes", [3, 4])
def test_a_pause_that_is_shorter_than_a_mini_break_is_none(minutes):  # PP-24
    texts = ["9.00-11.00 flexible video 10", f"10.00-10.0{minutes} break"]
    assert found(*texts, only={FindingId.MINI_BREAK_MISSING}) == [("mini_break_missing", "09.00", "11.00", 120)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-12.00 flexible video 20"], []),
        (["9.00-12.05 flexible video 20"], [("video_block_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 flexible video 20 30"], [("video_block_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 flexible video 30"], []),
        (
            ["9.00-11.00 flexible video 20", "11.00-12.05 fixed video 5"],
            [("video_block_too_long", "09.00", "12.05", 185)],
        ),
        (["9.00-12.05 flexible video 20", "11.00-11.10 break"], [("video_block_too_long", "09.00", "12.05", 185)]),
        (["9.00-12.05 flexible video 20", "11.00-11.15 break"], []),
    ],
    ids=["at", "over", "20 among others", "30", "a border is no break", "a mini-break", "a pause"],
)
def test_video_block_of_consults_up_to_20_minutes(texts, expected):  # PP-22
    assert found(*texts, only={FindingId.VIDEO_BLOCK_TOO_LONG}) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-11.00 flexible video 15"], []),
        (["9.00-11.05 flexible video 15"], [("pause_missing", "09.00", "11.05", 125)]),
        (["9.00-11.00 flexible video 20"], []),
        (["9.00-11.05 flexible video 20"], [("pause_missing", "09.00", "11.05", 125)]),
        (["9.00-11.15 flexible video 25"], []),
        (["9.00-11.15 flexible video 30"], []),
        (["9.00-11.20 flexible video 30"], [("pause_missing", "09.00", "11.20", 140)]),
        (["9.00-11.15 flexible video 40"], []),
        (["9.00-11.20 flexible video 40"], [("pause_missing", "09.00", "11.20", 140)]),
        (["9.00-11.20 flexible video 20 30"], [("pause_missing", "09.00", "11.20", 140)]),
        (["9.00-11.20 flexible video 10"], []),
        (
            ["9.00-10.00 flexible video 30", "10.00-11.05 flexible video 20"],
            [("pause_missing", "09.00", "11.05", 125)],
        ),
        (
            ["9.00-13.00 flexible video 20", "10.55-11.05 break"],
            [("pause_missing", "09.00", "13.00", 240)],
        ),
        (["9.00-13.00 flexible video 20", "10.50-11.05 break"], []),
        (["9.00-10.00 flexible video 20", "10.00-10.15 flexible visit", "10.15-12.15 flexible video 20"], []),
    ],
    ids=[
        "15 at",
        "15 over",
        "20 at",
        "20 over",
        "25 has the row of 30",
        "30 at",
        "30 over",
        "40 has the row of 30, at",
        "40 over",
        "the shortest decides",
        "short consults have a rule of their own",
        "the strictest of two blocks",
        "too short a pause",
        "a pause",
        "another form",
    ],
)
def test_pause_by_the_length_of_the_consult(texts, expected):  # PP-25
    assert found(*texts, only={FindingId.PAUSE_MISSING}) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-10.25 flexible video 45"], []),
        (["9.00-10.30 flexible video 45"], [("09.00", "10.30", 2)]),
        (["9.00-10.30 flexible video 40"], []),
        (["9.00-10.30 flexible video 40 45"], []),
        (["9.00-9.45 flexible video 45", "10.00-10.45 flexible video 45"], []),
        (["9.00-9.45 flexible video 45", "9.55-10.40 flexible video 45"], [("09.00", "10.40", 2)]),
        (["9.00-12.00 flexible video 60"], [("09.00", "12.00", 3)]),
        ([block("9.00-12.00 fixed video 60", durations=frozenset({45}))], []),
        ([block("9.00-12.00 fixed video 60", durations=frozenset({50}))], [("09.00", "12.00", 3)]),
        (["9.00-12.00 fixed video 60"], [("09.00", "12.00", 3)]),
    ],
    ids=[
        "room for one",
        "two on end",
        "40",
        "40 among others",
        "15 between",
        "10 between",
        "three hours",
        "the slot leaves 15",
        "the slot leaves 10",
        "the slot is the consult",
    ],
)
def test_pause_after_each_long_consult(texts, expected):  # PP-25
    assert [
        (f"{f.start:%H.%M}", f"{f.end:%H.%M}", f.facts["count"])
        for f in findings(raster(*texts), POLICY, KNOWN)
        if f.id is FindingId.PAUSE_AFTER_CONSULT_MISSING
    ] == expected


@pytest.mark.parametrize(
    ("text", "failures", "expected"),
    [
        ("9.00-11.00 flexible video 20", None, []),
        ("9.00-11.00 flexible video 20", 0.199, []),
        ("9.00-11.00 flexible video 20", 0.2, [(10, 20)]),
        ("9.00-11.00 flexible video 30", 0.4, [(10, 40)]),
        ("9.00-11.00 flexible video 35", 0.4, []),
        ("9.00-11.00 flexible phone 20", 0.4, []),
    ],
    ids=["not measured", "just under", "at", "30 minutes", "over 30 minutes", "phone"],
)
def test_start_up_time_while_technique_fails(text, failures, expected):  # PP-26, PP-33
    around = Surroundings(durations=TYPES, failure_share=failures)
    advice = [f for f in findings(raster(text), POLICY, around) if f.id is FindingId.START_UP_ADVISED]
    assert [(f.facts["minutes"], f.facts["failures"]) for f in advice] == expected


@pytest.mark.parametrize(("start_up", "count"), [(5, 1), (10, 0), (15, 0)])
def test_start_up_time_that_is_there_already(start_up, count):  # PP-26
    plan = raster(block("9.00-11.00 flexible video 20", start_up_minutes=start_up))
    around = Surroundings(failure_share=0.3)
    assert sum(f.id is FindingId.START_UP_ADVISED for f in findings(plan, POLICY, around)) == count


def test_start_up_time_is_advised_where_video_begins():  # PP-26
    plan = raster(
        "9.00-10.00 flexible video 20",
        "10.15-11.00 flexible video 20",
        block("11.00-12.00 flexible video 20", workplace=CABIN),
        "13.00-14.00 flexible phone 20",
        "14.00-15.00 flexible video 20",
    )
    advice = [f for f in findings(plan, POLICY, Surroundings(PLACES, failure_share=0.3)) if f.rule == "PP-26"]
    assert [f.keys for f in advice] == [(1,), (3,), (5,)]


@pytest.mark.parametrize(("mode", "start_up"), [("flexible", 10), ("fixed", 15)])
def test_start_up_fix_leaves_whole_slots(mode, start_up):  # PP-26
    plan = raster(f"9.00-10.00 {mode} video 15")
    [advice] = [f for f in findings(plan, POLICY, Surroundings(failure_share=0.3)) if f.rule == "PP-26"]
    fixed = apply_fix(plan, advice.fix)
    assert [b.start_up_minutes for b in fixed.blocks] == [start_up]
    assert raster_problems(fixed) == ()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["8.00-11.45 flexible video 30", "12.00-13.15 flexible visit"], []),
        (["8.00-11.50 flexible video 30", "12.00-13.15 flexible visit"], [75]),
        (["8.00-12.55 flexible video 30"], []),
        (["8.00-13.00 flexible video 30"], [100]),
        (["8.00-13.00 flexible video phone 30"], []),
    ],
    ids=["three quarters", "over three quarters", "a short day", "nothing else", "the clinic can choose"],
)
def test_share_of_video_in_a_day(texts, expected):  # PP-27
    plan = raster(*texts)
    advice = [f for f in findings(plan, POLICY, KNOWN) if f.id is FindingId.VIDEO_SHARE_HIGH]
    assert [f.facts["percent"] for f in advice] == expected
    assert all(f.severity is Severity.ADVICE for f in advice)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["8.00-12.00 flexible video 30"], []),
        (["8.00-12.05 flexible video 30"], [245]),
        (["8.00-10.00 flexible video 30", "13.00-15.05 flexible video 30"], [245]),
        (["8.00-10.00 flexible video 30", "12.00-12.15 flexible visit", "13.00-15.05 flexible video 30"], []),
        (["8.00-10.00 flexible video 30", "12.00-12.10 flexible visit", "13.00-15.05 flexible video 30"], [245]),
    ],
    ids=["a half-day", "over a half-day", "a pause is no variation", "another form", "hardly another form"],
)
def test_longest_stretch_without_another_form(texts, expected):  # PP-27
    advice = [f for f in findings(raster(*texts), POLICY, KNOWN) if f.id is FindingId.VIDEO_WITHOUT_VARIATION]
    assert [f.facts["minutes"] for f in advice] == expected


def test_the_pause_that_mends_a_run_is_halfway():  # PP-24
    plan = raster("9.00-12.20 flexible video 10")
    [finding] = [f for f in findings(plan, POLICY, KNOWN) if f.id is FindingId.SHORT_RUN_TOO_LONG]
    assert (finding.rule, finding.severity, finding.keys, finding.weekday) == ("PP-24", Severity.ERROR, (1,), 0)
    assert (finding.start, finding.end) == (time(9), time(12, 20))
    assert finding.facts == {"minutes": 200, "most": 180, "pause": 15}
    assert (finding.fix.id, finding.fix.facts) == (FixId.ADD_PAUSES, {"count": 1, "at": 640, "minutes": 15})
    fixed = apply_fix(plan, finding.fix)
    [pause] = fixed.blocks[1:]
    assert (pause.start, pause.end, pause.key) == (time(10, 40), time(10, 55), -1)
    assert apply_fix(fixed, inverse(plan, finding.fix)) == plan


@pytest.mark.parametrize(
    "texts",
    [
        ["9.00-12.20 flexible video 10"],
        ["8.00-18.00 flexible video 10"],
        ["8.00-18.00 flexible video 10 20"],
        ["8.00-18.00 hybrid"],
        ["8.00-12.00 flexible video 20", "12.00-15.00 flexible video 10"],
        ["8.00-12.00 fixed video 10"],
        ["8.00-12.00 fixed video 20"],
        ["8.00-12.00 flexible video 30"],
        ["8.00-11.00 flexible video 10", "9.30-9.35 break"],
    ],
    ids=" + ".join,
)
def test_fixes_one_after_the_other_leave_no_long_video(texts):  # PP-22, PP-24, PP-25
    plan = raster(*texts)
    for _ in range(12):
        open_ones = [f for f in findings(plan, POLICY, KNOWN) if f.id in PLAIN_VIDEO]
        if not open_ones:
            break
        assert open_ones[0].fix is not None, open_ones[0]
        plan = apply_fix(plan, open_ones[0].fix)
    assert [f for f in findings(plan, POLICY, KNOWN) if f.id in PLAIN_VIDEO] == []


def test_a_department_with_other_bounds_has_other_findings():  # PP-16, PP-24
    policy = Policy(short_video_minutes=15, short_run_warning_minutes=60, short_run_error_minutes=90)
    texts = ["9.00-10.35 flexible video 15"]
    assert found(*texts, only=RUNS) == []
    assert found(*texts, only=RUNS, policy=policy) == [("short_run_too_long", "09.00", "10.35", 95)]


@pytest.mark.parametrize(("video", "count"), [(None, 1), (frozenset({30}), 0)])
def test_a_type_that_is_not_for_video_makes_no_short_video(video, count):  # PP-24
    around = Surroundings(durations=frozenset({10, 30}), video_durations=video)
    assert len(found("9.00-12.05 hybrid", only=RUNS, around=around)) == count


@pytest.mark.parametrize(("video", "count"), [(None, 1), (frozenset({30}), 0)])
def test_short_phone_calls_beside_longer_video_make_no_short_video(video, count):  # PP-23, PP-24
    mixed = block("9.00-12.05 flexible video phone 10 30", video_durations=video)
    assert [f.id for f in findings(raster(mixed), POLICY, KNOWN) if f.id in RUNS] == ["short_run_too_long"] * count


def test_start_up_time_is_no_pause():  # PP-24, PP-26
    plan = raster("9.00-10.30 flexible video 10", block("10.30-12.05 flexible video 10", start_up_minutes=15))
    assert [f.facts["minutes"] for f in findings(plan, POLICY, KNOWN) if f.id in RUNS] == [185]
