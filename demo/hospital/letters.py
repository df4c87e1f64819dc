"""Messages that went out before this demo existed: told then, so kept as sent, and not mailed again now.

Only history is written here. Whatever falls due from now on is sent by the product itself.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from demo.hospital.receipts import happened_to, put_on_record, tell_what_came_back
from events.models import Event
from notifications.actions.resending import send_again
from notifications.carriers import masked_link
from notifications.content.facts import letter_facts
from notifications.content.letters import write_letter
from notifications.content.sms import write_sms
from notifications.models import Channel, Message, MessageState
from scheduling.localtime import local_day
from scheduling.models import Appointment
from scheduling.queries.policy import Policies

# What fell due a moment ago is not history: the beat will send it.
A_MOMENT = timedelta(minutes=30)
BATCH = 200


def remember_sent(*, now: datetime, appointments: QuerySet[Appointment] | None = None) -> None:
    """Everything that was due well before `now`, of these appointments or of all."""
    due = Message.objects.filter(state=MessageState.PLANNED, due_at__lt=now - A_MOMENT)
    if appointments is not None:
        due = due.filter(appointment__in=appointments)
    rows = due.select_related("appointment__patient", "appointment__department", "participant__representative")
    messages = list(rows.order_by("participant_id", "kind", "id"))
    policies = {department: Policies(department) for department in {message.department_id for message in messages}}
    for first in range(0, len(messages), BATCH):
        _remember(messages[first : first + BATCH], policies, now=now)


@transaction.atomic
def _remember(messages: list[Message], policies: Mapping[int, Policies], *, now: datetime) -> None:
    texts: dict[tuple[int | None, str, bool], tuple[str, str]] = {}
    for message in messages:
        # Mail and inbox say the same: one letter serves them.
        key = message.participant_id, message.kind, message.channel == Channel.SMS
        if key not in texts:
            texts[key] = _letter(message, policies[message.department_id])
        message.subject, message.body = texts[key]
        message.state, message.attempt = MessageState.SENT, 1
        message.sent_at = message.offered_at = message.due_at
    tell_what_came_back(messages, now=now)
    # Written anew: that is ten times as fast as changing so many fields of so many rows.
    Message.objects.filter(pk__in=[message.pk for message in messages]).delete()
    Message.objects.bulk_create(messages)
    Event.objects.bulk_create(_facts(messages))
    put_on_record(messages, now=now)


def _letter(message: Message, policies: Policies) -> tuple[str, str]:
    """Subject and body, as it was sent."""
    assert message.appointment is not None and message.participant is not None  # noqa: S101, PT018  by the query
    message.participant.appointment = message.appointment
    policy = policies.on(local_day(message.appointment.start))
    facts = letter_facts(message, now=message.due_at, link=masked_link(message), policy=policy)
    if message.channel == Channel.SMS:
        return "", write_sms(facts)
    letter = write_letter(facts)
    return letter.subject, letter.as_text()


def _facts(messages: list[Message]) -> Iterator[Event]:
    for message in messages:
        data = {
            "department": message.department_id,
            "message": message.pk,
            "message_kind": message.kind,
            "channel": message.channel,
        }
        for kind, at, more in happened_to(message):
            yield Event(
                kind=kind,
                at=at,
                actor="system",
                appointment_id=message.appointment_id,
                session_id=message.appointment.session_id if message.appointment else None,
                data=data | more,
            )


def make_sure_of_a_mail(appointment: Appointment, *, now: datetime) -> None:
    """The visitor's link comes by mail, now: the mail viewer knows only what was sent while a demo ran."""
    coming = Message.objects.filter(
        appointment=appointment, channel=Channel.EMAIL, state=MessageState.PLANNED, due_at__lte=now
    )
    if not coming.exists():
        send_again(appointment=appointment, now=now)
