"""The rules about room, workplaces and the rasters beside this one."""

from dataclasses import replace
from datetime import date, time

import pytest

from praktijkplan.beside import first_together
from praktijkplan.blocks import (
    Finding,
    FindingId,
    FixId,
    OtherRaster,
    SetValidity,
    Severity,
    Surroundings,
    Workplace,
    WorkplaceKind,
    apply_fix,
    findings,
)
from praktijkplan.policy import Policy
from praktijkplan.rasters import WeekPattern
from tests.praktijkplan.rasters_of_all_kinds import (
    CABIN,
    FAR_CABIN,
    HOME,
    MONDAY,
    OLD_ROOM,
    PLACES,
    ROOM,
    TYPES,
    block,
    raster,
)

POLICY = Policy()
KNOWN = Surroundings(workplaces=PLACES, durations=TYPES)
DR_VISSER, DR_BAKKER = 7, 8
EVEN, ODD, EVERY = WeekPattern.EVEN, WeekPattern.ODD, WeekPattern.EVERY


def those(plan, *ids, around=KNOWN) -> list[Finding]:
    return [f for f in findings(plan, POLICY, around) if f.id in ids]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["10.00-9.00 flexible"], ("ends_first", (1,), {})),
        (["9.00-9.00 flexible"], ("ends_first", (1,), {})),
        (["9.00-10.05 flexible", "10.00-11.00 flexible"], ("overlaps", (1, 2), {"minutes": 5})),
        ([block("9.00-9.30 flexible", start_up_minutes=30)], ("start_up_fills_block", (1,), {"minutes": 30})),
        ([block("9.00-10.00 fixed 15", slot_minutes=0)], ("no_slot_length", (1,), {})),
        (["9.00-10.10 fixed 15"], ("slots_leave_rest", (1,), {"minutes": 10})),
    ],
    ids=["ends first", "empty", "overlap", "start-up", "no slot length", "rest"],
)
def test_what_makes_no_sense_is_an_error(texts, expected):  # PP-20
    [error] = those(raster(*texts), FindingId(expected[0]))
    assert (error.severity, error.keys, error.facts) == (Severity.ERROR, expected[1], expected[2])


@pytest.mark.parametrize(
    ("texts", "fixed"),
    [
        (["9.00-10.05 flexible", "10.00-11.00 flexible"], [(time(9), time(10)), (time(10), time(11))]),
        (["9.00-10.00 flexible", "9.00-11.00 flexible"], [(time(9), time(10)), (time(10), time(11))]),
        (["9.00-10.10 fixed 15"], [(time(9), time(10))]),
        (["6.30-8.00 flexible 30"], [(time(7), time(8))]),
        (["19.00-21.00 flexible 30"], [(time(19), time(20))]),
    ],
    ids=["the earlier ends", "the later begins", "whole slots", "opening", "closing"],
)
def test_a_block_is_shortened_as_far_as_needed(texts, fixed):  # PP-20
    plan = raster(*texts)
    ids = FindingId.OVERLAPS, FindingId.SLOTS_LEAVE_REST, FindingId.OUTSIDE_OPENING_HOURS
    [finding] = those(plan, *ids)
    assert finding.fix.id is FixId.SHORTEN
    assert [(b.start, b.end) for b in apply_fix(plan, finding.fix).blocks] == fixed


def test_a_raster_that_ends_before_it_begins_is_an_error():
    [error] = those(raster(valid_until=date(2026, 12, 6)), FindingId.VALIDITY_ENDS_FIRST)
    assert (error.severity, error.keys, error.weekday, error.fix) == (Severity.ERROR, (), None, None)


def test_no_fix_is_offered_that_breaks_something_as_grave():
    plan = raster("9.00-12.00 flexible 30", "10.00-11.00 flexible 30")
    [overlap] = those(plan, FindingId.OVERLAPS)
    fixed = apply_fix(plan, overlap.fix)
    assert [(b.start, b.end) for b in fixed.blocks] == [(time(9), time(10)), (time(10), time(11))]
    tiny = raster("6.55-7.05 flexible 10")  # inside the opening hours nothing fits
    [outside] = those(tiny, FindingId.OUTSIDE_OPENING_HOURS)
    assert outside.fix is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("7.00-8.00 flexible 30", 0),
        ("6.55-8.00 flexible 30", 1),
        ("19.00-20.00 flexible 30", 0),
        ("19.00-20.05 flexible 30", 1),
        ("6.00-7.00 break", 0),
    ],
    ids=["at opening", "before opening", "at closing", "after closing", "a pause"],
)
def test_opening_hours(text, count):
    found = those(raster(text), FindingId.OUTSIDE_OPENING_HOURS)
    assert [(f.severity, f.facts) for f in found] == [(Severity.WARNING, {"opens": 420, "closes": 1200})] * count


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9.00-10.00 flexible 30", "10.05-11.00 flexible 30"], [(None, "10.00", 5, 10)]),
        (["9.00-10.00 flexible 30", "10.10-11.00 flexible 30"], []),
        (["9.00-10.00 flexible 30", "10.00-10.05 break", "10.05-11.00 flexible 30"], []),
        (["9.00-10.00 flexible 30", "9.30-9.35 break"], [(1, "09.35", 25, 30)]),
        (["9.00-10.05 flexible 30", "9.30-9.35 break"], []),
        (["9.00-10.00 flexible", "9.50-9.55 break"], [(1, "09.55", 5, 10)]),
    ],
    ids=["5 between", "10 between", "a pause between", "rest in a block", "room in a block", "any type"],
)
def test_gap_that_is_too_small_for_any_type(texts, expected):
    found = those(raster(*texts), FindingId.GAP_TOO_SMALL)
    assert [
        (next(iter(f.keys), None), f"{f.start:%H.%M}", f.facts["minutes"], f.facts["shortest"]) for f in found
    ] == expected
    assert all((f.severity, f.fix.id) == (Severity.ADVICE, FixId.MAKE_PAUSE) for f in found)


def test_a_gap_says_nothing_where_no_types_are_known():
    plan = raster("9.00-10.00 flexible 30", "10.05-11.00 flexible 30")
    assert those(plan, FindingId.GAP_TOO_SMALL, around=Surroundings()) == []


@pytest.mark.parametrize(
    ("made", "bookable"),
    [
        ("9.00-9.30 flexible 30", True),
        ("9.00-9.25 flexible 30", False),
        ("9.00-9.10 flexible", True),
        ("9.00-9.05 flexible", False),
        ("9.00-11.00 flexible 25", False),
        (block("9.00-9.30 flexible 20", start_up_minutes=10), True),
        (block("9.00-9.30 flexible 20", start_up_minutes=15), False),
        (block("9.00-10.00 fixed 15", durations=frozenset({20})), False),
        (block("9.00-10.00 fixed 15", durations=frozenset({10})), True),
        (block("9.00-9.20 fixed 5", durations=None), False),
        (block("9.02-9.12 flexible 10"), False),
        (block("9.02-9.15 flexible 10"), True),
    ],
    ids=[
        "fits",
        "does not fit",
        "the shortest type fits",
        "no type fits",
        "no such type",
        "after start-up",
        "too little after start-up",
        "longer than the slot",
        "shorter than the slot",
        "slots shorter than any type",
        "off the grid",
        "off the grid with room",
    ],
)
def test_a_block_in_which_nothing_can_be_booked(made, bookable):  # PP-20
    found = those(raster(made), FindingId.NOTHING_BOOKABLE)
    assert [(f.severity, f.keys) for f in found] == ([] if bookable else [(Severity.ERROR, (1,))])


@pytest.mark.parametrize(("pause", "count"), [("9.00-9.45 break", 0), ("9.00-9.50 break", 1)])
def test_pauses_that_leave_no_slot_of_a_fixed_block(pause, count):  # PP-20
    assert len(those(raster("9.00-10.00 fixed 15", pause), FindingId.NOTHING_BOOKABLE)) == count


@pytest.mark.parametrize(
    ("text", "place", "refused"),
    [
        ("9.00-10.00 flexible video 30", OLD_ROOM, True),
        ("9.00-10.00 hybrid phone visit", OLD_ROOM, True),
        ("9.00-10.00 flexible", OLD_ROOM, True),
        ("9.00-10.00 flexible visit", OLD_ROOM, False),
        ("9.00-10.00 hybrid", ROOM, False),
    ],
    ids=["video", "hybrid", "any form", "visit", "a ready room"],
)
def test_a_place_that_is_not_ready_for_video(text, place, refused):  # PP-28
    plan = raster(block(text, workplace=place))
    found = those(plan, FindingId.WORKPLACE_NOT_VIDEO_READY)
    assert [(f.severity, f.rule, f.keys, f.facts) for f in found] == (
        [(Severity.ERROR, "PP-28", (1,), {"workplace": place})] if refused else []
    )
    for finding in found:
        assert (finding.fix.id, finding.fix.facts) == (FixId.MOVE_WORKPLACE, {"workplace": ROOM})


def test_the_free_place_of_another_kind_is_better_than_none():  # PP-28
    taken = beside(raster(block("8.00-18.00 flexible visit", workplace=ROOM)), clinician=DR_BAKKER)
    plan = raster(block("9.00-10.00 flexible video 30", workplace=OLD_ROOM))
    [error] = those(plan, FindingId.WORKPLACE_NOT_VIDEO_READY, around=replace(KNOWN, occupants=(taken,)))
    assert error.fix.facts == {"workplace": CABIN}


@pytest.mark.parametrize(
    ("place", "walk", "advised"), [(CABIN, 5, False), (CABIN, 6, True), (ROOM, 6, False)], ids=str
)
def test_a_cabin_is_not_too_far(place, walk, advised):  # PP-28
    around = Surroundings(workplaces={place: replace(PLACES[place], walking_minutes=walk)})
    plan = raster(block("9.00-10.00 flexible 30", workplace=place), block("11.00-12.00 flexible", workplace=place))
    found = those(plan, FindingId.CABIN_FAR, around=around)
    assert [(f.severity, f.keys, f.facts) for f in found] == (
        [(Severity.ADVICE, (1, 2), {"workplace": place, "minutes": 6, "most": 5})] if advised else []
    )


@pytest.mark.parametrize(("confirmed", "count"), [(False, 1), (True, 0)])
def test_working_from_home_needs_a_checklist(confirmed, count):  # PP-29
    around = Surroundings(workplaces={HOME: Workplace(WorkplaceKind.HOME, checklist_confirmed=confirmed)})
    plan = raster(block("9.00-10.00 flexible 30", workplace=HOME), block("11.00-12.00 flexible", workplace=HOME))
    found = those(plan, FindingId.HOME_UNCHECKED, around=around)
    assert [(f.severity, f.rule, f.keys) for f in found] == [(Severity.WARNING, "PP-29", (1, 2))] * count


def test_video_without_a_workplace_is_advised_against_where_there_are_some():  # PP-28
    plan = raster("9.00-10.00 flexible video 30", "11.00-12.00 flexible visit")
    assert [f.keys for f in those(plan, FindingId.WORKPLACE_MISSING)] == [(1,)]
    assert those(plan, FindingId.WORKPLACE_MISSING, around=Surroundings()) == []


def test_a_workplace_that_is_gone_is_an_error():  # PP-28
    [error] = those(raster(block("9.00-10.00 flexible 30", workplace=99)), FindingId.WORKPLACE_UNKNOWN)
    assert (error.severity, error.facts, error.fix.facts) == (Severity.ERROR, {"workplace": 99}, {"workplace": CABIN})


def test_a_place_used_twice_in_the_same_raster():  # PP-28
    plan = raster(
        block("9.00-10.05 flexible 30", workplace=ROOM),
        block("10.00-11.00 flexible 30", workplace=ROOM),
        block("11.00-12.00 flexible 30", workplace=ROOM),
    )
    [error] = those(plan, FindingId.WORKPLACE_TAKEN)
    assert (error.keys, error.start, error.end) == ((1, 2), time(10), time(10, 5))


def beside(plan, *, number=31, clinician=DR_VISSER):
    return OtherRaster(number, clinician, plan)


# Week 53 of 2026 begins on Monday 28 December, week 1 of 2027 on 4 January.
MEETINGS = [
    (EVERY, None, EVERY, date(2026, 12, 7), date(2026, 12, 7)),
    (EVEN, None, ODD, date(2026, 12, 7), None),
    (ODD, None, EVEN, date(2026, 12, 7), None),
    (EVEN, None, EVEN, date(2026, 12, 9), date(2026, 12, 21)),
    (EVERY, date(2026, 12, 20), EVEN, date(2026, 12, 9), None),
    (EVERY, date(2026, 12, 21), EVEN, date(2026, 12, 9), date(2026, 12, 21)),
    (ODD, date(2027, 1, 4), ODD, date(2027, 1, 4), date(2027, 1, 4)),
    (ODD, date(2026, 12, 28), ODD, date(2026, 12, 28), date(2026, 12, 28)),
    (EVEN, None, EVEN, date(2026, 12, 22), date(2027, 1, 11)),
    (EVEN, date(2027, 1, 10), EVEN, date(2026, 12, 22), None),
    (EVERY, date(2026, 12, 13), EVERY, date(2026, 12, 14), None),
]


@pytest.mark.parametrize(
    ("weeks", "until", "other_weeks", "other_from", "first"),
    MEETINGS,
    ids=[
        "every week",
        "even and odd never",
        "odd and even never",
        "even, from the next even week",
        "ends a day before they meet",
        "ends on the day they meet",
        "week 1 is odd",
        "week 53 is odd",
        "three weeks from an even week to the next over week 53",
        "ends in week 1",
        "one after the other",
    ],
)
class TestTwoRastersThatMeet:
    def test_same_clinician_collides(self, weeks, until, other_weeks, other_from, first):
        plan = raster("9.00-12.00 flexible 30", weeks=weeks, valid_until=until)
        other = raster("11.55-13.00 flexible 30", weeks=other_weeks, valid_from=other_from)
        assert first_together(plan, other, 0) == first_together(other, plan, 0) == first
        found = those(plan, FindingId.RASTERS_COLLIDE, around=replace(KNOWN, neighbours=(beside(other),)))
        assert [(f.severity, f.keys, f.facts, f.start, f.end) for f in found] == (
            [
                (
                    Severity.ERROR,
                    (1,),
                    {"raster": 31, "first": first.toordinal(), "count": 1},
                    time(11, 55),
                    time(12),
                )
            ]
            if first
            else []
        )

    def test_colleague_in_the_same_place(self, weeks, until, other_weeks, other_from, first):  # PP-28
        plan = raster(block("9.00-12.00 flexible 30", workplace=ROOM), weeks=weeks, valid_until=until)
        used = block("11.55-13.00 flexible 30", workplace=ROOM)
        other = beside(raster(used, weeks=other_weeks, valid_from=other_from), clinician=DR_BAKKER)
        found = those(plan, FindingId.WORKPLACE_TAKEN, around=replace(KNOWN, occupants=(other,)))
        facts = {"workplace": ROOM, "block": 1, "clinician": DR_BAKKER, "raster": 31}
        assert [(f.severity, f.keys, f.facts) for f in found] == (
            [(Severity.ERROR, (1,), facts | {"first": first.toordinal()})] if first else []
        )


@pytest.mark.parametrize(
    ("text", "weekday", "place"),
    [
        ("12.00-13.00 flexible 30", 0, ROOM),
        ("9.00-12.00 flexible 30", 1, ROOM),
        ("9.00-12.00 break", 0, ROOM),
        ("9.00-12.00 flexible 30", 0, CABIN),
        ("9.00-12.00 flexible 30", 0, None),
    ],
    ids=["one after the other", "another day", "a pause", "another place", "no place"],
)
def test_a_colleague_who_is_not_in_the_way(text, weekday, place):  # PP-28
    plan = raster(block("9.00-12.00 flexible 30", workplace=ROOM))
    other = beside(raster(block(text, weekday=weekday, workplace=place)), clinician=DR_BAKKER)
    assert those(plan, FindingId.WORKPLACE_TAKEN, around=replace(KNOWN, occupants=(other,))) == []


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "fix"),
    [
        (MONDAY, None, SetValidity(MONDAY, date(2027, 1, 31))),
        (date(2027, 3, 1), None, SetValidity(date(2027, 4, 1), None)),
        (date(2027, 2, 1), date(2027, 3, 1), None),
    ],
    ids=["until the other begins", "from where the other ends", "inside the other"],
)
def test_a_collision_is_mended_by_the_dates(valid_from, valid_until, fix):
    plan = raster("9.00-12.00 flexible 30", valid_from=valid_from, valid_until=valid_until)
    other = raster("9.00-12.00 flexible 30", valid_from=date(2027, 2, 1), valid_until=date(2027, 3, 31))
    [error] = those(plan, FindingId.RASTERS_COLLIDE, around=replace(KNOWN, neighbours=(beside(other),)))
    assert (error.fix and error.fix.changes) == (fix and (fix,))


def test_rasters_of_one_clinician_at_other_times_are_none_of_our_business():
    plan = raster("9.00-12.00 flexible 30")
    other = raster("12.00-13.00 flexible 30")
    assert those(plan, FindingId.RASTERS_COLLIDE, around=replace(KNOWN, neighbours=(beside(other),))) == []


@pytest.mark.parametrize(
    ("weeks", "weekday", "other_weeks", "other_until", "days"),
    [
        (EVERY, 0, EVERY, date(2026, 12, 6), []),
        (EVERY, 0, EVERY, date(2026, 11, 30), []),
        (EVERY, 0, EVERY, date(2026, 11, 29), [date(2026, 11, 30)]),
        (EVERY, 0, EVERY, date(2026, 11, 22), [date(2026, 11, 23), date(2026, 11, 30)]),
        (EVERY, 5, EVERY, date(2026, 12, 4), [date(2026, 12, 5)]),
        (EVEN, 0, EVERY, date(2026, 11, 29), []),
        (ODD, 0, EVERY, date(2026, 11, 29), [date(2026, 11, 30)]),
        (ODD, 0, EVEN, date(2026, 11, 22), []),
        (EVERY, 0, EVERY, date(2025, 12, 4), []),
    ],
    ids=[
        "no gap",
        "after the last clinic",
        "one clinic",
        "two clinics",
        "a Saturday clinic",
        "not in this week",
        "in this week",
        "never in the same weeks",
        "over a year ago",
    ],
)
def test_clinic_days_without_a_raster(weeks, weekday, other_weeks, other_until, days):
    plan = raster(block("9.00-12.00 flexible 30", weekday=weekday), weeks=weeks)
    other = raster("9.00-12.00 flexible 30", weeks=other_weeks, valid_from=date(2025, 9, 1), valid_until=other_until)
    found = those(plan, FindingId.VALIDITY_GAP, around=replace(KNOWN, neighbours=(beside(other),)))
    assert [(f.severity, f.facts["count"], f.facts["first"], f.facts["last"]) for f in found] == (
        [(Severity.ADVICE, len(days), days[0].toordinal(), days[-1].toordinal())] if days else []
    )
    for finding in found:
        assert finding.fix.id is FixId.SET_VALIDITY
        [change] = finding.fix.changes
        assert (change.valid_from - other_until).days == 1


def test_a_gap_before_the_next_raster_is_closed_at_its_end():
    plan = raster("9.00-12.00 flexible 30", valid_until=date(2027, 1, 3))
    following = raster("9.00-12.00 flexible 30", valid_from=date(2027, 1, 18))
    [advice] = those(plan, FindingId.VALIDITY_GAP, around=replace(KNOWN, neighbours=(beside(following),)))
    assert (advice.facts["count"], advice.fix.changes) == (2, (SetValidity(MONDAY, date(2027, 1, 17)),))


def test_a_gap_that_another_raster_fills_is_none():
    plan = raster("9.00-12.00 flexible 30", valid_from=date(2027, 1, 18))
    before = beside(raster("9.00-12.00 flexible 30", valid_from=MONDAY, valid_until=date(2027, 1, 3)))
    filling = beside(raster("13.00-15.00 flexible 30", valid_from=date(2026, 12, 21)), number=32)
    assert those(plan, FindingId.VALIDITY_GAP, around=replace(KNOWN, neighbours=(before, filling))) == []


def test_findings_come_gravest_first_then_by_day_and_time():
    plan = raster(
        block("9.00-12.00 flexible 30", weekday=2, workplace=FAR_CABIN),
        block("9.00-10.00 flexible 30", weekday=1, workplace=99),
        block("21.00-22.00 flexible 30", weekday=0, workplace=ROOM),
        block("8.00-9.00 flexible 30", weekday=1, workplace=99),
    )
    assert [(f.id.value, f.weekday, f.keys) for f in findings(plan, POLICY, KNOWN)] == [
        ("workplace_unknown", 1, (4,)),
        ("workplace_unknown", 1, (2,)),
        ("outside_opening_hours", 0, (3,)),
        ("pause_missing", 2, (1,)),
        ("cabin_far", None, (1,)),
    ]
