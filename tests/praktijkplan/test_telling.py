from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.delay import Expected
from praktijkplan.policy import Policy
from praktijkplan.telling import News, Outlook, Told, news, told

TWO = 14 * 60  # planned at 14.00
POLICY = Policy()


def expecting(low: int, median: int, high: int) -> Expected:
    return Expected(TWO + low, TWO + median, TWO + high)


def tell(expected: Expected, *, at: int = 0, before: Told | None = None, stalled: bool = False) -> Told:
    return told(TWO, expected, stalled=stalled, now=TWO + at, before=before)


class TestTold:
    @pytest.mark.parametrize(
        ("expected", "earliest", "latest"),
        [
            (expecting(12, 20, 33), 10, 35),  # rounded outward
            (expecting(10, 20, 35), 10, 35),
            (expecting(0, 5, 11), 0, 15),
            (expecting(10, 30, 55), 10, 55),
        ],
    )
    def test_delay_is_told_as_a_range_in_fives(self, expected, earliest, latest):
        assert tell(expected) == Told(Outlook.DELAYED, expected, TWO + earliest, TWO + latest)

    def test_who_probably_begins_within_five_minutes_is_on_time(self):
        expected = expecting(0, 4, 30)
        assert tell(expected) == Told(Outlook.ON_TIME, expected)

    @pytest.mark.parametrize(("expected", "stalled"), [(expecting(10, 30, 56), False), (expecting(7, 7, 9), True)])
    def test_too_wide_or_stalled_is_unknown_and_hears_again_soon(self, expected, stalled):
        assert tell(expected, at=7, stalled=stalled) == Told(Outlook.UNKNOWN, expected, hears_at=TWO + 25)

    def test_stalled_clinic_worries_nobody_whose_time_is_far(self):
        assert tell(expecting(0, 0, 9), stalled=True).outlook is Outlook.ON_TIME

    @pytest.mark.parametrize(("later", "stands"), [(4, True), (-4, True), (5, False), (-5, False)])
    def test_range_changes_only_when_it_moves_by_five(self, later, stands):
        before = tell(expecting(12, 20, 33))
        after = tell(expecting(12 + later, 20 + later, 33 + later), before=before)
        assert (after is before) is stands

    def test_range_that_the_clock_overtook_does_not_stand(self):
        before = tell(expecting(21, 24, 29))
        assert tell(expecting(25, 27, 31), at=30, before=before) is before
        assert tell(expecting(31, 31, 33), at=31, before=before).latest == TWO + 35

    def test_delay_that_sways_about_five_minutes_does_not_flicker(self):
        late = tell(expecting(2, 5, 9))
        assert tell(expecting(2, 4, 9), before=late) is late
        assert tell(expecting(0, 0, 4), before=late).outlook is Outlook.ON_TIME

    def test_who_hears_more_at_a_time_hears_it_then_or_as_soon_as_it_is_known(self):
        unknown = tell(expecting(10, 40, 70), at=1)
        assert tell(expecting(12, 40, 70), at=10, before=unknown) is unknown
        assert tell(expecting(12, 40, 70), at=20, before=unknown).hears_at == TWO + 35
        assert tell(expecting(12, 40, 54), at=10, before=unknown) is unknown  # hardly narrower
        assert tell(expecting(12, 40, 50), at=10, before=unknown).outlook is Outlook.DELAYED

    @given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=20))
    def test_what_stands_is_never_over_and_at_most_five_minutes_off(self, moments):
        before = None
        for now, (wait, more, most) in enumerate(moments):
            expected = expecting(now + wait, now + wait + more, now + wait + more + most)
            before = tell(expected, at=now, before=before)
            if before.latest is not None:
                assert before.latest >= TWO + now
                assert before.earliest < expected.low + 5
                assert before.latest > expected.high - 5
            if before.hears_at is not None:
                assert before.hears_at > TWO + now


class TestNews:  # PP-51
    @pytest.mark.parametrize(
        ("delay", "heard", "expected"),
        [
            (9, 0, None),
            (10, 0, News.LATE),
            (19, 10, None),
            (20, 10, News.LATE),
            (5, 10, None),
            (4, 10, News.ON_TIME),
            (30, 40, News.LESS),
            (31, 40, None),
            (4, 40, News.ON_TIME),
            (0, 0, None),
        ],
    )
    def test_delay_is_news_when_it_differs_by_the_agreed_minutes_or_is_over(self, delay, heard, expected):
        assert news(delay, heard, POLICY) is expected

    def test_department_agrees_from_when_on(self):
        assert news(14, 0, replace(POLICY, delay_told_minutes=15)) is None
        assert news(15, 0, replace(POLICY, delay_told_minutes=15)) is News.LATE

    @given(st.integers(10, 60), st.lists(st.integers(-9, 9)))
    def test_delay_that_sways_is_told_once(self, delay, sways):
        assert [news(delay + sway, delay, POLICY) for sway in sways if delay + sway >= 5] == [
            None for sway in sways if delay + sway >= 5
        ]
