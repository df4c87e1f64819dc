"""The forecast of a day: by hand with lengths that are sure, against every course the day may take, as properties."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.chances import WHOLE, Chances
from praktijkplan.delay import Announcement, ClinicDay, Consult, Expected, Stage, announce, forecast
from praktijkplan.lengths import assumed
from praktijkplan.pace import Pace
from praktijkplan.policy import Policy

NINE = 9 * 60
POLICY = Policy()
EARLY = Policy(early_start=True)
TEN = Chances.sure(10)
DONE, RUNNING, WAITING, NO_SHOW, CANCELLED = Stage.DONE, Stage.RUNNING, Stage.WAITING, Stage.NO_SHOW, Stage.CANCELLED


def consult(at: int, stage: Stage = Stage.EXPECTED, began=None, ended=None, lasts: Chances | None = TEN) -> Consult:
    """Planned so many minutes after nine for ten minutes; its key is that number."""
    began, ended = (None if moment is None else NINE + moment for moment in (began, ended))
    return Consult(at, NINE + at, 10, stage, began, ended, lasts)


def day(*consults: Consult, breaks=(), sessions=(), announced=None, **more) -> ClinicDay:
    spans = [tuple((NINE + start, NINE + end) for start, end in of) for of in (breaks, sessions)]
    return ClinicDay(tuple(consults), breaks=spans[0], sessions=spans[1], announced=announced, **more)


def starts(of: ClinicDay, now: float, policy: Policy = POLICY) -> dict[int, int]:
    """Minutes after nine at which consults begin whose lengths are sure."""
    expected = forecast(of, NINE + now, policy).starts
    assert all(moment.low == moment.median == moment.high for moment in expected.values())
    return {key: moment.median - NINE for key, moment in expected.items()}


class TestByHand:
    def test_day_that_has_not_begun_is_expected_as_planned(self):
        assert starts(day(consult(0), consult(10), consult(30)), now=-60) == {0: 0, 10: 10, 30: 30}

    def test_delay_of_the_running_consult_goes_on_until_a_gap_absorbs_it(self):
        running = consult(0, RUNNING, began=8)
        assert starts(day(running, consult(10), consult(20), consult(45)), now=9) == {10: 18, 20: 28, 45: 45}

    @pytest.mark.parametrize(
        ("break_length", "begins"), [(20, 30), (15, 28), (10, 28), (3, 26)], ids=["all of it", "but 5", "5", "3"]
    )
    def test_break_absorbs_delay_but_for_what_is_kept_of_it(self, break_length, begins):
        """The consult before the break ends 13 minutes after it should have begun."""
        after = 10 + break_length
        late = day(consult(0, RUNNING, began=13), consult(after), breaks=[(10, after)])
        assert starts(late, now=14) == {after: max(begins, after)}

    def test_pause_between_two_sessions_absorbs_delay_too(self):
        sessions = [(0, 20), (60, 80)]
        late = day(consult(0, RUNNING, began=50), consult(10), consult(60), sessions=sessions)
        assert starts(late, now=50) == {10: 60, 60: 75}

    def test_break_that_was_taken_or_is_over_costs_nothing(self):
        taken = day(consult(0, DONE, 0, 10), consult(20, RUNNING, began=22), consult(30), breaks=[(10, 20)])
        assert starts(taken, now=23) == {30: 32}
        over = day(consult(0, CANCELLED), consult(20), breaks=[(10, 20)])
        assert starts(over, now=40) == {20: 40}

    @pytest.mark.parametrize("stage", [NO_SHOW, CANCELLED])
    def test_who_does_not_come_frees_time_for_who_does(self, stage):
        assert starts(day(consult(0, RUNNING, began=8), consult(10, stage), consult(20)), now=9) == {20: 20}

    def test_patient_is_taken_early_only_if_agreed_and_there(self):
        early = day(consult(0, DONE, 0, 4), consult(10, WAITING), consult(20))
        assert starts(early, now=5) == {10: 10, 20: 20}
        assert starts(early, now=5, policy=EARLY) == {10: 5, 20: 20}

    def test_clinician_who_has_not_begun_is_later_each_minute(self):
        waits = day(consult(0, WAITING), consult(10))
        assert [starts(waits, now) for now in (0, 4, 12)] == [{0: 0, 10: 10}, {0: 4, 10: 14}, {0: 12, 10: 22}]
        assert [forecast(waits, NINE + now, POLICY).stalled for now in (4, 5, 12)] == [False, True, True]

    def test_day_with_someone_in_consult_or_a_gap_is_not_stalled(self):
        running = day(consult(0, RUNNING, began=0), consult(10, WAITING))
        gap = day(consult(0, DONE, 0, 10), consult(60))
        late = day(consult(0, DONE, 0, 38), consult(10, WAITING))
        assert not any(forecast(of, NINE + 40, POLICY).stalled for of in (running, gap, late))
        assert forecast(late, NINE + 43, POLICY).stalled

    def test_announced_delay_shifts_the_next_until_it_begins(self):
        running = day(consult(0, RUNNING, began=0), consult(10), consult(20), consult(60))
        announced = announce(running, 20, NINE + 4)
        assert announced == Announcement(NINE + 4, NINE + 30)
        assert starts(replace(running, announced=announced), now=5) == {10: 30, 20: 40, 60: 60}
        assert not forecast(replace(running, announced=announced), NINE + 29, POLICY).stalled
        begun = day(consult(0, DONE, 0, 10), consult(10, RUNNING, began=12), consult(20), announced=announced)
        assert starts(begun, now=13) == {20: 22}

    def test_announcement_that_is_less_than_what_is_known_shortens_nothing(self):
        late = day(consult(0, RUNNING, began=20), consult(10), announced=Announcement(NINE + 21, NINE + 15))
        assert starts(late, now=21) == {10: 30}

    def test_nobody_is_left_to_announce_a_delay_to(self):
        assert announce(day(consult(0, DONE, 0, 10)), 20, NINE) is None

    def test_consult_past_its_end_is_known_to_have_lasted_so_long(self):
        """It lasts 5 or 15 minutes: after 6 only the second is left."""
        coin = Chances(5, (WHOLE // 2, *[0] * 9, WHOLE // 2))
        tossed = day(consult(0, RUNNING, began=0, lasts=coin), consult(5))
        assert forecast(tossed, NINE + 3, POLICY).starts == {5: Expected(NINE + 5, NINE + 5, NINE + 14)}
        assert starts(tossed, now=6) == {5: 15}

    def test_consult_that_lasts_longer_than_any_did_is_not_over_at_once(self):
        forgotten = day(consult(0, RUNNING, began=0, lasts=None), consult(10))
        expected = forecast(forgotten, NINE + 500, POLICY).starts[10]
        assert expected.median == NINE + 506  # each minute one in ten is over

    def test_consult_that_was_not_ended_gives_way_to_a_later_one(self):
        """Ended by nobody, though the next was held."""
        assert starts(day(consult(0, RUNNING, began=0), consult(10, DONE, 11, 22), consult(20)), now=23) == {20: 23}

    def test_when_the_clinician_is_done(self):
        done = forecast(day(consult(0), consult(10)), NINE, POLICY).free
        assert done == Expected(NINE + 20, NINE + 20, NINE + 20)
        assert forecast(day(), NINE + 0.5, POLICY).free == Expected(NINE + 1, NINE + 1, NINE + 1)

    def test_pace_of_the_day_makes_what_is_coming_longer(self):
        slow = day(consult(0), consult(10), consult(20), paces=(Pace(1, 1.5),))
        assert [moment.median - NINE for moment in forecast(slow, NINE, POLICY).starts.values()] == [0, 15, 30]

    @pytest.mark.parametrize(("stage", "says"), [(RUNNING, "say when it began"), (DONE, "say when it ended")])
    def test_fact_without_its_moment_is_refused(self, stage, says):
        with pytest.raises(ValueError, match=says):
            consult(0, stage)


def test_forecast_agrees_with_every_course_the_day_may_take():
    """Three lengths, four consults, a break after the second: 81 courses."""
    third = WHOLE // 3
    lasts = Chances(6, (third, 0, 0, 0, third, *[0] * 8, WHOLE - 2 * third))
    planned = [0, 10, 30, 40]
    courses: list[dict[int, int]] = []
    for lengths in product((6, 10, 19), repeat=4):
        free, begins = 0, {}
        for at, length in zip(planned, lengths, strict=True):
            if at == 30:
                free = max(30, max(free, 20) + 5)
            begins[at] = max(at, free)
            free = begins[at] + length
        courses.append(begins)
    found = forecast(day(*(consult(at, lasts=lasts) for at in planned), breaks=[(20, 30)]), NINE, POLICY)
    for at in planned:
        moments = sorted(course[at] for course in courses)
        low, median, after = (
            next(moment for n, moment in enumerate(moments, 1) if Fraction(n, 81) >= Fraction(share, 10))
            for share in (1, 5, 9)
        )
        assert found.starts[at] == Expected(NINE + low, NINE + median, NINE + max(median, after - 1))


@st.composite
def days(draw) -> tuple[ClinicDay, int]:
    """A day of which a part is over, and now."""
    at, consults, clock = 0, [], draw(st.integers(-20, 30))
    for number in range(draw(st.integers(1, 7))):
        at += draw(st.sampled_from([0, 5, 10, 20]))
        minutes = draw(st.sampled_from([5, 10, 20]))
        consults.append(
            Consult(number, NINE + at, minutes, draw(st.sampled_from([Stage.EXPECTED, WAITING, CANCELLED])))
        )
    over = draw(st.integers(0, len(consults)))
    for number in range(over):
        began = max(clock, consults[number].start - NINE)
        clock = began + draw(st.integers(1, 40))
        stage = RUNNING if number == over - 1 and draw(st.booleans()) else DONE
        ended = NINE + clock if stage is DONE else None
        consults[number] = replace(consults[number], stage=stage, began_at=NINE + began, ended_at=ended)
    breaks = draw(st.lists(st.tuples(st.integers(0, 70), st.sampled_from([5, 15, 30])), max_size=2))
    announced = draw(st.none() | st.integers(0, 90).map(lambda minutes: Announcement(NINE + clock, NINE + minutes)))
    now = NINE + clock + draw(st.integers(0, 30))
    spans = tuple((NINE + start, NINE + start + length) for start, length in breaks)
    return ClinicDay(tuple(consults), breaks=spans, announced=announced), now


policies = st.sampled_from([POLICY, EARLY])


def none_earlier(one: dict[int, Expected], other: dict[int, Expected]) -> bool:
    """Each start of both is in `other` as late as in `one`, or later."""
    both = [(one[key], other[key]) for key in one.keys() & other.keys()]
    return all(a.low <= b.low and a.median <= b.median and a.high <= b.high for a, b in both)


@given(days(), policies)
def test_nothing_begins_before_now_or_its_time_or_out_of_order(of, policy):
    clinic, now = of
    found = forecast(clinic, now, policy)
    moments = [*found.starts.values(), found.free]
    assert found == forecast(clinic, now, policy)
    assert list(found.starts) == [one.key for one in clinic.coming]
    assert all(now <= moment.low <= moment.median <= moment.high for moment in moments)
    for field in ("low", "median", "high"):
        assert [getattr(m, field) for m in moments] == sorted(getattr(m, field) for m in moments)
    for one in clinic.coming:
        if policy is POLICY or one.stage is not WAITING:
            assert found.starts[one.key].low >= one.start


@given(days(), policies, st.integers(1, 40))
def test_more_delay_makes_nobody_earlier(of, policy, minutes):
    """Announced, by the clock, by one consult that takes longer, and by one that is held after all."""
    clinic, now = of
    found = forecast(clinic, now, policy).starts
    later = now + minutes
    assert none_earlier(found, forecast(clinic, later, policy).starts)
    said, more = (replace(clinic, announced=announce(clinic, delay, now)) for delay in (minutes, minutes + 5))
    assert none_earlier(forecast(said, now, policy).starts, forecast(more, now, policy).starts)
    for number, one in enumerate(clinic.consults):
        others = clinic.consults[:number], clinic.consults[number + 1 :]
        if one.is_coming:
            longer = replace(one, lasts=assumed(one.minutes).later(minutes))
            changed = replace(clinic, consults=(*others[0], longer, *others[1]))
            assert none_earlier(found, forecast(changed, now, policy).starts)
            if clinic.announced is None:
                cancelled = replace(clinic, consults=(*others[0], replace(one, stage=CANCELLED), *others[1]))
                assert none_earlier(forecast(cancelled, now, policy).starts, found)


@given(days(), st.integers(1, 40))
def test_time_without_consults_absorbs_delay(of, gap):
    """Whoever is planned later by a gap begins later by as much at most."""
    clinic, now = of
    clinic = replace(clinic, announced=None)
    coming = clinic.coming
    for first in coming:
        moved = {one.key: replace(one, start=one.start + gap) for one in coming if one.start >= first.start}
        spread = replace(
            clinic,
            consults=tuple(moved.get(one.key, one) for one in clinic.consults),
            breaks=tuple(
                (start + gap, end + gap) if start >= first.start else (start, end) for start, end in clinic.breaks
            ),
        )
        before, after = forecast(clinic, now, POLICY).starts, forecast(spread, now, POLICY).starts
        assert all(after[key].median - gap <= before[key].median for key in moved)


@given(days(), policies)
def test_consults_that_are_done_matter_by_their_end_alone(of, policy):
    clinic, now = of
    begun = [one for one in clinic.consults if one.stage in (DONE, RUNNING)]
    last = max(begun, key=lambda one: one.since, default=None)
    left = tuple(one for one in clinic.consults if one not in begun or one is last)
    if last is not None:
        assert forecast(replace(clinic, consults=left), now, policy) == forecast(clinic, now, policy)
