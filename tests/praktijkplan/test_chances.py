import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.chances import WHOLE, Chances

COIN = Chances(5, (WHOLE // 2, 0, WHOLE // 2))  # 5 or 7


@st.composite
def chances(draw) -> Chances:
    parts = draw(st.lists(st.integers(0, 100), min_size=1, max_size=40).filter(any))
    rising = [sum(parts[: n + 1]) * WHOLE // sum(parts) for n in range(len(parts))]
    return Chances.of(draw(st.integers(0, 600)), rising)


def test_sum_of_two_coins():
    assert COIN.plus(COIN) == Chances(10, (WHOLE // 4, 0, WHOLE // 2, 0, WHOLE // 4))


def test_what_would_be_earlier_is_at_that_minute():
    assert COIN.not_before(5) == COIN
    assert COIN.not_before(6) == Chances(6, (WHOLE // 2, WHOLE // 2))
    assert COIN.not_before(9) == Chances.sure(9)


def test_minute_stands_for_half_a_minute_around_it():
    assert [COIN.by(minute) / WHOLE for minute in (4.5, 5, 5.5, 7, 7.5)] == [0, 0.25, 0.5, 0.75, 1]


def test_quantile_is_the_first_minute_by_which_it_has_been():
    assert [COIN.quantile(percent) for percent in (10, 50, 51, 100)] == [5, 5, 7, 7]


def test_length_at_another_pace():
    assert Chances.sure(10).times(1.5).mean == pytest.approx(15, abs=0.01)
    assert COIN.times(1) is COIN


def test_one_of_two_by_their_weight():
    mixed = Chances.mixed([(1, Chances.sure(4)), (3, Chances.sure(6))])
    assert mixed == Chances(4, (WHOLE // 4, 0, WHOLE * 3 // 4))


def test_what_is_negligible_is_left_out():
    assert Chances.of(0, [1, 2, WHOLE // 2, WHOLE - 1, WHOLE]) == Chances(2, (WHOLE // 2, WHOLE // 2))


@given(chances(), chances())
def test_sums_are_those_of_the_definition(one, other):
    """But for what is rounded and left out."""
    found = one.plus(other)
    assert sum(found.masses) == WHOLE
    assert found.mean == pytest.approx(one.mean + other.mean, abs=0.01)
    for minute in range(found.first, found.first + len(found.masses)):
        by_then = sum(
            mine * theirs
            for m, mine in enumerate(one.masses, one.first)
            for n, theirs in enumerate(other.masses, other.first)
            if m + n <= minute
        )
        assert found.by(minute + 0.5) / WHOLE == pytest.approx(by_then / WHOLE**2, abs=1e-5)
