"""What the gateway tells of a text message afterwards: it arrived, or it never will.

Receipts come late, twice, in any order, and before our own mark that the message was sent; so each is written once,
and that it arrived outweighs everything else.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from events.catalogue import MessageDelivered
from notifications.actions.recording import record_message
from notifications.actions.replanning import replan_patient
from notifications.actions.returning import address_of, mark_broken, mark_returned, messages_over
from notifications.channels.sms.shapes import Outcome, Receipt
from notifications.models import BrokenAddress, Channel, Message, MessageState

log = structlog.get_logger("videopoli.notifications")

GIVEN_UP_OR_AGAIN = (MessageState.PLANNED, MessageState.FAILED)


class Taken(StrEnum):
    """What was done with a receipt."""

    DELIVERED = "delivered"
    FAILED = "failed"
    ON_ITS_WAY = "on_its_way"
    KNOWN = "known"
    UNKNOWN = "unknown"


def take_sms_receipt(*, provider: str, receipt: Receipt, now: datetime) -> Taken:
    """The same one again changes nothing, nor does one about a message that is not ours."""
    message = _message_of(provider, receipt)
    if message is None:
        log.info("receipt ignored", provider=provider, why="names no message that we know")
        return Taken.UNKNOWN
    if receipt.outcome is Outcome.BUFFERED:
        return Taken.ON_ITS_WAY
    if receipt.outcome is Outcome.DELIVERED:
        taken = Taken.DELIVERED if _mark_delivered(message, receipt, now) else Taken.KNOWN
    else:
        taken = Taken.FAILED if _mark_undelivered(message, receipt, now) else Taken.KNOWN
    log.info("receipt taken", message=message.pk, outcome=receipt.outcome.value, code=receipt.code, taken=taken.value)
    return taken


@transaction.atomic
def _mark_delivered(message: Message, receipt: Receipt, now: datetime) -> bool:
    at = _moment(message, receipt, now)
    if not Message.objects.filter(pk=message.pk, delivered_at=None).update(delivered_at=at):
        return False
    # As it is now that its row is ours: the other receipt may have come in between.
    message.refresh_from_db(fields=["bounced_at"])
    # It was given up, or its sender never heard that it was taken and would offer it again: nobody needs to.
    # A person who was asked to phone still may; that costs less than a patient who knows nothing.
    Message.objects.filter(pk=message.pk, state__in=GIVEN_UP_OR_AGAIN).update(
        state=MessageState.SENT,
        sent_at=Coalesce("sent_at", Value(at)),
        bounced_at=None,
        leased_until=None,
        problem="",
    )
    if message.bounced_at is not None:
        # Only what the failure of this message said: a person who knows better may have said so too.
        BrokenAddress.objects.filter(
            channel=Channel.SMS, address=address_of(message), since=message.bounced_at
        ).delete()
    record_message(MessageDelivered, message, at=now)
    return True


def _mark_undelivered(message: Message, receipt: Receipt, now: datetime) -> bool:
    return mark_returned(
        message=message,
        code=receipt.code,
        why=f"{receipt.code}: the SMS gateway could not deliver it".removeprefix(": "),
        at=_moment(message, receipt, now),
        now=now,
        distrust=_distrust_number if receipt.wrong_number else None,
    )


def _distrust_number(message: Message, now: datetime) -> None:
    mark_broken(message=message, why=message.problem, now=now)
    replan_patient(patient=message.patient, now=now)


def _message_of(provider: str, receipt: Receipt) -> Message | None:
    texts = messages_over(Channel.SMS)
    try:
        ours = texts.filter(public_id=UUID(receipt.reference)).first()
    except ValueError:
        ours = None
    if ours is None and receipt.provider_id:
        ours = texts.filter(provider=provider, provider_id=receipt.provider_id).first()
    return ours


def _moment(message: Message, receipt: Receipt, now: datetime) -> datetime:
    """By the gateway's own clock, as far as that can be right: not before we offered it, and not in the future."""
    at = receipt.at or now
    return min(max(at, message.offered_at or at), now)
