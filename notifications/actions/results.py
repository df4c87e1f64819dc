"""What came of an attempt. Each result is written only by the holder of the latest claim, with its fact."""

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from events.catalogue import MessageExpired, MessageFailed, MessageSent
from notifications.actions.another_way import ask_if_the_other_failed, ask_unless_told, tell_in_another_way
from notifications.actions.recording import record_message
from notifications.actions.returning import mark_broken
from notifications.carriers import Kept
from notifications.models import PENDING, Message, MessageState
from scheduling.models import Appointment
from statements.blanks import Once, blank
from statements.updating import Updating

log = structlog.get_logger("videopoli.notifications")

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=30)
# When news has not got through this long before it is too late, a person phones while we go on trying.
PERSON_NEEDS = timedelta(minutes=30)
PROBLEM_LENGTH = 200
# The code of a refusal that is about the address itself, before anything was offered.
ADDRESS = "address"


def next_try(now: datetime, failures: int, not_after: datetime, *, chance: float) -> datetime:
    """When to try again: in 30 s to 30 min, the bound doubling with each failure; `chance` (0 to 1) picks."""
    ceiling: timedelta = min(FIRST_RETRY * 2 ** min(failures, 10), LONGEST_RETRY)
    return min(now + FIRST_RETRY + (ceiling - FIRST_RETRY) * chance, not_after)


# Within the transaction that claims the next one: a savepoint would be two statements more for every message.
@transaction.atomic(savepoint=False)
def mark_sent(*, message: Message, kept: Kept, now: datetime) -> bool:
    # Cut to their columns: what was sent may not be sent again because it cannot be written down.
    told = {
        "sent_at": now,
        "subject": kept.subject[:200],
        "body": kept.body,
        "sent_to": kept.sent_to[:254],
        "provider": kept.provider[:20],
        "provider_id": kept.provider_id[:100],
        "segments": kept.segments,
        "cost": kept.cost,
    }
    written = bool(_SENT.of().run({"pk": message.pk, "attempt": message.attempt, **told}))
    if written or _keep_beside_failure(message, told):
        record_message(MessageSent, message, at=now)
    else:
        _log_lost(message)
    return written


def _keep_beside_failure(message: Message, told: dict[str, Any]) -> bool:
    """A receipt was faster than we are: that it failed stands, and what was sent is written beside it."""
    failed = Message.objects.filter(pk=message.pk, attempt=message.attempt, bounced_at__isnull=False, sent_at=None)
    return bool(failed.update(**told))


@transaction.atomic
def mark_arrived(*, message: Message, now: datetime) -> bool:
    """A receipt told so; what was in it died with its sender."""
    return _write(message, state=MessageState.SENT, sent_at=message.offered_at or now, problem="")


def _prepare_sent() -> Updating:
    kept = ("sent_at", "subject", "body", "sent_to", "provider", "provider_id", "segments", "cost")
    mine = Message.objects.filter(pk=blank(Message, "id", "pk"), attempt=blank(Message, "attempt"), state__in=PENDING)
    return Updating(
        mine, {"state": MessageState.SENT, "problem": "", **{name: blank(Message, name) for name in kept}}
    )


_SENT = Once(_prepare_sent)


@transaction.atomic
def mark_superseded(*, message: Message, why: str) -> bool:
    return _write(message, state=MessageState.SUPERSEDED, problem=why)


@transaction.atomic
def mark_expired(*, message: Message, why: str, now: datetime) -> bool:
    _lock_appointment(message)
    written = _write(message, state=MessageState.EXPIRED, problem=why)
    if written:
        record_message(MessageExpired, message, at=now)
        ask_if_the_other_failed(message=message, now=now)
    return written


@transaction.atomic
def mark_failed(*, message: Message, why: str, code: str, now: datetime) -> bool:
    """It will never arrive: told in another way. `code` is the provider's, free of anything personal."""
    _lock_appointment(message)
    written = _write(message, state=MessageState.FAILED, problem=why)
    if written:
        record_message(MessageFailed, message, at=now, reason=code)
        if code == ADDRESS and message.address:
            # Later messages need not find out again that it takes none.
            mark_broken(message=message, why=why, now=now)
        tell_in_another_way(message=message, now=now)
    return written


@transaction.atomic
def mark_unreachable(*, message: Message, why: str, now: datetime) -> bool:
    """Not over this channel any more. No failure where another tells it."""
    _lock_appointment(message)
    written = _write(message, state=MessageState.SUPERSEDED, problem=why)
    if written and not tell_in_another_way(message=message, now=now):
        Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
        record_message(MessageFailed, message, at=now, reason="unreachable")
    return written


@transaction.atomic
def postpone(*, message: Message, why: str, now: datetime) -> bool:
    """Try again later: the provider was busy, or the connection broke and nobody knows what arrived."""
    _lock_appointment(message)
    failures = message.failures + 1
    try_at = next_try(now, failures, message.not_after, chance=random.random())
    written = _write(
        message, state=MessageState.PLANNED, failures=failures, try_at=try_at, leased_until=None, problem=why
    )
    is_news = not message.is_reminder
    if written and is_news and try_at > message.not_after - PERSON_NEEDS:
        ask_unless_told(message=message, now=now)
    return written


@transaction.atomic
def release(*, claims: dict[int, int], why: str) -> int:
    """Give back unsent what was claimed (message id to attempt): nothing was offered, so nothing failed."""
    given_back = 0
    for pk, attempt in claims.items():
        mine = Message.objects.filter(pk=pk, attempt=attempt, state=MessageState.CLAIMED)
        given_back += mine.update(state=MessageState.PLANNED, leased_until=None, problem=why[:PROBLEM_LENGTH])
    return given_back


def _lock_appointment(message: Message) -> None:
    """A call task needs the appointment's row: before the message's, in the order of a move or a cancellation."""
    if message.appointment_id is not None:
        Appointment.objects.select_for_update(no_key=True).get(pk=message.appointment_id)


def _write(message: Message, *, problem: str, **values: Any) -> bool:
    mine = Message.objects.filter(pk=message.pk, attempt=message.attempt, state__in=PENDING)
    written = bool(mine.update(problem=problem[:PROBLEM_LENGTH], **values))
    if not written:
        _log_lost(message)
    return written


def _log_lost(message: Message) -> None:
    log.warning("result of a lost claim", message=message.pk, attempt=message.attempt)
