from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.capacity import Opening, Places, places, weekly_places
from praktijkplan.contact import Modality
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import Block, BlockMode, free_starts

VIDEO, PHONE, VISIT = Modality.VIDEO, Modality.PHONE, Modality.VISIT
FIXED, FLEXIBLE, HYBRID, BREAK = BlockMode.FIXED, BlockMode.FLEXIBLE, BlockMode.HYBRID, BlockMode.BREAK
UTC = ZoneInfo("UTC")
NINE = 20_000 * 1440 + 9 * 60


def opening(start, end, mode=FLEXIBLE, *, key=1, slot=0, start_up=0, **shortest):
    """Minutes after nine."""
    forms = {Modality(form): minutes for form, minutes in shortest.items()}
    return Opening(Block(7, 1, key, NINE + start, NINE + end, mode, slot, start_up), forms)


def count(*openings, busy=(), not_before=0):
    taken = [(7, NINE + start, NINE + end) for start, end in busy]
    return places(openings, taken, step=5, tz=UTC, not_before=not_before)


@pytest.mark.parametrize(
    ("openings", "expected"),
    [
        # PP-21: four quarters of video.
        ([opening(0, 60, FIXED, slot=15, video=15)], Places(4, {VIDEO: 4})),
        # One slot each, however short the consult.
        ([opening(0, 60, FIXED, slot=20, video=10)], Places(3, {VIDEO: 3})),
        # A rest that is shorter than a slot is none.
        ([opening(0, 59, FIXED, slot=15, video=15)], Places(3, {VIDEO: 3})),
        ([opening(0, 60, FIXED, slot=15, start_up=15, video=15)], Places(3, {VIDEO: 3})),
        # Longer than the slot: it is not booked there.
        ([opening(0, 60, FIXED, slot=15, video=20)], Places(0, {VIDEO: 0})),
        ([opening(0, 60, video=20, phone=10)], Places(6, {VIDEO: 3, PHONE: 6})),
        ([opening(0, 60, HYBRID, start_up=5, video=30)], Places(1, {VIDEO: 1})),
        ([opening(0, 60, video=20), opening(25, 35, BREAK, key=2)], Places(2, {VIDEO: 2})),
        ([opening(0, 60, video=20), opening(60, 100, key=2, visit=20)], Places(5, {VIDEO: 3, VISIT: 2})),
        ([opening(0, 60)], Places()),
        ([], Places()),
    ],
)
def test_places_of_blocks(openings, expected):
    assert count(*openings) == expected


@pytest.mark.parametrize(
    ("busy", "expected"),
    [([], 6), ([(0, 60)], 0), ([(0, 10)], 5), ([(5, 15)], 4), ([(-30, 10), (50, 90)], 4), ([(60, 90)], 6)],
)
def test_places_beside_what_is_busy(busy, expected):
    assert count(opening(0, 60, phone=10), busy=busy).total == expected


def test_what_another_clinician_does_takes_no_place():
    assert places([opening(0, 60, phone=10)], [(8, NINE, NINE + 60)], step=5, tz=UTC).total == 6


def test_no_places_in_what_is_over():
    assert count(opening(0, 60, phone=10), not_before=NINE + 31).total == 2


def test_difference_names_the_forms_of_both():
    before, after = Places(4, {VIDEO: 4}), Places(3, {PHONE: 3})
    assert after - before == Places(-1, {VIDEO: -4, PHONE: 3})
    assert after + before == Places(7, {VIDEO: 4, PHONE: 3})


def block(key, weekday, start, end, mode=FLEXIBLE, **more):
    return BlockPlan(key, weekday, time.fromisoformat(start), time.fromisoformat(end), mode, **more)


def test_week_of_a_raster():
    blocks = (
        block(1, 0, "13:00", "14:00", FIXED, slot_minutes=15),
        block(2, 0, "14:00", "15:00"),
        block(3, 0, "14:20", "14:40", BREAK),
        block(4, 4, "13:00", "14:00", FIXED, slot_minutes=15),
        block(5, 5, "10:00", "09:00"),  # half drawn
    )
    plan = RasterPlan(WeekPattern.ODD, date(2026, 1, 5), None, blocks)
    shortest = {1: {VIDEO: 15}, 2: {PHONE: 20, VIDEO: 20}, 4: {VIDEO: 15}, 5: {VIDEO: 10}}
    assert weekly_places(plan, shortest, step=5) == Places(10, {VIDEO: 10, PHONE: 2})


@given(
    st.integers(10, 240),
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(0, 240), st.integers(1, 40)), max_size=6),
    st.sampled_from([10, 15, 20, 30]),
)
def test_places_can_all_be_booked_one_after_another(end, start_up, pauses, length):
    """Whoever books the first free start each time fills exactly so many."""
    block = opening(0, end, start_up=start_up, video=length).block
    busy = [(7, NINE + at, NINE + at + minutes) for at, minutes in pauses]
    booked = 0
    taken = list(busy)
    while starts := free_starts([block], taken, length, step=5, tz=UTC):
        taken.append((7, starts[0][0], starts[0][0] + length))
        booked += 1
    assert places([Opening(block, {VIDEO: length})], busy, step=5, tz=UTC).total == booked
