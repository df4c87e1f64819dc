from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.intervals import merge, overlaps, subtract

spans = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


def minutes(*of: tuple[int, int]) -> set[int]:
    return {minute for start, end in of for minute in range(start, end)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((10, 20), (15, 25), True),
        ((10, 20), (12, 13), True),
        ((10, 20), (20, 30), False),
        ((10, 20), (0, 10), False),
        ((10, 20), (15, 15), False),
    ],
)
def test_overlaps_shares_a_minute(one, other, expected):
    assert overlaps(one, other) is expected
    assert overlaps(other, one) is expected


def test_merge_joins_what_touches_and_drops_what_is_empty():
    assert merge([(30, 40), (10, 20), (20, 25), (12, 14), (28, 28), (50, 45)]) == [(10, 25), (30, 40)]


def test_merge_of_nothing_is_nothing():
    assert merge([]) == []


def test_subtract_leaves_what_lies_between():
    assert subtract((0, 100), [(-10, 5), (20, 30), (95, 200)]) == [(5, 20), (30, 95)]


def test_subtract_with_everything_taken_leaves_nothing():
    assert subtract((10, 20), [(0, 30)]) == []


@given(st.lists(spans))
def test_merge_keeps_the_minutes_and_leaves_gaps_between(of):
    merged = merge(of)
    assert minutes(*merged) == minutes(*of)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(spans, st.lists(spans))
def test_subtract_leaves_exactly_the_other_minutes(span, taken):
    left = subtract(span, merge(taken))
    assert minutes(*left) == minutes(span) - minutes(*taken)
    assert left == merge(left)
