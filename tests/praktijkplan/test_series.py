from datetime import date, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import from_instant, to_instant
from praktijkplan.series import Series, SeriesWish, WhyNot, choose_series

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
BEFORE_SPRING = date(2027, 3, 22)
DR_BEEKMAN, DR_OYELARAN = 7, 8


def at(day: int, hour: int = 9, minute: int = 0, *, who=DR_BEEKMAN, first=MONDAY) -> tuple[int, int, int]:
    """A free start so many days after the first Monday."""
    return to_instant(first + timedelta(days=day), time(hour, minute), AMSTERDAM), who, 1


def chosen(free, wish: SeriesWish) -> list[str | None]:
    found = choose_series(free, wish, AMSTERDAM).chosen
    return [each and from_instant(each[0], AMSTERDAM).strftime("%d-%m %H.%M") for each in found]


def test_weekly_series_is_at_the_same_time_of_day():
    free = [at(day, hour) for day in (0, 7, 14) for hour in (9, 11, 13)]
    free.remove(at(7, 9))
    free.remove(at(14, 13))
    assert chosen(free, SeriesWish(count=3, every=7)) == ["07-12 11.00", "14-12 11.00", "21-12 11.00"]


def test_series_keeps_its_wall_clock_time_over_the_clock_change():
    free = [at(day, 9, first=BEFORE_SPRING) for day in (0, 7)]
    assert chosen(free, SeriesWish(count=2, every=7, same_time=True)) == ["22-03 09.00", "29-03 09.00"]


def test_day_beside_the_wanted_one_is_taken_within_the_margin():
    free = [at(0), at(8), at(15)]
    assert chosen(free, SeriesWish(count=3, every=7, margin=1)) == ["07-12 09.00", "15-12 09.00", "22-12 09.00"]
    assert chosen(free, SeriesWish(count=3, every=7)) == ["07-12 09.00", None, None]


def test_series_begins_later_where_that_makes_it_whole():
    assert chosen([at(0), at(1), at(8)], SeriesWish(count=2, every=7)) == ["08-12 09.00", "15-12 09.00"]


def test_series_does_not_begin_a_week_later():
    assert chosen([at(0), at(7), at(37)], SeriesWish(count=2, every=30)) == ["07-12 09.00", None]


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({}, WhyNot.NOTHING_FREE),
        ({"margin": 1, "clinician": DR_BEEKMAN}, WhyNot.OTHER_CLINICIAN),
        ({"margin": 3, "clinician": DR_BEEKMAN, "same_weekday": True}, WhyNot.OTHER_WEEKDAY),
        ({"margin": 3, "clinician": DR_BEEKMAN, "same_time": True}, WhyNot.OTHER_TIME),
    ],
)
def test_missing_place_says_what_stands_in_the_way(wish, reason):
    free = [at(0), at(8, who=DR_OYELARAN), at(9, 11)]
    assert choose_series(free, SeriesWish(count=2, every=7, **wish), AMSTERDAM) == Series((at(0), None), {1: reason})


def test_series_without_any_place_says_so_for_each():
    assert choose_series([], SeriesWish(count=2, every=7), AMSTERDAM) == Series(
        (None, None), {0: WhyNot.NOTHING_FREE, 1: WhyNot.NOTHING_FREE}
    )
    beekman = SeriesWish(count=2, every=7, clinician=DR_BEEKMAN)
    assert choose_series([at(0, who=DR_OYELARAN)], beekman, AMSTERDAM).why_not == {
        0: WhyNot.OTHER_CLINICIAN,
        1: WhyNot.OTHER_CLINICIAN,
    }


def test_whoever_is_free_for_most_of_it_holds_it():
    free = [at(0), at(0, who=DR_OYELARAN), at(7, who=DR_OYELARAN), at(14), at(14, who=DR_OYELARAN), at(21)]
    found = choose_series(free, SeriesWish(count=4, every=7), AMSTERDAM)
    assert [each[1] for each in found.chosen] == [DR_BEEKMAN, DR_OYELARAN, DR_BEEKMAN, DR_BEEKMAN]
    free.remove(at(0))
    found = choose_series(free, SeriesWish(count=4, every=7), AMSTERDAM)
    assert [each[1] for each in found.chosen] == [DR_OYELARAN, DR_OYELARAN, DR_OYELARAN, DR_BEEKMAN]


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 1, "every": 7},
        {"count": 25, "every": 7},
        {"count": 2, "every": 6, "margin": 3},
        {"count": 2, "every": 0},
    ],
)
def test_impossible_wish_is_refused(wrong):
    with pytest.raises(ValueError, match=r"series has|keep apart"):
        SeriesWish(**wrong)


wishes = st.builds(
    SeriesWish,
    count=st.integers(2, 3),
    every=st.integers(3, 5),
    margin=st.integers(0, 1),
    same_weekday=st.booleans(),
    same_time=st.booleans(),
    clinician=st.sampled_from([None, DR_BEEKMAN]),
)
starts = st.lists(
    st.builds(at, st.integers(0, 12), st.sampled_from([9, 10, 14]), who=st.sampled_from([DR_BEEKMAN, DR_OYELARAN])),
    max_size=8,
    unique=True,
)


def worth(way, wish: SeriesWish, soonest: date) -> tuple[int, int, int] | None:
    """Missing, days and minutes beside the wish; None if the wish forbids it."""
    first, *others = (each and from_instant(each[0], AMSTERDAM) for each in way)
    deviation, difference = (first.date() - soonest).days, 0
    if not 0 <= deviation < min(wish.every, 7):
        return None
    for number, moment in enumerate(others, start=1):
        if moment is None:
            continue
        beside = abs((moment.date() - first.date()).days - number * wish.every)
        other_time = abs(moment.hour - first.hour) * 60
        if beside > wish.margin or (wish.same_time and other_time):
            return None
        if wish.same_weekday and moment.weekday() != first.weekday():
            return None
        deviation += beside
        difference += other_time
    return others.count(None), deviation, difference


@given(starts, wishes)
def test_series_is_as_good_as_the_best_of_all_ways(free, wish):
    found = choose_series(free, wish, AMSTERDAM)
    assert set(found.why_not) == {number for number, each in enumerate(found.chosen) if each is None}
    able = [each for each in free if wish.clinician in (None, each[1])]
    assert set(found.chosen) - {None} <= set(able)
    if not able:
        assert found.chosen == (None,) * wish.count
        return
    soonest = min(from_instant(each[0], AMSTERDAM).date() for each in able)
    ways = product(able, *([[None, *able]] * (wish.count - 1)))
    assert worth(found.chosen, wish, soonest) == min(
        w for way in ways if (w := worth(way, wish, soonest)) is not None
    )


@given(starts, wishes, st.randoms(use_true_random=False))
def test_order_of_the_starts_does_not_matter(free, wish, shuffler):
    assert choose_series(shuffler.sample(free, len(free)), wish, AMSTERDAM) == choose_series(free, wish, AMSTERDAM)


def test_half_a_year_of_a_whole_clinic_has_a_place_for_each():
    clinic = [
        at(day, 9 + number // 12, number % 12 * 5, who=who)
        for day in range(26 * 7)
        if day % 7 < 5
        for number in range(48)
        for who in range(10)
        if (day * 31 + number * 17 + who) % 10 == 0
    ]
    found = choose_series(clinic, SeriesWish(count=24, every=7, margin=2), AMSTERDAM)
    assert None not in found.chosen
