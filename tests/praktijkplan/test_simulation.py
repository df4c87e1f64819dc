"""The simulated half-day, with one disturbance at a time; most of it without chance, so that it is exact."""

import pytest

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.filling import PlannedConsult, SimulatedSession, regular
from praktijkplan.simulation import Result, SlotWaiting, Spread, simulate

TEN, TWENTY, FORTY = (Duration(Family.LOGNORMAL, minutes, 0) for minutes in (10, 20, 40))
VARYING = Duration(Family.GAMMA, 10, 0.6)


def planned(*ats: float, duration: Duration = TEN, ends: float = 60, breaks=(), start_ups=(), **more):
    consults = tuple(PlannedConsult(at, duration, **more) for at in ats)
    return SimulatedSession(consults, breaks=breaks, start_ups=start_ups, ends=ends)


def held(session: SimulatedSession, *, runs: int = 1, **assumptions) -> Result:
    return simulate(session, Assumptions.undisturbed(**assumptions), runs=runs, seed=1)


def waits(result: Result) -> list[float]:
    return [slot.mean for slot in result.slots]


def same(value: float) -> Spread:
    return Spread(value, value, value)


def test_session_without_disturbances_runs_as_planned():
    assert held(planned(0, 10, 30), runs=3) == Result(
        slots=tuple(SlotWaiting(at, 3, 0, 0, 0, 0) for at in (0, 10, 30)),
        mean_wait=0,
        end=same(40),
        overrun=same(0),
        in_time=1,
        idle=10,
        work=same(20),
        runs=3,
    )


def test_consult_that_lasts_longer_makes_the_next_wait():
    result = held(planned(0, 10, 20, duration=TWENTY, ends=50))
    assert waits(result) == [0, 10, 20]
    assert (result.mean_wait, result.end, result.overrun, result.in_time) == (10, same(60), same(10), 0)


def test_session_that_ends_on_its_planned_minute_is_in_time():
    assert held(planned(0, 10, ends=20)).in_time == 1


class TestBreaks:
    """Consults of 20 minutes in slots of 10: 10 minutes late at the break of minute 20, 20 after it unabsorbed."""

    @pytest.mark.parametrize(
        ("break_length", "kept", "wait_after"),
        [
            (30, 5, 0),  # 40 to 50, over on time
            (25, 5, 0),  # 40 to 45, just
            (21, 5, 4),  # late by 20: a break of 21 would end in a minute, and 5 are kept
            (20, 0, 0),
            (10, 0, 10),  # the break is skipped
            (10, 5, 15),
            (10, 60, 20),  # all of it is taken, whatever the delay
            (5, 5, 20),
        ],
    )
    def test_break_absorbs_delay_but_for_what_is_kept_of_it(self, break_length, kept, wait_after):
        after = 20 + break_length
        session = planned(0, 10, after, duration=TWENTY, breaks=((20, after),))
        assert waits(held(session, break_kept_minutes=kept)) == [0, 10, wait_after]

    def test_time_in_a_break_is_not_idle_and_time_before_it_is(self):
        assert held(planned(0, 35, breaks=((20, 30),))).idle == 10 + 5

    def test_break_after_the_last_consult_changes_nothing(self):
        calm = planned(0, 10, duration=TWENTY)
        assert held(planned(0, 10, duration=TWENTY, breaks=((15, 60),))) == held(calm)

    def test_break_inside_which_a_consult_is_planned_goes_first(self):
        assert waits(held(planned(0, 15, breaks=((10, 20),)))) == [0, 5]


class TestStartUp:  # PP-26
    def test_start_up_before_the_first_consult_is_work_and_not_idle(self):
        result = held(planned(10, 20, start_ups=((0, 10),)))
        assert (waits(result), result.idle, result.work) == ([0, 0], 0, same(30))

    def test_start_up_takes_its_time_when_the_clinician_is_late(self):
        result = held(planned(10, start_ups=((0, 10),)), clinician_late_mean=7)
        assert waits(result) == [7]

    def test_start_up_of_a_second_block_begins_after_the_running_consult(self):
        result = held(planned(0, 25, duration=TWENTY, start_ups=((15, 25),)))
        assert waits(result) == [0, 5]


class TestPatients:
    def test_patient_who_is_early_waits_from_the_appointment_on(self):
        result = held(planned(0, 10, duration=TWENTY), patient_late_mean=-8)
        assert waits(result) == [0, 10]
        assert result.end == same(40)

    def test_late_patient_keeps_the_clinician_and_does_not_wait(self):
        result = held(planned(0, 20), patient_late_mean=7)
        assert (waits(result), result.idle, result.end) == ([0, 0], 7 + 10, same(37))

    def test_early_start_uses_that_the_next_patient_is_there(self):
        result = held(planned(0, 20), patient_late_mean=-8, early_start=True)
        assert (waits(result), result.idle, result.end) == ([0, 0], 2, same(22))

    def test_nobody_comes(self):
        result = held(planned(0, 10), runs=2, no_show=1)
        assert result == Result(
            slots=(SlotWaiting(0, 0, 0, 0, 0, 0), SlotWaiting(10, 0, 0, 0, 0, 0)),
            mean_wait=0,
            end=same(0),
            overrun=same(0),
            in_time=1,
            idle=0,
            work=same(0),
            runs=2,
        )

    def test_clinician_is_there_for_who_does_not_come_and_gives_up(self):
        """Of two, one did not come: either the second, or the first, for whom the clinician waited 15 minutes."""
        result = held(planned(0, 10), runs=2000, no_show=0.5, no_show_minutes=15)
        first, second = result.slots
        assert first.came == pytest.approx(1000, abs=100)
        assert second.p90 == 5  # after a first who did not come
        assert result.idle == pytest.approx(15 / 4, abs=0.5)  # as long as another one follows

    def test_share_of_no_shows_is_who_does_not_come(self):
        result = held(regular(10, 10, TEN), runs=5000, no_show=0.2)
        assert sum(slot.came for slot in result.slots) / 50_000 == pytest.approx(0.8, abs=0.01)

    def test_urgent_place_that_stays_empty_keeps_nobody(self):  # PP-32
        session = SimulatedSession(
            (PlannedConsult(0, TWENTY), PlannedConsult(10, TEN, urgent=True), PlannedConsult(20, TEN)), ends=30
        )
        assert waits(held(session, urgent_fill=1)) == [0, 10, 10]
        empty = held(session, urgent_fill=0, no_show_minutes=9)
        assert (waits(empty), empty.slots[1].came, empty.idle) == ([0, 0, 0], 0, 0)

    def test_written_contact_waits_for_nobody_and_is_always_held(self):
        result = held(planned(0, 5, modality=Modality.WRITTEN), no_show=1, patient_late_mean=9)
        assert (waits(result), result.end, result.idle) == ([0, 0], same(20), 0)


class TestTechnique:  # PP-62
    @pytest.mark.parametrize(
        ("duration", "modality", "phone", "end"),
        [
            (TEN, Modality.VIDEO, 0, 16),  # repaired in 6
            (TEN, Modality.VIDEO, 1, 12),  # to phone in 2
            (TEN, Modality.PHONE, 0, 10),
            (TEN, Modality.VISIT, 1, 10),
            (Duration(Family.GAMMA, 30, 0), Modality.VIDEO, 0, 36),
            (Duration(Family.GAMMA, 31, 0), Modality.VIDEO, 0, 31),  # PP-33: a long consult absorbs it
        ],
    )
    def test_failure_costs_video_consults_time(self, duration, modality, phone, end):
        result = held(
            planned(0, duration=duration, modality=modality),
            failure=1,
            failure_minutes_mean=6,
            phone=phone,
            phone_minutes=2,
            absorbing_minutes=30,
        )
        assert result.end == same(end)

    def test_share_of_failures_is_what_is_lost(self):
        share = held(
            regular(1, 10, TEN), runs=20_000, failure=0.4, failure_minutes_mean=5, absorbing_minutes=30
        ).end.mean
        assert share == pytest.approx(10 + 0.4 * 5, abs=0.05)


class TestWork:
    @pytest.mark.parametrize(
        ("second_at", "work"),
        [(10, 20), (14.9, 24.9), (15, 10)],  # PP-24: a pause is 5 minutes or more
    )
    def test_longest_stretch_ends_at_a_pause(self, second_at, work):
        assert held(planned(0, second_at)).work.mean == pytest.approx(work)

    def test_idle_time_and_a_break_together_are_one_pause(self):
        assert held(planned(0, 15, breaks=((13, 15),))).work == same(10)

    def test_missed_appointment_makes_no_work(self):
        assert held(planned(0, 10), no_show=1, no_show_minutes=9).work == same(0)


class TestSeedAndParts:
    SESSION = planned(
        *range(0, 120, 10), duration=VARYING, ends=130, breaks=((60, 70),), start_ups=((0, 5),), urgent=True
    )

    def simulated(self, *, seed=7, runs=700, **more):
        return simulate(self.SESSION, Assumptions(), runs=runs, seed=seed, **more)

    def test_same_seed_gives_the_same_result(self):
        assert self.simulated() == self.simulated()

    def test_other_seed_gives_another_result(self):
        assert self.simulated() != self.simulated(seed=8)

    @pytest.mark.parametrize("runs_per_part", [1, 99, 350, 699, 10_000])
    def test_size_of_the_parts_does_not_matter(self, runs_per_part):
        whole, parts = self.simulated(runs_per_part=700), self.simulated(runs_per_part=runs_per_part)
        assert (parts.end, parts.overrun, parts.in_time, parts.idle, parts.work) == (
            whole.end,
            whole.overrun,
            whole.in_time,
            whole.idle,
            whole.work,
        )
        assert parts.mean_wait == pytest.approx(whole.mean_wait)
        for one, other in zip(parts.slots, whole.slots, strict=True):
            assert (one.came, one.p10, one.median, one.p90) == (other.came, other.p10, other.median, other.p90)
            assert one.mean == pytest.approx(other.mean)

    def test_progress_is_told_after_each_part(self):
        told = []
        self.simulated(runs=250, runs_per_part=100, progress=lambda done, total: told.append((done, total)))
        assert told == [(100, 250), (200, 250), (250, 250)]

    def test_progress_can_end_the_simulation(self):
        class Stopped(Exception):
            pass

        def stop(done, total):
            raise Stopped

        with pytest.raises(Stopped):
            self.simulated(progress=stop)

    def test_percentiles_of_many_half_days_look_at_the_first(self, monkeypatch):
        monkeypatch.setattr("praktijkplan.simulation.KEPT_WAITS", 12 * 300)
        many, first = self.simulated(runs=700, runs_per_part=200), self.simulated(runs=300)
        assert [slot.p90 for slot in many.slots] == [slot.p90 for slot in first.slots]
        assert many.mean_wait == pytest.approx(self.simulated(runs=700).mean_wait)
        assert many.mean_wait != pytest.approx(first.mean_wait)

    def test_one_assumption_leaves_the_others_their_numbers(self):
        """Everyone who still comes lasts as long as before, so that two drafts meet the same patients."""
        calm = held(planned(0, duration=VARYING), runs=500)
        failing = held(
            planned(0, duration=VARYING), runs=500, failure=1, phone=1, phone_minutes=3, absorbing_minutes=60
        )
        assert failing.end.p90 - calm.end.p90 == pytest.approx(3)


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"runs_per_part": 0}, {"seed": -1}])
def test_impossible_number_of_half_days_is_refused(wrong):
    with pytest.raises(ValueError, match=r"at least 1 half-day|whole number from 0"):
        simulate(planned(0), Assumptions(), **{"runs": 1, "seed": 1, **wrong})


def test_session_without_consults_is_over_at_once():
    result = held(SimulatedSession((), ends=60))
    assert (result.slots, result.mean_wait, result.end, result.in_time) == ((), 0, same(0), 1)
