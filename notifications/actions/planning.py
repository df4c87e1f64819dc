"""Messages as rows, written in the transaction that books, moves or cancels: no process can lose them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from notifications.actions.calls import open_call_task, withdraw_call_tasks
from notifications.models import CallOutcome, CallTask, Channel, Message, MessageKind, MessageState
from notifications.recipients import channels_for, must_be_phoned_instead, recipients_of
from notifications.rows import Planned, rows_for
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import confirmation_due, merged_reminders, plan_reminders
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, Participant
from scheduling.queries.policy import policy_of
from statements.inserting import insert_new

NEWS = (MessageKind.CONFIRMATION, MessageKind.MOVED, MessageKind.FORM_CHANGED)
FIRST = 1
# A claimed message counts: its sender may be past the recheck.
MAY_HAVE_BEEN_TOLD = Q(offered_at__isnull=False) | Q(state=MessageState.CLAIMED)
# A patient whose appointment was cancelled is phoned for a new time within a day.
NEW_TIME_WITHIN = timedelta(days=1)


# Part of the booking: a savepoint would guard nothing that is kept without it.
@transaction.atomic(savepoint=False)
def plan_messages(*, appointment: Appointment, now: datetime) -> None:
    """What is told of an appointment as it now stands: that it is made or changed, and its reminders (PP-40 to 42).

    Who was told of an older version hears what is different; who was told nothing gets a first confirmation.
    """
    if appointment.start <= now or not must_be_phoned_instead(appointment.patient):
        return
    policy = policy_of(appointment)
    reminders = planned_reminders(appointment, now, policy)
    told = told_participants(appointment)
    rows = []
    for recipient in recipients_of(appointment):
        plan = [news(appointment, news_kind(appointment, recipient, told), now, policy), *reminders]
        rows += rows_for(appointment, recipient, plan, channels_for(recipient, policy))
    insert_new(rows)
    if not any(row.channel != Channel.INBOX for row in rows):
        # Before the moment at which the first reminder would have gone (PP-45).
        call_before = reminders[0].due if reminders else appointment.start
        kind = MessageKind.MOVED if told else MessageKind.CONFIRMATION
        phone_instead(appointment, kind, call_before, now)


def news(appointment: Appointment, kind: MessageKind, now: datetime, policy: Policy) -> Planned:
    """It says what it stands in for, and of which plan it tells: a later one is compared with that."""
    due = confirmation_due(now, policy)
    details: dict[str, Any] = {"plan": _plan_of(appointment)}
    if Modality(appointment.modality).is_live:
        details["includes"] = [kind.value for kind in merged_reminders(appointment.start, now, policy, AMSTERDAM)]
    # After the time for undoing, unless the appointment would have begun by then.
    return Planned(kind, due if due < appointment.start else now, appointment.start, details=details)


def news_kind(appointment: Appointment, recipient: Participant, told: set[int]) -> MessageKind:
    """What is news to this recipient, from what was told last: versions in between may never have gone out."""
    if recipient.pk not in told:
        return MessageKind.CONFIRMATION
    last = (
        Message.objects.filter(appointment=appointment, participant=recipient, kind__in=NEWS)
        .filter(schedule_version__lt=appointment.schedule_version)
        .filter(MAY_HAVE_BEEN_TOLD)
        .order_by("schedule_version")
        .last()
    )
    before = last.details.get("plan") if last else None
    now_planned = _plan_of(appointment)
    if before == now_planned:
        # Moved away and back before anyone heard of it: only the link is another.
        return MessageKind.CONFIRMATION
    if before and before["start"] == now_planned["start"]:
        return MessageKind.FORM_CHANGED
    return MessageKind.MOVED


def _plan_of(appointment: Appointment) -> dict[str, str]:
    return {"start": appointment.start.astimezone(UTC).isoformat(), "modality": appointment.modality}


@transaction.atomic
def plan_cancellation(*, appointment: Appointment, now: datetime, new_time: bool) -> None:
    """Tell that it is off, to whoever was told that it is on; to nobody when the booking was undone in time.

    `new_time`: they need another one, so a person phones, and the message says so.
    """
    told = told_participants(appointment)
    if not told or appointment.start <= now or not must_be_phoned_instead(appointment.patient):
        return
    policy = policy_of(appointment)
    off = news(appointment, MessageKind.CANCELLED, now, policy)
    off = replace(off, details={**off.details, "new_time": new_time})
    recipients = [recipient for recipient in recipients_of(appointment) if recipient.pk in told]
    rows = [
        row
        for recipient in recipients
        for row in rows_for(appointment, recipient, [off], channels_for(recipient, policy))
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    call_before = now + NEW_TIME_WITHIN
    if not reachable(recipients, policy):
        phone_instead(appointment, MessageKind.CANCELLED, min(appointment.start, call_before), now)
    elif new_time:
        open_call_task(
            appointment=appointment,
            reason=CallTask.Reason.NEW_TIME,
            occasion=str(appointment.schedule_version),
            call_before=call_before,
            now=now,
            about=MessageKind.CANCELLED,
        )


@transaction.atomic
def supersede_messages(*, appointment: Appointment, now: datetime) -> int:
    """Take back what was planned for an older version of the plan and not yet claimed.

    A claimed row is left to its sender, who rechecks the version at the moment of sending.
    """
    withdraw_call_tasks(appointment=appointment, now=now)
    return Message.objects.filter(
        appointment=appointment,
        schedule_version__lt=appointment.schedule_version,
        state=MessageState.PLANNED,
    ).update(state=MessageState.SUPERSEDED)


def told_participants(appointment: Appointment) -> set[int]:
    """Who may have heard of this appointment before: by a message that was or is being sent, or by a person."""
    if appointment.schedule_version == FIRST:
        return set()
    told = set(
        Message.objects.filter(appointment=appointment, schedule_version__lt=appointment.schedule_version)
        .filter(MAY_HAVE_BEEN_TOLD)
        .values_list("participant_id", flat=True)
    )
    phoned = CallTask.objects.filter(
        appointment=appointment,
        schedule_version__lt=appointment.schedule_version,
        outcome=CallOutcome.REACHED,
    )
    if phoned.exists():
        told.update(recipient.pk for recipient in recipients_of(appointment))
    return told


def planned_reminders(appointment: Appointment, now: datetime, policy: Policy) -> list[Planned]:
    if not Modality(appointment.modality).is_live:
        return []
    reminders = plan_reminders(appointment.start, now, policy, AMSTERDAM)
    return [Planned(MessageKind(one.kind.value), one.due, one.not_after) for one in reminders]


def reachable(recipients: list[Participant], policy: Policy) -> bool:
    return any(
        channel is not Channel.INBOX for recipient in recipients for channel in channels_for(recipient, policy)
    )


def phone_instead(appointment: Appointment, kind: MessageKind, call_before: datetime, now: datetime) -> None:
    open_call_task(
        appointment=appointment,
        reason=CallTask.Reason.NO_CHANNEL,
        occasion=f"{kind}:{appointment.schedule_version}",
        call_before=call_before,
        now=now,
        about=kind,
    )
