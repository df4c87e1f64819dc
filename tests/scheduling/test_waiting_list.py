"""Who waits for an earlier place, and how a freed place reaches the one who takes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.models import Event
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.freed_places import offer_place
from scheduling.actions.place_offers import Gone, accept_offer, decline_offer, expire_offers
from scheduling.actions.placing import plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.actions.undoing import put_back
from scheduling.actions.waiting_list import (
    CannotWait,
    Wishes,
    end_past_entries,
    join_waiting_list,
    leave_waiting_list,
)
from scheduling.models import Appointment, ClinicSession, FreedPlace, PlaceOffer, WaitingListEntry
from scheduling.queries.waiting_list import offer_by, places_to_look_at
from scheduling.tasks import offer_freed_places
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "10.00")
SOON = "2026-11-25"
LATER = "2026-12-09"
DUE = NOW + timedelta(minutes=3)
State = PlaceOffer.State
End = WaitingListEntry.End


class Clinic:
    """Dr. Bakker holds a clinic on the 25th and on the 9th; the place of the 25th at 10.00 will be freed."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.kind = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        self.leaves = self.booked(SOON, "10.00")

    def booked(self, on, at, **fields):
        fields.setdefault("clinician", self.clinician)
        fields.setdefault("type", self.kind)
        return make.appointment(start=make.amsterdam(on, at), now=NOW, **fields)

    def waits(self, at="10.00", on=LATER, appointment=None, **wishes):
        """An appointment on the 9th whose patient can come earlier."""
        held = appointment or self.booked(on, at)
        wishes = Wishes(**{"notice_hours": 4, **wishes})
        return join_waiting_list(appointment=held, wishes=wishes, by="system", now=NOW)

    def free(self, now=NOW, **fields):
        cancel_appointment(appointment=self.leaves, by="user:1", now=now, **fields)
        return FreedPlace.objects.get(cause=self.leaves)


@pytest.fixture
def clinic():
    return Clinic()


def tick(now=DUE):
    expire_offers(now=now)
    return sum(
        offer_place(freed_id=pk, now=now) for pk in list(places_to_look_at(now=now).values_list("pk", flat=True))
    )


def offer_to(entry):
    return offer_by(entry.offers.get().ref)


def accept(entry, now=DUE, by="link:anna"):
    return accept_offer(offer=offer_to(entry), by=by, now=now)


def facts(kind):
    return list(Event.objects.filter(kind=kind).values_list("appointment_id", flat=True))


class TestJoining:
    def test_patient_who_can_come_earlier_is_on_the_list(self, clinic):
        entry = clinic.waits(weekdays=0b00101, half_day="morning", own_clinician=True)
        entry.refresh_from_db()
        kept = (entry.weekdays, entry.half_day, entry.own_clinician, entry.notice_hours, entry.since, entry.end)
        assert kept == (0b00101, "morning", True, 4, NOW, "")
        assert facts("waiting_list.joined") == [entry.appointment_id]

    def test_who_joins_again_keeps_the_place_in_the_row_with_other_wishes(self, clinic):
        entry = clinic.waits()
        later = NOW + timedelta(days=1)
        wishes = Wishes(notice_hours=48, half_day="afternoon")
        again = join_waiting_list(appointment=entry.appointment, wishes=wishes, by="user:1", now=later)
        assert (again.pk, again.since, again.half_day) == (entry.pk, NOW, "afternoon")
        assert len(facts("waiting_list.joined")) == 1

    @pytest.mark.parametrize("what", ["cancelled", "begun", "in_writing"])
    def test_what_cannot_come_earlier_is_refused(self, clinic, what):
        now = NOW
        if what == "in_writing":
            held = clinic.booked(LATER, "10.00", type=None, modality="written", department=clinic.department)
        else:
            held = clinic.booked(LATER, "10.00")
        if what == "cancelled":
            held = cancel_appointment(appointment=held, by="user:1", now=NOW)
        if what == "begun":
            now = held.start
        answer = join_waiting_list(appointment=held, wishes=Wishes(notice_hours=4), by="user:1", now=now)
        assert answer is (CannotWait.IN_WRITING if what == "in_writing" else CannotWait.OVER)
        assert not WaitingListEntry.objects.exists()

    @pytest.mark.parametrize(
        "wrong", [{"weekdays": 0}, {"weekdays": 128}, {"notice_hours": 0}, {"notice_hours": 337}]
    )
    def test_nobody_waits_for_no_day_or_a_year_ahead(self, wrong):
        with pytest.raises(ValueError, match="wait"):
            Wishes(**{"notice_hours": 4, **wrong})


class TestEnding:
    def end_of(self, entry):
        entry.refresh_from_db()
        return entry.end

    def test_who_leaves_says_no_to_what_was_offered(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        assert leave_waiting_list(entry=entry, by="link:anna", now=DUE)
        assert (self.end_of(entry), offer_to(entry).state) == (End.LEFT, State.DECLINED)
        assert not leave_waiting_list(entry=entry, by="link:anna", now=DUE)
        assert len(facts("waiting_list.left")) == 1

    def test_cancelling_ends_it_and_undoing_that_brings_it_back(self, clinic):
        entry = clinic.waits()
        held = cancel_appointment(appointment=entry.appointment, by="user:1", now=NOW)
        assert self.end_of(entry) == End.CANCELLED
        put_back(changes=[held.changes.last()], by="user:1", now=NOW + timedelta(minutes=1))
        assert (self.end_of(entry), entry.ended_at) == ("", None)

    def test_what_was_left_before_the_cancelling_stays_left(self, clinic):
        entry = clinic.waits()
        leave_waiting_list(entry=entry, by="user:1", now=NOW)
        held = cancel_appointment(appointment=entry.appointment, by="user:1", now=NOW + timedelta(minutes=1))
        put_back(changes=[held.changes.last()], by="user:1", now=NOW + timedelta(minutes=2))
        assert self.end_of(entry) == End.LEFT

    def test_past_appointment_ends_it(self, clinic):
        entry, coming = clinic.waits(), clinic.waits(at="10.20")
        assert end_past_entries(now=entry.appointment.start) == 1
        assert (self.end_of(entry), self.end_of(coming)) == (End.PAST, "")

    def test_moved_by_the_clinic_the_patient_waits_on_and_the_offer_is_void(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        make.move_appointment(
            appointment=entry.appointment, start=make.amsterdam(LATER, "11.00"), by="user:1", now=DUE
        )
        assert (self.end_of(entry), offer_to(entry).state) == ("", State.EXPIRED)


class TestFreeing:
    def test_cancelled_appointment_leaves_a_place_that_waits_until_it_cannot_be_undone(self, clinic):
        clinic.waits()
        freed = clinic.free()
        start = make.amsterdam(SOON, "10.00")
        assert (freed.start, freed.clinician) == (start, clinic.clinician)
        assert freed.due_at == DUE
        assert tick(NOW + timedelta(minutes=2)) == 0
        assert tick() == 1

    def test_where_nobody_waits_nothing_is_freed(self, clinic):
        cancel_appointment(appointment=clinic.leaves, by="user:1", now=NOW)
        assert not FreedPlace.objects.exists()

    def test_moved_appointment_leaves_its_old_place(self, clinic):
        clinic.waits()
        make.move_appointment(appointment=clinic.leaves, start=make.amsterdam(LATER, "11.00"), by="user:1", now=NOW)
        assert FreedPlace.objects.get().start == make.amsterdam(SOON, "10.00")

    def test_shorter_appointment_leaves_its_tail(self, clinic):
        clinic.waits()
        shorter = replace(plan_of(clinic.leaves), minutes=10)
        replan_appointment(appointment=clinic.leaves, plan=shorter, by="user:1", now=NOW)
        freed = FreedPlace.objects.get()
        assert (freed.start, freed.ends - freed.starts) == (make.amsterdam(SOON, "10.10"), 10)

    def test_put_back_before_it_was_offered_it_never_is(self, clinic):
        clinic.waits()
        clinic.free()
        clinic.leaves.refresh_from_db()
        put_back(changes=[clinic.leaves.changes.last()], by="user:1", now=NOW + timedelta(minutes=1))
        assert tick() == 0
        assert not PlaceOffer.objects.exists()

    def test_put_back_after_it_was_offered_the_offer_is_gone_and_everyone_keeps_theirs(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        clinic.leaves.refresh_from_db()
        later = DUE + timedelta(minutes=1)
        assert isinstance(put_back(changes=[clinic.leaves.changes.last()], by="user:1", now=later), list)
        assert offer_to(entry).state == State.LOST
        assert accept(entry, DUE + timedelta(minutes=2)) == Gone(State.LOST)
        entry.appointment.refresh_from_db()
        assert entry.appointment.start == make.amsterdam(LATER, "10.00")


class TestOffering:
    def test_best_fitting_get_it_for_as_long_as_agreed(self, clinic):
        make.policy(clinic.department, freed_place_offers=2, freed_place_answer_minutes=60)
        most = clinic.waits(on="2026-12-16", at="10.00")
        some, least = clinic.waits(at="10.00"), clinic.waits(at="10.20")
        clinic.free()
        assert tick() == 2
        assert [offer_to(one).start for one in (most, some)] == [make.amsterdam(SOON, "10.00")] * 2
        assert offer_to(most).ends_at == DUE + timedelta(minutes=60)
        assert not least.offers.exists()
        assert sorted(facts("place.offered")) == sorted([most.appointment_id, some.appointment_id])

    def test_second_tick_offers_nothing_twice(self, clinic):
        clinic.waits()
        clinic.free()
        assert (tick(), tick(), tick(DUE + timedelta(minutes=1))) == (1, 0, 0)

    def test_who_does_not_answer_loses_it_to_the_next(self, clinic):
        make.policy(clinic.department, freed_place_offers=1)
        first, second = clinic.waits(on="2026-12-16"), clinic.waits()
        freed = clinic.free()
        tick()
        later = DUE + timedelta(hours=2)
        assert tick(later) == 1
        assert (offer_to(first).state, offer_to(second).state) == (State.EXPIRED, State.OPEN)
        assert tick(later + timedelta(hours=2)) == 0
        freed.refresh_from_db()
        assert freed.done_at == later + timedelta(hours=2)

    def test_when_all_have_said_no_the_next_hears_at_once(self, clinic):
        make.policy(clinic.department, freed_place_offers=1)
        first, second = clinic.waits(on="2026-12-16"), clinic.waits()
        clinic.free()
        tick()
        assert decline_offer(offer=offer_to(first), by="link:anna", now=DUE) == State.DECLINED
        assert tick(DUE + timedelta(minutes=1)) == 1
        assert offer_to(second).state == State.OPEN

    @pytest.mark.parametrize(
        "wishes",
        [
            {"weekdays": 0b00001},  # the 25th is a Wednesday
            {"half_day": "afternoon"},
            {"notice_hours": 72},
        ],
    )
    def test_who_cannot_come_is_not_asked(self, clinic, wishes):
        clinic.waits(**wishes)
        clinic.free()
        assert tick() == 0

    def test_own_clinician_only_is_not_asked_for_another(self, clinic):
        other = make.ClinicianFactory(departments=[clinic.department])
        faithful = clinic.waits(appointment=clinic.booked(LATER, "10.00", clinician=other), own_clinician=True)
        easy = clinic.waits(appointment=clinic.booked(LATER, "11.00", clinician=other))
        clinic.free()
        assert tick() == 1
        assert (faithful.offers.count(), easy.offers.count()) == (0, 1)

    def test_patient_who_is_elsewhere_then_is_not_asked(self, clinic):
        entry = clinic.waits()
        other = make.ClinicianFactory(departments=[clinic.department])
        clinic.booked(SOON, "10.10", patient=entry.appointment.patient, clinician=other)
        clinic.free()
        assert tick() == 0

    def test_place_that_was_booked_meanwhile_is_offered_to_nobody(self, clinic):
        clinic.waits()
        freed = clinic.free()
        clinic.booked(SOON, "10.00")
        assert tick() == 0
        freed.refresh_from_db()
        assert freed.done_at == DUE

    def test_place_that_is_booked_while_offered_is_lost(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        clinic.booked(SOON, "10.00")
        assert tick(DUE + timedelta(minutes=1)) == 0
        assert offer_to(entry).state == State.LOST

    def test_clinician_who_is_away_leaves_no_place(self, clinic):
        clinic.waits()
        clinic.free()
        make.absence(clinic.clinician, make.amsterdam(SOON, "8.00"), make.amsterdam(SOON, "18.00"))
        assert tick() == 0

    def test_withdrawn_clinic_leaves_no_place(self, clinic):
        clinic.waits()
        freed = clinic.free()
        ClinicSession.objects.filter(pk=freed.session_id).update(status=ClinicSession.Status.CLOSING)
        assert tick() == 0

    def test_place_that_is_too_near_is_offered_to_nobody(self, clinic):
        clinic.waits(notice_hours=1)
        freed = clinic.free(now=make.amsterdam(SOON, "8.30"))
        assert tick(make.amsterdam(SOON, "8.50")) == 0
        freed.refresh_from_db()
        assert freed.done_at is not None

    def test_answer_is_asked_an_hour_before_the_place_begins_at_the_latest(self, clinic):
        entry = clinic.waits(notice_hours=1)
        clinic.free(now=make.amsterdam(SOON, "8.10"))
        assert tick(make.amsterdam(SOON, "8.13")) == 1
        assert offer_to(entry).ends_at == make.amsterdam(SOON, "9.00")

    @pytest.mark.parametrize("agreed", [{"freed_place_offers": 0}, {"messages_off": ["freed_place"]}])
    def test_department_that_does_not_offer_offers_nothing(self, clinic, agreed):
        make.policy(clinic.department, **agreed)
        clinic.waits()
        clinic.free()
        assert tick() == 0

    def test_by_night_an_offer_waits_for_the_morning(self, clinic):
        entry = clinic.waits()
        night = make.amsterdam("2026-11-23", "22.00")
        clinic.free(now=night)
        assert tick(night + timedelta(minutes=3)) == 0
        assert tick(make.amsterdam("2026-11-24", "7.59")) == 0
        assert tick(make.amsterdam("2026-11-24", "8.00")) == 1
        assert offer_to(entry).ends_at == make.amsterdam("2026-11-24", "10.00")

    @pytest.mark.parametrize(("at_night", "offered"), [(True, 1), (False, 0)])
    def test_urgent_place_is_offered_by_night_only_where_agreed(self, clinic, at_night, offered):
        make.policy(clinic.department, freed_place_at_night=at_night)
        clinic.leaves = clinic.booked("2026-11-24", "8.40")
        clinic.waits()
        night = make.amsterdam("2026-11-23", "22.00")
        clinic.free(now=night)
        assert tick(night + timedelta(minutes=3)) == offered

    def test_queries_do_not_grow_with_who_waits(self, clinic, count_queries):
        make.policy(clinic.department, freed_place_offers=1)
        clinic.waits()
        freed = clinic.free()

        def round_of():
            PlaceOffer.objects.all().delete()
            FreedPlace.objects.update(due_at=DUE, done_at=None)
            with count_queries() as queries:
                assert offer_place(freed_id=freed.pk, now=DUE) == 1
            return queries.count

        few = round_of()
        for at in ("10.20", "10.40", "11.00", "11.20"):
            clinic.waits(at=at)
        assert round_of() == few


class TestAccepting:
    def test_accepted_place_is_the_patients_and_the_old_one_is_freed(self, clinic):
        entry, other = clinic.waits(on="2026-12-16"), clinic.waits()
        freed = clinic.free()
        tick()
        moved = accept(entry)
        assert (moved.start, moved.clinician) == (make.amsterdam(SOON, "10.00"), clinic.clinician)
        entry.refresh_from_db()
        freed.refresh_from_db()
        assert (entry.end, entry.ended_by, freed.done_at) == (End.EARLIER, "link:anna", DUE)
        assert (offer_to(entry).state, offer_to(other).state) == (State.TAKEN, State.LOST)
        change = moved.changes.last()
        assert (change.kind, change.reason, change.asked_by) == ("moved", "patient_asked", "patient")
        assert FreedPlace.objects.get(cause=moved).start == make.amsterdam("2026-12-16", "10.00")
        assert (facts("place.accepted"), facts("place.lost")) == ([moved.pk], [other.appointment_id])

    def test_chain_ends_because_each_link_takes_one_off_the_list(self, clinic):
        make.policy(clinic.department, freed_place_offers=1)
        far, near = clinic.waits(on="2026-12-16"), clinic.waits()
        clinic.free()
        now = DUE
        for entry in (far, near):
            tick(now)
            if entry.offers.exists():
                accept(entry, now)
            now += timedelta(minutes=5)
        assert tick(now) == 0
        assert WaitingListEntry.objects.filter(ended_at=None).count() == 1

    def test_pressing_twice_is_accepting_once(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        assert accept(entry).schedule_version == accept(entry).schedule_version == 2

    def test_loser_keeps_the_appointment(self, clinic):
        winner, loser = clinic.waits(), clinic.waits(at="10.20")
        clinic.free()
        tick()
        accept(winner)
        assert accept(loser) == Gone(State.LOST)
        loser.appointment.refresh_from_db()
        loser.refresh_from_db()
        assert (loser.appointment.start, loser.end) == (make.amsterdam(LATER, "10.20"), "")

    def test_too_late_is_expired_also_before_a_sweep_said_so(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        assert accept(entry, DUE + timedelta(hours=2)) == Gone(State.EXPIRED)

    def test_appointment_changed_without_the_offer_hearing_of_it_is_void(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        Appointment.objects.filter(pk=entry.appointment_id).update(schedule_version=7)
        assert accept(entry) == Gone(State.EXPIRED)
        assert offer_to(entry).state == State.EXPIRED

    def test_place_that_the_rules_refuse_is_gone(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        make.absence(clinic.clinician, make.amsterdam(SOON, "8.00"), make.amsterdam(SOON, "18.00"))
        assert accept(entry) == Gone(State.LOST)
        entry.appointment.refresh_from_db()
        assert (entry.appointment.schedule_version, offer_to(entry).state) == (1, State.LOST)

    def test_accepting_undone_brings_the_wish_back(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        moved = accept(entry)
        put_back(changes=[moved.changes.last()], by="user:1", now=DUE + timedelta(minutes=1))
        entry.refresh_from_db()
        assert (entry.end, Appointment.objects.get(pk=moved.pk).start) == ("", make.amsterdam(LATER, "10.00"))

    def test_declined_is_not_accepted_any_more(self, clinic):
        entry = clinic.waits()
        clinic.free()
        tick()
        decline_offer(offer=offer_to(entry), by="link:anna", now=DUE)
        assert accept(entry) == Gone(State.DECLINED)
        assert decline_offer(offer=offer_to(entry), by="link:anna", now=DUE) == State.DECLINED
        assert len(facts("place.offer_ended")) == 1


def test_beat_ends_what_is_over_and_offers_what_is_due(clinic, time_machine):
    clinic.waits()
    late = clinic.waits(at="10.20")
    clinic.free()
    time_machine.move_to(DUE)
    offer_freed_places()
    assert PlaceOffer.objects.filter(state=State.OPEN).count() == 2
    time_machine.move_to(DUE + timedelta(hours=3))
    offer_freed_places()
    assert set(PlaceOffer.objects.values_list("state", flat=True)) == {State.EXPIRED}
    time_machine.move_to(late.appointment.start)
    offer_freed_places()
    assert set(WaitingListEntry.objects.values_list("end", flat=True)) == {End.PAST}
