from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import AmbiguousTime, HalfDay, NonexistentTime, from_instant
from praktijkplan.rasters import (
    BlockPlan,
    RasterPlan,
    RasterProblem,
    RasterProblemId,
    WeekPattern,
    dates_on,
    raster_problems,
    sessions,
    skipped_blocks,
)
from praktijkplan.slots import BlockMode

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY, THURSDAY, SUNDAY = 0, 3, 6
SPRING = date(2027, 3, 28)  # 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00


def block(key=1, weekday=MONDAY, start=time(9), end=time(12), mode=BlockMode.FLEXIBLE) -> BlockPlan:
    return BlockPlan(key, weekday, start, end, mode)


def raster(*blocks, weeks=WeekPattern.EVERY, valid_from=date(2026, 1, 5), valid_until=None) -> RasterPlan:
    return RasterPlan(weeks, valid_from, valid_until, blocks)


def on_the_clock(planned) -> list[tuple[date, HalfDay, list[tuple[int, str, str]]]]:
    def clock(instant: int) -> str:
        return from_instant(instant, AMSTERDAM).strftime("%H.%M")

    return [
        (session.date, session.half_day, [(b.key, clock(b.starts), clock(b.ends)) for b in session.blocks])
        for session in planned
    ]


def test_a_raster_that_makes_sense_has_no_problems():
    plan = raster(
        block(1, start=time(9), end=time(12)),
        block(2, start=time(10), end=time(10, 15), mode=BlockMode.BREAK),
        block(3, start=time(12), end=time(13)),
        block(4, weekday=THURSDAY),
        BlockPlan(5, THURSDAY, time(13), time(14, 10), BlockMode.FIXED, slot_minutes=15, start_up_minutes=10),
        valid_until=date(2026, 1, 5),
    )
    assert raster_problems(plan) == ()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (block(2, start=time(14), end=time(14)), ("ends_first", {})),
        (block(2, start=time(14), end=time(13, 30)), ("ends_first", {})),
        (block(2, start=time(11, 59), end=time(13)), ("overlaps", {"other": 1})),
        (
            BlockPlan(2, MONDAY, time(13), time(13, 10), BlockMode.FLEXIBLE, start_up_minutes=10),
            ("start_up_fills_block", {"minutes": 10}),
        ),
        (BlockPlan(2, MONDAY, time(13), time(14), BlockMode.FIXED), ("no_slot_length", {})),
        (
            BlockPlan(2, MONDAY, time(13), time(14), BlockMode.FIXED, slot_minutes=25),
            ("slots_leave_rest", {"minutes": 10}),
        ),
    ],
)
def test_a_block_that_makes_no_sense_is_named(wrong, expected):
    problem, facts = expected
    assert raster_problems(raster(block(1), wrong)) == (RasterProblem(RasterProblemId(problem), 2, facts),)


def test_a_raster_that_ends_before_it_begins_is_a_problem_of_its_own():
    plan = raster(valid_until=date(2026, 1, 4))
    assert raster_problems(plan) == (RasterProblem(RasterProblemId.VALIDITY_ENDS_FIRST, None),)


def test_dates_on_runs_through_both_ends():
    assert dates_on(raster(), MONDAY, date(2026, 11, 30), date(2026, 12, 14)) == [
        date(2026, 11, 30),
        date(2026, 12, 7),
        date(2026, 12, 14),
    ]


def test_dates_on_keeps_within_the_validity_of_the_raster():
    plan = raster(valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 14))
    assert dates_on(plan, MONDAY, date(2026, 1, 1), date(2027, 1, 1)) == [
        date(2026, 12, 7),
        date(2026, 12, 14),
    ]


def test_dates_on_of_a_raster_that_has_ended_is_empty():
    plan = raster(valid_until=date(2026, 2, 1))
    assert dates_on(plan, MONDAY, date(2026, 3, 1), date(2026, 12, 1)) == []


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        # Week 53 of 2026 is followed by week 1: two odd weeks in a row.
        (WeekPattern.ODD, [date(2026, 12, 17), date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 21)]),
        (WeekPattern.EVEN, [date(2026, 12, 10), date(2026, 12, 24), date(2027, 1, 14)]),
        (WeekPattern.EVERY, [date(2026, 12, 10) + timedelta(weeks=week) for week in range(7)]),
    ],
)
def test_odd_and_even_weeks_over_the_turn_of_2026(weeks, expected):
    assert dates_on(raster(weeks=weeks), THURSDAY, date(2026, 12, 7), date(2027, 1, 24)) == expected


def test_1_january_2027_lies_in_an_odd_week_of_2026():
    plan = raster(weeks=WeekPattern.ODD)
    assert dates_on(plan, 4, date(2027, 1, 1), date(2027, 1, 1)) == [date(2027, 1, 1)]


@given(
    st.sampled_from(WeekPattern),
    st.integers(0, 6),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 400),
)
def test_dates_on_are_exactly_the_days_that_fit(weeks, weekday, first, days):
    plan = raster(weeks=weeks, valid_from=date(2021, 3, 3), valid_until=date(2033, 5, 6))
    expected = [
        day
        for day in (first + timedelta(days=n) for n in range(days + 1))
        if day.weekday() == weekday
        and plan.valid_from <= day <= plan.valid_until
        and (weeks is WeekPattern.EVERY or (int(day.strftime("%V")) % 2 == 0) == (weeks is WeekPattern.EVEN))
    ]
    assert dates_on(plan, weekday, first, first + timedelta(days=days)) == expected


def test_sessions_group_the_blocks_of_a_date_into_half_days():
    monday = date(2026, 12, 7)
    plan = raster(
        block(4, start=time(13, 30), end=time(17)),
        block(1, start=time(8, 30), end=time(10)),
        block(2, start=time(10), end=time(10, 15), mode=BlockMode.BREAK),
        block(3, start=time(10, 15), end=time(12, 30)),
        block(5, weekday=THURSDAY),
    )
    assert on_the_clock(sessions(plan, monday, monday + timedelta(days=6), AMSTERDAM)) == [
        (
            monday,
            HalfDay.MORNING,
            [(1, "08.30", "10.00"), (2, "10.00", "10.15"), (3, "10.15", "12.30")],
        ),
        (monday, HalfDay.AFTERNOON, [(4, "13.30", "17.00")]),
        (date(2026, 12, 10), HalfDay.MORNING, [(5, "09.00", "12.00")]),
    ]


def test_a_session_runs_from_its_first_block_to_its_last_end():
    monday = date(2026, 12, 7)
    plan = raster(
        block(1, start=time(9), end=time(12)), block(2, start=time(10), end=time(10, 15), mode=BlockMode.BREAK)
    )
    [session] = sessions(plan, monday, monday, AMSTERDAM)
    assert (session.starts, session.ends) == (session.blocks[0].starts, session.blocks[0].ends)


def test_a_half_day_of_nothing_but_a_break_is_no_session():
    monday = date(2026, 12, 7)
    plan = raster(block(1), block(2, start=time(12, 30), end=time(13), mode=BlockMode.BREAK))
    assert [s.half_day for s in sessions(plan, monday, monday, AMSTERDAM)] == [HalfDay.MORNING]


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_starts_stay_at_local_times_over_the_clock_change(sunday):
    plan = raster(
        *(block(day, weekday=day, start=time(9), end=time(10)) for day in (5, 6, 0)),
        block(7, weekday=SUNDAY, start=time(0, 30), end=time(1, 30)),
    )
    planned = sessions(plan, sunday - timedelta(days=1), sunday + timedelta(days=1), AMSTERDAM)
    assert on_the_clock(planned) == [
        (sunday - timedelta(days=1), HalfDay.MORNING, [(5, "09.00", "10.00")]),
        (sunday, HalfDay.MORNING, [(7, "00.30", "01.30"), (6, "09.00", "10.00")]),
        (sunday + timedelta(days=1), HalfDay.MORNING, [(0, "09.00", "10.00")]),
    ]
    assert all(b.ends - b.starts == 60 for session in planned for b in session.blocks)


@pytest.mark.parametrize(
    ("sunday", "hours"),
    [(SPRING, 3), (AUTUMN, 5), (SPRING + timedelta(weeks=1), 4)],
)
def test_a_block_across_the_clock_change_lasts_as_long_as_the_night(sunday, hours):
    plan = raster(block(1, weekday=SUNDAY, start=time(1), end=time(5)))
    [session] = sessions(plan, sunday, sunday, AMSTERDAM)
    assert session.ends - session.starts == hours * 60
    assert on_the_clock([session]) == [(sunday, HalfDay.MORNING, [(1, "01.00", "05.00")])]


@pytest.mark.parametrize(
    ("sunday", "problem"),
    [(SPRING, NonexistentTime), (AUTUMN, AmbiguousTime)],
)
@pytest.mark.parametrize(("start", "end"), [(time(2, 30), time(4)), (time(1), time(2, 30)), (time(2), time(2, 59))])
def test_a_block_with_a_border_in_the_changed_hour_is_reported_not_shifted(sunday, problem, start, end):
    night, day = block(1, SUNDAY, start, end), block(2, SUNDAY)
    plan = raster(night, day)
    assert on_the_clock(sessions(plan, sunday, sunday, AMSTERDAM)) == [
        (sunday, HalfDay.MORNING, [(2, "09.00", "12.00")])
    ]
    [skipped] = skipped_blocks(plan, sunday - timedelta(weeks=3), sunday + timedelta(weeks=3), AMSTERDAM)
    assert (skipped.date, skipped.plan) == (sunday, night)
    assert type(skipped.problem) is problem


def test_nothing_is_skipped_in_a_year_of_daytime_rasters():
    plan = raster(*(block(day, weekday=day) for day in range(7)))
    first = date(2026, 1, 5)
    assert skipped_blocks(plan, first, first + timedelta(days=363), AMSTERDAM) == []
    assert len(sessions(plan, first, first + timedelta(days=363), AMSTERDAM)) == 364
