from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.freed import Entry, Offer, best_for
from praktijkplan.localtime import HalfDay, from_instant, half_day, to_instant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
DR_BEEKMAN, DR_OYELARAN = 7, 8
BY_VIDEO, BY_PHONE = 31, 32
VEEN, DEMIR, BAKKER = 1, 2, 3
SHORT, LONG = (BY_VIDEO, 20), (BY_VIDEO, 30)


def at(day: int, hour: int = 9, minute: int = 0) -> int:
    """An instant so many days after the first Monday."""
    return to_instant(MONDAY + timedelta(days=day), time(hour, minute), AMSTERDAM)


NOW = at(0, 8)
WEDNESDAY_NINE = (at(2), DR_BEEKMAN, 1)


def entry(key: int, start: int, **more) -> Entry:
    return Entry(**{"key": key, "start": start, "kind": SHORT, "since": at(-20), **more})


def offered(entries, free=None, limit=3) -> tuple[Offer, ...]:
    return best_for({SHORT: [WEDNESDAY_NINE]} if free is None else free, entries, now=NOW, tz=AMSTERDAM, limit=limit)


def test_freed_place_goes_first_to_whoever_comes_most_days_earlier_then_to_whoever_waits_longest():
    veen = entry(VEEN, at(10), since=at(-3))
    demir = entry(DEMIR, at(30), since=at(-1))
    bakker = entry(BAKKER, at(10, 15), since=at(-8))
    assert [offer.key for offer in offered([veen, demir, bakker])] == [DEMIR, BAKKER, VEEN]
    assert offered([veen, demir, bakker], limit=1) == (Offer(DEMIR, WEDNESDAY_NINE),)


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ({}, True),
        ({"start": at(2)}, False),
        ({"start": at(2, 17)}, False),
        ({"start": at(3, 0)}, True),
        ({"start": at(1)}, False),
        ({"notice": 49 * 60}, True),
        ({"notice": 49 * 60 + 1}, False),
        ({"weekdays": 0b000_0100}, True),
        ({"weekdays": 0b111_1011}, False),
        ({"half_day": HalfDay.MORNING}, True),
        ({"half_day": HalfDay.AFTERNOON}, False),
        ({"clinician": DR_BEEKMAN}, True),
        ({"clinician": DR_OYELARAN}, False),
        ({"kind": LONG}, False),
        ({"kind": (BY_PHONE, 20)}, False),
        ({"busy": [(at(2, 9, 19), at(2, 10))]}, False),
        ({"busy": [(at(2, 9, 20), at(2, 10))]}, True),
        ({"has_offer": True}, False),
    ],
)
def test_place_is_offered_to_whoever_can_come(wish, fits):
    assert bool(offered([replace(entry(VEEN, at(10)), **wish)])) is fits


def test_each_gets_the_earliest_start_it_can_come_to():
    free = {SHORT: [(at(2, 9, 20), DR_BEEKMAN, 1), WEDNESDAY_NINE], LONG: [WEDNESDAY_NINE]}
    late = entry(VEEN, at(10), busy=[(at(2, 8), at(2, 9, 10))])
    longer = entry(DEMIR, at(9), kind=LONG)
    assert offered([late, longer], free) == (Offer(VEEN, (at(2, 9, 20), DR_BEEKMAN, 1)), Offer(DEMIR, WEDNESDAY_NINE))


instants = st.integers(-1, 9).flatmap(lambda day: st.sampled_from([9, 12, 15]).map(lambda hour: at(day, hour)))
entries_strategy = st.lists(
    st.builds(
        Entry,
        key=st.integers(1, 9),
        start=instants,
        kind=st.sampled_from([SHORT, LONG]),
        since=st.integers(at(-3), at(0)),
        weekdays=st.integers(1, 127),
        half_day=st.none() | st.sampled_from(HalfDay),
        clinician=st.none() | st.just(DR_OYELARAN),
        notice=st.sampled_from([0, 24 * 60]),
        busy=st.lists(instants.map(lambda start: (start, start + 15)), max_size=2),
        has_offer=st.booleans(),
    ),
    unique_by=lambda each: each.key,
)
places = st.lists(st.tuples(instants, st.sampled_from([DR_BEEKMAN, DR_OYELARAN]), st.just(1)), max_size=3)


def can_come(each: Entry, place) -> bool:
    local = from_instant(place[0], AMSTERDAM)
    return all(
        (
            place[0] < each.start,
            place[0] - NOW >= each.notice,
            f"{each.weekdays:07b}"[::-1][local.weekday()] == "1",
            each.half_day is None or half_day(local.time()) is each.half_day,
            each.clinician is None or each.clinician == place[1],
            all(end <= place[0] or place[0] + each.kind[1] <= start for start, end in each.busy),
        )
    )


@given(entries_strategy, places, places, st.integers(0, 4))
def test_offers_are_what_trying_each_entry_gives(entries, short, long, limit):
    free = {SHORT: short, LONG: long}
    expected = {
        each.key: min(able)
        for each in entries
        if not each.has_offer and (able := [place for place in free[each.kind] if can_come(each, place)])
    }
    found = offered(entries, free, limit)
    assert len(found) == min(limit, len(expected))
    assert all(offer.place == expected[offer.key] for offer in found)
    by_key = {each.key: each for each in entries}
    for better, worse in pairwise([*found, *offered(entries, free, len(entries))[limit:]]):
        gains = [
            from_instant(by_key[offer.key].start, AMSTERDAM).date() - from_instant(offer.place[0], AMSTERDAM).date()
            for offer in (better, worse)
        ]
        assert gains[0] > gains[1] or (gains[0] == gains[1] and by_key[better.key].since <= by_key[worse.key].since)
    assert offered(entries[::-1], free, limit) == found
