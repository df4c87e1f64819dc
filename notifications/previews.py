"""What a change would tell, and to whom, before it is done."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from notifications.actions.planning import news_kind, planned_reminders, told_participants
from notifications.content.facts import letter_facts
from notifications.models import Channel, Message, MessageKind
from notifications.recipients import channels_for, recipients_of
from notifications.texts import TextsOf
from scheduling.actions.participants import patient_side
from scheduling.models import Appointment, AppointmentType, Participant
from scheduling.queries.policy import policy_of

# Stands where the personal link will be: that is made at the moment of sending, and only the reader has it.
MASKED_LINK = "…"


@dataclass(frozen=True)
class Preview:
    """One letter to one recipient; `channels` is empty for who cannot be reached and must be phoned."""

    kind: MessageKind
    recipient: str
    channels: tuple[Channel, ...]
    subject: str
    body: str

    @property
    def reaches(self) -> bool:
        return any(channel is not Channel.INBOX for channel in self.channels)

    @property
    def channel_words(self) -> list[str]:
        return [str(channel.label) for channel in self.channels]


def previews_of_move(appointment: Appointment, start: datetime, kind: AppointmentType | None = None) -> list[Preview]:
    """`kind` where it becomes another type, and so perhaps another form."""
    moved = copy(appointment)
    moved.start, moved.end = start, start + (appointment.end - appointment.start)
    if kind is not None:
        moved.type, moved.modality = kind, kind.modality
    moved.schedule_version += 1
    told, texts = told_participants(moved), TextsOf([moved.department_id])
    return [
        _preview(moved, recipient, news_kind(moved, recipient, told), texts) for recipient in recipients_of(moved)
    ]


def previews_of_booking(appointment: Appointment) -> list[Preview]:
    """Of one that is not made yet. Whoever would take part on the patient's side is told."""
    texts = TextsOf([appointment.department_id])
    recipients = patient_side(appointment)
    for recipient in recipients:
        recipient.appointment = appointment
    return [_preview(appointment, recipient, MessageKind.CONFIRMATION, texts) for recipient in recipients]


def reminders_of(appointment: Appointment) -> list[tuple[MessageKind, datetime]]:
    """What follows the confirmation, and when."""
    planned = planned_reminders(appointment, timezone.now(), policy_of(appointment))
    return [(each.kind, each.due) for each in planned]


def previews_of_cancellation(appointment: Appointment, *, new_time: bool) -> list[Preview]:
    """Empty when nobody was told of the appointment: then nobody hears that it is off."""
    cancelled = copy(appointment)
    cancelled.schedule_version += 1
    told, texts = told_participants(cancelled), TextsOf([cancelled.department_id])
    return [
        _preview(cancelled, recipient, MessageKind.CANCELLED, texts, new_time=new_time)
        for recipient in recipients_of(cancelled)
        if recipient.pk in told
    ]


def _preview(
    appointment: Appointment, recipient: Participant, kind: MessageKind, texts: TextsOf, **details: bool
) -> Preview:
    unsent = Message(
        appointment=appointment, participant=recipient, kind=kind, channel=Channel.EMAIL, details=details
    )
    facts = letter_facts(unsent, now=timezone.now(), link=MASKED_LINK)
    letter = texts.letter(appointment.department_id, facts)
    return Preview(
        kind=kind,
        recipient=recipient.display_name,
        channels=tuple(channels_for(recipient, policy_of(recipient.appointment))),
        subject=letter.subject,
        body=letter.as_text(),
    )
