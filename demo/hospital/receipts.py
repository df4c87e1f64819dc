"""What came back of the messages that a demo remembers: arrived, opened, returned, refused; the same every time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from events.catalogue import MessageBounced, MessageDelivered, MessageFailed, MessageRead, MessageSent
from notifications.actions.calls import open_call_task
from notifications.models import BrokenAddress, CallTask, Channel, Message, MessageState

NO_SUCH_ADDRESS = "550 5.1.1 user unknown"
MAILBOX_FULL = "552 5.2.2 mailbox full"
# Of so many patients one has an address that does not exist, and one a mailbox that is full.
PATIENTS = 23
UNKNOWN, FULL = 7, 19
# Of ten readers.
OPEN_THEIR_MAIL = 6
OPEN_THEIR_INBOX = 3


def tell_what_came_back(messages: Sequence[Message], *, now: datetime) -> None:
    """Changes the rows, which are not saved here. An address that fails, fails for what lies ahead only: what is over
    has been dealt with.
    """
    for message in messages:
        message.sent_to = message.address
        if message.appointment and message.appointment.end > now and _is_returned(message, now):
            continue
        _arrived(message, now)


def put_on_record(messages: Iterable[Message], *, now: datetime) -> None:
    """Addresses that broke, and whom to phone about it."""
    for message in messages:
        appointment = message.appointment
        if not message.problem or appointment is None:
            continue
        BrokenAddress.objects.get_or_create(
            channel=message.channel,
            address=message.sent_to.lower(),
            defaults={"since": message.due_at, "why": message.problem},
        )
        open_call_task(
            appointment=appointment,
            participant=message.participant,
            reason=CallTask.Reason.FAILED,
            occasion=message.occasion_key,
            call_before=appointment.start,
            now=now,
            about=message.kind,
        )


def happened_to(message: Message) -> Iterator[tuple[str, datetime, dict[str, str]]]:
    """The facts of its life: kind, when, and what more there is to say."""
    if message.state == MessageState.FAILED:
        yield MessageFailed.kind, message.due_at, {"reason": "550"}
        return
    yield MessageSent.kind, message.due_at, {}
    if message.delivered_at:
        yield MessageDelivered.kind, message.delivered_at, {}
    if message.bounced_at:
        yield MessageBounced.kind, message.bounced_at, {"reason": "5.2.2"}
    if message.read_at:
        yield MessageRead.kind, message.read_at, {}


def _is_returned(message: Message, now: datetime) -> bool:
    if message.channel != Channel.EMAIL or message.due_at < now - timedelta(days=2):
        return False
    turn = message.patient_id % PATIENTS
    if turn == UNKNOWN:
        message.state, message.problem, message.sent_at = MessageState.FAILED, NO_SUCH_ADDRESS, None
    elif turn == FULL:
        message.problem, message.bounced_at = MAILBOX_FULL, message.due_at + timedelta(minutes=4)
    return turn in (UNKNOWN, FULL)


def _arrived(message: Message, now: datetime) -> None:
    dice = message.pk * 7919 % 1000
    if message.channel != Channel.INBOX:
        message.delivered_at = message.due_at + timedelta(seconds=2 + dice % 40)
    opened = message.due_at + timedelta(minutes=5 + dice)
    share = OPEN_THEIR_INBOX if message.channel == Channel.INBOX else OPEN_THEIR_MAIL
    if dice % 10 < share and opened < now:
        message.read_at = opened
