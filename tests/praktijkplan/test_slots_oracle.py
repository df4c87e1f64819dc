"""Free starts and placements against each other, and against a slow reading of the rules, minute by minute."""

import random
from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praktijkplan.contact import Modality
from praktijkplan.localtime import from_instant, midnight, to_instant
from praktijkplan.placing import Placement, Request, Snapshot, place
from praktijkplan.policy import Policy
from praktijkplan.slots import Block, BlockMode, free_starts, free_with_rests

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ORDINARY, SPRING, AUTUMN = date(2026, 12, 6), date(2027, 3, 28), date(2026, 10, 25)
VIDEO_TYPE = 3


@st.composite
def clinics(draw, dates=(ORDINARY, SPRING, AUTUMN)):
    """Two clinicians in one night and day, with the clock change somewhere in it for two dates of three."""
    start_of_day = midnight(draw(st.sampled_from(dates)), AMSTERDAM)
    minute = st.integers(0, 420).map(lambda offset: start_of_day + offset)
    spans = st.tuples(st.integers(1, 2), minute, st.integers(1, 90)).map(lambda s: (s[0], s[1], s[1] + s[2]))
    blocks = [
        Block(
            clinician=draw(st.integers(1, 2)),
            session=number,
            block=number,
            starts=(starts := draw(minute)),
            ends=starts + draw(st.integers(5, 240)),
            mode=draw(st.sampled_from(BlockMode)),
            slot_minutes=draw(st.sampled_from([5, 10, 15, 20, 25])),
            start_up_minutes=draw(st.sampled_from([0, 0, 7, 10])),
            types=draw(st.sampled_from([None, frozenset({VIDEO_TYPE}), frozenset({9})])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    return Snapshot(
        blocks=blocks,
        busy=draw(st.lists(spans, max_size=4)),
        absences=draw(st.lists(spans, max_size=2)),
        patient_busy=[],
        now=start_of_day + draw(st.integers(-60, 120)),
        tz=AMSTERDAM,
    )


DURATIONS = st.sampled_from([5, 10, 15, 20, 30])
GRIDS = st.sampled_from([5, 10, 15, 20, 30])


def listed(clinic: Snapshot, duration: int, grid: int):
    return free_starts(
        clinic.blocks,
        [*clinic.busy, *clinic.absences],
        duration,
        step=grid,
        tz=AMSTERDAM,
        not_before=clinic.now,
        type_id=VIDEO_TYPE,
    )


def read_slowly(clinic: Snapshot, duration: int, grid: int):
    """The rules as the plan says them, tried for every minute of every block."""
    breaks = [(b.clinician, b.starts, b.ends) for b in clinic.blocks if b.mode is BlockMode.BREAK]
    taken = {
        (clinician, minute)
        for clinician, start, end in (*clinic.busy, *clinic.absences, *breaks)
        for minute in range(start, end)
    }
    found = []
    for b in clinic.blocks:
        if b.mode is BlockMode.BREAK or (b.types is not None and VIDEO_TYPE not in b.types):
            continue
        for start in range(b.starts, b.ends):
            local = from_instant(start, AMSTERDAM)
            if b.mode is BlockMode.FIXED:
                slots = range(b.starts + b.start_up_minutes, b.ends - b.slot_minutes + 1, b.slot_minutes)
                fits = start in slots and duration <= b.slot_minutes
            else:
                on_grid = (local.hour * 60 + local.minute) % grid == 0
                fits = on_grid and b.starts + b.start_up_minutes <= start <= b.ends - duration
            unhindered = all((b.clinician, minute) not in taken for minute in range(start, start + duration))
            if fits and unhindered and start >= clinic.now:
                found.append((start, b.clinician, b.block))
    return sorted(found)


@given(clinics(), DURATIONS, GRIDS | st.sampled_from([7, 25, 45]))
def test_free_starts_are_what_a_slow_reading_finds(clinic, duration, grid):
    assert listed(clinic, duration, grid) == read_slowly(clinic, duration, grid)


@given(clinics(), DURATIONS, GRIDS)
def test_candidates_are_the_free_starts(clinic, duration, grid):
    assert [candidate[:3] for candidate in candidates(clinic, duration, grid)] == listed(clinic, duration, grid)


def candidates(clinic: Snapshot, duration: int, grid: int):
    return free_with_rests(
        clinic.blocks,
        [*clinic.busy, *clinic.absences],
        [(VIDEO_TYPE, duration)],
        step=grid,
        tz=AMSTERDAM,
        not_before=clinic.now,
        asked_at=clinic.now,
    )


@given(clinics(dates=(ORDINARY,)), DURATIONS, GRIDS)
def test_rests_reach_to_the_first_and_last_start_of_the_same_free_time(clinic, duration, grid):
    breaks = [(b.clinician, b.starts, b.ends) for b in clinic.blocks if b.mode is BlockMode.BREAK]
    taken = {
        (clinician, minute)
        for clinician, start, end in (*clinic.busy, *clinic.absences, *breaks)
        for minute in range(start, end)
    }
    found = candidates(clinic, duration, grid)
    for start, clinician, block, _, before, after, _, _ in found:
        together = [
            other.start
            for other in found
            if (other.clinician, other.block) == (clinician, block)
            and not any(
                (clinician, minute) in taken
                for minute in range(min(start, other.start), max(start, other.start) + duration)
            )
        ]
        assert (start - before, start + after) == (min(together), max(together))


@settings(max_examples=60)
@given(clinics(), DURATIONS, GRIDS)
def test_place_accepts_exactly_the_free_starts(clinic, duration, grid):
    policy = Policy(grid_minutes=grid)
    free = {(start, clinician) for start, clinician, _ in listed(clinic, duration, grid)}
    first, last = min(b.starts for b in clinic.blocks), max(b.ends for b in clinic.blocks)
    for clinician in (1, 2, 3):
        for start in range(first - 5, last + 5):
            request = Request(clinician, start, duration, VIDEO_TYPE, Modality.VIDEO)
            answer = place(clinic, request, policy)
            assert isinstance(answer, Placement) == ((start, clinician) in free), answer
            assert answer != ()


@given(clinics(), DURATIONS, GRIDS)
def test_a_placement_lies_in_a_block_that_was_listed(clinic, duration, grid):
    free = listed(clinic, duration, grid)
    for start, clinician, _ in free:
        request = Request(clinician, start, duration, VIDEO_TYPE, Modality.VIDEO)
        placed = place(clinic, request, Policy(grid_minutes=grid))
        assert isinstance(placed, Placement)
        assert (start, clinician, placed.block) in free
        assert (placed.start, placed.end) == (start, start + duration)


@given(clinics(), DURATIONS, GRIDS)
def test_free_starts_never_overlap_what_is_busy(clinic, duration, grid):
    for start, clinician, _ in listed(clinic, duration, grid):
        for who, taken_from, taken_until in (*clinic.busy, *clinic.absences):
            assert who != clinician or start + duration <= taken_from or taken_until <= start


@given(clinics(), DURATIONS, GRIDS, st.randoms(use_true_random=False))
def test_free_starts_are_ordered_and_do_not_depend_on_the_order_of_rows(clinic, duration, grid, shuffler):
    free = listed(clinic, duration, grid)
    assert free == sorted(free)
    rows = [*clinic.busy, *clinic.absences]
    blocks = [*clinic.blocks]
    shuffler.shuffle(rows)
    shuffler.shuffle(blocks)
    again = free_starts(blocks, rows, duration, step=grid, tz=AMSTERDAM, not_before=clinic.now, type_id=VIDEO_TYPE)
    assert again == free


@given(clinics(), GRIDS)
def test_a_longer_consult_starts_only_where_a_shorter_one_can(clinic, grid):
    by_duration = [set(listed(clinic, duration, grid)) for duration in (5, 10, 15, 20, 30)]
    assert all(longer <= shorter for shorter, longer in pairwise(by_duration))


@given(clinics(), DURATIONS, GRIDS)
def test_booking_a_free_start_takes_it_away(clinic, duration, grid):
    free = listed(clinic, duration, grid)
    if not free:
        return
    start, clinician, _ = free[len(free) // 2]
    booked = (clinician, start, start + duration)
    left = free_starts(
        clinic.blocks,
        [*clinic.busy, *clinic.absences, booked],
        duration,
        step=grid,
        tz=AMSTERDAM,
        not_before=clinic.now,
        type_id=VIDEO_TYPE,
    )
    gone = set(free) - set(left)
    assert set(left) < set(free)
    assert gone == {f for f in free if f[1] == clinician and abs(f[0] - start) < duration}


def polyclinic(seed: int, clinicians: int = 6, weeks: int = 3, share_booked: float = 0.7):
    """A small polyclinic: half-days of 10-, 15- and 30-minute appointments, most of them booked.

    The three weeks lie around the last Sunday of March.
    """
    chance = random.Random(seed)
    first = SPRING - timedelta(days=13)
    shapes = [(8, 30, (15,) * 16), (9, 0, (10, 20) * 5), (13, 30, (30,) * 7), (13, 0, (15,) * 16)]
    sessions, bookings = [], []
    for clinician in range(1, clinicians + 1):
        week = [(day, *chance.choice(shapes)) for day in range(7) if chance.random() < 0.7]
        for number in range(weeks):
            for day, hour, minute, appointments in week:
                on = first + timedelta(weeks=number, days=day)
                at = to_instant(on, time(hour, minute), AMSTERDAM)
                sessions.append((clinician, at, at + sum(appointments)))
                for length in appointments:
                    if chance.random() < share_booked:
                        bookings.append((clinician, at, at + length))
                    at += length
    return sessions, bookings


@pytest.mark.parametrize("seed", range(5))
def test_a_polyclinic_has_the_starts_that_counting_minutes_gives(seed):
    sessions, bookings = polyclinic(seed)
    taken = Counter((clinician, minute) for clinician, start, end in bookings for minute in range(start, end))
    assert set(taken.values()) == {1}
    expected = sorted(
        (start, clinician, number)
        for number, (clinician, opens, closes) in enumerate(sessions)
        for start in range(opens, closes - 20 + 1, 5)
        if not any((clinician, minute) in taken for minute in range(start, start + 20))
    )
    blocks = [
        Block(clinician, number, number, opens, closes, BlockMode.FLEXIBLE)
        for number, (clinician, opens, closes) in enumerate(sessions)
    ]
    assert len(expected) > 100
    assert free_starts(blocks, bookings, 20, step=5, tz=AMSTERDAM) == expected
