"""Tell something that is no news of the plan itself: a delay, almost your turn, a place that came free, a question.

Each is told once per occasion, over every channel that reaches the patient. Where none does, a person phones, except
for what is only kind to send (`MessageKind.is_extra`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from notifications.actions.calls import open_call_task, open_call_task_for_patient
from notifications.actions.planning import reachable
from notifications.models import CallTask, Channel, Message, MessageKind
from notifications.nudging import nudge
from notifications.recipients import channels_for, must_be_phoned_instead, reach_of, recipients_of
from notifications.rows import Planned, rows_for
from people.models import Department, Patient, Representative
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import awake
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import Appointment
from scheduling.queries.policy import policy_of, policy_on
from scheduling.queries.representation import acting_representatives, must_be_represented

# How long after it is over a question about the consult is still welcome.
FEEDBACK_WITHIN = timedelta(days=3)
INVITED_WITHIN = timedelta(days=14)


@transaction.atomic
def tell_delay(
    *, appointment: Appointment, begins_from: datetime, begins_until: datetime, occasion: str, now: datetime
) -> int:
    """The clinic runs late, and when it is probably their turn (PP-51, PP-52): at once, also in quiet hours.

    `begins_from` and `begins_until` are UTC. Returns the number of messages; 0 where a person must phone, or where
    the department does not send these.
    """
    details = {"from": _iso(begins_from), "until": _iso(begins_until)}
    planned = Planned(MessageKind.DELAY, now, begins_until, occasion, details)
    return _tell(appointment, planned, call_before=appointment.start, now=now)


@transaction.atomic
def tell_almost(*, appointment: Appointment, occasion: str, now: datetime) -> int:
    return _tell(appointment, Planned(MessageKind.ALMOST, now, now + timedelta(minutes=15), occasion), None, now)


@transaction.atomic
def ask_feedback(*, appointment: Appointment, now: datetime) -> int:
    """How it went (PP-72), not in the middle of the night."""
    due = awake(now, policy_of(appointment), AMSTERDAM)
    return _tell(appointment, Planned(MessageKind.FEEDBACK, due, now + FEEDBACK_WITHIN), None, now)


@transaction.atomic
def invite_to_plan(
    *, patient: Patient, department: Department, modality: Modality, before: date, occasion: str, now: datetime
) -> int:
    """Please plan your next appointment, before a local date. Once per occasion."""
    details = {"modality": modality.value, "before": before.isoformat()}
    return _tell_without_appointment(patient, department, MessageKind.INVITATION, details, occasion, now)


@transaction.atomic
def tell_freed_place(
    *, patient: Patient, department: Department, start: datetime, modality: Modality, occasion: str, now: datetime
) -> int:
    """A place came free earlier than theirs; the offer ends when the place does."""
    details = {"start": _iso(start), "modality": modality.value}
    return _tell_without_appointment(patient, department, MessageKind.FREED_PLACE, details, occasion, now, start)


def _tell(appointment: Appointment, planned: Planned, call_before: datetime | None, now: datetime) -> int:
    policy = policy_of(appointment)
    if planned.kind in policy.messages_off or not must_be_phoned_instead(appointment.patient):
        return 0
    recipients = recipients_of(appointment)
    rows = [
        row
        for recipient in recipients
        for row in rows_for(appointment, recipient, [planned], channels_for(recipient, policy))
    ]
    made = Message.objects.bulk_create(rows, ignore_conflicts=True)
    if planned.due <= now:
        nudge()
    if call_before is not None and not reachable(recipients, policy):
        open_call_task(
            appointment=appointment,
            reason=CallTask.Reason.NO_CHANNEL,
            occasion=f"{planned.kind}:{appointment.schedule_version}:{planned.occasion}",
            call_before=max(call_before, now),
            now=now,
            about=planned.kind,
        )
    return len(made)


def _tell_without_appointment(
    patient: Patient,
    department: Department,
    kind: MessageKind,
    details: Mapping[str, Any],
    occasion: str,
    now: datetime,
    not_after: datetime | None = None,
) -> int:
    policy = policy_on(department.pk, local_day(now))
    if kind in policy.messages_off or not must_be_phoned_instead(patient):
        return 0
    due = awake(now, policy, AMSTERDAM)
    made = 0
    reached = False
    for stands_in in _who_plans(patient, local_day(now)):
        rows = _rows_without_appointment(patient, stands_in, policy)
        reached = reached or any(row.channel != Channel.INBOX for row in rows)
        for row in rows:
            row.department, row.kind, row.details = department, kind, dict(details)
            row.occasion_key = f"p{patient.pk}:{kind}:{occasion}:{row.channel}:{stands_in.pk if stands_in else ''}"
            row.due_at = row.try_at = due
            row.not_after = not_after or now + INVITED_WITHIN
        made += len(Message.objects.bulk_create(rows, ignore_conflicts=True))
    if not reached and not kind.is_extra:
        open_call_task_for_patient(
            patient=patient,
            department=department,
            reason=CallTask.Reason.NO_CHANNEL,
            occasion=f"{kind}:{occasion}",
            call_before=now + timedelta(days=1),
            now=now,
            about=kind,
        )
    return made


def _rows_without_appointment(patient: Patient, stands_in: Representative | None, policy: Policy) -> list[Message]:
    reached = reach_of(stands_in or patient, patient, policy)
    ways = reached.ways if reached else ()
    return [Message(patient=patient, representative=stands_in, channel=Channel(way)) for way in ways]


def _who_plans(patient: Patient, today: date) -> Sequence[Representative | None]:
    """Whoever stands for a child; None for the patient in person."""
    return acting_representatives(patient, today) if must_be_represented(patient, today) else [None]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
