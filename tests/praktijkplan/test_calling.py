"""Who is phoned first, and when again (PP-45, PP-51)."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.calling import (
    PHONE_FROM,
    PHONE_UNTIL,
    ComingVideo,
    DeviceTest,
    Need,
    first_moment,
    in_order,
    needs_of,
    next_try,
    phone_hours,
    weight,
)
from praktijkplan.policy import Policy

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
KNOWN = {"had_video": True, "reachable": True}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def weekend(day: date) -> bool:
    return day.weekday() > 4


def never(day: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("facts", "needs"),
    [
        (KNOWN, ()),
        (KNOWN | {"test": DeviceTest.PASSED}, ()),
        (KNOWN | {"test": DeviceTest.UNKNOWN}, ()),
        (KNOWN | {"had_video": False}, (Need.FIRST_VIDEO,)),
        (KNOWN | {"reachable": False}, (Need.UNREACHABLE,)),
        (KNOWN | {"asked": True}, (Need.ASKED,)),
        (KNOWN | {"help": True}, (Need.HELP,)),
        (KNOWN | {"failed": True}, (Need.FAILED,)),
        (KNOWN | {"wrong_number": True}, (Need.WRONG_NUMBER,)),
        (KNOWN | {"test": DeviceTest.NONE}, (Need.NO_TEST,)),
        (KNOWN | {"test": DeviceTest.FAILED}, (Need.TEST_FAILED,)),
        ({"had_video": False, "reachable": False}, (Need.UNREACHABLE, Need.FIRST_VIDEO)),
    ],
)
def test_needs_follow_the_facts(facts, needs):
    assert needs_of(ComingVideo(**facts)) == needs


def test_gravest_need_decides_however_many_lesser_ones_there_are():
    gravest_first = list(Need)
    for place, grave in enumerate(gravest_first):
        assert weight([grave]) > weight(gravest_first[place + 1 :])


def test_who_needs_nothing_weighs_nothing_and_more_needs_weigh_more():
    assert weight([]) == 0
    for fewer in combinations(Need, 2):
        assert weight(fewer) < weight({*fewer, Need.NO_TEST, Need.HELP}) or {Need.NO_TEST, Need.HELP} <= set(fewer)


def test_weight_fits_the_column_it_is_kept_in():
    assert weight(Need) <= 32767


def test_needs_stand_in_order_once_each():
    assert in_order([Need.FIRST_VIDEO, Need.HELP, Need.FIRST_VIDEO]) == (Need.HELP, Need.FIRST_VIDEO)


class TestNextTry:
    def again(self, now, tries=1, useful_until=None, closed=weekend, **policy):
        found = next_try(
            local(now),
            tries=tries,
            useful_until=local(useful_until) if useful_until else None,
            policy=Policy(**policy),
            tz=AMSTERDAM,
            is_closed=closed,
        )
        return found.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") if found else None

    @pytest.mark.parametrize(
        ("now", "again"),
        [
            ("2026-11-24 10:00", "2026-11-24 11:00"),
            ("2026-11-24 18:59", "2026-11-24 19:59"),
            ("2026-11-24 19:00", "2026-11-25 08:00"),  # a Tuesday evening
            ("2026-11-27 19:30", "2026-11-30 08:00"),  # a Friday evening: on Monday
            ("2026-11-24 05:00", "2026-11-24 08:00"),
            ("2026-10-24 19:30", "2026-10-26 08:00"),  # the night on which the clock goes back lies between
            ("2026-03-27 19:30", "2026-03-30 08:00"),  # and the one on which it goes forward
            ("2026-12-31 19:30", "2027-01-01 08:00"),  # week 53
        ],
    )
    def test_is_an_hour_later_within_office_hours(self, now, again):
        assert self.again(now) == again

    @pytest.mark.parametrize(("tries", "again"), [(1, "2026-11-24 11:00"), (2, "2026-11-24 11:00"), (3, None)])
    def test_ends_after_as_many_tries_as_agreed(self, tries, again):
        assert self.again("2026-11-24 10:00", tries=tries) == again

    def test_follows_what_the_department_agreed(self):
        assert self.again("2026-11-24 10:00", tries=4, call_tries=5, call_again_minutes=30) == "2026-11-24 10:30"

    def test_keeps_out_of_quiet_hours_in_the_evening_the_morning_and_at_noon(self):
        early, late = {"quiet_from": "18:00", "quiet_until": "09:30"}, {"quiet_from": "12:00", "quiet_until": "13:00"}
        assert self.again("2026-11-24 17:30", **early) == "2026-11-25 09:30"
        assert self.again("2026-11-24 11:30", **late) == "2026-11-24 13:00"
        assert self.again("2026-11-24 13:30", **late) == "2026-11-24 14:30"

    def test_comes_sooner_where_the_consult_is_near(self):
        # Half an hour, and two tries left: after ten minutes.
        assert self.again("2026-11-24 10:00", useful_until="2026-11-24 10:30") == "2026-11-24 10:10"

    def test_never_comes_within_five_minutes(self):
        assert self.again("2026-11-24 10:00", useful_until="2026-11-24 10:08") == "2026-11-24 10:05"

    @pytest.mark.parametrize("until", ["2026-11-24 10:05", "2026-11-24 10:00", "2026-11-24 09:00"])
    def test_ends_when_it_would_come_too_late(self, until):
        assert self.again("2026-11-24 10:00", useful_until=until) is None

    def test_ends_where_the_consult_begins_before_anyone_is_there(self):
        assert self.again("2026-11-27 19:30", useful_until="2026-11-30 08:00") is None
        assert self.again("2026-11-27 19:30", useful_until="2026-11-30 08:30") == "2026-11-30 08:00"

    def test_ends_where_nobody_is_ever_there(self):
        assert self.again("2026-11-24 10:00", closed=lambda day: True) is None

    def test_skips_holidays(self):
        christmas = {date(2026, 12, 25), date(2026, 12, 26)}
        closed = lambda day: weekend(day) or day in christmas  # noqa: E731
        assert self.again("2026-12-24 19:30", closed=closed) == "2026-12-28 08:00"


@given(
    minutes=st.integers(0, 5 * 366 * 24 * 60),
    quiet_from=st.integers(0, 23),
    quiet_until=st.integers(0, 23),
)
def test_nobody_is_ever_phoned_outside_office_hours_or_in_quiet_hours(minutes, quiet_from, quiet_until):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    policy = Policy(quiet_from=f"{quiet_from:02}:00", quiet_until=f"{quiet_until:02}:00")
    found = first_moment(moment, policy, AMSTERDAM, weekend)
    if found is None:
        assert not phone_hours(date(2026, 11, 24), policy, AMSTERDAM)
        return
    clock = found.astimezone(AMSTERDAM)
    assert found >= moment
    assert PHONE_FROM <= clock.time() < PHONE_UNTIL
    assert clock.weekday() < 5
    assert not _is_quiet(clock.hour, quiet_from, quiet_until)


def _is_quiet(hour: int, start: int, end: int) -> bool:
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2030, 10, 27)])
def test_hours_of_a_day_on_which_the_clock_changes_are_those_on_the_wall(day):
    ((opens, closes),) = phone_hours(day, Policy(), AMSTERDAM)
    assert (opens.astimezone(AMSTERDAM).time(), closes.astimezone(AMSTERDAM).time()) == (PHONE_FROM, PHONE_UNTIL)
    assert closes - opens == timedelta(hours=12)


def test_office_hours_left_out_would_phone_at_night():
    """So that the property above is known to depend on them."""
    at_night = local("2026-11-24 03:00")
    assert at_night.time() < PHONE_FROM
    found = first_moment(at_night, Policy(), AMSTERDAM, never)
    assert found is not None
    assert found > at_night
