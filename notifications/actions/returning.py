"""What becomes of a message that was taken over and then came back, whatever channel it went over."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from events.catalogue import MessageBounced
from notifications.actions.another_way import tell_in_another_way
from notifications.actions.recording import record_message
from notifications.models import PENDING, BrokenAddress, Channel, Message, MessageState
from scheduling.models import Appointment

PROBLEM_LENGTH = 200
# A superseded or expired message stays that, whatever becomes of what was offered of it.
CAN_STILL_FAIL = (*PENDING, MessageState.SENT)


@transaction.atomic
def mark_returned(
    *,
    message: Message,
    code: str,
    why: str,
    at: datetime,
    now: datetime,
    distrust: Callable[[Message, datetime], None] | None = None,
) -> bool:
    """It will not arrive: told in another way, else by a person. False when that was known, or when it did arrive.

    `code` is the other side's, free of anything personal; `at`: when it came back. `distrust` is called with the
    message and `now`, before another way is looked for: that must not be the same address again.
    """
    _lock_appointments(message)
    untold = Message.objects.filter(pk=message.pk, delivered_at=None, bounced_at=None)
    if not untold.update(bounced_at=at, problem=why[:PROBLEM_LENGTH]):
        return False
    failed = Message.objects.filter(pk=message.pk, state__in=CAN_STILL_FAIL).update(
        state=MessageState.FAILED, leased_until=None
    )
    message.refresh_from_db()
    record_message(MessageBounced, message, at=now, reason=code)
    if distrust is not None:
        distrust(message, now)
    if failed:
        tell_in_another_way(message=message, now=now)
    return True


def messages_over(channel: Channel) -> QuerySet[Message]:
    """With whom they are for, as telling it in another way asks."""
    return Message.objects.filter(channel=channel).select_related(
        "appointment__patient", "patient", "department", "participant__representative", "representative"
    )


def mark_broken(*, message: Message, why: str, now: datetime) -> bool:
    """Nothing goes where this message went, until someone repairs it. False when that was known."""
    # By the moment at which it came back: when it did arrive after all, no more than that is taken back.
    defaults = {"since": message.bounced_at or now, "why": why[:PROBLEM_LENGTH]}
    _, made = BrokenAddress.objects.get_or_create(
        channel=message.channel, address=address_of(message).lower(), defaults=defaults
    )
    return made


def address_of(message: Message) -> str:
    """Where it went, though its reader may have moved since."""
    return message.sent_to or message.address


def _lock_appointments(message: Message) -> None:
    """Before the message's own row, in the order of a move or a cancellation; with all that are planned anew."""
    theirs = Appointment.objects.select_for_update(no_key=True).filter(patient=message.patient_id)
    list(theirs.order_by("start").values_list("pk", flat=True))
