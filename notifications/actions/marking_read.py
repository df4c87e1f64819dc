"""What shows that a message was read: its link opened with the right birth date, or its letter on the screen."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from events.catalogue import MessageRead
from notifications.actions.recording import record_message
from notifications.models import Message, MessageState
from notifications.queries.conversation import inbox_of
from scheduling.models import Participant


def mark_read_by_link(*, link_ref: uuid.UUID | str, by: str, now: datetime) -> int:
    """The message that carried this link. `by`: the link itself, link:<ref>."""
    return _mark_read(Message.objects.filter(link_ref=link_ref), by=by, now=now)


def mark_inbox_read(*, participant: Participant, by: str, now: datetime) -> int:
    """Every letter that was in the inbox when it was shown."""
    return _mark_read(inbox_of(participant), by=by, now=now)


def _mark_read(messages: QuerySet[Message], *, by: str, now: datetime) -> int:
    # A message that is offered again after a break has been read all the same.
    unread = messages.filter(read_at__isnull=True).exclude(state=MessageState.SUPERSEDED)
    # Nearly every look at a page finds nothing: that takes no transaction.
    found = list(unread.select_related("appointment"))
    return _tell_read(found, by=by, now=now) if found else 0


@transaction.atomic
def _tell_read(unread: list[Message], *, by: str, now: datetime) -> int:
    read = [message for message in unread if _claim(message, now)]
    for message in read:
        record_message(MessageRead, message, at=now, by=by)
    return len(read)


def _claim(message: Message, now: datetime) -> bool:
    """Of two pages opened at once, one tells."""
    return bool(Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=now))
