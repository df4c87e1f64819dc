import math
import random

import pytest

from praktijkplan.chances import WHOLE, Chances
from praktijkplan.lengths import assumed, end_of, learned


@pytest.mark.parametrize(("mean", "cv"), [(10, 0.5), (13.4, 0.72), (45, 0.3), (90, 0.5)])
def test_assumed_length_is_lognormal_around_the_planned_one(mean, cv):
    length = assumed(mean, cv)
    variance = math.log1p(cv**2)
    middle, spread = math.log(mean) - variance / 2, math.sqrt(variance)
    assert length.mean == pytest.approx(mean, rel=0.02)
    for percent, normal in ((10, -1.2816), (50, 0), (90, 1.2816)):
        assert length.quantile(percent) == pytest.approx(math.exp(middle + normal * spread), abs=0.6)


@pytest.mark.parametrize(("mean", "cv"), [(0, 0.5), (241, 0.5), (10, 0), (10, 6), (math.nan, 0.5)])
def test_what_is_no_length_is_refused(mean, cv):
    with pytest.raises(ValueError, match="not"):
        assumed(mean, cv)


def test_much_experience_counts_more_than_what_was_assumed():
    chance = random.Random(1)
    held = [chance.uniform(20, 30) for _ in range(2000)]
    length = learned(held, assumed(10))
    assert [length.quantile(percent) for percent in (10, 50, 90)] == [21, 25, 29]


def test_without_experience_it_is_as_assumed():
    assert learned([], assumed(10)).mean == pytest.approx(assumed(10).mean, abs=0.05)


def test_ten_consults_count_as_much_as_what_was_assumed():
    length = learned([40] * 10, Chances.sure(10))
    assert length.by(20) / WHOLE == pytest.approx(0.5)


@pytest.mark.parametrize("lasted", [-3, 0, 500, 1e9])
def test_length_beyond_reason_counts_as_the_longest_or_shortest(lasted):
    length = learned([lasted], assumed(10))
    assert 8 <= length.quantile(50) <= 10
    assert sum(length.masses) == WHOLE


def test_end_is_counted_from_within_a_minute():
    """Began half past, lasts 10: ends on the half, and of two whole minutes either is as near."""
    assert end_of(Chances.sure(10), 600.5, 604.2) == Chances(610, (WHOLE // 2, WHOLE // 2))


def test_the_longer_it_lasts_the_later_it_ends():
    ends = [end_of(assumed(10), 600, 600 + elapsed) for elapsed in range(0, 120, 3)]
    for percent in (10, 50, 90):
        moments = [end.quantile(percent) for end in ends]
        assert moments == sorted(moments)
    assert all(end.first >= 600 + elapsed for end, elapsed in zip(ends, range(0, 120, 3), strict=True))
