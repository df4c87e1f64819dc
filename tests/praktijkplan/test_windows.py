from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.windows import (
    Period,
    Pressing,
    Unit,
    WrongWindow,
    period_of,
    pressing,
    window_around,
    wrong_window,
)

TODAY = date(2026, 11, 30)
TWO_WEEKS = Period(2, Unit.WEEKS)


@pytest.mark.parametrize(
    ("wait", "window"),
    [
        (Period(3, Unit.MONTHS), (date(2027, 2, 14), date(2027, 3, 14))),  # 28 February: there is no 30th
        (Period(15, Unit.MONTHS), (date(2028, 2, 15), date(2028, 3, 14))),  # a leap year has the 29th
        (Period(6, Unit.WEEKS), (date(2026, 12, 28), date(2027, 1, 25))),
        (Period(10, Unit.DAYS), (TODAY, date(2026, 12, 24))),  # no sooner than it was asked
    ],
)
def test_window_lies_around_the_day_that_was_said(wait, window):  # PP-15
    assert window_around(TODAY, wait, TWO_WEEKS) == window


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (91, Period(3, Unit.MONTHS)),
        (182, Period(6, Unit.MONTHS)),
        (364, Period(12, Unit.MONTHS)),
        (14, TWO_WEEKS),
        (10, Period(10, Unit.DAYS)),
        (0, Period(0, Unit.DAYS)),
    ],
)
def test_days_are_said_in_the_largest_unit(days, period):
    assert period_of(days) == period


@given(st.integers(0, 2000))
def test_what_is_said_of_days_are_those_days(days):
    assert period_of(days).days == days


@pytest.mark.parametrize(
    ("earliest", "latest", "wrong"),
    [
        (TODAY, TODAY, None),
        (TODAY - timedelta(days=9), TODAY, None),
        (TODAY + timedelta(days=1), TODAY, WrongWindow.ENDS_BEFORE_IT_BEGINS),
        (date(2026, 1, 1), date(2026, 11, 29), WrongWindow.IS_OVER),
        (TODAY, date(2062, 1, 1), WrongWindow.TOO_FAR),
    ],
)
def test_window_in_which_nothing_can_be_planned(earliest, latest, wrong):
    assert wrong_window(earliest, latest, today=TODAY) is wrong


@pytest.mark.parametrize(
    ("earliest", "latest", "how"),
    [
        (-30, -1, Pressing.OVERDUE),
        (-30, 0, Pressing.DUE),
        (5, 14, Pressing.DUE),
        (-1, 15, Pressing.OPEN),
        (1, 15, Pressing.LATER),
    ],
)
def test_how_pressing_an_order_is(earliest, latest, how):
    assert pressing(TODAY + timedelta(days=earliest), TODAY + timedelta(days=latest), today=TODAY) is how
