"""The patient's rail: what is drawn is in proportion, and no words lie over each other."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pages.rail import EDGE, LEAST_BAND, WIDTH, RailWords, lay_out_rail

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WORDS = RailWords("afspraak 14.10", "waarschijnlijk", "nu", "14.25", "14.45")


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def test_rail_is_linear_from_the_appointment_to_the_latest_start():
    rail = lay_out_rail(appointment=minutes(0), now=minutes(2), earliest=minutes(15), latest=minutes(35), words=WORDS)
    per_minute = (WIDTH - 2 * EDGE) / 35
    assert rail.appointment == EDGE
    assert rail.now == round(EDGE + 2 * per_minute, 1)
    assert rail.band_from == round(EDGE + 15 * per_minute, 1)
    assert rail.band_to == WIDTH - EDGE
    assert [label.text for label in rail.above] == ["afspraak 14.10", "waarschijnlijk"]
    assert [label.text for label in rail.below] == ["nu", "14.45", "14.25"]


def test_rail_of_a_band_that_begins_now_still_says_now():
    rail = lay_out_rail(
        appointment=minutes(0), now=minutes(15), earliest=minutes(15), latest=minutes(35), words=WORDS
    )
    assert [label.text for label in rail.below] == ["nu", "14.45"]


@given(st.lists(st.integers(-180, 180), min_size=3, max_size=3), st.integers(0, 120))
def test_rail_keeps_everything_inside_and_apart(moments, width):
    appointment, now, earliest = map(minutes, moments)
    rail = lay_out_rail(
        appointment=appointment, now=now, earliest=earliest, latest=earliest + timedelta(minutes=width), words=WORDS
    )
    for x in (rail.appointment, rail.now, rail.band_from, rail.band_to):
        assert EDGE - 0.1 <= x <= WIDTH - EDGE + 0.1
    assert rail.band_width >= LEAST_BAND - 0.1
    for row in (rail.above, rail.below):
        for label in row:
            assert label.half - 0.1 <= label.x <= WIDTH - label.half + 0.1
        for one, other in combinations(row, 2):
            assert one.clear_of(other)
