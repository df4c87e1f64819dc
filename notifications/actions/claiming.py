"""Who sends what: a worker claims rows by a conditional update, for a minute at a time.

Leases run on the database's clock, the one clock that all workers share.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from notifications.models import PENDING, Channel, Message, MessageState
from scheduling.models import Appointment

LEASE = timedelta(seconds=60)
BATCH = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message: good for as long as its row still has this attempt."""

    message: int
    attempt: int


def claim_due(*, channel: Channel, now: datetime, limit: int = BATCH) -> list[Claim]:
    """Up to `limit` messages that fell due, and those whose sender was not heard of for a lease."""
    with transaction.atomic():
        due = _claimable(channel, now).order_by("try_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            return _take_locked(due.select_for_update(skip_locked=True), limit)
        return [Claim(pk, attempt + 1) for pk, attempt in _read(due, limit) if _take_if_unchanged(pk, attempt)]


def renew_lease(*, message: Message) -> bool:
    """The last step before sending: extends the lease if it still runs, and only if the appointment stands as told.

    One statement, so that a move or cancellation committed before it is always seen.
    """
    told = message.appointment
    stands = Appointment.objects.filter(
        pk=OuterRef("appointment_id"),
        schedule_version=message.schedule_version,
        status=told.status,
        modality=told.modality,
        start=told.start,
    )
    mine = Message.objects.filter(
        pk=message.pk, attempt=message.attempt, state=MessageState.CLAIMED, leased_until__gt=Now()
    )
    return bool(
        mine.filter(Exists(stands)).update(leased_until=Now() + LEASE, offered_at=Now(), link_ref=message.link_ref)
    )


def _claimable(channel: Channel, now: datetime) -> QuerySet[Message]:
    # An older message to the same person that is on its way right now goes first: "moved" must not arrive before
    # what it corrects.
    on_its_way = Message.objects.filter(
        appointment_id=OuterRef("appointment_id"),
        participant_id=OuterRef("participant_id"),
        channel=channel,
        state=MessageState.CLAIMED,
        leased_until__gt=Now(),
        schedule_version__lt=OuterRef("schedule_version"),
    )
    return Message.objects.filter(
        Q(state=MessageState.PLANNED) | Q(leased_until__lte=Now()),
        ~Exists(on_its_way),
        state__in=PENDING,
        channel=channel,
        try_at__lte=now,
    )


def _read(due: QuerySet[Message], limit: int) -> list[tuple[int, int]]:
    return list(due.values_list("pk", "attempt")[:limit])


def _take_locked(locked: QuerySet[Message], limit: int) -> list[Claim]:
    """Rows that another worker holds were skipped, so these are ours until the commit."""
    rows = _read(locked, limit)
    Message.objects.filter(pk__in=[pk for pk, _ in rows]).update(**_taken())
    return [Claim(pk, attempt + 1) for pk, attempt in rows]


def _take_if_unchanged(pk: int, attempt: int) -> bool:
    """Compare and set: of two that read the same row, one finds it changed."""
    unchanged = Message.objects.filter(pk=pk, attempt=attempt, state__in=PENDING)
    return bool(unchanged.update(**_taken()))


def _taken() -> dict[str, Any]:
    return {"state": MessageState.CLAIMED, "attempt": F("attempt") + 1, "leased_until": Now() + LEASE}
