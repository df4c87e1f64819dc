"""What follows from a fact: rows only, in the transaction that records it."""

from datetime import datetime

from events.catalogue import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFact,
    AppointmentFormChanged,
    AppointmentLengthChanged,
    AppointmentMoved,
    CallRequested,
    ContinuedByPhone,
    FormRequestDeclined,
    LinkOpened,
    MessageFailed,
    PlaceLost,
    PlaceOffered,
    PlaceOfferEnded,
    PlaceOfferFact,
)
from events.log import subscribe
from events.models import Event
from notifications.actions.bounces import mark_refused
from notifications.actions.by_phone import PHONE_WITHIN, phone_who_expects_video
from notifications.actions.call_list import prepare_same_day
from notifications.actions.calls import open_call_task
from notifications.actions.carrying import carry_over
from notifications.actions.marking_read import mark_read_by_link
from notifications.actions.new_times import CLINICIAN_AWAY, phone_for_new_time
from notifications.actions.planning import plan_cancellation, plan_messages, supersede_messages
from notifications.actions.telling import (
    take_back_freed_place,
    tell_freed_place,
    tell_place_gone,
    tell_request_answered,
)
from notifications.models import CallTask, Message
from scheduling.models import Appointment, ModalityRequest, PlaceOffer
from statements.blanks import Once, blank
from statements.reading import Reading


def _appointment(fact: AppointmentFact) -> Appointment:
    (appointment,) = _APPOINTMENT.of().run({"id": fact.appointment})
    return appointment


def _prepare_appointment() -> Reading[Appointment]:
    asked = Appointment.objects.filter(pk=blank(Appointment, "id")).order_by()
    return Reading(asked.select_related("patient", "department"))


_APPOINTMENT = Once(_prepare_appointment)


@subscribe(AppointmentBooked)
def tell_booked(fact: AppointmentBooked, event: Event) -> None:
    appointment = _appointment(fact)
    plan_messages(appointment=appointment, now=event.at)
    prepare_same_day(appointment=appointment, now=event.at)


@subscribe(AppointmentMoved, AppointmentFormChanged)
def tell_changed(fact: AppointmentMoved | AppointmentFormChanged, event: Event) -> None:
    appointment = _appointment(fact)
    supersede_messages(appointment=appointment, now=event.at)
    plan_messages(appointment=appointment, now=event.at)
    prepare_same_day(appointment=appointment, now=event.at)
    phone_who_expects_video(appointment=appointment, was=fact.from_modality, now=event.at)


@subscribe(AppointmentLengthChanged)
def tell_nothing_of_length(fact: AppointmentLengthChanged, event: Event) -> None:
    carry_over(appointment=_appointment(fact))


@subscribe(AppointmentCancelled)
def tell_cancelled(fact: AppointmentCancelled, event: Event) -> None:
    appointment = _appointment(fact)
    supersede_messages(appointment=appointment, now=event.at)
    plan_cancellation(appointment=appointment, now=event.at, new_time=fact.new_time)
    # Also who had not heard of it: it was taken from them, or they asked for another one.
    if fact.reason == CLINICIAN_AWAY or (fact.new_time and fact.asked_by):
        phone_for_new_time(appointment=appointment, now=event.at)


@subscribe(FormRequestDeclined)
def answer_request(fact: FormRequestDeclined, event: Event) -> None:
    """Who gets another form hears that from the change itself."""
    request = ModalityRequest.objects.select_related("appointment__patient", "appointment__department")
    tell_request_answered(request=request.get(pk=fact.request), now=event.at)


@subscribe(PlaceOffered)
def tell_offered(fact: PlaceOffered, event: Event) -> None:
    offers = PlaceOffer.objects.select_related("entry__appointment__patient")
    tell_freed_place(offer=offers.get(pk=fact.offer), now=event.at)


@subscribe(PlaceLost, PlaceOfferEnded)
def tell_no_more_of_it(fact: PlaceOfferFact, event: Event) -> None:
    take_back_freed_place(appointment=fact.appointment, offer=fact.offer, now=event.at)


@subscribe(PlaceLost)
def tell_lost(fact: PlaceLost, event: Event) -> None:
    offers = PlaceOffer.objects.select_related("entry__appointment__patient")
    tell_place_gone(offer=offers.get(pk=fact.offer), now=event.at)


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
