from datetime import date, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praktijkplan import starters
from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.filling import (
    ConsultKind,
    PlannedConsult,
    SimulatedSession,
    assumed_duration,
    consults_of,
    regular,
)
from praktijkplan.intervals import merge, overlaps, subtract
from praktijkplan.localtime import HalfDay, to_instant
from praktijkplan.rasters import BlockPlan, PlannedBlock, PlannedSession, sessions
from praktijkplan.slots import BlockMode

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2027, 1, 4)
VIDEO, PHONE = Modality.VIDEO, Modality.PHONE
MEASURED = Duration(Family.GAMMA, 13.4, 0.72)


def block(start: time, end: time, mode: BlockMode, **more) -> PlannedBlock:
    plan = BlockPlan(1, 0, start, end, mode, **more)
    return PlannedBlock(plan, to_instant(MONDAY, start, AMSTERDAM), to_instant(MONDAY, end, AMSTERDAM))


def fixed(start: time, end: time, slot_minutes: int, **more) -> PlannedBlock:
    return block(start, end, BlockMode.FIXED, slot_minutes=slot_minutes, **more)


def flexible(start: time, end: time, *durations: int, **more) -> PlannedBlock:
    return block(start, end, BlockMode.FLEXIBLE, durations=frozenset(durations), **more)


def pause(start: time, end: time) -> PlannedBlock:
    return block(start, end, BlockMode.BREAK)


def filled(*blocks: PlannedBlock, kinds=(), **more) -> SimulatedSession:
    return consults_of(PlannedSession(MONDAY, HalfDay.MORNING, blocks), kinds, **more)


def told(session: SimulatedSession) -> list[tuple[float, float, Modality]]:
    return [(consult.at, consult.duration.mean, consult.modality) for consult in session.consults]


def clock(minute: int) -> time:
    """So many minutes after 9 o'clock."""
    return time(9 + minute // 60, minute % 60)


def kind(minutes: int, weight: float = 1, modality: Modality = VIDEO) -> ConsultKind:
    return ConsultKind(minutes, modality, assumed_duration(minutes), weight)


class TestStarters:
    def session(self, starter) -> SimulatedSession:
        [planned] = sessions(starter(MONDAY), MONDAY, MONDAY, AMSTERDAM)
        return consults_of(planned)

    def test_fixed_hour_is_four_consults_of_a_quarter(self):  # PP-21
        session = self.session(starters.fixed_hour)
        assert session == SimulatedSession(
            tuple(PlannedConsult(at, assumed_duration(15)) for at in (0, 15, 30, 45)), ends=60
        )

    def test_video_block_alternates_10_and_20_minutes_between_its_breaks(self):  # PP-22
        session = self.session(starters.video_block)
        assert session.breaks == ((60, 75), (135, 140))
        assert [(at, minutes) for at, minutes, _ in told(session)] == [
            *((0, 10), (10, 20), (30, 10), (40, 20)),
            *((75, 10), (85, 20), (105, 10), (115, 20)),
            *((140, 10), (150, 20), (170, 10)),
        ]
        assert session.ends == 180

    def test_hybrid_afternoon_holds_both_forms_in_the_usual_lengths(self):  # PP-23, PP-11
        session = self.session(starters.hybrid_afternoon)
        assert {modality for _, _, modality in told(session)} == {VIDEO, PHONE}
        assert {minutes for _, minutes, _ in told(session)} == {10, 20, 30}


class TestFixed:
    def test_slots_begin_after_start_up_time(self):  # PP-26
        session = filled(fixed(time(9), time(9, 50), 20, start_up_minutes=10))
        assert [at for at, *_ in told(session)] == [10, 30]
        assert session.start_ups == ((0, 10),)

    def test_rest_shorter_than_a_slot_is_no_slot(self):
        assert [at for at, *_ in told(filled(fixed(time(9), time(9, 50), 20)))] == [0, 20]

    def test_break_takes_the_slots_that_it_touches(self):
        session = filled(fixed(time(9), time(10), 15), pause(time(9, 20), time(9, 25)))
        assert [at for at, *_ in told(session)] == [0, 30, 45]
        assert session.breaks == ((20, 25),)

    def test_slot_holds_the_longest_kind_that_fits_it(self):
        session = filled(fixed(time(9), time(9, 30), 15), kinds=[kind(20), kind(5), kind(10)])
        assert told(session) == [(0, 10, VIDEO), (15, 10, VIDEO)]


def test_block_with_kinds_of_its_own_takes_no_other():
    session = filled(
        fixed(time(9), time(9, 20), 10), kinds=[kind(10)], by_block={1: [ConsultKind(10, PHONE, MEASURED)]}
    )
    assert [consult.modality for consult in session.consults] == [PHONE, PHONE]
    assert [consult.duration for consult in session.consults] == [MEASURED, MEASURED]


class TestFlexible:
    def test_measured_duration_is_what_a_consult_lasts(self):
        session = filled(flexible(time(9), time(9, 30), 15), kinds=[ConsultKind(15, VIDEO, MEASURED)])
        assert session.consults == (PlannedConsult(0, MEASURED), PlannedConsult(15, MEASURED))

    def test_kinds_take_turns_by_their_weight(self):
        session = filled(flexible(time(9), time(11), 10, 20), kinds=[kind(10, 2), kind(20, 1)])
        assert [minutes for _, minutes, _ in told(session)] == [10, 20, 10, 10, 20, 10, 10, 20, 10]

    def test_kind_that_does_not_fit_before_a_break_makes_way(self):
        session = filled(
            flexible(time(9), time(10), 10, 30), pause(time(9, 40), time(9, 45)), kinds=[kind(30), kind(10)]
        )
        assert [(at, minutes) for at, minutes, _ in told(session)] == [(0, 30), (30, 10), (45, 10)]

    def test_turns_go_on_in_the_next_block(self):
        hours = flexible(time(9), time(9, 20), 10, 20), flexible(time(10), time(10, 20), 10, 20)
        session = filled(*hours, kinds=[kind(10), kind(20)])
        assert [(at, minutes) for at, minutes, _ in told(session)] == [(0, 10), (10, 10), (60, 20)]

    def test_consults_start_on_the_grid(self):
        session = filled(flexible(time(9), time(10), 12, start_up_minutes=3), grid_minutes=10)
        assert [at for at, *_ in told(session)] == [10, 30]

    def test_block_takes_only_the_kinds_it_allows(self):
        kinds = [kind(20), kind(10, modality=PHONE), kind(10)]
        session = filled(flexible(time(9), time(9, 20), 10, modalities=frozenset({PHONE})), kinds=kinds)
        assert told(session) == [(0, 10, PHONE), (10, 10, PHONE)]

    def test_block_that_allows_none_of_the_kinds_holds_its_own(self):
        session = filled(flexible(time(9), time(10), 45, modalities=frozenset({PHONE})), kinds=[kind(10)])
        assert told(session) == [(0, 45, PHONE)]


def test_held_places_are_urgent():  # PP-32
    session = filled(
        fixed(time(9), time(9, 15), 15), fixed(time(9, 15), time(9, 45), 15, release_minutes=60), kinds=[kind(15)]
    )
    assert [consult.urgent for consult in session.consults] == [False, True, True]


def test_times_count_from_the_first_block_for_consults():
    session = filled(
        pause(time(8, 30), time(9)), fixed(time(9), time(9, 20), 10), pause(time(9, 20), time(9, 30)),
        fixed(time(9, 30), time(9, 40), 10), pause(time(9, 40), time(10)),
    )  # fmt: skip
    assert [at for at, *_ in told(session)] == [0, 10, 30]
    assert (session.breaks, session.starts, session.ends) == (((20, 30),), 0, 40)


def test_session_of_nothing_but_breaks_is_refused():
    with pytest.raises(ValueError, match="give it a block for consults"):
        filled(pause(time(9), time(10)))


def in_fives(steps: int) -> int:
    return 5 * steps


@settings(deadline=None, max_examples=50)
@given(
    st.sets(st.sampled_from([5, 10, 12, 15, 20, 45]), min_size=1),
    st.lists(st.integers(1, 9).map(float), min_size=6, max_size=6),
    st.lists(st.tuples(st.integers(0, 30).map(in_fives), st.integers(1, 6).map(in_fives)), max_size=3),
    st.sampled_from([0, 7, 15]),
)
def test_filled_block_is_full_and_keeps_to_itself(lengths, weights, breaks, start_up):
    kinds = [kind(minutes, weight) for minutes, weight in zip(sorted(lengths), weights, strict=False)]
    pauses = [pause(clock(at), clock(at + length)) for at, length in breaks]
    session = filled(flexible(time(9), time(12), *lengths, start_up_minutes=start_up), *pauses, kinds=kinds)
    consults = [(int(at), int(at + minutes)) for at, minutes, _ in told(session)]
    taken = [*consults, *((int(start), int(end)) for start, end in session.breaks)]
    assert all(start % 5 == 0 and start_up <= start and end <= 180 for start, end in consults)
    assert not any(overlaps(one, other) for one, other in combinations(taken, 2))
    for start, end in subtract((start_up, 180), merge(taken)):
        assert end - (start + -start % 5) < min(lengths)  # nothing else would fit


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: PlannedConsult(float("nan"), MEASURED), "a number of minutes, not nan"),
        (lambda: PlannedConsult(5, Duration(Family.GAMMA, 0, 1)), "the consult at 5 must last more than 0"),
        (lambda: ConsultKind(0, VIDEO, MEASURED), "at least a minute, not 0"),
        (lambda: ConsultKind(10, VIDEO, MEASURED, 0), "above 0, not 0: leave the kind out"),
        (lambda: SimulatedSession((), breaks=((10, 10),)), "the break at 10 ends at 10"),
        (lambda: SimulatedSession((), breaks=((0, 10), (9, 12))), "the break at 9 begins before the one at 0"),
        (lambda: SimulatedSession((), start_ups=((10, 5),)), "the start-up time at 10 ends at 5"),
        (
            lambda: SimulatedSession((PlannedConsult(10, MEASURED), PlannedConsult(5, MEASURED))),
            "the consult at 5 comes after the one at 10: sort them by time",
        ),
    ],
)
def test_impossible_plan_is_refused_with_what_to_do(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(("at_start", "ats"), [(1, [0, 15, 30, 45]), (2, [0, 0, 15, 30]), (3, [0, 0, 0, 15])])
def test_regular_session_has_equal_slots_with_so_many_at_the_start(at_start, ats):
    session = regular(4, 15, MEASURED, at_start=at_start)
    assert ([consult.at for consult in session.consults], session.ends) == (ats, 60)
