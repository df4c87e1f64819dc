"""Tasks to phone someone: the channel of last resort (PP-45, PP-51)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from events.catalogue import CallTaskOpened
from events.log import record
from notifications.models import CallOutcome, CallTask
from people.models import Department, Patient
from praktijkplan.calling import Need, in_order, weight
from scheduling.models import Appointment, Participant

SYSTEM = "system"
# What a task is opened for is the first of its needs; who is to be prepared may need nothing.
NEED_OF: Mapping[str, Need] = MappingProxyType(
    {
        CallTask.Reason.NO_CHANNEL: Need.UNREACHABLE,
        CallTask.Reason.FAILED: Need.FAILED,
        CallTask.Reason.ASKED: Need.ASKED,
        CallTask.Reason.NEW_TIME: Need.NEW_TIME,
        CallTask.Reason.BY_PHONE: Need.BY_PHONE,
    }
)
# These tell what holds of one version of the plan; a wish to be phoned outlives it.
OF_ONE_VERSION = (
    CallTask.Reason.NO_CHANNEL,
    CallTask.Reason.FAILED,
    CallTask.Reason.PREPARE,
    CallTask.Reason.BY_PHONE,
)


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
    needs: Iterable[Need] = (),
    note: str = "",
) -> CallTask:
    """A task for a person, once per occasion; asking again only makes it more urgent."""
    whose = {
        "department_id": appointment.department_id,
        "patient_id": appointment.patient_id,
        "appointment": appointment,
        "participant": participant,
        "schedule_version": appointment.schedule_version,
    }
    why = {"about": about, "note": note, **needs_of_task(needs or [NEED_OF[reason]])}
    return _open(f"{appointment.pk}:{reason}:{occasion}", reason, call_before, now, **why, **whose)


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
    whose = {"department": department, "patient": patient}
    return _open(key, reason, call_before, now, about=about, **needs_of_task([NEED_OF[reason]]), **whose)


def needs_of_task(needs: Iterable[Need]) -> dict[str, Any]:
    """The two columns that say why this patient is phoned, and how much."""
    ordered = in_order(needs)
    return {"needs": [need.value for need in ordered], "need": weight(ordered)}


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
def withdraw_call_tasks(*, appointment: Appointment, now: datetime) -> int:
    """Open tasks that tell of an older version of the plan, or prepare for it: it no longer holds."""
    return CallTask.objects.filter(
        appointment=appointment,
        schedule_version__lt=appointment.schedule_version,
        reason__in=OF_ONE_VERSION,
        done_at__isnull=True,
    ).update(done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED)


@transaction.atomic
def forget_wrong_number(*, patient: Patient) -> None:
    """Another number is known: it is phoned without waiting, and what was tried on the old one does not count."""
    for task in CallTask.objects.select_for_update(no_key=True).filter(patient=patient, done_at=None).order_by("pk"):
        if Need.WRONG_NUMBER not in task.needs:
            continue
        left = needs_of_task(Need(need) for need in task.needs if need != Need.WRONG_NUMBER)
        CallTask.objects.filter(pk=task.pk).update(**left, call_after=None, tries=0)
