"""Who sends what: a worker claims rows by a conditional update, for a minute at a time.

Leases run on the database's clock, the one clock that all workers share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from notifications.models import PENDING, Channel, Message, MessageKind, MessageState
from people.models import Representative
from scheduling.models import Appointment, AppointmentLink, PlaceOffer
from statements.blanks import Once, blank
from statements.updating import Updating

LEASE = timedelta(seconds=60)
BATCH = 100
# Sorting all that is due for every hundred would cost more than sending them.
TURNS_AT_ONCE = 20_000
TURNS_HOLD_SECONDS = 10.0
REMINDERS = (MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message: good for as long as its row still has this attempt."""

    message: int
    attempt: int


class Turns:
    """The order in which the due messages of a channel go: news before reminders, the nearest appointment first.

    Read for many at once and for a few seconds; what is claimed is decided row by row at the moment of claiming.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[int] = []
        self._holds_until = 0.0

    def claim(self, *, now: datetime, limit: int = BATCH) -> list[Claim]:
        """Up to `limit` messages that fell due, and those whose sender was not heard of for a lease."""
        if monotonic() > self._holds_until:
            self._read(now)
        claims = self._take(now, limit)
        if not claims:
            self._read(now)
            claims = self._take(now, limit)
        return claims

    def _read(self, now: datetime) -> None:
        self._waiting = _in_order(self._channel, now)[::-1]
        self._holds_until = monotonic() + TURNS_HOLD_SECONDS

    def _take(self, now: datetime, limit: int) -> list[Claim]:
        """The first of those whose turn it is that others have not taken meanwhile."""
        while self._waiting:
            turns = [self._waiting.pop() for _ in range(min(limit, len(self._waiting)))]
            if claims := _claim(self._channel, now, turns):
                return claims
        return []


def claim_due(*, channel: Channel, now: datetime, limit: int = BATCH) -> list[Claim]:
    return Turns(channel).claim(now=now, limit=limit)


def renew_lease(*, message: Message, link: AppointmentLink | None = None, offer: PlaceOffer | None = None) -> bool:
    """The last step before sending: extends the lease if it still runs, and only if all is still as it was read:
    the appointment, the patient, whoever stands for them, the offer that it tells of, and that its link opens.

    One statement, so that a move or cancellation committed before it is always seen.
    """
    known: dict[str, Any] = {"pk": message.pk, "attempt": message.attempt}
    read = _as_read(message, link, offer)
    for row, names in read:
        known |= {_blank_name(type(row), name): getattr(row, name) for name in names}
    # Told of this version: it need not be the one that was read.
    known[_blank_name(Appointment, "schedule_version")] = message.schedule_version
    unset = frozenset(name for name, value in known.items() if value is None)
    return bool(_RENEW.of(tuple((type(row), names) for row, names in read), unset).run(known))


def _as_read(
    message: Message, link: AppointmentLink | None, offer: PlaceOffer | None
) -> list[tuple[Model, tuple[str, ...]]]:
    """The rows that decided that this message may go, each with the fields that did."""
    read: list[tuple[Model, tuple[str, ...]]] = [(message.patient, _OF_PATIENT)]
    if message.appointment is not None:
        read.append((message.appointment, _OF_APPOINTMENT))
    if isinstance(message.person, Representative):
        read.append((message.person, _OF_PERSON))
    if offer is not None:
        read.append((offer, ("id", "state")))
    if link is not None:
        read.append((link, ("id", "ref")))
    return read


_OF_PERSON = ("id", "email", "mobile", "mail_consent", "sms_consent")
_OF_PATIENT = (*_OF_PERSON, "unsafe_address", "deceased_on", "merged_into_id")
_OF_APPOINTMENT = ("id", "schedule_version", "status", "modality", "start")


def _blank_name(model: type[Model], field: str) -> str:
    return f"{model.__name__}.{field}"


def _prepare_renewal(read: tuple[tuple[type[Model], tuple[str, ...]], ...], unset: frozenset[str]) -> Updating:
    def same(model: type[Model], names: tuple[str, ...]) -> Exists:
        wanted = {
            f"{name}__isnull" if _blank_name(model, name) in unset else name: True
            if _blank_name(model, name) in unset
            else blank(model, name.removesuffix("_id"), _blank_name(model, name))
            for name in names
        }
        rows = model._default_manager.filter(**wanted)
        return Exists(rows.filter(_OPENS) if model is AppointmentLink else rows)

    mine = Message.objects.filter(
        pk=blank(Message, "id", "pk"),
        attempt=blank(Message, "attempt"),
        state=MessageState.CLAIMED,
        leased_until__gt=Now(),
    )
    stands = mine.filter(*(same(model, names) for model, names in read))
    offered: dict[str, Any] = {"leased_until": Now() + LEASE, "offered_at": Now()}
    if any(model is AppointmentLink for model, _ in read):
        # Whoever opens this link has read the message.
        offered["link_ref"] = blank(AppointmentLink, "ref", _blank_name(AppointmentLink, "ref"))
    return Updating(stands, offered)


_RENEW = Once(_prepare_renewal)
_OPENS = Q(revoked_at__isnull=True, replaced_at__isnull=True, expires_at__gt=Now())


def opening_links(link: AppointmentLink) -> QuerySet[AppointmentLink]:
    """This link, if it opens the patient's door now."""
    return AppointmentLink.objects.filter(_OPENS, pk=link.pk)


def _in_order(channel: Channel, now: datetime) -> list[int]:
    is_reminder = Case(When(kind__in=REMINDERS, then=Value(True)), default=Value(False), output_field=BooleanField())
    return list(
        _due(channel, now)
        .annotate(may_wait=is_reminder)
        .order_by("may_wait", "not_after", "id")
        .values_list("pk", flat=True)[:TURNS_AT_ONCE]
    )


def _claim(channel: Channel, now: datetime, turns: Sequence[int]) -> list[Claim]:
    if not turns:
        return []
    with transaction.atomic():
        claimable = _claimable(channel, now).filter(pk__in=turns)
        if connection.features.has_select_for_update_skip_locked:
            taken = _take_locked(claimable.select_for_update(skip_locked=True))
        else:
            taken = [Claim(pk, attempt + 1) for pk, attempt in _read(claimable) if _take_if_unchanged(pk, attempt)]
    place = {pk: index for index, pk in enumerate(turns)}
    return sorted(taken, key=lambda claim: place[claim.message])


def _due(channel: Channel, now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        Q(state=MessageState.PLANNED) | Q(leased_until__lte=Now()),
        state__in=PENDING,
        channel=channel,
        try_at__lte=now,
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
    return _due(channel, now).filter(~Exists(on_its_way))


def _read(claimable: QuerySet[Message]) -> list[tuple[int, int]]:
    return list(claimable.order_by("id").values_list("pk", "attempt"))


def _take_locked(locked: QuerySet[Message]) -> list[Claim]:
    """Rows that another worker holds were skipped, so these are ours until the commit."""
    rows = _read(locked)
    Message.objects.filter(pk__in=[pk for pk, _ in rows]).update(**_taken())
    return [Claim(pk, attempt + 1) for pk, attempt in rows]


def _take_if_unchanged(pk: int, attempt: int) -> bool:
    """Compare and set: of two that read the same row, one finds it changed."""
    unchanged = Message.objects.filter(pk=pk, attempt=attempt, state__in=PENDING)
    return bool(unchanged.update(**_taken()))


def _taken() -> dict[str, Any]:
    return {"state": MessageState.CLAIMED, "attempt": F("attempt") + 1, "leased_until": Now() + LEASE}
