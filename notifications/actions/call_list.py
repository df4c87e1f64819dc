"""Each day a list of whom to phone for the next clinic day (PP-45). Built again, it adds what came since.

Who is booked for the same day comes on it with the booking: a consult in ten minutes has begun by the next time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from events.catalogue import CallListBuilt
from events.log import record
from notifications.actions.calls import SYSTEM, needs_of_task
from notifications.models import CallOutcome, CallTask
from notifications.queries.preparing import (
    ToPrepare,
    days_to_prepare,
    prepared_before,
    video_to_prepare_today,
    videos_to_prepare,
)
from people.models import Department
from praktijkplan.calling import ComingVideo, needs_of
from praktijkplan.contact import Modality
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.queries.policy import Policies

PREPARE = CallTask.Reason.PREPARE


@dataclass(frozen=True, slots=True)
class Built:
    """`days`: the clinic days that are prepared. How many tasks came, changed in need, and went."""

    days: tuple[date, ...]
    opened: int
    changed: int
    withdrawn: int


@transaction.atomic
def build_call_list(*, department: Department, day: date, now: datetime) -> Built:
    """Whom to phone on this local date: one task for each booked video consult of the next clinic day, and of the day
    itself where its list did not have it.
    """
    policies = Policies(department.pk)
    days = days_to_prepare(department, day, policies)
    found = videos_to_prepare(department, days, policies, now=now)
    # New rows first: they wait for a consult that is being moved, and whoever moves it waits for its tasks.
    opened = _open(found, now)
    changed = _reconsider(found)
    withdrawn = _withdraw(department, now)
    if opened or changed or withdrawn:
        fact = CallListBuilt(department=department.pk, day=day.isoformat(), opened=opened, withdrawn=withdrawn)
        record(fact, at=now, actor=SYSTEM)
    return Built(tuple(days), opened, changed, withdrawn)


def prepare_same_day(*, appointment: Appointment, now: datetime) -> bool:
    """Booked or moved today for today: to be phoned at once. False where there is nothing to prepare, or it is done.

    Call it within the transaction that books or moves: one that comes to nothing leaves no task.
    """
    opened = _open(video_to_prepare_today(appointment, now=now), now)
    if opened:
        fact = CallListBuilt(
            department=appointment.department_id, day=local_day(now).isoformat(), opened=opened, withdrawn=0
        )
        record(fact, at=now, actor=SYSTEM)
    return bool(opened)


def _open(found: Sequence[ToPrepare], now: datetime) -> int:
    if not found:
        return 0
    appointments = [one.appointment for one in found]
    known = set(_tasks_of(appointments).values_list("occasion_key", flat=True))
    done = prepared_before(appointments)
    new = [
        _task(one, now)
        for one in found
        if occasion_key(one.appointment) not in known and one.appointment.pk not in done
    ]
    CallTask.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _task(one: ToPrepare, now: datetime) -> CallTask:
    appointment = one.appointment
    return CallTask(
        occasion_key=occasion_key(appointment),
        department_id=appointment.department_id,
        patient_id=appointment.patient_id,
        appointment=appointment,
        reason=PREPARE,
        schedule_version=appointment.schedule_version,
        created_at=now,
        call_before=appointment.start,
        **needs_of_task(needs_of(one.coming)),
    )


def occasion_key(appointment: Appointment) -> str:
    return f"{appointment.pk}:{PREPARE}:{appointment.schedule_version}"


def _reconsider(found: Iterable[ToPrepare]) -> int:
    """What is known of a patient changes during the day: a message came back, the device test went wrong."""
    coming: dict[int | None, ComingVideo] = {one.appointment.pk: one.coming for one in found}
    changed = []
    for task in _tasks_of([one.appointment for one in found]).filter(done_at__isnull=True).order_by("pk"):
        now_needs = needs_of_task(needs_of(coming[task.appointment_id]))
        if task.needs != now_needs["needs"]:
            task.needs, task.need = now_needs["needs"], now_needs["need"]
            changed.append(task)
    CallTask.objects.bulk_update(changed, ["needs", "need"])
    return len(changed)


def _tasks_of(appointments: Sequence[Appointment]) -> QuerySet[CallTask]:
    return CallTask.objects.filter(appointment__in=appointments, reason=PREPARE)


def _withdraw(department: Department, now: datetime) -> int:
    """There is nothing to prepare any more: cancelled, moved, another form, begun, or the patient is no more."""
    holds = Q(
        appointment__status=AppointmentStatus.BOOKED,
        appointment__modality=Modality.VIDEO.value,
        appointment__schedule_version=F("schedule_version"),
        appointment__start__gt=now,
        patient__deceased_on__isnull=True,
        patient__merged_into__isnull=True,
    )
    waiting = CallTask.objects.filter(department=department, reason=PREPARE, done_at__isnull=True)
    gone = list(waiting.exclude(holds).values_list("pk", flat=True))
    if not gone:
        return 0
    still_open = CallTask.objects.filter(pk__in=gone, done_at__isnull=True)
    return still_open.update(done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED)
