from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from events.catalogue import CallTaskOpened, PatientPhoned
from events.log import record
from notifications.models import CallOutcome, CallTask
from people.models import Department, Patient
from scheduling.models import Appointment, Participant

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """Someone else finished this task; nothing was written."""

    done_by: str
    done_at: datetime | None


@transaction.atomic
def open_call_task(
    *,
    appointment: Appointment,
    reason: CallTask.Reason,
    occasion: str,
    call_before: datetime,
    now: datetime,
    about: str = "",
    participant: Participant | None = None,
) -> CallTask:
    """A task for a person, once per occasion; asking again only makes it more urgent."""
    whose = {
        "department_id": appointment.department_id,
        "patient_id": appointment.patient_id,
        "appointment": appointment,
        "participant": participant,
        "schedule_version": appointment.schedule_version,
    }
    return _open(f"{appointment.pk}:{reason}:{occasion}", reason, call_before, now, about=about, **whose)


@transaction.atomic
def open_call_task_for_patient(
    *,
    patient: Patient,
    department: Department,
    reason: CallTask.Reason,
    occasion: str,
    call_before: datetime,
    now: datetime,
    about: str,
) -> CallTask:
    """The same where there is no appointment yet: an invitation that reaches nobody."""
    key = f"patient {patient.pk}:{department.pk}:{reason}:{occasion}"
    return _open(key, reason, call_before, now, about=about, department=department, patient=patient)


def _open(key: str, reason: str, call_before: datetime, now: datetime, **fields: Any) -> CallTask:
    task, made = CallTask.objects.get_or_create(
        occasion_key=key, defaults={"reason": reason, "created_at": now, "call_before": call_before, **fields}
    )
    if made:
        fact = CallTaskOpened(
            appointment=task.appointment_id,
            session=task.appointment.session_id if task.appointment else None,
            department=task.department_id,
            task=task.pk,
            reason=reason,
        )
        record(fact, at=now, actor=SYSTEM)
    elif task.outcome == CallOutcome.NOT_NEEDED and task.done_by == SYSTEM:
        # What made it needless no longer holds.
        task.done_at, task.done_by, task.outcome, task.call_before = None, "", "", call_before
        task.save(update_fields=["done_at", "done_by", "outcome", "call_before"])
    elif task.is_open and call_before < task.call_before:
        CallTask.objects.filter(pk=task.pk, call_before__gt=call_before).update(call_before=call_before)
    return task


@transaction.atomic
def complete_call_task(*, task: CallTask, outcome: CallOutcome, by: str, now: datetime) -> CallTask | AlreadyDone:
    """What came of a call. A task whose patient was not reached stays open, with the try counted."""
    ending = {"done_at": now, "done_by": by} if outcome.ends_task else {}
    tried = {} if outcome is CallOutcome.NOT_NEEDED else {"tries": F("tries") + 1, "tried_at": now}
    changed = CallTask.objects.filter(pk=task.pk, done_at__isnull=True).update(outcome=outcome, **tried, **ending)
    task.refresh_from_db()
    if not changed:
        return AlreadyDone(task.done_by, task.done_at)
    fact = PatientPhoned(
        appointment=task.appointment_id,
        session=task.appointment.session_id if task.appointment else None,
        department=task.department_id,
        task=task.pk,
        outcome=outcome,
    )
    record(fact, at=now, actor=by)
    return task


@transaction.atomic
def withdraw_call_tasks(*, appointment: Appointment, now: datetime) -> int:
    """Open tasks that stand in for a message of an older version: what they would tell no longer holds."""
    return CallTask.objects.filter(
        appointment=appointment,
        schedule_version__lt=appointment.schedule_version,
        reason__in=(CallTask.Reason.NO_CHANNEL, CallTask.Reason.FAILED),
        done_at__isnull=True,
    ).update(done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED)
