"""What follows from a fact: rows only, in the transaction that records it."""

from datetime import datetime, timedelta

from events.catalogue import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFact,
    AppointmentMoved,
    CallRequested,
    ContinuedByPhone,
    LinkOpened,
    MessageFailed,
)
from events.log import subscribe
from events.models import Event
from notifications.actions.bounces import mark_refused
from notifications.actions.calls import open_call_task
from notifications.actions.marking_read import mark_read_by_link
from notifications.actions.planning import plan_cancellation, plan_messages, supersede_messages
from notifications.models import CallTask, Message
from scheduling.models import Appointment

# What the patient's page promises when the picture is gone: "Lukt het niet in 2 minuten? Dan bellen wij u".
PHONE_WITHIN = timedelta(minutes=2)


def _appointment(fact: AppointmentFact) -> Appointment:
    return Appointment.objects.select_related("patient", "department").get(pk=fact.appointment)


@subscribe(AppointmentBooked)
def tell_booked(fact: AppointmentBooked, event: Event) -> None:
    plan_messages(appointment=_appointment(fact), now=event.at)


@subscribe(AppointmentMoved)
def tell_moved(fact: AppointmentMoved, event: Event) -> None:
    appointment = _appointment(fact)
    supersede_messages(appointment=appointment, now=event.at)
    plan_messages(appointment=appointment, now=event.at)


@subscribe(AppointmentCancelled)
def tell_cancelled(fact: AppointmentCancelled, event: Event) -> None:
    appointment = _appointment(fact)
    supersede_messages(appointment=appointment, now=event.at)
    plan_cancellation(appointment=appointment, now=event.at)


@subscribe(CallRequested)
def phone_on_request(fact: CallRequested, event: Event) -> None:
    """ "Bel mij liever": before the appointment would begin, or straight away once it should have."""
    appointment = _appointment(fact)
    _phone(appointment, fact.participant, max(appointment.start, event.at + PHONE_WITHIN), event)


@subscribe(LinkOpened)
def read_through_link(fact: LinkOpened, event: Event) -> None:
    mark_read_by_link(link_ref=fact.link, by=event.actor, now=event.at)


@subscribe(MessageFailed)
def notice_refused_address(fact: MessageFailed, event: Event) -> None:
    mark_refused(
        message=Message.objects.select_related("participant__representative").get(pk=fact.message), now=event.at
    )


@subscribe(ContinuedByPhone)
def phone_to_continue(fact: ContinuedByPhone, event: Event) -> None:
    _phone(_appointment(fact), None, event.at + PHONE_WITHIN, event)


def _phone(appointment: Appointment, participant_id: int | None, call_before: datetime, event: Event) -> None:
    """One open request at a time: asking twice makes it no less one call."""
    open_tasks = CallTask.objects.filter(appointment=appointment, reason=CallTask.Reason.ASKED, done_at__isnull=True)
    if open_tasks.exists():
        open_tasks.filter(call_before__gt=call_before).update(call_before=call_before)
        return
    participant = appointment.participants.filter(pk=participant_id).first() if participant_id else None
    open_call_task(
        appointment=appointment,
        reason=CallTask.Reason.ASKED,
        occasion=str(event.pk),
        call_before=call_before,
        now=event.at,
        participant=participant,
    )
