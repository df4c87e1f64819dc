from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import (
    DAY,
    AmbiguousTime,
    HalfDay,
    NonexistentTime,
    from_instant,
    half_day,
    iso_week,
    local_date,
    midnight,
    monday,
    offset_at,
    steady_stretches,
    to_instant,
    wall_minutes,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SPRING = date(2027, 3, 28)  # 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00
ZONES = st.sampled_from([AMSTERDAM, ZoneInfo("UTC"), ZoneInfo("America/Caracas"), ZoneInfo("Australia/Lord_Howe")])
INSTANTS = st.integers(24_000_000, 36_000_000)  # 2015 to 2038


def utc(*of: int) -> int:
    return int(datetime(*of, tzinfo=UTC).timestamp()) // 60


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 12, 7), time(14, 10), utc(2026, 12, 7, 13, 10)),
        (date(2026, 7, 7), time(14, 10), utc(2026, 7, 7, 12, 10)),
        (SPRING, time(1, 59), utc(2027, 3, 28, 0, 59)),
        (SPRING, time(3, 0), utc(2027, 3, 28, 1, 0)),
        (AUTUMN, time(1, 59), utc(2026, 10, 24, 23, 59)),
        (AUTUMN, time(3, 0), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_to_instant_of_a_plain_local_time(day, at, expected):
    assert to_instant(day, at, AMSTERDAM) == expected


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59)])
def test_to_instant_in_the_missing_hour_of_spring_is_refused(at):
    with pytest.raises(NonexistentTime) as refused:
        to_instant(SPRING, at, AMSTERDAM)
    assert (refused.value.day, refused.value.at) == (SPRING, at)
    assert "choose another time" in str(refused.value)


@pytest.mark.parametrize("fold", [0, 1])
def test_to_instant_in_the_missing_hour_is_refused_whatever_the_fold(fold):
    with pytest.raises(NonexistentTime):
        to_instant(SPRING, time(2, 30), AMSTERDAM, fold=fold)


def test_to_instant_in_the_doubled_hour_of_autumn_asks_which():
    with pytest.raises(AmbiguousTime, match="say which"):
        to_instant(AUTUMN, time(2, 30), AMSTERDAM)
    assert to_instant(AUTUMN, time(2, 30), AMSTERDAM, fold=0) == utc(2026, 10, 25, 0, 30)
    assert to_instant(AUTUMN, time(2, 30), AMSTERDAM, fold=1) == utc(2026, 10, 25, 1, 30)


def test_the_days_of_the_clock_change_last_23_and_25_hours():
    hours = [
        (midnight(day + timedelta(days=1), AMSTERDAM) - midnight(day, AMSTERDAM)) / 60
        for day in (SPRING, AUTUMN, date(2026, 12, 7))
    ]
    assert hours == [23, 25, 24]


def test_wall_minutes_follow_the_clock_not_the_time_passed():
    assert wall_minutes(midnight(SPRING, AMSTERDAM) + 120, AMSTERDAM) == 180
    assert wall_minutes(midnight(AUTUMN, AMSTERDAM) + 180, AMSTERDAM) == 120


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (time(0), HalfDay.MORNING),
        (time(12, 29), HalfDay.MORNING),
        (time(12, 30), HalfDay.AFTERNOON),
        (time(18), HalfDay.AFTERNOON),
    ],
)
def test_half_day_turns_at_half_past_twelve(at, expected):
    assert half_day(at) is expected


def test_iso_week_over_the_turn_of_a_year_with_53_weeks():
    assert [iso_week(date(2026, 12, 28)), iso_week(date(2027, 1, 1)), iso_week(date(2027, 1, 4))] == [
        (2026, 53),
        (2026, 53),
        (2027, 1),
    ]


def test_monday_of_a_sunday_is_six_days_earlier():
    assert monday(date(2027, 1, 3)) == date(2026, 12, 28)


@given(INSTANTS, ZONES)
def test_an_instant_survives_the_way_over_the_local_clock(instant, tz):
    local = from_instant(instant, tz)
    try:
        assert to_instant(local.date(), local.time(), tz) == instant
    except AmbiguousTime:
        assert to_instant(local.date(), local.time(), tz, fold=local.fold) == instant


@given(INSTANTS, ZONES)
def test_the_cached_offset_is_that_of_the_zone(instant, tz):
    local = from_instant(instant, tz)
    assert timedelta(minutes=offset_at(instant, tz)) == local.utcoffset()
    assert wall_minutes(instant, tz) == local.hour * 60 + local.minute
    assert local_date(instant, tz) == local.date()


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Amsterdam", utc(2026, 10, 25, 0, 0)),
        ("America/New_York", utc(2026, 11, 1, 0, 0)),
        # By half an hour, in the afternoon of UTC.
        ("Australia/Lord_Howe", utc(2026, 4, 4, 0, 0)),
    ],
)
def test_every_minute_around_a_clock_change_has_its_own_offset(zone, first):
    tz = ZoneInfo(zone)
    for instant in range(first, first + DAY):
        assert timedelta(minutes=offset_at(instant, tz)) == from_instant(instant, tz).utcoffset()
    assert len({offset_at(instant, tz) for instant in (first, first + DAY)}) == 2


@given(INSTANTS, st.integers(0, 3 * DAY), ZONES)
def test_steady_stretches_cover_the_span_with_the_right_clock(start, length, tz):
    stretches = steady_stretches((start, start + length), tz)
    assert [s for s, _, _ in stretches] == [start, *(e for _, e, _ in stretches[:-1])][: len(stretches)]
    assert sum(end - begin for begin, end, _ in stretches) == length
    for begin, end, anchor in stretches:
        for instant in {begin, (begin + end) // 2, end - 1}:
            assert instant - anchor == wall_minutes(instant, tz)


def test_steady_stretches_cut_a_night_at_the_clock_change():
    night = midnight(AUTUMN, AMSTERDAM), midnight(AUTUMN, AMSTERDAM) + 5 * 60
    change = utc(2026, 10, 25, 1, 0)
    assert steady_stretches(night, AMSTERDAM) == [
        (night[0], change, night[0]),
        (change, night[1], night[0] + 60),
    ]
