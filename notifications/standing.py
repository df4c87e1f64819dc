"""Where a message stands, in one word for people: its state, what came back of it, and the clock."""

from datetime import datetime, timedelta
from enum import StrEnum

from notifications.models import PENDING, Message, MessageState

# The beat ticks every half minute: what is due longer than this, nobody is sending.
LATE_AFTER = timedelta(minutes=5)


class Standing(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    RETRYING = "retrying"
    LATE = "late"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    BOUNCED = "bounced"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


# Told by the other side after it was sent, the latest news first.
_AFTERWARDS = (
    ("bounced_at", Standing.BOUNCED),
    ("read_at", Standing.READ),
    ("delivered_at", Standing.DELIVERED),
)


def standing_of(message: Message, *, now: datetime) -> Standing:
    if message.state in PENDING:
        return _before_sending(message, now)
    if message.state == MessageState.SENT:
        return next((word for field, word in _AFTERWARDS if getattr(message, field)), Standing.SENT)
    return Standing(message.state)


def since(message: Message, standing: Standing) -> datetime:
    """From when on it stands so; for what is still to come: when that is."""
    told = {
        Standing.BOUNCED: message.bounced_at,
        Standing.READ: message.read_at,
        Standing.DELIVERED: message.delivered_at,
        Standing.SENT: message.sent_at,
        Standing.FAILED: message.offered_at,
        Standing.EXPIRED: message.not_after,
        Standing.RETRYING: message.try_at,
    }
    return told.get(standing) or message.due_at


def _before_sending(message: Message, now: datetime) -> Standing:
    if message.due_at < now - LATE_AFTER:
        return Standing.LATE
    if message.state == MessageState.CLAIMED:
        return Standing.SENDING
    return Standing.RETRYING if message.failures else Standing.PLANNED
