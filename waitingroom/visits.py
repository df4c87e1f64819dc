"""The appointment as everything on the day hangs on it: its lock, its opening, and what its facts have in common."""

from datetime import datetime
from typing import TypedDict

from praktijkplan.reminders import link_opens_at
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus, Participant, ParticipantRole
from scheduling.queries.policy import policy_on
from waitingroom.refusals import Cancelled, Closed, NotOpen, TooEarly

PATIENT_SIDE = (ParticipantRole.PATIENT, ParticipantRole.REPRESENTATIVE)


class OfAppointment(TypedDict):
    appointment: int
    session: int | None
    department: int


class OfParticipant(OfAppointment):
    participant: int
    role: str


def lock_appointment(appointment_id: int) -> Appointment:
    """The row as it is now; whoever else wants to change this visit waits until we are done.

    `no_key`, so that rows that only point at the appointment can be written meanwhile. SQLite has one writer anyway.
    """
    return Appointment.objects.select_for_update(of=("self",), no_key=True).get(pk=appointment_id)


def opens_at(appointment: Appointment) -> datetime:
    """When its waiting room opens (PP-51), by the agreements of the appointment's own date."""
    return link_opens_at(appointment.start, policy_on(appointment.department_id, local_day(appointment.start)))


def over(appointment: Appointment) -> Cancelled | Closed | None:
    if appointment.status == AppointmentStatus.BOOKED:
        return None
    # A consult may be closed as cancelled too: technique failed, or it was not needed.
    was_called_off = appointment.status == AppointmentStatus.CANCELLED and not hasattr(appointment, "closing")
    return Cancelled() if was_called_off else Closed()


def not_open(appointment: Appointment, now: datetime) -> NotOpen | None:
    if refusal := over(appointment):
        return refusal
    opens = opens_at(appointment)
    return TooEarly(opens) if now < opens else None


def of_appointment(appointment: Appointment) -> OfAppointment:
    return {
        "appointment": appointment.pk,
        "session": appointment.session_id,
        "department": appointment.department_id,
    }


def of_participant(participant: Participant, appointment: Appointment) -> OfParticipant:
    return {**of_appointment(appointment), "participant": participant.pk, "role": participant.role}
