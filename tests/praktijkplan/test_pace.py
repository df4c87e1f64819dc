import math
import random

import pytest

from praktijkplan.lengths import assumed
from praktijkplan.pace import USUAL, Habit, Pace, habit_of, paces_of

TEN = assumed(10)
# Days deviate by 0.3, and four consults tell as much as all days before.
KNOWN = Habit(TEN, 10, spread=0.3, credible_after=4)


def days(count: int, spread: float) -> list[list[float]]:
    chance = random.Random(7)
    paces = [max(0.2, chance.gauss(1, spread)) for _ in range(count)]
    return [[10 * pace * chance.gammavariate(4, 0.25) for _ in range(12)] for pace in paces]


def test_day_without_consults_has_the_usual_pace_and_may_differ_as_days_do():
    assert paces_of([], KNOWN) == (Pace(1, 0.48), Pace(4, 1), Pace(1, 1.52))  # 0.3 times the root of 3


def test_consults_of_today_count_more_the_more_there_are():
    assert [paces_of([2.0] * held, KNOWN)[1].factor for held in (1, 4, 12)] == [1.2, 1.5, 1.75]
    widths = [slow.factor - fast.factor for fast, _, slow in (paces_of([1.0] * held, KNOWN) for held in (0, 4, 12))]
    assert widths == sorted(widths, reverse=True)


def test_days_that_are_alike_have_the_usual_pace():
    habit = habit_of(days(200, spread=0), TEN)
    assert habit.spread == 0
    assert paces_of([3.0] * 5, habit) == USUAL


def test_days_that_differ_are_found_to_differ_and_consults_at_one_pace_to_vary_less():
    differing = days(300, spread=0.4)
    habit = habit_of(differing, TEN)
    assert habit.spread == pytest.approx(0.4, abs=0.05)
    assert habit.credible_after == pytest.approx(0.25 / 0.16, rel=0.35)  # cv 0.5 within a day
    alike = Habit(habit_of([[each] for day in differing for each in day], TEN).lasts, 10)
    assert habit.lasts.quantile(90) - habit.lasts.quantile(10) < alike.lasts.quantile(90) - alike.lasts.quantile(10)


@pytest.mark.parametrize("known", [[], [[]], [[12.0]], [[5.0, 20.0], [30.0, 40.0]], [[8.0]] * 30, [[0.0, 0.0]] * 30])
def test_little_experience_tells_nothing_about_days(known):
    habit = habit_of(known, TEN)
    assert (habit.spread, habit.credible_after) == (0, math.inf)
    assert paces_of([0.1, 5.0], habit) == USUAL


def test_where_all_of_a_day_last_the_same_one_tells_nearly_all():
    habit = habit_of([[minutes] * 6 for minutes in range(5, 25)], TEN)
    fast, middle, slow = paces_of([20 / habit.mean], habit)
    assert middle.factor * habit.mean == pytest.approx(20, abs=1)
    assert slow.factor - fast.factor < 0.5
    assert paces_of([], habit)[1] == Pace(4, 1)


def test_day_of_wild_consults_stays_within_reason():
    assert [pace.factor for pace in paces_of([90.0] * 20, KNOWN)] == [3.79, 4, 4]
