"""The messages of a department: what is wrong first, and the rest by what became of it, a page at a time."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from notifications.models import PENDING, CallOutcome, CallTask, Channel, Message, MessageKind, MessageState
from notifications.queries.conversation import WHOM
from notifications.standing import LATE_AFTER
from people.models import Department
from praktijkplan.contact import Modality
from scheduling.models import AppointmentStatus

# What went wrong longer ago has been noticed, or nobody waits for it any more.
PROBLEMS_WITHIN = timedelta(days=180)
# A list says "more than a thousand", so that no filter counts a hundred thousand rows.
MOST_COUNTED = 1000
EXTRA = tuple(kind for kind in MessageKind if kind.is_extra)
LINKLESS = (MessageKind.CANCELLED, MessageKind.INVITATION, MessageKind.FEEDBACK)
LINK_NEEDED_WITHIN = timedelta(days=8)


class Box(StrEnum):
    """A message may be in several: what was read was also sent."""

    PROBLEMS = "problems"
    ALL = "all"
    PLANNED = "planned"
    LATE = "late"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def next_first(self) -> bool:
        """What is still to come begins with the nearest; what was, with the latest."""
        return self in (Box.PLANNED, Box.LATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages: `since` and `before` bound when they were due. `patients`: only of these; None means all."""

    box: Box = Box.ALL
    kind: str = ""
    channel: str = ""
    since: datetime | None = None
    before: datetime | None = None
    patients: tuple[int, ...] | None = None


def outbox(department: Department) -> QuerySet[Message]:
    """The messages of a department, newest first."""
    return Message.objects.filter(department=department).order_by("-due_at", "-id")


def problems(department: Department, *, now: datetime) -> QuerySet[Message]:
    """What did not arrive or cannot be used, still matters, and was not made good since."""
    # Each part stands at the begin of an index of its own: united they are fast, as one condition they are not.
    suspects = _failed(department, now).union(
        _expired(department, now), _bounced(department, now), _without_link(department, now), all=True
    )
    has_arrived = Q(state=MessageState.SENT, bounced_at__isnull=True)
    alive = Q(patient__deceased_on__isnull=True, patient__merged_into__isnull=True)
    return outbox(department).filter(alive & (has_arrived | ~_made_good()), pk__in=suspects)


def count_problems(department: Department, *, now: datetime, most: int = 99) -> int:
    return problems(department, now=now).order_by()[:most].count()


def messages_in(department: Department, asked: Asked, *, now: datetime) -> QuerySet[Message]:
    rows = _in_box(asked.box, department, now)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.since:
        rows = rows.filter(due_at__gte=asked.since)
    if asked.before:
        rows = rows.filter(due_at__lt=asked.before)
    return rows if asked.patients is None else rows.filter(patient__in=asked.patients)


def capped_count(rows: QuerySet[Message]) -> int:
    """One more than MOST_COUNTED means: more than that."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def message_by(public_id: uuid.UUID) -> Message | None:
    found = Message.objects.filter(public_id=public_id)
    return found.select_related(
        "department", "patient", "representative", "appointment__type", "appointment__clinician", *WHOM
    ).first()


def _in_box(box: Box, department: Department, now: datetime) -> QuerySet[Message]:
    if box is Box.PROBLEMS:
        # Found first and ordered then: asked in one, PostgreSQL walks through all messages in order instead.
        found = problems(department, now=now).order_by().values_list("pk", flat=True)[:MOST_COUNTED]
        return outbox(department).filter(pk__in=list(found))
    boxes = {
        Box.PLANNED: Q(state=MessageState.PLANNED),
        Box.LATE: Q(pk__in=_late(department, now)),
        Box.SENT: Q(state=MessageState.SENT),
        Box.DELIVERED: Q(delivered_at__isnull=False),
        Box.READ: Q(read_at__isnull=False),
        Box.FAILED: Q(pk__in=_failed_or_back(department)),
        Box.EXPIRED: Q(state=MessageState.EXPIRED),
    }
    return outbox(department).filter(boxes.get(box, Q()))


def _failed_or_back(department: Department) -> QuerySet[Message, Any]:
    own = Message.objects.filter(department=department).order_by().values("pk")
    return own.filter(state=MessageState.FAILED).union(own.filter(bounced_at__isnull=False), all=True)


def _late(department: Department, now: datetime) -> QuerySet[Message, Any]:
    due = Message.objects.filter(department=department, due_at__lt=now - LATE_AFTER).order_by().values("pk")
    planned, claimed = (due.filter(state=state) for state in PENDING)
    return planned.union(claimed, all=True)


def _recent(department: Department, now: datetime) -> QuerySet[Message]:
    """Of what is still to come: what is over is left out first, as that is most of it."""
    matters = Q(appointment__isnull=True) | Q(
        appointment__end__gt=now, appointment__schedule_version=F("schedule_version")
    )
    return Message.objects.filter(matters, department=department, due_at__gt=now - PROBLEMS_WITHIN).order_by()


def _failed(department: Department, now: datetime) -> QuerySet[Message, Any]:
    return _recent(department, now).filter(state=MessageState.FAILED).values("pk")


def _expired(department: Department, now: datetime) -> QuerySet[Message, Any]:
    expired = _recent(department, now).filter(state=MessageState.EXPIRED)
    return expired.exclude(Q(channel=Channel.INBOX) | Q(kind__in=EXTRA)).values("pk")


def _bounced(department: Department, now: datetime) -> QuerySet[Message, Any]:
    return _recent(department, now).filter(bounced_at__isnull=False).values("pk")


def _without_link(department: Department, now: datetime) -> QuerySet[Message, Any]:
    """Told of a video call that is near, and nothing to open it with."""
    sent = Message.objects.filter(state=MessageState.SENT, channel__in=(Channel.EMAIL, Channel.SMS))
    bare = sent.filter(
        link_ref__isnull=True,
        appointment__department=department,
        appointment__modality=Modality.VIDEO,
        appointment__status=AppointmentStatus.BOOKED,
        appointment__start__gt=now,
        appointment__start__lt=now + LINK_NEEDED_WITHIN,
        appointment__schedule_version=F("schedule_version"),
    ).exclude(kind__in=LINKLESS)
    with_link = sent.filter(
        link_ref__isnull=False,
        appointment=OuterRef("appointment"),
        participant=OuterRef("participant"),
        schedule_version=OuterRef("schedule_version"),
    )
    # The copy that is kept shows where a link stood, also of what was sent before links were remembered.
    return bare.filter(~Exists(with_link)).exclude(body__contains="/v/").order_by().values("pk")


def _made_good() -> Q:
    """By the same over another channel, anything later about the same plan, a newer try, or a call.

    A newer try that failed as well is a problem of its own: one line for one piece of news.
    """
    others = Message.objects.exclude(channel=Channel.INBOX).exclude(state=MessageState.SUPERSEDED)
    same_reader = others.filter(
        appointment=OuterRef("appointment"),
        participant=OuterRef("participant"),
        schedule_version=OuterRef("schedule_version"),
    )
    arrived = Q(state=MessageState.SENT, bounced_at__isnull=True)
    same_news = Q(kind=OuterRef("kind"))
    told = same_reader.filter(
        arrived & (same_news | Q(sent_at__gt=OuterRef("due_at"))) | same_news & Q(pk__gt=OuterRef("pk"))
    )
    invited = others.filter(same_news, appointment=None, patient=OuterRef("patient"), pk__gt=OuterRef("pk"))
    phoned = CallTask.objects.filter(
        appointment=OuterRef("appointment"), outcome=CallOutcome.REACHED, tried_at__gt=OuterRef("due_at")
    )
    return Q(Exists(told)) | Q(Exists(invited)) | Q(Exists(phoned))
