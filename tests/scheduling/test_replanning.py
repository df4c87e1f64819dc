"""One way to move, to change the form or the length; two swapped; what is remembered and told of it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from events.models import Event
from praktijkplan.placing import RefusalId
from scheduling.actions import placing
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.deciding import Suitability
from scheduling.actions.links import mint_link
from scheduling.actions.placing import ChangedMeanwhile, Lack, NeedsReason, NotPlaced, Plan, plan_of
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.models import (
    Appointment,
    AppointmentChange,
    AppointmentStatus,
    Misfit,
    Occupancy,
    ParticipantRole,
    Resource,
    SuitabilityCheck,
)
from scheduling.models.minutes import to_minute
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = "2026-11-30"


def at(clock, day=MONDAY):
    return make.amsterdam(day, clock)


class Clinic:
    """Dr. Zwart and dr. Beekman, Monday from 13.00 to 16.00; video of 20 minutes, phone of 10, visit of 30."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.phone = make.AppointmentTypeFactory(department=self.department, modality="phone", duration_minutes=10)
        self.visit = make.AppointmentTypeFactory(department=self.department, modality="visit", duration_minutes=30)
        self.zwart, self.beekman = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "dr. Beekman")
        )
        for clinician in (self.zwart, self.beekman):
            make.session_with(clinician, MONDAY, "13.00", "16.00", department=self.department)

    def book(self, clock="13.20", *, clinician=None, type=None, patient=None, **more):  # noqa: A002
        plan = Plan(at(clock), clinician or self.zwart, type or self.video, **more)
        who = patient or make.PatientFactory(department=self.department)
        booked = book_appointment(patient=who, plan=plan, by="user:7", now=NOW)
        assert isinstance(booked, Appointment), booked
        return booked


@pytest.fixture
def clinic():
    return Clinic()


def replan(appointment, plan, **more):
    return replan_appointment(appointment=appointment, plan=plan, by="user:8", now=NOW, **more)


def change(appointment, **differs):
    return replan(appointment, replace(plan_of(appointment), **differs))


def refusals(outcome):
    assert isinstance(outcome, NotPlaced), outcome
    return [refusal.id for refusal in outcome.refusals]


def kinds(appointment):
    return [(row.version, row.kind) for row in appointment.changes.all()]


def facts(kind):
    return Event.objects.get(kind=kind).data


class TestChangeInPlace:
    def test_form_is_changed_where_it_stands(self, clinic):
        booked = clinic.book()
        link, _ = mint_link(participant=booked.participants.get(role="patient"), now=NOW)
        changed = change(booked, type=clinic.phone)
        assert (changed.modality, changed.type) == ("phone", clinic.phone)
        assert (changed.start, changed.end, changed.schedule_version) == (at("13.20"), at("13.30"), 2)
        assert {(row.starts, row.ends) for row in changed.occupancies.all()} == {
            (to_minute(at("13.20")), to_minute(at("13.30")))
        }
        told = facts("appointment.form_changed")
        assert (told["from_modality"], told["modality"], told["from_minutes"], told["minutes"]) == (
            "video",
            "phone",
            20,
            10,
        )
        link.refresh_from_db()
        assert link.replaced_at == NOW
        assert not Event.objects.filter(kind="appointment.moved").exists()

    def test_length_is_changed_and_the_link_still_opens(self, clinic):
        booked = clinic.book()
        link, _ = mint_link(participant=booked.participants.get(role="patient"), now=NOW)
        changed = change(booked, minutes=35)
        assert (changed.start, changed.end, changed.schedule_version) == (at("13.20"), at("13.55"), 2)
        told = facts("appointment.length_changed")
        assert (told["from_minutes"], told["minutes"]) == (20, 35)
        link.refresh_from_db()
        assert (link.replaced_at, link.revoked_at) == (None, None)

    def test_length_of_its_own_goes_along_when_it_is_moved(self, clinic):
        booked = clinic.book(minutes=35)
        moved = replan(booked, Plan(at("14.30"), clinic.beekman, clinic.video))
        assert (moved.start, moved.end, moved.clinician) == (at("14.30"), at("15.05"), clinic.beekman)

    def test_edited_type_changes_nothing_that_was_booked(self, clinic):
        booked = clinic.book()
        type(clinic.video).objects.filter(pk=clinic.video.pk).update(duration_minutes=45)
        booked = Appointment.objects.get(pk=booked.pk)
        moved = replan(booked, Plan(at("14.30"), clinic.zwart, booked.type))
        assert moved.duration_minutes == 20

    def test_another_type_lasts_as_long_as_it_does(self, clinic):
        assert change(clinic.book(minutes=35), type=clinic.visit).duration_minutes == 30

    def test_longer_than_the_gap_is_refused(self, clinic):
        booked = clinic.book("13.20")
        clinic.book("13.40")
        assert refusals(change(booked, minutes=25)) == [RefusalId.TAKEN]
        booked.refresh_from_db()
        assert (booked.duration_minutes, booked.schedule_version) == (20, 1)

    @pytest.mark.parametrize("minutes", [0, 4, 241])
    def test_no_consult_lasts_that_long(self, clinic, minutes):
        with pytest.raises(ValueError, match="lasts 5 to 240 minutes"):
            Plan(at("13.20"), clinic.zwart, clinic.video, minutes=minutes)

    def test_nothing_that_differs_is_no_change(self, clinic):
        booked = clinic.book()
        assert change(booked).schedule_version == 1
        assert kinds(booked) == [(1, "booked")]
        assert list(Event.objects.values_list("kind", flat=True)).count("appointment.booked") == 1
        assert not Event.objects.filter(kind__in=["appointment.moved", "appointment.length_changed"]).exists()

    def test_held_place_is_kept_by_who_has_it(self, clinic):  # PP-32
        clinic.zwart.sessions.get().blocks.update(released=to_minute(at("12.00")))
        booked = clinic.book(urgent=True)
        assert change(booked, type=clinic.phone).modality == "phone"
        other = clinic.book("14.00", clinician=clinic.beekman)
        assert refusals(change(other, start=at("14.00"), clinician=clinic.zwart)) == [RefusalId.HELD_FOR_URGENT]

    @pytest.mark.parametrize("differs", ["form", "length"])
    def test_task_of_what_did_not_fit_ends_where_it_is_placed_anew(self, clinic, differs):
        booked = clinic.book()
        task = Misfit.objects.create(
            appointment=booked, department=booked.department, found_at=NOW, found_by="system"
        )
        change(booked, **({"type": clinic.phone} if differs == "form" else {"minutes": 10}))
        task.refresh_from_db()
        assert (task.end, task.ended_by) == (Misfit.End.FITS_AGAIN, "user:8")


class TestRemembered:
    def test_each_change_goes_on_from_the_one_before(self, clinic):
        booked = clinic.book()
        moved = replan(
            booked,
            Plan(at("14.30"), clinic.beekman, clinic.video),
            reason="patient_asked",
            note="Heeft om twee uur college",
            asked_by="patient",
        )
        shorter = change(moved, minutes=15)
        by_phone = change(shorter, type=clinic.phone)
        cancel_appointment(appointment=by_phone, by="user:9", now=NOW, note="Is verhuisd", asked_by="representative")
        rows = list(AppointmentChange.objects.filter(appointment=booked))
        assert [(row.version, row.kind) for row in rows] == [
            (1, "booked"),
            (2, "moved"),
            (3, "length"),
            (4, "form"),
            (5, "cancelled"),
        ]
        assert rows[0].before is None
        assert all(after.before == before.after for before, after in pairwise(rows))
        assert (rows[1].by, rows[1].reason, rows[1].note, rows[1].asked_by) == (
            "user:8",
            "patient_asked",
            "Heeft om twee uur college",
            "patient",
        )
        assert rows[1].after == {
            "start": to_minute(at("14.30")),
            "end": to_minute(at("14.50")),
            "clinician": clinic.beekman.pk,
            "session": moved.session_id,
            "type": clinic.video.pk,
            "modality": "video",
            "status": "booked",
            "decided_by": "together",
            "overbook_reason": "",
            "needs": [],
        }
        assert (rows[4].by, rows[4].note, rows[4].asked_by) == ("user:9", "Is verhuisd", "representative")
        assert rows[4].after["status"] == "cancelled"

    def test_words_of_people_stay_out_of_the_facts(self, clinic):
        booked = clinic.book()
        replan(booked, Plan(at("14.30"), clinic.zwart, clinic.video), note="Heeft migraine")
        booked.refresh_from_db()
        cancel_appointment(appointment=booked, by="user:9", now=NOW, note="Heeft migraine")
        assert "migraine" not in str(list(Event.objects.values_list("data", flat=True)))

    def test_move_that_changes_the_form_too_is_one_move(self, clinic):
        booked = clinic.book()
        replan(booked, Plan(at("14.30"), clinic.beekman, clinic.phone))
        assert kinds(booked) == [(1, "booked"), (2, "moved")]
        told = facts("appointment.moved")
        assert (told["from_modality"], told["modality"], told["from_clinician"]) == (
            "video",
            "phone",
            clinic.zwart.pk,
        )

    def test_who_decided_is_kept_of_a_change_of_form(self, clinic):
        changed = replan(booked := clinic.book(), replace(plan_of(booked), type=clinic.phone), decided_by="patient")
        assert changed.decided_by == "patient"
        assert AppointmentChange.objects.get(appointment=booked, version=2).after["decided_by"] == "patient"


class TestTwoAtOnce:
    def test_version_that_was_shown_must_still_stand(self, clinic):
        shown = clinic.book()
        change(Appointment.objects.get(pk=shown.pk), minutes=10)
        with pytest.raises(ChangedMeanwhile):
            change(shown, type=clinic.phone)
        with pytest.raises(ChangedMeanwhile):
            replan(Appointment.objects.get(pk=shown.pk), plan_of(shown), expected_version=1)

    def test_what_was_read_must_still_stand_for_its_locks_were_taken(self, clinic):
        """The version that was shown is the newest, but the row in hand is an older one."""
        stale = clinic.book()
        change(Appointment.objects.get(pk=stale.pk), start=at("15.00"))
        with pytest.raises(ChangedMeanwhile):
            replan(stale, Plan(at("14.00"), clinic.zwart, clinic.video), expected_version=2)

    def test_without_the_version_the_change_of_another_is_lost(self, clinic, monkeypatch):
        """Proof that the tests above can fail."""
        shown = clinic.book()
        change(Appointment.objects.get(pk=shown.pk), start=at("15.00"))
        real = placing.fresh
        monkeypatch.setattr(
            "scheduling.actions.replanning.fresh",
            lambda held, version: real(Appointment.objects.get(pk=held.pk), None),
        )
        assert replan(shown, Plan(at("14.00"), clinic.zwart, clinic.video)).start == at("14.00")


class TestParticipants:
    def test_child_that_turns_twelve_in_between_takes_part_itself(self, clinic):
        make.session_with(clinic.zwart, "2026-12-01", "13.00", "16.00", department=clinic.department)
        child, mother = make.child_with_parent(date(2026, 12, 1), birth_date=date(2014, 12, 1))
        booked = clinic.book(patient=child)
        assert roles(booked) == {ParticipantRole.CLINICIAN, ParticipantRole.REPRESENTATIVE}
        replan(booked, Plan(at("13.20", "2026-12-01"), clinic.zwart, clinic.video))
        assert roles(booked) == {
            ParticipantRole.CLINICIAN,
            ParticipantRole.REPRESENTATIVE,
            ParticipantRole.PATIENT,
        }
        assert booked.participants.get(role=ParticipantRole.REPRESENTATIVE).representative == mother

    def test_child_that_is_not_yet_twelve_on_an_earlier_day_is_represented(self, clinic):
        make.session_with(clinic.zwart, "2026-12-01", "13.00", "16.00", department=clinic.department)
        child, mother = make.child_with_parent(date(2026, 12, 1), birth_date=date(2014, 12, 1))
        plan = Plan(at("13.20", "2026-12-01"), clinic.zwart, clinic.video)
        booked = book_appointment(patient=child, plan=plan, by="user:7", now=NOW)
        replan(booked, Plan(at("13.20"), clinic.zwart, clinic.video))
        assert booked.participants.get(role=ParticipantRole.REPRESENTATIVE).representative == mother


def roles(appointment):
    return {who.role for who in appointment.participants.all()}


class TestSwapped:
    def test_two_change_places_in_one_go(self, clinic):
        one = clinic.book("13.20")
        other = clinic.book("14.40", clinician=clinic.beekman, type=clinic.visit)
        done = swap(one, other)
        assert [(each.start, each.clinician) for each in done] == [
            (at("14.40"), clinic.beekman),
            (at("13.20"), clinic.zwart),
        ]
        assert [each.duration_minutes for each in done] == [20, 30]
        rows = AppointmentChange.objects.filter(kind="swapped")
        assert {row.appointment_id for row in rows} == {one.pk, other.pk}
        assert len({row.batch for row in rows} - {None}) == 1
        assert Event.objects.filter(kind="appointment.moved").count() == 2
        assert no_overlap()

    def test_two_that_stand_side_by_side(self, clinic):
        one, other = clinic.book("13.20"), clinic.book("13.40")
        assert [each.start for each in swap(one, other)] == [at("13.40"), at("13.20")]
        assert no_overlap()

    def test_one_that_does_not_fit_leaves_both_where_they_were(self, clinic):
        one, other = clinic.book("13.20"), clinic.book("14.40", type=clinic.visit)
        clinic.book("13.40")
        refused = swap(one, other)
        assert (refusals(refused), refused.which) == ([RefusalId.TAKEN], 1)
        for each, start in ((one, at("13.20")), (other, at("14.40"))):
            each.refresh_from_db()
            assert (each.start, each.schedule_version, each.occupancies.count()) == (start, 1, 2)
        assert kinds(one) == [(1, "booked")]

    def test_one_that_was_changed_meanwhile_leaves_both(self, clinic):
        one, other = clinic.book("13.20"), clinic.book("14.40")
        change(Appointment.objects.get(pk=other.pk), minutes=15)
        with pytest.raises(ChangedMeanwhile):
            swap(one, other)
        one.refresh_from_db()
        assert one.start == at("13.20")

    def test_versions_that_were_shown_must_still_stand(self, clinic):
        one, other = clinic.book("13.20"), clinic.book("14.40")
        changed = change(other, minutes=15)
        with pytest.raises(ChangedMeanwhile):
            swap(one, changed, expected_versions=(1, 1))


def swap(one, other, **more):
    return swap_appointments(one=one, other=other, by="user:8", now=NOW, **more)


def no_overlap():
    rows = list(Occupancy.objects.filter(active=True, resource=Resource.CLINICIAN, overbooked=False))
    return not any(
        one.resource_id == two.resource_id and one.starts < two.ends and two.starts < one.ends
        for n, one in enumerate(rows)
        for two in rows[n + 1 :]
    )


class TestOverbooked:
    """Beside another appointment of the clinician on purpose; visible, bounded, and over when it is alone."""

    def beside(self, clinic, clock="13.30", **more):
        more.setdefault("overbook_reason", "Kan alleen vandaag")
        return clinic.book(clock, overbook=True, **more)

    def marks(self, appointment):
        return {row.resource: row.overbooked for row in appointment.occupancies.all()}

    def test_clinicians_row_alone_carries_the_mark(self, clinic):
        clinic.book("13.20")
        booked = self.beside(clinic)
        assert self.marks(booked) == {Resource.CLINICIAN: True, Resource.PATIENT: False}
        assert booked.overbook_reason == "Kan alleen vandaag"
        assert Event.objects.filter(kind="appointment.booked").last().data["overbooked"] is True

    def test_patient_is_still_not_in_two_places(self, clinic):
        """The rules see it; and were they not to, the database does: the patient's rows carry no mark."""
        patient = make.PatientFactory(department=clinic.department)
        clinic.book("13.20", patient=patient)
        plan = Plan(at("13.20"), clinic.zwart, clinic.video, overbook=True, overbook_reason="Kan alleen vandaag")
        outcome = book_appointment(patient=patient, plan=plan, by="user:7", now=NOW)
        assert refusals(outcome) == [RefusalId.PATIENT_BUSY]

    def test_it_needs_a_reason(self, clinic):
        clinic.book("13.20")
        plan = Plan(at("13.20"), clinic.zwart, clinic.video, overbook=True, overbook_reason="  ")
        outcome = book_appointment(patient=make.PatientFactory(), plan=plan, by="user:7", now=NOW)
        assert outcome == NeedsReason(Lack.OVERBOOKING)
        assert Appointment.objects.count() == 1

    def test_free_place_needs_no_reason_and_gets_no_mark(self, clinic):
        booked = self.beside(clinic, "14.00")
        assert (booked.overbook_reason, self.marks(booked)[Resource.CLINICIAN]) == ("", False)

    def test_department_says_how_many(self, clinic):
        make.policy(clinic.department, overbooks_most=1)
        clinic.book("13.20")
        self.beside(clinic, "13.20")
        plan = Plan(at("13.20"), clinic.zwart, clinic.video, overbook=True, overbook_reason="Kan alleen vandaag")
        outcome = book_appointment(patient=make.PatientFactory(), plan=plan, by="user:7", now=NOW)
        assert refusals(outcome) == [RefusalId.OVERBOOKED_ENOUGH]
        assert outcome.refusals[0].facts == {"most": 1}

    def test_department_that_never_overbooks(self, clinic):
        make.policy(clinic.department, overbooks_most=0)
        clinic.book("13.20")
        plan = Plan(at("13.20"), clinic.zwart, clinic.video, overbook=True, overbook_reason="Kan alleen vandaag")
        outcome = book_appointment(patient=make.PatientFactory(), plan=plan, by="user:7", now=NOW)
        assert refusals(outcome) == [RefusalId.OVERBOOKED_ENOUGH]

    @pytest.mark.parametrize("leaves", ["cancelled", "moved"])
    def test_mark_goes_when_the_other_one_leaves(self, clinic, leaves):
        first, booked = clinic.book("13.20"), self.beside(clinic)
        if leaves == "cancelled":
            cancel_appointment(appointment=first, by="user:8", now=NOW)
        else:
            change(first, start=at("15.00"))
        booked.refresh_from_db()
        assert (booked.overbook_reason, self.marks(booked)[Resource.CLINICIAN]) == ("", False)

    def test_mark_that_stayed_would_leave_its_time_unguarded(self, clinic, monkeypatch):
        """Proof that the test above can fail."""
        monkeypatch.setattr("scheduling.actions.cancelling.settle_overbooked", lambda clinician, span: None)
        first, booked = clinic.book("13.20"), self.beside(clinic)
        cancel_appointment(appointment=first, by="user:8", now=NOW)
        assert self.marks(booked)[Resource.CLINICIAN] is True

    def test_of_two_that_are_left_side_by_side_one_keeps_the_mark(self, clinic):
        first = clinic.book("13.20")
        second, third = self.beside(clinic, "13.20"), self.beside(clinic, "13.30")
        cancel_appointment(appointment=first, by="user:8", now=NOW)
        assert [self.marks(each)[Resource.CLINICIAN] for each in (second, third)] == [False, True]

    def test_one_that_still_stands_beside_another_keeps_it(self, clinic):
        first, booked = clinic.book("13.20"), self.beside(clinic, "13.30")
        other = clinic.book("15.00")
        cancel_appointment(appointment=other, by="user:8", now=NOW)
        assert self.marks(booked)[Resource.CLINICIAN] is True
        first = change(first, minutes=15)
        assert self.marks(booked)[Resource.CLINICIAN] is True
        change(first, minutes=10)
        assert self.marks(booked)[Resource.CLINICIAN] is False

    def test_who_stands_beside_it_does_not_hold_a_change_in_place(self, clinic):
        first, booked = clinic.book("13.20"), self.beside(clinic)
        changed = change(first, type=clinic.phone, minutes=20)
        assert (changed.modality, self.marks(changed)[Resource.CLINICIAN]) == ("phone", False)
        by_phone = change(booked, type=clinic.phone, minutes=20)
        assert (by_phone.modality, self.marks(by_phone)[Resource.CLINICIAN]) == ("phone", True)
        assert by_phone.overbook_reason == "Kan alleen vandaag"

    def test_moved_elsewhere_it_is_decided_anew(self, clinic):
        clinic.book("13.20")
        clinic.book("14.00")
        booked = self.beside(clinic)
        assert refusals(replan(booked, Plan(at("14.00"), clinic.zwart, clinic.video))) == [RefusalId.TAKEN]
        moved = replan(booked, Plan(at("15.00"), clinic.zwart, clinic.video))
        assert (moved.overbook_reason, self.marks(moved)[Resource.CLINICIAN]) == ("", False)

    def test_who_is_swapped_into_its_place_stands_beside_the_other(self, clinic):
        clinic.book("13.20")
        booked, elsewhere = self.beside(clinic), clinic.book("15.00")
        freed, taking = swap(booked, elsewhere)
        assert (freed.overbook_reason, self.marks(freed)[Resource.CLINICIAN]) == ("", False)
        assert (taking.overbook_reason, self.marks(taking)[Resource.CLINICIAN]) == ("Kan alleen vandaag", True)


class TestSuitability:
    def check(self, **more):
        return Suitability(
            findings=("unsafe_at_home",), warned=True, answers={"unsafe_at_home": "yes"}, known={"age": 44}, **more
        )

    def test_form_that_does_not_suit_needs_a_reason(self, clinic):
        outcome = book_appointment(
            patient=make.PatientFactory(),
            plan=Plan(at("13.20"), clinic.zwart, clinic.video),
            by="user:7",
            now=NOW,
            check=self.check(),
        )
        assert outcome == NeedsReason(Lack.SUITABILITY)
        assert not Appointment.objects.exists()
        booked = clinic.book("13.20")
        assert replan(booked, plan_of(booked), check=self.check()) == NeedsReason(Lack.SUITABILITY)

    def test_what_was_weighed_is_kept_and_its_words_stay_out_of_the_fact(self, clinic):
        booked = clinic.book("13.20", type=clinic.phone)
        replan(
            booked,
            replace(plan_of(booked), type=clinic.video),
            check=self.check(overruled_reason="Belt vanuit de auto van haar zus"),
            decided_by="clinician",
        )
        row = SuitabilityCheck.objects.get()
        assert (row.modality, row.answers, row.known, row.findings) == (
            "video",
            {"unsafe_at_home": "yes"},
            {"age": 44},
            ["unsafe_at_home"],
        )
        assert (row.overruled_reason, row.decided_by, row.by) == (
            "Belt vanuit de auto van haar zus",
            "clinician",
            "user:8",
        )
        told = facts("suitability.assessed")
        assert told == {
            "department": clinic.department.pk,
            "modality": "video",
            "findings": ["unsafe_at_home"],
            "overruled": True,
        }


def test_cancelled_appointment_is_not_planned_anew(clinic):
    booked = clinic.book()
    cancelled = cancel_appointment(appointment=booked, by="user:8", now=NOW + timedelta(minutes=1))
    assert cancelled.status == AppointmentStatus.CANCELLED
    with pytest.raises(ChangedMeanwhile):
        change(cancelled, minutes=10)
