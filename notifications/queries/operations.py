"""How the sending goes, over all departments: for the watchdog and for who runs this. Nobody is named."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import BigIntegerField, Count, Max, Min, OuterRef, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncHour

from events.models import Event
from notifications.models import PENDING, BrokenAddress, Channel, Message, MessageState
from notifications.standing import LATE_AFTER
from scheduling.localtime import AMSTERDAM

HOURS = 24
FAILURES_WITHIN = timedelta(days=7)
# A failed try is repeated within half an hour: what waits for its turn is found among what is due by then.
LONGEST_WAIT = timedelta(minutes=31)
MOST_FAILURES = 50


@dataclass(frozen=True, slots=True)
class Overdue:
    """How far the sending of messages is behind."""

    count: int
    late_by: timedelta  # since the oldest fell due

    @property
    def minutes(self) -> int:
        return int(self.late_by / timedelta(minutes=1))

    @property
    def is_late(self) -> bool:
        return self.late_by > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Hour:
    """What went out in one hour, per channel."""

    begins: datetime
    sent: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.sent.values())


@dataclass(frozen=True, slots=True)
class Throughput:
    """`provider` is empty where nobody stands between: the inbox, or our own mail server."""

    channel: str
    provider: str
    count: int


@dataclass(frozen=True, slots=True)
class Failure:
    """`kind`: message.failed or message.bounced; `code` is the provider's own."""

    kind: str
    channel: str
    provider: str
    code: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Operations:
    """`hours`: the last 24, the oldest first. Failures, dead letters and expired: of the last seven days."""

    overdue: Overdue
    waiting: int
    retrying: int
    next_try: datetime | None
    hours: tuple[Hour, ...]
    throughput: tuple[Throughput, ...]
    failures: tuple[Failure, ...]
    dead: int
    expired: int
    broken_addresses: int
    sms_cost: Decimal
    sms_segments: int


def oldest_due(*, now: datetime) -> Overdue:
    """What should have been sent by now."""
    due = Message.objects.filter(state__in=PENDING, due_at__lte=now)
    figures = due.aggregate(count=Count("pk"), oldest=Min("due_at"))
    oldest = figures["oldest"]
    return Overdue(figures["count"], now - oldest if oldest else timedelta())


def operations(*, now: datetime) -> Operations:
    """A fixed number of queries, each at the begin of an index."""
    retrying = Message.objects.filter(
        state=MessageState.PLANNED, failures__gt=0, try_at__lte=now + LONGEST_WAIT
    ).aggregate(count=Count("pk"), next=Min("try_at"))
    ended = _ended(now)
    cost = _sms_of_the_month(now)
    return Operations(
        overdue=oldest_due(now=now),
        waiting=Message.objects.filter(state__in=PENDING, try_at__lte=now).count(),
        retrying=retrying["count"],
        next_try=retrying["next"],
        hours=tuple(_hours(now)),
        throughput=tuple(_throughput(now)),
        failures=tuple(_failures(now)),
        dead=ended.get(MessageState.FAILED, 0),
        expired=ended.get(MessageState.EXPIRED, 0),
        broken_addresses=BrokenAddress.objects.count(),
        sms_cost=cost["cost"] or Decimal(0),
        sms_segments=int(cost["segments"] or 0),
    )


def _hours(now: datetime) -> Iterable[Hour]:
    first = _hour_of(now) - timedelta(hours=HOURS - 1)
    rows = (
        Message.objects.filter(channel__in=Channel.values, sent_at__gte=first)
        .annotate(hour=TruncHour("sent_at", tzinfo=UTC))
        .values("hour", "channel")
        .annotate(count=Count("pk"))
        .order_by()
    )
    sent: dict[datetime, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Channel.values, 0))
    for row in rows:
        sent[row["hour"]][row["channel"]] = row["count"]
    for number in range(HOURS):
        begins = first + timedelta(hours=number)
        yield Hour(begins.astimezone(AMSTERDAM), sent[begins])


def _throughput(now: datetime) -> Iterable[Throughput]:
    rows = (
        Message.objects.filter(channel__in=Channel.values, sent_at__gte=now - timedelta(hours=HOURS))
        .values("channel", "provider")
        .annotate(count=Count("pk"))
        .order_by("channel", "provider")
    )
    for row in rows:
        yield Throughput(row["channel"], row["provider"], row["count"])


def _failures(now: datetime) -> Iterable[Failure]:
    """From the facts, which keep the code; the message knows which provider it was."""
    message = Cast(KeyTextTransform("message", "data"), BigIntegerField())
    provider = Subquery(Message.objects.filter(pk=OuterRef("message")).values("provider")[:1])
    rows = (
        Event.objects.filter(kind__in=("message.failed", "message.bounced"), at__gte=now - FAILURES_WITHIN)
        .annotate(
            message=message,
            provider=provider,
            channel=KeyTextTransform("channel", "data"),
            code=KeyTextTransform("reason", "data"),
        )
        .values_list("kind", "channel", "provider", "code")
        .annotate(count=Count("pk"), last=Max("id"))
        .order_by("-count")[:MOST_FAILURES]
    )
    found = list(rows)
    when = dict(Event.objects.filter(pk__in=[row[-1] for row in found]).values_list("pk", "at"))
    for kind, channel, provider_name, code, count, last in found:
        yield Failure(kind, channel or "", provider_name or "", code or "", count, when[last])


def _ended(now: datetime) -> dict[str, int]:
    rows = (
        Message.objects.filter(
            state__in=(MessageState.FAILED, MessageState.EXPIRED), due_at__gt=now - FAILURES_WITHIN, due_at__lte=now
        )
        .values_list("state")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return dict(rows)


def _sms_of_the_month(now: datetime) -> dict[str, Decimal | None]:
    begin = now.astimezone(AMSTERDAM).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = Message.objects.filter(channel=Channel.SMS, sent_at__gte=begin)
    return sent.aggregate(cost=Sum("cost"), segments=Sum("segments"))


def _hour_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
