"""The plan's own three examples, to the minute."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from praktijkplan.contact import Modality
from praktijkplan.localtime import HalfDay, from_instant
from praktijkplan.rasters import raster_problems, sessions
from praktijkplan.slots import Block, BlockMode, free_starts
from praktijkplan.starters import fixed_hour, hybrid_afternoon, video_block

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
SUNDAY = MONDAY + timedelta(days=6)


def week_of(plan):
    return sessions(plan, MONDAY, SUNDAY, AMSTERDAM)


def starts_of(session, duration) -> list[str]:
    blocks = [
        Block(1, 1, b.key, b.starts, b.ends, b.plan.mode, b.plan.slot_minutes, b.plan.start_up_minutes)
        for b in session.blocks
    ]
    found = free_starts(blocks, [], duration, step=5, tz=AMSTERDAM)
    return [from_instant(start, AMSTERDAM).strftime("%H.%M") for start, _, _ in found]


@pytest.mark.parametrize("starter", [fixed_hour, video_block, hybrid_afternoon])
def test_a_starter_is_a_raster_without_problems(starter):
    plan = starter(MONDAY)
    assert raster_problems(plan) == ()
    assert len({block.key for block in plan.blocks}) == len(plan.blocks)


def test_fixed_hour_gives_four_quarters_of_video_every_afternoon():  # PP-21
    week = week_of(fixed_hour(MONDAY))
    assert [(s.date, s.half_day) for s in week] == [
        (MONDAY + timedelta(days=day), HalfDay.AFTERNOON) for day in range(5)
    ]
    for session in week:
        assert starts_of(session, 15) == ["13.00", "13.15", "13.30", "13.45"]
        [only] = session.blocks
        assert only.plan.mode is BlockMode.FIXED
        assert only.plan.modalities == {Modality.VIDEO}


def test_fixed_hour_on_chosen_days_leaves_the_others_alone():  # PP-21
    week = week_of(fixed_hour(MONDAY, weekdays=[1, 3]))
    assert [s.date for s in week] == [date(2026, 12, 8), date(2026, 12, 10)]


@pytest.mark.parametrize(("duration", "count"), [(10, 4), (15, 4), (20, 0)])
def test_fixed_hour_takes_what_fits_a_slot_and_no_more(duration, count):  # PP-21
    assert len(starts_of(week_of(fixed_hour(MONDAY))[0], duration)) == count


def test_video_block_lasts_three_hours_on_every_day():  # PP-22
    week = week_of(video_block(MONDAY))
    assert [(s.date, s.half_day) for s in week] == [
        (MONDAY + timedelta(days=day), HalfDay.MORNING) for day in range(5)
    ]
    assert {s.ends - s.starts for s in week} == {180}


def test_video_block_takes_consults_of_10_and_20_minutes():  # PP-22
    session = week_of(video_block(MONDAY))[0]
    assert {b.plan.durations for b in session.blocks if b.plan.mode is BlockMode.FLEXIBLE} == {frozenset({10, 20})}
    assert starts_of(session, 20) == [
        *("09.00", "09.05", "09.10", "09.15", "09.20", "09.25", "09.30", "09.35", "09.40"),
        *("10.15", "10.20", "10.25", "10.30", "10.35", "10.40", "10.45", "10.50", "10.55"),
        *("11.20", "11.25", "11.30", "11.35", "11.40"),
    ]
    assert starts_of(session, 10) == [
        *("09.00", "09.05", "09.10", "09.15", "09.20", "09.25", "09.30", "09.35", "09.40", "09.45", "09.50"),
        *("10.15", "10.20", "10.25", "10.30", "10.35", "10.40", "10.45", "10.50", "10.55", "11.00", "11.05"),
        *("11.20", "11.25", "11.30", "11.35", "11.40", "11.45", "11.50"),
    ]


def test_video_block_has_the_breaks_that_short_consults_need():  # PP-24
    session = week_of(video_block(MONDAY))[0]
    lengths = [(b.plan.mode, b.ends - b.starts) for b in session.blocks]
    assert lengths == [
        (BlockMode.FLEXIBLE, 60),
        (BlockMode.BREAK, 15),
        (BlockMode.FLEXIBLE, 60),
        (BlockMode.BREAK, 5),
        (BlockMode.FLEXIBLE, 40),
    ]


def test_hybrid_afternoon_takes_video_and_phone_of_any_duration():  # PP-23
    session = week_of(hybrid_afternoon(MONDAY))[0]
    working = [b.plan for b in session.blocks if b.plan.mode is not BlockMode.BREAK]
    assert {b.modalities for b in working} == {frozenset({Modality.VIDEO, Modality.PHONE})}
    assert {b.durations for b in working} == {None}


def test_hybrid_afternoon_starts_every_five_minutes_around_its_pauses():  # PP-23
    session = week_of(hybrid_afternoon(MONDAY))[0]
    assert starts_of(session, 30) == [
        *("13.00", "13.05", "13.10", "13.15", "13.20", "13.25", "13.30"),
        *("14.05", "14.10", "14.15", "14.20", "14.25", "14.30"),
        *("15.15", "15.20", "15.25", "15.30", "15.35", "15.40", "15.45"),
        *("16.20", "16.25", "16.30"),
    ]
