"""What the system knows of a patient and a day, so that nobody is asked for it (PP-02, PP-03)."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from praktijkplan.contact import Modality
from praktijkplan.suitability import Known, SuitFindingId
from scheduling.actions.booking import book_appointment
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import Lack, NeedsReason, Plan
from scheduling.actions.preferences import state_preference
from scheduling.models import Appointment, AppointmentStatus, SuitabilityCheck
from scheduling.queries.suitability import known_of, weigh, weighed_before
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-26", "9.00")
DAY = make.moments.day("2026-11-30")


@pytest.fixture
def veen():
    return make.PatientFactory(department=make.department("longziekten"), birth_date=make.moments.day("1951-11-30"))


def called(patient, day, outcome, *, status=AppointmentStatus.FULFILLED):
    """A video call of the past, and how the waiting room closed it."""
    held = make.appointment(patient=patient, start=make.amsterdam(day, "10.00"), now=make.amsterdam(day, "8.00"))
    Appointment.objects.filter(pk=held.pk).update(status=status)
    Event.objects.create(kind="consult.closed", at=held.end, appointment_id=held.pk, data={"outcome": outcome})
    return held


def test_of_who_is_new_little_is_known(veen):
    assert known_of(veen, DAY) == Known(age=75)


@pytest.mark.parametrize(
    ("calls", "before", "failed"),
    [
        ([("2026-10-05", "held", "fulfilled")], 1, False),
        ([("2026-10-05", "held", "fulfilled"), ("2026-11-02", "held_by_phone", "fulfilled")], 2, True),
        ([("2026-10-05", "technical_failure", "cancelled")], 1, True),
        ([("2026-10-05", "technical_failure", "cancelled"), ("2026-11-02", "held", "fulfilled")], 2, False),
        ([("2026-10-05", "not_needed", "cancelled")], 0, False),
        ([("2026-10-05", "no_show", "noshow")], 0, False),
    ],
)
def test_calls_that_were_tried_and_how_the_newest_went(veen, calls, before, failed):
    for day, outcome, status in calls:
        called(veen, day, outcome, status=status)
    known = known_of(veen, DAY)
    assert (known.video_held_before, known.technique_failed_last) == (before, failed)


def test_visit_on_that_day_counts_unless_it_is_cancelled_or_the_one_that_would_change(veen):
    visit = make.appointment(patient=veen, modality="visit", start=make.amsterdam(DAY, "9.00"), now=NOW)
    assert known_of(veen, DAY).on_site_same_day
    assert not known_of(veen, make.moments.day("2026-12-01")).on_site_same_day
    assert not known_of(veen, DAY, held=visit).on_site_same_day
    Appointment.objects.update(status=AppointmentStatus.CANCELLED)
    assert not known_of(veen, DAY).on_site_same_day


def test_what_the_patient_said_last_counts_and_not_knowing_is_no_preference(veen):
    state_preference(patient=veen, preference="phone", by="system", now=NOW)
    assert known_of(veen, DAY).preference is Modality.PHONE
    state_preference(patient=veen, preference="unknown", by="system", now=NOW)
    assert known_of(veen, DAY).preference is None


def test_child_is_reached_through_who_acts_for_it():
    child = make.PatientFactory(child=True, unreachable=True, birth_date=make.moments.day("2019-01-01"))
    assert known_of(child, DAY) == replace(Known(age=7), has_mobile_or_mail=False)
    child.representatives.create(
        name="S. de Wit", relation="parent", email="ouder@post.example", valid_from=make.moments.day("2019-01-01")
    )
    assert known_of(child, DAY) == replace(Known(age=7), representative_can_take_part=True)


def test_selects_do_not_grow_with_what_happened_before(veen):
    kind = make.AppointmentTypeFactory(department=make.department("longziekten"))
    counts = []
    for day in ("2026-10-05", "2026-10-06", "2026-10-07"):
        called(veen, day, "held")
        with CaptureQueriesContext(connection) as queries:
            weigh(kind, veen, DAY, {})
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 6


def test_what_was_weighed_is_read_back_as_it_was_known_then(veen):
    called(veen, "2026-11-02", "held_by_phone")
    kind = make.AppointmentTypeFactory(department=make.department("longziekten"))
    clinician = make.ClinicianFactory(departments=[kind.department])
    make.session_with(clinician, DAY, "9.00", "12.00")
    start = make.amsterdam(DAY, "9.00")
    weighed = weigh(kind, veen, DAY, {})
    check = Suitability.of(weighed)
    assert check is not None
    booked = book_appointment(patient=veen, plan=Plan(start, clinician, kind), by="user:1", now=NOW, check=check)
    called(veen, "2026-11-16", "held")
    kept, again = weighed_before(booked)
    assert kept == SuitabilityCheck.objects.get()
    assert again == weighed
    assert [found.id for found in again.assessment.findings] == [SuitFindingId.TECHNIQUE_FAILED]


def test_warned_form_without_a_reason_is_not_booked(veen):
    make.appointment(patient=veen, modality="visit", start=make.amsterdam(DAY, "13.00"), now=NOW)
    kind = make.AppointmentTypeFactory(department=make.department("longziekten"))
    clinician = make.ClinicianFactory(departments=[kind.department])
    make.session_with(clinician, DAY, "9.00", "12.00")
    plan = Plan(make.amsterdam(DAY, "9.00"), clinician, kind)
    weighed = weigh(kind, veen, DAY, {})

    def book(reason):
        return book_appointment(patient=veen, plan=plan, by="user:1", now=NOW, check=Suitability.of(weighed, reason))

    assert book("  ") == NeedsReason(Lack.SUITABILITY)
    assert isinstance(book("Wil niet twee keer reizen"), Appointment)
