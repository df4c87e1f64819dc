"""What the planning desk works on: absences, orders, requests, pathways, interpreters, the waiting list."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from people.models import Clinician
from praktijkplan.placing import Need
from scheduling.models import (
    Absence,
    Appointment,
    AppointmentType,
    CarePathway,
    FollowUpOrder,
    FreedPlace,
    Interpreter,
    ModalityRequest,
    PathwayRun,
    PathwayStep,
    PlaceOffer,
    Resource,
    WaitingListEntry,
    Workplace,
)
from scheduling.models.minutes import to_minute
from tests.factories.patients import PatientFactory
from tests.factories.plans import AppointmentTypeFactory
from tests.factories.staff import department as default_department

INTERPRETERS = (("Nuray Demir", ["tr"]), ("Salma Haddad", ["ar", "fr"]), ("Piotr Wiśniewski", ["pl"]))


class InterpreterFactory(DjangoModelFactory):
    class Meta:
        model = Interpreter
        django_get_or_create = ("department", "name")

    class Params:
        one = factory.Iterator(INTERPRETERS)

    department = factory.LazyFunction(default_department)
    name = factory.LazyAttribute(lambda made: made.one[0])
    languages = factory.LazyAttribute(lambda made: made.one[1])
    phone = "020-1234577"


def need(who: Clinician | Interpreter | Workplace) -> Need:
    """Somebody or something that an appointment takes besides."""
    kinds = {Clinician: Resource.CLINICIAN, Interpreter: Resource.INTERPRETER, Workplace: Resource.WORKPLACE}
    return Need(kinds[type(who)], who.pk)


def absence(
    clinician: Clinician, starts: datetime, ends: datetime, *, kind: str = Absence.Kind.ILL, **fields: Any
) -> Absence:
    """The row alone: who was booked meanwhile has no task from it."""
    fields.setdefault("entered_by", "system")
    fields.setdefault("entered_at", timezone.now())
    return Absence.objects.create(
        clinician=clinician, kind=kind, starts=to_minute(starts), ends=to_minute(ends), **fields
    )


class FollowUpOrderFactory(DjangoModelFactory):
    """A follow-up by video, in four to six weeks."""

    class Meta:
        model = FollowUpOrder

    department = factory.LazyFunction(default_department)
    patient = factory.LazyAttribute(lambda made: PatientFactory(department=made.department))
    type = factory.LazyAttribute(lambda made: AppointmentTypeFactory(department=made.department))
    earliest = factory.LazyFunction(lambda: timezone.localdate() + timedelta(weeks=4))
    latest = factory.LazyAttribute(lambda made: made.earliest + timedelta(weeks=2))
    ordered_by = "system"
    ordered_at = factory.LazyFunction(timezone.now)


def modality_request(appointment: Appointment, asked: str = "phone", **fields: Any) -> ModalityRequest:
    """The row alone: the patient asks for another form of this appointment."""
    fields.setdefault("asked_by", "link:00000000-0000-4000-8000-000000000001")
    fields.setdefault("asked_at", timezone.now())
    return ModalityRequest.objects.create(
        appointment=appointment, department_id=appointment.department_id, asked=asked, **fields
    )


def pathway(
    steps: Sequence[tuple[AppointmentType, int, int]], *, name: str = "Diabetes, vier controles per jaar"
) -> CarePathway:
    """`pathway([(visit, 0, 14), (video, 91, 14)])`: a type, so many days after the beginning, and the margin."""
    made = CarePathway.objects.create(department=steps[0][0].department, name=name)
    PathwayStep.objects.bulk_create(
        PathwayStep(pathway=made, position=position, type=kind, after_days=after, margin_days=margin)
        for position, (kind, after, margin) in enumerate(steps, start=1)
    )
    return made


def pathway_run(pathway: CarePathway, begins: date, **fields: Any) -> PathwayRun:
    """The row alone: its orders are made by starting it."""
    fields.setdefault("patient", PatientFactory(department=pathway.department))
    fields.setdefault("started_by", "system")
    fields.setdefault("started_at", timezone.now())
    return PathwayRun.objects.create(pathway=pathway, begins=begins, **fields)


def waiting_for_earlier(appointment: Appointment, **fields: Any) -> WaitingListEntry:
    fields.setdefault("notice_hours", 24)
    fields.setdefault("since", timezone.now())
    fields.setdefault("by", "system")
    return WaitingListEntry.objects.create(appointment=appointment, department_id=appointment.department_id, **fields)


def freed_place(cancelled: Appointment, **fields: Any) -> FreedPlace:
    """What this appointment left, due at once."""
    fields.setdefault("due_at", timezone.now())
    return FreedPlace.objects.create(
        department_id=cancelled.department_id,
        clinician_id=cancelled.clinician_id,
        session_id=cancelled.session_id,
        cause=cancelled,
        starts=to_minute(cancelled.start),
        ends=to_minute(cancelled.end),
        **fields,
    )


def place_offer(entry: WaitingListEntry, freed: FreedPlace, **fields: Any) -> PlaceOffer:
    """An answer is awaited for two hours."""
    fields.setdefault("offered_at", timezone.now())
    fields.setdefault("ends_at", fields["offered_at"] + timedelta(hours=2))
    fields.setdefault("schedule_version", entry.appointment.schedule_version)
    return PlaceOffer.objects.create(entry=entry, freed=freed, start=freed.start, **fields)
