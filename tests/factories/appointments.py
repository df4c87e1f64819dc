"""Appointments, booked as the product books them: with participants, occupancy, facts and messages."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from people.models import Clinician, Department, Patient
from scheduling.actions.booking import book_appointment
from scheduling.actions.links import mint_link
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan
from scheduling.actions.replanning import replan_appointment
from scheduling.models import Appointment, AppointmentLink, AppointmentType, ParticipantRole, SessionBlock
from scheduling.models.minutes import to_minute
from tests.factories.moments import amsterdam, next_workday
from tests.factories.patients import PatientFactory
from tests.factories.plans import AppointmentTypeFactory, session_with
from tests.factories.staff import ClinicianFactory
from tests.factories.staff import department as default_department

# Fields of the plan, beside those of the booking.
PLANNED = {"minutes", "needs", "urgent", "overbook", "overbook_reason"}


def appointment(
    *,
    start: datetime | None = None,
    patient: Patient | None = None,
    clinician: Clinician | None = None,
    type: AppointmentType | None = None,  # noqa: A002
    department: Department | None = None,
    modality: str = "video",
    now: datetime | None = None,
    by: str = "system",
    **fields: Any,
) -> Appointment:
    """Makes what is missing, a session around the start too. Tomorrow's workday at 10.00 unless given."""
    now = now or timezone.now()
    place = department or (type.department if type else default_department())
    type = type or AppointmentTypeFactory(department=place, modality=modality)  # noqa: A001
    clinician = clinician or ClinicianFactory(departments=[place])
    start = start or amsterdam(next_workday(now.date()), "10.00")
    _open_a_session(clinician, place, type, start)
    booked = book_appointment(
        patient=patient or PatientFactory(department=place),
        plan=Plan(start, clinician, type, **{name: fields.pop(name) for name in PLANNED & fields.keys()}),
        by=by,
        # Booked when it still could be: so that a test may ask for one that has begun.
        now=min(now, start - timedelta(hours=1)),
        **fields,
    )
    if not isinstance(booked, Appointment):
        raise AssertionError(f"the rules refuse this appointment: {booked}")
    return booked


def move_appointment(
    *,
    appointment: Appointment,
    start: datetime,
    by: str,
    now: datetime,
    clinician: Clinician | None = None,
    **more: Any,
) -> Appointment | NotPlaced | NeedsReason:
    """To another moment, and perhaps another clinician; otherwise as it is."""
    plan = Plan(start, clinician or appointment.clinician, appointment.type)
    return replan_appointment(appointment=appointment, plan=plan, by=by, now=now, **more)


def _open_a_session(clinician: Clinician, place: Department, type: AppointmentType, start: datetime) -> None:  # noqa: A002
    """From half an hour before until an hour after, unless a block already holds the appointment.

    Also around midnight, for tests that ask for an appointment soon: on the day of its start.
    """
    end = start + timedelta(minutes=type.duration_minutes)
    held = SessionBlock.objects.filter(
        clinician_id=clinician.pk, types=type, starts__lte=to_minute(start), ends__gte=to_minute(end)
    )
    if held.exists():
        return
    on = timezone.localdate(start)
    session_with(
        clinician,
        on,
        timezone.localtime(max(start - timedelta(minutes=30), amsterdam(on, "00.00"))).time(),
        timezone.localtime(end + timedelta(hours=1)).time(),
        types=[type],
        department=place,
    )


def personal_link(appointment: Appointment, *, now: datetime | None = None) -> tuple[AppointmentLink, str]:
    """The link of whoever acts for the patient, and the path that a message carries: `/v/<token>`."""
    participant = appointment.participants.exclude(role=ParticipantRole.CLINICIAN).first()
    link, token = mint_link(participant=participant, now=now or timezone.now())
    return link, f"/v/{token}"
