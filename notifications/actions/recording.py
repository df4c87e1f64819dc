"""What is told of a message to the log of what happened."""

from datetime import datetime

from events.catalogue import MessageFact
from events.log import record
from notifications.actions.calls import SYSTEM
from notifications.models import Message


def record_message(fact: type[MessageFact], message: Message, *, at: datetime, by: str = SYSTEM, **more: str) -> None:
    """`more`: what this fact has beside what every fact about a message has."""
    told = fact(
        appointment=message.appointment_id,
        session=message.appointment.session_id if message.appointment else None,
        department=message.department_id,
        message=message.pk,
        message_kind=message.kind,
        channel=message.channel,
        **more,
    )
    record(told, at=at, actor=by)
