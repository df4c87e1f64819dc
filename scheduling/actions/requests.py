"""A patient asks for another form of contact (PP-07): asked, granted, declined, withdrawn, or overtaken by events.

The appointment is locked before the request everywhere, as whoever moves or cancels it does.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events.catalogue import (
    AppointmentCancelled,
    AppointmentFact,
    AppointmentFormChanged,
    AppointmentMoved,
    AppointmentPutBack,
    ConsultClosed,
    FormRequestDeclined,
    FormRequested,
    FormRequestGranted,
    FormRequestWithdrawn,
)
from events.log import record, subscribe
from events.models import Event
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan, Unplaced, fresh, locks_of, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.locks import planning
from scheduling.models import Appointment, AppointmentChange, DecidedBy, ModalityRequest

End = ModalityRequest.End
SYSTEM = "system"


class AlreadyAnswered(Exception):
    """Somebody or something ended this request before; nothing was written."""


class NoReason(Exception):
    """Whoever declines says why: the patient reads it. Nothing was written."""


@transaction.atomic
def request_form(
    *, appointment: Appointment, asked: str, by: str, now: datetime, note: str = "", asked_by: str = ""
) -> ModalityRequest | None:
    """Keeps what is asked of this appointment, in place of what was asked before.

    None where there is nothing to answer: it is over, or it is held in this form already. `asked_by`: on whose
    behalf, where staff writes it down.
    """
    current = _locked(appointment.pk)
    standing = _open().filter(appointment=current).first()
    if standing is not None and standing.asked == asked:
        return standing
    if standing is not None:
        _withdraw(standing, by=by, now=now)
    if not current.is_active or current.start <= now or current.modality == asked:
        return None
    request = ModalityRequest.objects.create(
        appointment=current,
        department_id=current.department_id,
        asked=asked,
        note=note,
        asked_by=by,
        asked_at=now,
    )
    record(
        FormRequested(
            appointment=current.pk,
            session=current.session_id,
            department=current.department_id,
            request=request.pk,
            modality=asked,
            asked_by=asked_by,
        ),
        at=now,
        actor=by,
    )
    return request


def grant_request(
    *, request: ModalityRequest, plan: Plan, by: str, now: datetime, expected_version: int | None = None
) -> Appointment | NotPlaced | NeedsReason:
    """Plans the appointment anew as `plan` says, of a type in the form that was asked, and so answers the request.

    All or nothing. Raises AlreadyAnswered, ChangedMeanwhile when the appointment is no longer as shown, and
    scheduling.locks.Busy.
    """
    if plan.type.modality != request.asked:
        raise ValueError(f"asked was {request.asked}, not {plan.type.modality}")
    appointment = request.appointment
    patient = appointment.patient_id
    try:
        # The locks that planning anew takes, before the row of the request: in the order of who moves or cancels.
        with planning([*locks_of(plan_of(appointment), patient), *locks_of(plan, patient)]):
            _still_open(request)
            fresh(appointment, expected_version)
            _end(request, End.GRANTED, by=by, now=now, granted=request.asked)
            outcome = replan_appointment(
                appointment=appointment,
                plan=plan,
                by=by,
                now=now,
                reason="patient_asked",
                asked_by="patient",
                decided_by=DecidedBy.TOGETHER,
                expected_version=expected_version,
            )
            if not isinstance(outcome, Appointment):
                raise Unplaced(outcome, 0)
            record(FormRequestGranted(**_about(request)), at=now, actor=by)
            return outcome
    except Unplaced as refused:
        return refused.answer


@transaction.atomic
def decline_request(*, request: ModalityRequest, reason: str, by: str, now: datetime) -> ModalityRequest:
    """`reason` is a code of DECLINE_REASONS, or somebody's own words. Raises NoReason and AlreadyAnswered."""
    said = reason.strip()
    if not said:
        raise NoReason
    _locked(request.appointment_id)
    _end(request, End.DECLINED, by=by, now=now, reason=said)
    record(FormRequestDeclined(**_about(request)), at=now, actor=by)
    return request


@transaction.atomic
def withdraw_request(*, request: ModalityRequest, by: str, now: datetime) -> ModalityRequest:
    """The patient does not ask it any more. Raises AlreadyAnswered."""
    _locked(request.appointment_id)
    _withdraw(request, by=by, now=now)
    return request


@transaction.atomic
def withdraw_wish(*, appointment: Appointment, by: str, now: datetime) -> None:
    """What was asked of this appointment, if anything, is asked no more."""
    standing = _open().filter(appointment=_locked(appointment.pk)).first()
    if standing is not None:
        _withdraw(standing, by=by, now=now)


def end_past_requests(*, now: datetime) -> int:
    """What was not answered before the appointment began is answered by that; how many."""
    past = _open().filter(appointment__start__lte=now)
    return past.update(ended_at=now, ended_by=SYSTEM, end=End.OVERTAKEN)


@subscribe(AppointmentCancelled, ConsultClosed)
def _on_over(fact: AppointmentCancelled | ConsultClosed, event: Event) -> None:
    _overtake(fact, event)


@subscribe(AppointmentMoved, AppointmentFormChanged)
def _on_changed(fact: AppointmentMoved | AppointmentFormChanged, event: Event) -> None:
    """To what was asked, by another way than granting it."""
    _overtake(fact, event, asked=fact.modality)


@subscribe(AppointmentPutBack)
def _on_put_back(fact: AppointmentPutBack, event: Event) -> None:
    """What a change answered is asked again once that change is undone."""
    form = Appointment.objects.values_list("modality", flat=True).get(pk=fact.appointment)
    _overtake(fact, event, asked=form)
    undone = AppointmentChange.objects.get(pk=fact.change)
    answered = ModalityRequest.objects.filter(
        appointment=fact.appointment, ended_at=undone.at, end__in=[End.GRANTED, End.OVERTAKEN]
    ).exclude(asked=form)
    if not _open().filter(appointment=fact.appointment).exists():
        answered.update(ended_at=None, ended_by="", end="", granted="")


def _overtake(fact: AppointmentFact, event: Event, **which: str) -> None:
    standing = _open().filter(appointment=fact.appointment, **which)
    standing.update(ended_at=event.at, ended_by=event.actor, end=End.OVERTAKEN)


def _withdraw(request: ModalityRequest, *, by: str, now: datetime) -> None:
    _end(request, End.WITHDRAWN, by=by, now=now)
    record(FormRequestWithdrawn(**_about(request)), at=now, actor=by)


def _end(request: ModalityRequest, end: ModalityRequest.End, *, by: str, now: datetime, **more: str) -> None:
    """Two at once: one ends it, the other is told so."""
    if not _open().filter(pk=request.pk).update(ended_at=now, ended_by=by, end=end, **more):
        raise AlreadyAnswered
    request.refresh_from_db(fields=["ended_at", "ended_by", "end", "reason", "granted"])


def _still_open(request: ModalityRequest) -> None:
    """Answered is said before moved: that is what whoever looks at it needs to know."""
    if not _open().filter(pk=request.pk).exists():
        raise AlreadyAnswered


def _open() -> QuerySet[ModalityRequest]:
    return ModalityRequest.objects.filter(ended_at__isnull=True)


def _locked(appointment: int) -> Appointment:
    return Appointment.objects.select_for_update(no_key=True).get(pk=appointment)


def _about(request: ModalityRequest) -> dict[str, Any]:
    return {
        "appointment": request.appointment_id,
        "session": request.appointment.session_id,
        "department": request.department_id,
        "request": request.pk,
        "modality": request.asked,
    }
