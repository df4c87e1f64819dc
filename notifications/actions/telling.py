"""Tell something that is no news of the plan itself: a delay, almost your turn, a place that came free, a question.

Each is told once per occasion, over every channel that reaches the patient. Where none does, a person phones, except
for what is only kind to send.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from notifications.actions.calls import SYSTEM, open_call_task, open_call_task_for_patient
from notifications.actions.planning import MAY_HAVE_BEEN_TOLD, reachable
from notifications.models import CallOutcome, CallTask, Channel, Message, MessageKind, MessageState
from notifications.nudging import nudge
from notifications.recipients import channels_for, must_be_phoned_instead, reach_of, recipients_of
from notifications.rows import Planned, rows_for
from people.models import Department, Patient, Representative
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import awake
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import Appointment, ModalityRequest, PlaceOffer
from scheduling.queries.policy import policy_of, policy_on
from scheduling.queries.representation import acting_representatives, must_be_represented
from scheduling.vocabulary import DECLINE_REASONS

# How long after it is over a question about the consult is still welcome.
FEEDBACK_WITHIN = timedelta(days=3)
INVITED_WITHIN = timedelta(days=14)
ANSWERED_WITHIN = timedelta(days=1)
OVER = "the offer is over"


@transaction.atomic
def tell_delay(
    *, appointment: Appointment, begins_from: datetime, begins_until: datetime, occasion: str, now: datetime
) -> int:
    """The clinic runs late, and when it is probably their turn (PP-51, PP-52): at once, also in quiet hours.

    `begins_from` and `begins_until` are UTC. Returns the number of messages; 0 where a person must phone, or where
    the department does not send these.
    """
    details = {"from": _iso(begins_from), "until": _iso(begins_until)}
    planned = Planned(MessageKind.DELAY, now, begins_until, occasion, details)
    return _tell(appointment, planned, call_before=appointment.start, now=now)


@transaction.atomic
def tell_almost(*, appointment: Appointment, occasion: str, now: datetime) -> int:
    return _tell(appointment, Planned(MessageKind.ALMOST, now, now + timedelta(minutes=15), occasion), None, now)


@transaction.atomic
def ask_feedback(*, appointment: Appointment, now: datetime) -> int:
    """How it went (PP-72), not in the middle of the night."""
    due = awake(now, policy_of(appointment), AMSTERDAM)
    return _tell(appointment, Planned(MessageKind.FEEDBACK, due, now + FEEDBACK_WITHIN), None, now)


@transaction.atomic
def tell_request_answered(*, request: ModalityRequest, now: datetime) -> int:
    """The form of contact that they asked for cannot be (PP-07). A reason in somebody's own words is not for mail."""
    appointment = request.appointment
    due = awake(now, policy_of(appointment), AMSTERDAM)
    details = {"asked": request.asked, "reason": request.reason if request.reason in DECLINE_REASONS else ""}
    planned = Planned(
        MessageKind.REQUEST_ANSWERED,
        due if due < appointment.start else now,
        appointment.start,
        str(request.pk),
        details,
    )
    call_before = min(appointment.start, now + ANSWERED_WITHIN)
    return _tell(appointment, planned, call_before, now, note=request.reason_words)


@transaction.atomic
def invite_to_plan(
    *, patient: Patient, department: Department, modality: Modality, before: date, now: datetime
) -> int:
    """Please plan your next appointment, before a local date. Two clerks, or the button twice: once a local day."""
    details = {"modality": modality.value, "before": before.isoformat()}
    occasion = f"{department.pk}:{local_day(now):%Y-%m-%d}"
    return _tell_without_appointment(patient, department, MessageKind.INVITATION, details, occasion, now)


@transaction.atomic
def tell_freed_place(*, offer: PlaceOffer, now: datetime) -> int:
    """A place came free earlier than theirs, for as long as the offer stands. Whom no message reaches is phoned."""
    held = offer.entry.appointment
    details = {"offer": offer.pk, "start": _iso(offer.start), "modality": held.modality}
    planned = Planned(MessageKind.FREED_PLACE, now, offer.ends_at, str(offer.pk), details)
    return _tell(held, planned, call_before=offer.ends_at, now=now)


@transaction.atomic
def take_back_freed_place(*, appointment: int, offer: int, now: datetime) -> None:
    """The offer is over: what was not sent is not sent, and nobody needs to phone."""
    told = {"appointment": appointment, "kind": MessageKind.FREED_PLACE, "details__offer": offer}
    Message.objects.filter(state=MessageState.PLANNED, **told).update(state=MessageState.SUPERSEDED, problem=OVER)
    CallTask.objects.filter(appointment=appointment, about=MessageKind.FREED_PLACE, done_at__isnull=True).update(
        done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED
    )


@transaction.atomic
def tell_place_gone(*, offer: PlaceOffer, now: datetime) -> int:
    """Somebody was faster: their own appointment stays.

    Told is whom the offer was sent to, while they could still have answered: they may be deciding, or on their way to
    a button that does nothing any more. Whom it did not reach yet knows of no place, and who let the time pass was
    told how long there was. At night nobody is woken for it, and once the place itself is over it is no news.
    """
    held = offer.entry.appointment
    about = {"appointment": held, "kind": MessageKind.FREED_PLACE, "details__offer": offer.pk}
    if now >= offer.ends_at or not Message.objects.filter(MAY_HAVE_BEEN_TOLD, **about).exists():
        return 0
    due = awake(now, policy_of(held), AMSTERDAM)
    if due >= min(offer.start, held.start):
        return 0
    details = {"offer": offer.pk}
    return _tell(held, Planned(MessageKind.PLACE_GONE, due, offer.start, str(offer.pk), details), None, now)


def _tell(
    appointment: Appointment, planned: Planned, call_before: datetime | None, now: datetime, note: str = ""
) -> int:
    policy = policy_of(appointment)
    if planned.kind in policy.messages_off or not must_be_phoned_instead(appointment.patient):
        return 0
    recipients = recipients_of(appointment)
    rows = [
        row
        for recipient in recipients
        for row in rows_for(appointment, recipient, [planned], channels_for(recipient, policy))
    ]
    made = Message.objects.bulk_create(rows, ignore_conflicts=True)
    if planned.due <= now:
        nudge()
    if call_before is not None and not reachable(recipients, policy):
        open_call_task(
            appointment=appointment,
            reason=CallTask.Reason.NO_CHANNEL,
            occasion=f"{planned.kind}:{appointment.schedule_version}:{planned.occasion}",
            call_before=max(call_before, now),
            now=now,
            about=planned.kind,
            note=note,
        )
    return len(made)


def _tell_without_appointment(
    patient: Patient,
    department: Department,
    kind: MessageKind,
    details: Mapping[str, Any],
    occasion: str,
    now: datetime,
) -> int:
    policy = policy_on(department.pk, local_day(now))
    if kind in policy.messages_off or not must_be_phoned_instead(patient):
        return 0
    due = awake(now, policy, AMSTERDAM)
    made = 0
    reached = False
    for stands_in in _who_plans(patient, local_day(now)):
        rows = _rows_without_appointment(patient, stands_in, policy)
        reached = reached or any(row.channel != Channel.INBOX for row in rows)
        for row in rows:
            row.department, row.kind, row.details = department, kind, dict(details)
            row.occasion_key = f"p{patient.pk}:{kind}:{occasion}:{row.channel}:{stands_in.pk if stands_in else ''}"
            row.due_at = row.try_at = due
            row.not_after = now + INVITED_WITHIN
        made += len(Message.objects.bulk_create(rows, ignore_conflicts=True))
    if not reached:
        open_call_task_for_patient(
            patient=patient,
            department=department,
            reason=CallTask.Reason.NO_CHANNEL,
            occasion=f"{kind}:{occasion}",
            call_before=now + timedelta(days=1),
            now=now,
            about=kind,
        )
    return made


def _rows_without_appointment(patient: Patient, stands_in: Representative | None, policy: Policy) -> list[Message]:
    reached = reach_of(stands_in or patient, patient, policy)
    ways = reached.ways if reached else ()
    return [Message(patient=patient, representative=stands_in, channel=Channel(way)) for way in ways]


def _who_plans(patient: Patient, today: date) -> Sequence[Representative | None]:
    """Whoever stands for a child; None for the patient in person."""
    return acting_representatives(patient, today) if must_be_represented(patient, today) else [None]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
