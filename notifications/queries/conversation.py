"""All that was told of an appointment, or to one reader."""

from django.db.models import QuerySet

from notifications.models import Channel, Message, MessageState
from scheduling.models import Appointment, Participant

# A participant's name is read through the appointment.
WHOM = ("participant__representative", "participant__appointment__patient")


def messages_of(appointment: Appointment) -> QuerySet[Message]:
    """All that was and will be told of this appointment, in the order in which it is due."""
    return appointment.messages.select_related(*WHOM).order_by("due_at", "id")


def inbox_of(participant: Participant) -> QuerySet[Message]:
    """What this participant was told, as a letter to read back; the newest first."""
    return Message.objects.filter(participant=participant, channel=Channel.INBOX, state=MessageState.SENT).order_by(
        "-sent_at", "-id"
    )
