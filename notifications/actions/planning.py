"""Messages as rows, written in the transaction that books, moves or cancels: no process can lose them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from notifications.actions.calls import open_call_task, withdraw_call_tasks
from notifications.models import CallOutcome, CallTask, Channel, Message, MessageKind, MessageState
from notifications.recipients import channels_for, must_be_phoned_instead, recipients_of
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import confirmation_due, plan_reminders
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, Participant
from scheduling.queries.policy import policy_of

# A patient whose appointment was cancelled is phoned for a new time within a day.
NEW_TIME_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    kind: MessageKind
    due: datetime
    not_after: datetime


@transaction.atomic
def plan_messages(*, appointment: Appointment, now: datetime) -> None:
    """What is told of an appointment as it now stands: that it is made or moved, and its reminders (PP-40 to 42).

    Who was told of an older version hears that it moved; who was told nothing gets a first confirmation.
    """
    if appointment.start <= now or not must_be_phoned_instead(appointment.patient):
        return
    reminders = _reminders(appointment, now)
    told = told_participants(appointment)
    due = _news_due(appointment, now)
    rows = []
    recipients = recipients_of(appointment)
    for recipient in recipients:
        kind = MessageKind.MOVED if recipient.pk in told else MessageKind.CONFIRMATION
        rows += _rows(appointment, recipient, [Planned(kind, due, appointment.start), *reminders])
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if not _reachable(recipients, policy_of(appointment)):
        # Before the moment at which the first reminder would have gone (PP-45).
        call_before = reminders[0].due if reminders else appointment.start
        kind = MessageKind.MOVED if told else MessageKind.CONFIRMATION
        _phone_instead(appointment, kind, call_before, now)


@transaction.atomic
def plan_cancellation(*, appointment: Appointment, now: datetime) -> None:
    """Tell that it is off, to whoever was told that it is on; to nobody when the booking was undone in time."""
    told = told_participants(appointment)
    if not told or appointment.start <= now or not must_be_phoned_instead(appointment.patient):
        return
    off = Planned(MessageKind.CANCELLED, _news_due(appointment, now), appointment.start)
    recipients = [recipient for recipient in recipients_of(appointment) if recipient.pk in told]
    rows = [row for recipient in recipients for row in _rows(appointment, recipient, [off])]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    call_before = now + NEW_TIME_WITHIN
    if _reachable(recipients, policy_of(appointment)):
        open_call_task(
            appointment=appointment,
            reason=CallTask.Reason.NEW_TIME,
            occasion=str(appointment.schedule_version),
            call_before=call_before,
            now=now,
            about=MessageKind.CANCELLED,
        )
    else:
        _phone_instead(appointment, MessageKind.CANCELLED, min(appointment.start, call_before), now)


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
    """Who may have heard of this appointment before: by a message that was or is being sent, or by a person.

    A claimed message counts: its sender may be past the recheck.
    """
    told = set(
        Message.objects.filter(appointment=appointment, schedule_version__lt=appointment.schedule_version)
        .filter(Q(offered_at__isnull=False) | Q(state=MessageState.CLAIMED))
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


def occasion_key(appointment: Appointment, participant: Participant, kind: MessageKind, channel: Channel) -> str:
    return f"{appointment.pk}:{kind}:{appointment.schedule_version}:{channel}:{participant.pk}"


def _rows(appointment: Appointment, recipient: Participant, plan: list[Planned]) -> list[Message]:
    policy = policy_of(appointment)
    return [
        Message(
            occasion_key=occasion_key(appointment, recipient, planned.kind, channel),
            department_id=appointment.department_id,
            patient_id=appointment.patient_id,
            appointment=appointment,
            participant=recipient,
            kind=planned.kind,
            channel=channel,
            schedule_version=appointment.schedule_version,
            due_at=planned.due,
            try_at=planned.due,
            not_after=planned.not_after,
        )
        for planned in plan
        for channel in channels_for(recipient, policy)
    ]


def _reminders(appointment: Appointment, now: datetime) -> list[Planned]:
    if not Modality(appointment.modality).is_live:
        return []
    reminders = plan_reminders(appointment.start, now, policy_of(appointment), AMSTERDAM)
    return [Planned(MessageKind(one.kind.value), one.due, one.not_after) for one in reminders]


def _news_due(appointment: Appointment, now: datetime) -> datetime:
    """After the time for undoing, unless the appointment would have begun by then."""
    due = confirmation_due(now, policy_of(appointment))
    return due if due < appointment.start else now


def _reachable(recipients: list[Participant], policy: Policy) -> bool:
    return any(
        channel is not Channel.INBOX for recipient in recipients for channel in channels_for(recipient, policy)
    )


def _phone_instead(appointment: Appointment, kind: MessageKind, call_before: datetime, now: datetime) -> None:
    open_call_task(
        appointment=appointment,
        reason=CallTask.Reason.NO_CHANNEL,
        occasion=f"{kind}:{appointment.schedule_version}",
        call_before=call_before,
        now=now,
        about=kind,
    )
