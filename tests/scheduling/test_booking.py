from datetime import timedelta

import pytest

from events.models import Event
from praktijkplan.placing import RefusalId
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.links import mint_link
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan
from scheduling.actions.preferences import state_preference
from scheduling.models import Absence, AppointmentStatus, Occupancy, ParticipantRole, Resource
from scheduling.models.minutes import to_minute
from scheduling.queries.openings import openings
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


def at(clock, day="2026-11-30"):
    return make.amsterdam(day, clock)


@pytest.fixture
def clinic():
    """Dr. Zwart's Monday: flexible from 13.00 to 15.00, a break from 14.00 to 14.15."""
    department = make.department("longziekten")
    video = make.AppointmentTypeFactory(department=department, duration_minutes=20)
    zwart = make.ClinicianFactory(departments=[department], name="dr. A. Zwart")
    make.session_with(zwart, "2026-11-30", "13.00", "15.00", breaks=[("14.00", "14.15")])
    return zwart, video


def book(clinic, start, patient=None, **kwargs):
    clinician, kind = clinic
    return book_appointment(
        patient=patient or make.PatientFactory(department=kind.department),
        plan=Plan(start, kwargs.pop("clinician", clinician), kwargs.pop("type", kind), **kwargs.pop("plan", {})),
        by="user:7",
        now=kwargs.pop("now", NOW),
        **kwargs,
    )


def refusals(result):
    assert isinstance(result, NotPlaced), result
    return [refusal.id for refusal in result.refusals]


def test_booking_takes_clinician_and_patient_and_tells_what_happened(clinic):
    patient = make.PatientFactory(family_name="Hoff", particle="van ’t")
    state_preference(patient=patient, preference="phone", by="user:7", now=NOW)
    booked = book(clinic, at("13.20"), patient)
    assert (booked.start, booked.end) == (at("13.20"), at("13.40"))
    assert (booked.modality, booked.preference, booked.schedule_version) == ("video", "phone", 1)
    assert {(o.resource, o.resource_id, o.starts, o.ends) for o in booked.occupancies.all()} == {
        (Resource.CLINICIAN, clinic[0].pk, to_minute(at("13.20")), to_minute(at("13.40"))),
        (Resource.PATIENT, patient.pk, to_minute(at("13.20")), to_minute(at("13.40"))),
    }
    fact = Event.objects.get(kind="appointment.booked")
    assert (fact.appointment_id, fact.actor, fact.at) == (booked.pk, "user:7", NOW)


@pytest.mark.parametrize(
    ("start", "now", "why"),
    [
        (at("12.40"), NOW, [RefusalId.OUTSIDE_BLOCK]),
        (at("13.50"), NOW, [RefusalId.IN_BREAK, RefusalId.DOES_NOT_FIT]),
        (at("14.00"), NOW, [RefusalId.IN_BREAK]),
        (at("13.02"), NOW, [RefusalId.OFF_GRID]),
        (at("14.45"), NOW, [RefusalId.DOES_NOT_FIT]),
        (at("13.20", "2026-12-01"), NOW, [RefusalId.NO_SESSION]),
        (at("13.20"), at("13.21"), [RefusalId.IN_PAST]),
        (at("13.20", "2027-11-29"), NOW, [RefusalId.BEYOND_HORIZON, RefusalId.NO_SESSION]),
    ],
    ids=lambda value: value.strftime("%H.%M") if hasattr(value, "strftime") else None,
)
def test_booking_outside_the_rules_is_refused_with_every_reason(clinic, start, now, why):
    assert sorted(refusals(book(clinic, start, now=now))) == sorted(why)
    assert not Occupancy.objects.exists()
    assert not Event.objects.exists()


def test_booking_a_taken_slot_is_refused(clinic):
    book(clinic, at("13.20"))
    assert refusals(book(clinic, at("13.30"))) == [RefusalId.TAKEN]
    assert not isinstance(book(clinic, at("13.40")), NotPlaced)


def test_booking_a_patient_who_is_elsewhere_at_that_time_is_refused(clinic):
    patient = make.PatientFactory()
    other = make.department("neurologie")
    make.treated_by(patient, [other])
    make.appointment(start=at("13.00"), patient=patient, department=other, now=NOW)
    assert refusals(book(clinic, at("13.10"), patient)) == [RefusalId.PATIENT_BUSY]


def test_booking_an_absent_clinician_is_refused(clinic):
    away = make.absence(clinic[0], at("13.30"), at("17.00"))
    assert refusals(book(clinic, at("13.20"))) == [RefusalId.ABSENT]
    assert not openings_from_half_past_one(clinic)
    Absence.objects.filter(pk=away.pk).update(lifted_at=NOW)
    assert openings_from_half_past_one(clinic)
    assert not isinstance(book(clinic, at("13.20")), NotPlaced)


def openings_from_half_past_one(clinic):
    clinician, kind = clinic
    day = at("13.00").date()
    found = openings(kind, day, day, now=NOW, clinician_ids=[clinician.pk])
    return [start for start, _, _ in found if start >= to_minute(at("13.30"))]


def test_booking_a_type_that_the_block_does_not_allow_is_refused(clinic):
    phone = make.AppointmentTypeFactory(modality="phone", duration_minutes=10)
    assert refusals(book(clinic, at("13.20"), type=phone)) == [RefusalId.TYPE_NOT_ALLOWED]


def test_booking_through_another_departments_type_finds_no_session(clinic):
    foreign = make.AppointmentTypeFactory(department=make.department("neurologie"))
    assert refusals(book(clinic, at("13.20"), type=foreign)) == [RefusalId.NO_SESSION]


def test_consult_in_writing_leaves_the_patient_free(clinic):
    zwart, _ = clinic
    written = make.AppointmentTypeFactory(modality="written", duration_minutes=10)
    zwart.sessions.get().blocks.exclude(mode="break").first().types.add(written)
    patient = make.PatientFactory()
    booked = book(clinic, at("13.00"), patient, type=written)
    assert [o.resource for o in booked.occupancies.all()] == [Resource.CLINICIAN]


def test_child_under_twelve_is_represented_on_the_day_of_the_consult(clinic):
    # Turns twelve on the very day: acts for itself then.
    child, _ = make.child_with_parent(at("13.00").date(), years=12)
    booked = book(clinic, at("13.00"), child)
    assert ParticipantRole.PATIENT in {who.role for who in booked.participants.all()}
    younger, father = make.child_with_parent(at("13.00").date(), years=11)
    booked = book(clinic, at("13.20"), younger)
    assert {(who.role, who.representative) for who in booked.participants.all()} == {
        (ParticipantRole.CLINICIAN, None),
        (ParticipantRole.REPRESENTATIVE, father),
    }


def test_move_takes_the_new_time_frees_the_old_and_replaces_links(clinic):
    booked = book(clinic, at("13.20"))
    link, _ = mint_link(participant=booked.participants.get(role="patient"), now=NOW)
    moved = make.move_appointment(appointment=booked, start=at("14.20"), by="user:7", now=NOW)
    assert (moved.start, moved.schedule_version) == (at("14.20"), 2)
    link.refresh_from_db()
    assert (link.replaced_at, link.revoked_at) == (NOW, None)
    assert not isinstance(book(clinic, at("13.20")), NotPlaced)
    fact = Event.objects.get(kind="appointment.moved")
    assert fact.data["from_start"] == booked.start.isoformat()


def test_move_by_ten_minutes_does_not_stand_in_its_own_way(clinic):
    booked = book(clinic, at("13.20"))
    assert make.move_appointment(appointment=booked, start=at("13.30"), by="user:7", now=NOW).start == at("13.30")


def test_move_to_a_taken_time_is_refused_and_changes_nothing(clinic):
    book(clinic, at("13.00"))
    booked = book(clinic, at("13.20"))
    assert refusals(make.move_appointment(appointment=booked, start=at("13.10"), by="user:7", now=NOW)) == [
        RefusalId.TAKEN
    ]
    booked.refresh_from_db()
    assert (booked.start, booked.schedule_version, booked.occupancies.count()) == (at("13.20"), 1, 2)


def test_move_of_what_someone_else_moved_meanwhile_is_not_done(clinic):
    shown = book(clinic, at("13.20"))
    make.move_appointment(appointment=shown, start=at("14.20"), by="user:8", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        make.move_appointment(appointment=shown, start=at("13.00"), by="user:7", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        cancel_appointment(appointment=shown, by="user:7", now=NOW)
    shown.refresh_from_db()
    assert (shown.start, shown.status) == (at("14.20"), AppointmentStatus.BOOKED)


def test_cancel_frees_the_time_and_revokes_links(clinic):
    booked = book(clinic, at("13.20"))
    link, _ = mint_link(participant=booked.participants.get(role="patient"), now=NOW)
    later = NOW + timedelta(minutes=5)
    cancelled = cancel_appointment(appointment=booked, by="user:7", now=later, note="ziek")
    link.refresh_from_db()
    assert (cancelled.status, cancelled.cancel_reason, link.revoked_at) == (
        AppointmentStatus.CANCELLED,
        "ziek",
        later,
    )
    assert not isinstance(book(clinic, at("13.20")), NotPlaced)
    with pytest.raises(ChangedMeanwhile):
        cancel_appointment(appointment=cancelled, by="user:7", now=later)
