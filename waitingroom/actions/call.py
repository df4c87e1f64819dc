"""What happens to the call itself: media arrived or failed, hung up, or went on by phone."""

from datetime import datetime

from django.db import transaction

from events.catalogue import CallConnected, CallEnded, ContinuedByPhone, TechniqueFailed
from events.log import record
from scheduling.models import Appointment, Participant
from waitingroom.actions.presence import end_admission
from waitingroom.course import Phase, course_of
from waitingroom.refusals import Cancelled, Closed
from waitingroom.visits import lock_appointment, of_appointment, of_participant, over

TECHNIQUE_REASONS = frozenset({"denied", "no_device", "in_use", "insecure", "no_connection"})


@transaction.atomic
def call_connected(*, participant: Participant, by: str, now: datetime) -> None:
    """The other side's sound or picture arrived in this participant's browser; told once per admission."""
    appointment = lock_appointment(participant.appointment_id)
    course = course_of(appointment.pk)
    if course.phase is not Phase.IN_CALL or (participant.pk in course.connected and not course.failing):
        return
    record(CallConnected(**of_participant(participant, appointment)), at=now, actor=by)


@transaction.atomic
def technique_failed(*, participant: Participant, reason: str, by: str, now: datetime) -> None:
    """Raises ValueError for a reason that is not one of TECHNIQUE_REASONS."""
    if reason not in TECHNIQUE_REASONS:
        raise ValueError("unknown reason")
    appointment = lock_appointment(participant.appointment_id)
    if over(appointment) or course_of(appointment.pk).failing == reason:
        return
    record(TechniqueFailed(**of_participant(participant, appointment), reason=reason), at=now, actor=by)


@transaction.atomic
def end_call(*, appointment: Appointment, by: str, now: datetime) -> None:
    """Hang up. The consult itself stays open until it is closed, and the patient can be let in again."""
    current = lock_appointment(appointment.pk)
    if not course_of(current.pk).runs:
        return
    end_admission(appointment=current)
    record(CallEnded(**of_appointment(current), ended_by=by), at=now, actor=by)


@transaction.atomic
def continue_by_phone(*, appointment: Appointment, by: str, now: datetime) -> Cancelled | Closed | None:
    """Either side may ask for it, at any moment of the visit."""
    current = lock_appointment(appointment.pk)
    if refusal := over(current):
        return refusal
    if course_of(current.pk).phase is not Phase.BY_PHONE:
        end_admission(appointment=current)
        record(ContinuedByPhone(**of_appointment(current), asked_by=by), at=now, actor=by)
    return None
