"""What came of an attempt. Each result is written only by the holder of the latest claim, with its fact."""

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from events.catalogue import MessageExpired, MessageFact, MessageFailed, MessageSent
from events.log import record
from notifications.actions.calls import SYSTEM, open_call_task
from notifications.models import PENDING, CallTask, Message, MessageState
from notifications.recipients import must_be_phoned_instead
from scheduling.models import Appointment

log = structlog.get_logger("videopoli.notifications")

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=30)
# When news has not got through this long before it is too late, a person phones while we go on trying.
PERSON_NEEDS = timedelta(minutes=30)
PROBLEM_LENGTH = 200


def next_try(now: datetime, failures: int, not_after: datetime, *, chance: float) -> datetime:
    """When to try again: in 30 s to 30 min, the bound doubling with each failure; `chance` (0 to 1) picks."""
    ceiling: timedelta = min(FIRST_RETRY * 2 ** min(failures, 10), LONGEST_RETRY)
    return min(now + FIRST_RETRY + (ceiling - FIRST_RETRY) * chance, not_after)


@transaction.atomic
def mark_sent(*, message: Message, subject: str, body: str, now: datetime) -> bool:
    written = _write(message, state=MessageState.SENT, sent_at=now, subject=subject, body=body, problem="")
    if written:
        _record(MessageSent, message, now)
    return written


@transaction.atomic
def mark_superseded(*, message: Message, why: str) -> bool:
    return _write(message, state=MessageState.SUPERSEDED, problem=why)


@transaction.atomic
def mark_expired(*, message: Message, why: str, now: datetime) -> bool:
    written = _write(message, state=MessageState.EXPIRED, problem=why)
    if written:
        _record(MessageExpired, message, now)
    return written


@transaction.atomic
def mark_failed(*, message: Message, why: str, code: str, now: datetime) -> bool:
    """It will never arrive: a person phones. `code` is the provider's, free of anything personal."""
    # The task needs the appointment's row: lock it before the message's, in the order of a move or a cancellation.
    Appointment.objects.select_for_update(no_key=True).get(pk=message.appointment_id)
    written = _write(message, state=MessageState.FAILED, problem=why)
    if written:
        _record(MessageFailed, message, now, reason=code)
        _ask_for_call(message, now)
    return written


@transaction.atomic
def postpone(*, message: Message, why: str, now: datetime) -> bool:
    """Try again later: the provider was busy, or the connection broke and nobody knows what arrived."""
    Appointment.objects.select_for_update(no_key=True).get(pk=message.appointment_id)
    failures = message.failures + 1
    try_at = next_try(now, failures, message.not_after, chance=random.random())
    written = _write(
        message, state=MessageState.PLANNED, failures=failures, try_at=try_at, leased_until=None, problem=why
    )
    is_news = not message.is_reminder
    if written and is_news and try_at > message.not_after - PERSON_NEEDS:
        _ask_for_call(message, now)
    return written


@transaction.atomic
def release(*, claims: dict[int, int], why: str) -> int:
    """Give back unsent what was claimed (message id to attempt): nothing was offered, so nothing failed."""
    given_back = 0
    for pk, attempt in claims.items():
        mine = Message.objects.filter(pk=pk, attempt=attempt, state=MessageState.CLAIMED)
        given_back += mine.update(state=MessageState.PLANNED, leased_until=None, problem=why[:PROBLEM_LENGTH])
    return given_back


def _write(message: Message, *, problem: str, **values: Any) -> bool:
    mine = Message.objects.filter(pk=message.pk, attempt=message.attempt, state__in=PENDING)
    written = bool(mine.update(problem=problem[:PROBLEM_LENGTH], **values))
    if not written:
        log.warning("result of a lost claim", message=message.pk, attempt=message.attempt)
    return written


def _record(fact: type[MessageFact], message: Message, now: datetime, **more: str) -> None:
    told = fact(
        appointment=message.appointment_id,
        session=message.appointment.session_id if message.appointment else None,
        department=message.department_id,
        message=message.pk,
        message_kind=message.kind,
        channel=message.channel,
        **more,
    )
    record(told, at=now, actor=SYSTEM)


def _ask_for_call(message: Message, now: datetime) -> None:
    appointment = message.appointment
    if appointment.start <= now or not must_be_phoned_instead(appointment.patient):
        return
    waiting = CallTask.objects.filter(
        appointment=appointment,
        participant=message.participant,
        reason=CallTask.Reason.FAILED,
        schedule_version=message.schedule_version,
        done_at__isnull=True,
    )
    if not waiting.exists():
        open_call_task(
            appointment=appointment,
            participant=message.participant,
            reason=CallTask.Reason.FAILED,
            occasion=message.occasion_key,
            call_before=appointment.start,
            now=now,
            about=message.kind,
        )
