from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import to_instant
from praktijkplan.slots import Candidate, Gap, candidates_of
from praktijkplan.together import free_together, gaps_together

DR_BEEKMAN = 7


def at(hour: int, minute: int = 0) -> int:
    return to_instant(date(2026, 12, 7), time(hour, minute), ZoneInfo("Europe/Amsterdam"))


HALF_HOURS = [(at(hour, minute), DR_BEEKMAN, 1) for hour in (9, 10, 11) for minute in (0, 30)]


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        ([], [at(9), at(9, 30), at(10), at(10, 30), at(11), at(11, 30)]),
        # An interpreter comes at ten and a room is taken from eleven.
        ([[(at(8), at(10))], [(at(11), at(12))]], [at(10), at(10, 30)]),
        ([[(at(9, 29), at(9, 31))]], [at(10), at(10, 30), at(11), at(11, 30)]),
        ([[(at(8), at(9)), (at(12), at(13))]], [at(9), at(9, 30), at(10), at(10, 30), at(11), at(11, 30)]),
        ([[(at(10, 15), at(10, 15))]], [at(9), at(9, 30), at(10), at(10, 30), at(11), at(11, 30)]),
    ],
)
def test_all_are_free_for_the_whole_consult(busy, expected):
    assert [start for start, _, _ in free_together(HALF_HOURS, 30, busy)] == expected


def test_candidates_keep_what_they_leave_of_their_gap():
    candidate = Candidate(at(9), DR_BEEKMAN, 1, 31, before=0, after=20)
    assert free_together([candidate], 30, [[(at(10), at(11))]]) == [candidate]


GAP = Gap(DR_BEEKMAN, 1, 31, first=0, last=0, starts=range(1), lost=0, held=False)
spans = st.tuples(st.integers(0, 60), st.integers(0, 15)).map(lambda s: (s[0], s[0] + s[1]))


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 2), st.integers(1, 2))),
    st.integers(1, 20),
    st.lists(st.lists(spans, max_size=4), max_size=3),
)
def test_together_is_free_minute_by_minute(found, duration, busy):
    taken = {minute for each in busy for start, end in each for minute in range(start, end)}
    assert free_together(found, duration, busy) == [
        free for free in found if not taken & set(range(free[0], free[0] + duration))
    ]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from([1, 5, 7])), max_size=4),
    st.integers(1, 20),
    st.lists(st.lists(spans, max_size=4), max_size=3),
)
def test_gaps_keep_the_starts_that_are_free_together_and_what_each_leaves(found, duration, busy):
    gaps = [
        GAP._replace(block=block, first=first, last=first + (count - 1) * step, starts=starts)
        for block, (first, count, step) in enumerate(found)
        for starts in [range(first, first + count * step, step)]
    ]
    together = gaps_together(gaps, duration, busy)
    assert candidates_of(together) == free_together(candidates_of(gaps), duration, busy)
    assert all(each.starts for each in together)
