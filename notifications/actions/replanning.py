"""What is planned follows what holds now: an address, a wish or an agreement of the department that changed.

What was told stays told. Only rows that nobody has heard of are changed, taken back or added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notifications.actions.calls import SYSTEM
from notifications.actions.planning import NEWS, news, phone_instead, reachable
from notifications.models import CallOutcome, CallTask, Channel, Message, MessageKind, MessageState
from notifications.recipients import channels_for, must_be_phoned_instead, recipients_of
from notifications.rows import Planned, rows_for
from people.models import Patient
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import reminders_of
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, AppointmentStatus, DepartmentPolicy, Participant
from scheduling.queries.policy import policy_of

WHY = "what was agreed about messages has changed"
UNTOLD = Q(state=MessageState.PLANNED, offered_at=None)
REMINDERS = (MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE)


@dataclass(frozen=True, slots=True)
class Replanned:
    """How many rows came, changed and went."""

    made: int = 0
    changed: int = 0
    taken_back: int = 0

    def __add__(self, other: "Replanned") -> "Replanned":
        return Replanned(self.made + other.made, self.changed + other.changed, self.taken_back + other.taken_back)


def replan_patient(*, patient: Patient, now: datetime) -> Replanned:
    """All coming appointments of a patient, after an address or a wish changed."""
    coming = Appointment.objects.filter(patient=patient, status=AppointmentStatus.BOOKED, start__gt=now)
    return sum((replan(appointment=one, now=now) for one in coming.order_by("start")), Replanned())


def replan_policy(*, policy: DepartmentPolicy, now: datetime, limit: int = 200) -> int:
    """The next appointments for which new agreements count, each in a transaction of its own. Returns how many.

    May be stopped anywhere and be run twice at once: `replanned_to` only moves past what is done.
    """
    coming = Appointment.objects.filter(
        department=policy.department_id, status=AppointmentStatus.BOOKED, start__gt=now, pk__gt=policy.replanned_to
    )
    todo = list(coming.order_by("pk")[:limit])
    for appointment in todo:
        replan(appointment=appointment, now=now)
    # Agreed anew meanwhile: then that change begins at the first appointment again.
    same = DepartmentPolicy.objects.filter(pk=policy.pk, revision=policy.revision)
    if todo:
        policy.replanned_to = todo[-1].pk
        same.filter(replanned_to__lt=policy.replanned_to).update(replanned_to=policy.replanned_to)
    else:
        same.update(replanned_at=now)
    return len(todo)


def policies_to_replan() -> list[DepartmentPolicy]:
    return list(DepartmentPolicy.objects.filter(replanned_at=None, agreed_at__isnull=False).order_by("agreed_at"))


@transaction.atomic
def replan(*, appointment: Appointment, now: datetime) -> Replanned:
    """Bring the pending messages of an appointment in line with what holds now. Doing it twice changes nothing."""
    current = (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "department")
        .get(pk=appointment.pk)
    )
    if not current.is_active or current.start <= now or not must_be_phoned_instead(current.patient):
        return Replanned()
    policy = policy_of(current)
    recipients = recipients_of(current)
    done = sum((_replan_for(current, recipient, policy, now) for recipient in recipients), Replanned())
    if reachable(recipients, policy):
        _withdraw_unreachable(current, now)
    else:
        phone_instead(current, MessageKind.CONFIRMATION, current.start, now)
    return done


def _replan_for(appointment: Appointment, recipient: Participant, policy: Policy, now: datetime) -> Replanned:
    channels = channels_for(recipient, policy)
    rows = list(
        Message.objects.filter(
            appointment=appointment,
            participant=recipient,
            schedule_version=appointment.schedule_version,
            kind__in=(*NEWS, *REMINDERS),
        )
    )
    wanted = {
        row.occasion_key: row
        for row in [
            *_news_rows(appointment, recipient, rows, channels, policy, now),
            *_reminder_rows(appointment, recipient, rows, channels, policy, now),
        ]
    }
    known = {row.occasion_key: row for row in rows}
    taken_back = _take_back(rows, wanted, channels, policy)
    changed = sum(_adjust(known[key], row, now) for key, row in wanted.items() if key in known)
    made = Message.objects.bulk_create(
        [row for key, row in wanted.items() if key not in known], ignore_conflicts=True
    )
    return Replanned(len(made), changed, taken_back)


def _news_rows(
    appointment: Appointment,
    recipient: Participant,
    rows: Sequence[Message],
    channels: Sequence[Channel],
    policy: Policy,
    now: datetime,
) -> list[Message]:
    """Over a channel that is new, only while the news has reached nobody over another."""
    told = [row for row in rows if row.kind in NEWS]
    heard = [row for row in told if row.channel != Channel.INBOX and row.offered_at and not row.bounced_at]
    if not told or heard:
        return []
    pending = [row for row in told if row.state == MessageState.PLANNED]
    plan = news(appointment, MessageKind(told[0].kind), now, policy)
    if pending:
        plan = Planned(plan.kind, pending[0].due_at, plan.not_after, details=pending[0].details)
    return rows_for(appointment, recipient, [plan], channels)


def _reminder_rows(
    appointment: Appointment,
    recipient: Participant,
    rows: Sequence[Message],
    channels: Sequence[Channel],
    policy: Policy,
    now: datetime,
) -> list[Message]:
    """What was merged into the news stays there; what has fallen due meanwhile is left to those who send."""
    if not Modality(appointment.modality).is_live:
        return []
    merged = {kind for row in rows if row.kind in NEWS for kind in row.details.get("includes", ())}
    plan = [
        Planned(MessageKind(one.kind.value), one.due, one.not_after)
        for one in reminders_of(appointment.start, policy, AMSTERDAM)
        if one.due > now and one.kind.value not in merged
    ]
    return rows_for(appointment, recipient, plan, channels)


def _take_back(
    rows: Sequence[Message], wanted: dict[str, Message], channels: Sequence[Channel], policy: Policy
) -> int:
    def holds(row: Message) -> bool:
        if row.occasion_key in wanted:
            return True
        # Fallen due while an agreement moved its moment into the past: it still goes.
        return row.channel in channels and row.kind not in policy.messages_off

    gone = [row.pk for row in rows if not holds(row)]
    return Message.objects.filter(UNTOLD, pk__in=gone).update(state=MessageState.SUPERSEDED, problem=WHY)


def _adjust(row: Message, wanted: Message, now: datetime) -> int:
    """Another moment, or back again after it was taken back for a reason that no longer holds."""
    taken_back = row.state == MessageState.SUPERSEDED and row.offered_at is None
    if taken_back and wanted.due_at <= now and row.is_reminder:
        return 0
    moved = (row.due_at, row.not_after) != (wanted.due_at, wanted.not_after)
    if not taken_back and not moved:
        return 0
    untold = Q(state__in=(MessageState.PLANNED, MessageState.SUPERSEDED), offered_at=None, failures=0)
    return Message.objects.filter(untold, pk=row.pk).update(
        state=MessageState.PLANNED,
        due_at=wanted.due_at,
        try_at=wanted.due_at,
        not_after=wanted.not_after,
        problem="",
    )


def _withdraw_unreachable(appointment: Appointment, now: datetime) -> None:
    """Messages reach them again: nobody needs to phone instead, but of a place that is offered now."""
    instead = CallTask.objects.filter(appointment=appointment, reason=CallTask.Reason.NO_CHANNEL, done_at=None)
    instead.exclude(about=MessageKind.FREED_PLACE).update(done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED)
