"""Close a consult: how it ended, by a person's decision, and what that leaves behind (PP-61, PP-64, PP-65)."""

from datetime import datetime

from django.db import transaction

from events.catalogue import CallEnded, ConsultClosed
from events.log import record
from scheduling.models import Appointment, AppointmentStatus
from waitingroom.actions.presence import end_presences
from waitingroom.course import Course, Phase, course_of
from waitingroom.models import Closing, Outcome, RegisteredActivity
from waitingroom.refusals import (
    CannotClose,
    FormMissing,
    NobodyPhoned,
    NotStarted,
    PatientWasThere,
    TechniqueWasFailing,
    TooEarly,
)
from waitingroom.registration import HELD, Registered, as_held, registration_of
from waitingroom.visits import lock_appointment, of_appointment, opens_at, over

# A consult that did not take place is not fulfilled, and nobody is to blame: in FHIR's words it was cancelled.
STATUS_AFTER = {
    Outcome.HELD: AppointmentStatus.FULFILLED,
    Outcome.HELD_BY_PHONE: AppointmentStatus.FULFILLED,
    Outcome.NO_SHOW: AppointmentStatus.NO_SHOW,
    Outcome.TECHNICAL_FAILURE: AppointmentStatus.CANCELLED,
    Outcome.NOT_NEEDED: AppointmentStatus.CANCELLED,
}


@transaction.atomic
def close_consult(
    *,
    appointment: Appointment,
    outcome: str,
    modality_held: str,
    comparable: bool,
    next_contact: str,
    next_steps: str,
    by: str,
    now: datetime,
) -> Closing | CannotClose:
    """`modality_held` may be empty: then a consult held by phone was by phone, another one as planned.

    Raises ValueError for an outcome that is not one.
    """
    outcome = Outcome(outcome)
    current = lock_appointment(appointment.pk)
    course = course_of(current.pk)
    modality_held = _form_of(current, outcome, modality_held)
    if refusal := _refusal(current, outcome, modality_held, course, now):
        return refusal
    closing = Closing.objects.create(
        appointment=current,
        outcome=outcome,
        modality_held=modality_held,
        comparable=comparable and outcome in HELD,
        next_contact=next_contact,
        next_steps=next_steps.strip(),
        closed_by=by,
        closed_at=now,
    )
    if course.phase is Phase.IN_CALL:
        record(CallEnded(**of_appointment(current), ended_by=by), at=now, actor=by)
    current.status = STATUS_AFTER[outcome]
    current.save(update_fields=["status"])
    end_presences(appointment=current, cause="ended", by=by, now=now)
    code = _register(closing, by)
    fact = ConsultClosed(**of_appointment(current), outcome=outcome.value, modality_held=modality_held, code=code)
    record(fact, at=now, actor=by)
    return closing


def _form_of(appointment: Appointment, outcome: Outcome, modality_held: str) -> str:
    if outcome not in HELD:
        return ""
    if outcome == Outcome.HELD_BY_PHONE:
        return as_held(appointment, outcome)
    return modality_held or as_held(appointment, outcome)


def _refusal(
    appointment: Appointment, outcome: Outcome, modality_held: str, course: Course, now: datetime
) -> CannotClose | None:
    if ended := over(appointment):
        return ended
    if outcome in HELD and not modality_held:
        return FormMissing()
    if outcome == Outcome.NO_SHOW:
        return _not_a_no_show(appointment, course, now)
    opens = opens_at(appointment)
    if now < opens and outcome != Outcome.NOT_NEEDED:
        return TooEarly(opens)
    return None


def _not_a_no_show(appointment: Appointment, course: Course, now: datetime) -> CannotClose | None:
    """PP-61: the evidence that excludes it, the strongest first."""
    if now < appointment.start:
        return NotStarted(appointment.start)
    if course.arrived_at is not None:
        return PatientWasThere(course.arrived_at)
    if course.failed:
        return TechniqueWasFailing(course.failed)
    # A call of days before prepared the visit; it did not look for someone who is missing.
    if course.phoned_at is None or course.phoned_at < opens_at(appointment):
        return NobodyPhoned()
    return None


def _register(closing: Closing, by: str) -> str:
    answer = registration_of(
        appointment=closing.appointment,
        outcome=closing.outcome,
        modality_held=closing.modality_held,
        comparable=closing.comparable,
    )
    if not isinstance(answer, Registered):
        return ""
    RegisteredActivity.objects.create(closing=closing, code=answer.code, on=answer.on, registered_by=by)
    return answer.code
