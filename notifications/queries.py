from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from notifications.models import PENDING, CallTask, Channel, Message, MessageState
from people.models import Department
from scheduling.models import Appointment, Participant

LATE_AFTER = timedelta(minutes=5)
PROBLEM_STATES = (MessageState.FAILED, MessageState.EXPIRED)

# These calls say what a message could not; a wish to be phoned, or for a new time, outlives the appointment.
STANDS_FOR_A_MESSAGE = (CallTask.Reason.NO_CHANNEL, CallTask.Reason.FAILED)

# A participant's name is read through the appointment.
_WHOM = ("participant__representative", "participant__appointment__patient")


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


def messages_of(appointment: Appointment) -> QuerySet[Message]:
    """All that was and will be told of this appointment, in the order in which it is due."""
    return appointment.messages.select_related(*_WHOM).order_by("due_at", "id")


def inbox_of(participant: Participant) -> QuerySet[Message]:
    """What this participant was told, as a letter to read back; the newest first."""
    return Message.objects.filter(participant=participant, channel=Channel.INBOX, state=MessageState.SENT).order_by(
        "-sent_at", "-id"
    )


def outbox(department: Department) -> QuerySet[Message]:
    """The messages of a department, newest first."""
    return (
        Message.objects.filter(appointment__department=department)
        .select_related("appointment__patient", *_WHOM)
        .order_by("-due_at", "-id")
    )


def problems(department: Department) -> QuerySet[Message]:
    """Messages that did not arrive, and that nobody has replaced by a newer plan."""
    return outbox(department).filter(state__in=PROBLEM_STATES)


def open_call_tasks(department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """Whom to phone, the most pressing first. What a message should have told is moot after the appointment."""
    moot = Q(reason__in=STANDS_FOR_A_MESSAGE, appointment__end__lte=now)
    return (
        CallTask.objects.filter(~moot, appointment__department=department, done_at__isnull=True)
        .select_related("appointment__patient", "appointment__clinician", *_WHOM)
        .order_by("call_before", "id")
    )


def oldest_due(*, now: datetime) -> Overdue:
    """For the watchdog: what should have been sent by now, over all departments."""
    due = Message.objects.filter(state__in=PENDING, due_at__lte=now)
    figures = due.aggregate(count=Count("pk"), oldest=Min("due_at"))
    oldest = figures["oldest"]
    return Overdue(figures["count"], now - oldest if oldest else timedelta())
