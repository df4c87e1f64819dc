"""Whom to phone, who was phoned, and what that means for a consult."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from django.db.models import Case, F, IntegerField, Q, QuerySet, When

from events.catalogue import PatientPhoned
from events.models import Event
from notifications.callees import READS, READS_MANY
from notifications.models import NOT_REACHED, CallOutcome, CallTask, MessageKind
from people.models import Department
from scheduling.localtime import day_span, local_day
from scheduling.models.minutes import from_minute

# These calls say what a message could not; a wish to be phoned, or for a new time, outlives the appointment.
STANDS_FOR_A_MESSAGE = (CallTask.Reason.NO_CHANNEL, CallTask.Reason.FAILED, CallTask.Reason.BY_PHONE)
# What must happen within the hour goes before what is graver and can wait.
PRESSING = timedelta(hours=1)
# Without an appointment that ends it, a call that reached nobody stays in sight for so long.
UNREACHED_SHOWN = timedelta(days=14)
_SYSTEM = "system"

_ALIVE = Q(patient__deceased_on__isnull=True, patient__merged_into__isnull=True)


class Shelf(StrEnum):
    """Where a call stands on the list."""

    NEEDED = "needed"
    IF_TIME = "if_time"
    LATER = "later"
    UNREACHED = "unreached"
    DONE = "done"


class Preparation(StrEnum):
    """What phoning beforehand came to, for the board."""

    PREPARED = "prepared"
    NEEDED = "needed"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Phoned:
    """One call that was made: who, when, and how it went."""

    at: datetime
    by: str
    outcome: str
    result: str


def open_call_tasks(department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """Whom to phone, the most pressing first: within the hour, then by need. What comes too late is left out."""
    if_time = Q(reason=CallTask.Reason.PREPARE, need=0)
    return (
        _with_names(department)
        .filter(_ALIVE, ~_moot(now), done_at__isnull=True)
        .annotate(
            if_time=Case(When(if_time, then=1), default=0, output_field=IntegerField()),
            can_wait=Case(When(call_before__lte=now + PRESSING, then=0), default=1, output_field=IntegerField()),
        )
        .order_by("if_time", "can_wait", "-need", "call_before", "id")
    )


def calls_about(appointments: Collection[int], department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """Whom somebody must phone about these appointments: to tell or to ask something, not to prepare the call."""
    found = open_call_tasks(department, now=now).exclude(reason=CallTask.Reason.PREPARE)
    return found.filter(appointment__in=appointments)


def calls_needed(department: Department, now: datetime) -> QuerySet[CallTask]:
    """Of patients who wait for somebody to act: a call that may be made now, or something else in its place."""
    needed = ~Q(reason=CallTask.Reason.PREPARE, need=0)
    may = Q(call_after__isnull=True) | Q(call_after__lte=now)
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    to_phone = Q(~_moot(now), needed, may, free, done_at__isnull=True)
    return CallTask.objects.filter(_ALIVE, to_phone | _unreached(now), department=department)


def offers_to_phone(department: Department, now: datetime) -> QuerySet[CallTask]:
    """Of the calls needed those that offer a freed place: in an hour or two it is somebody else's."""
    return calls_needed(department, now).filter(about=MessageKind.FREED_PLACE)


def count_unreached(department: Department, *, now: datetime) -> int:
    """Patients, not tasks."""
    found = CallTask.objects.filter(_ALIVE, _unreached(now), department=department)
    return found.values("patient").distinct().count()


def unreached_call_tasks(department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """Phoned as often as agreed, in vain; something else must be done before their time."""
    return (
        _with_names(department)
        .filter(_ALIVE, _unreached(now))
        .order_by(F("appointment__start").asc(nulls_last=True), "id")
    )


def done_call_tasks(department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """What people finished today, the latest first; not what became needless by itself."""
    return (
        _with_names(department)
        .filter(done_at__gte=_midnight(now), done_at__lte=now)
        .exclude(done_by=_SYSTEM)
        .order_by("-done_at", "-id")
    )


def shelf_of(tasks: Sequence[CallTask], now: datetime) -> Shelf:
    """Of the open tasks of one patient, which are one call."""
    if all(task.call_after is not None and task.call_after > now for task in tasks):
        return Shelf.LATER
    return Shelf.NEEDED if any(task.is_needed for task in tasks) else Shelf.IF_TIME


def patients_phoned_today(department: Department, *, now: datetime) -> set[int]:
    tried = CallTask.objects.filter(department=department, tried_at__gte=_midnight(now), tried_at__lte=now)
    return set(tried.values_list("patient_id", flat=True))


def calls_made(tasks: Collection[CallTask]) -> list[Phoned]:
    """The calls to a patient about these, the latest first; by whomever, also from the waiting room."""
    appointments = {task.appointment_id for task in tasks if task.appointment_id}
    phoned = Event.objects.filter(kind=PatientPhoned.kind)
    about = phoned.filter(appointment_id__in=appointments)
    loose = [task for task in tasks if task.appointment_id is None and task.tries]
    if loose:
        since = min(task.created_at for task in loose)
        about |= phoned.filter(appointment_id__isnull=True, at__gte=since, data__task__in=[one.pk for one in loose])
    elif not appointments:
        return []
    return [
        Phoned(event.at, event.actor, event.data.get("outcome", ""), event.data.get("result", ""))
        for event in about.order_by("-id")
    ]


def preparations_of(appointments: Iterable[int]) -> dict[int, Preparation]:
    """What a board shows of the calls beforehand; nothing where nobody needs to know."""
    tasks = (
        CallTask.objects.filter(appointment__in=list(appointments))
        .order_by("appointment_id")
        .only("appointment_id", "reason", "need", "outcome", "done_at")
    )
    found = {key: _preparation(list(own)) for key, own in groupby(tasks, key=lambda task: task.appointment_id)}
    return {key: one for key, one in found.items() if key is not None and one is not None}


def _preparation(tasks: Sequence[CallTask]) -> Preparation | None:
    if any(task.is_open and task.is_needed for task in tasks):
        return Preparation.NEEDED
    if any(task.outcome == CallOutcome.REACHED for task in tasks):
        return Preparation.PREPARED
    return Preparation.UNREACHED if any(task.is_given_up for task in tasks) else None


def _unreached(now: datetime) -> Q:
    recent = Q(appointment__start__gt=now) | Q(appointment__isnull=True, done_at__gt=now - UNREACHED_SHOWN)
    return Q(recent, done_at__isnull=False, outcome__in=NOT_REACHED)


def _moot(now: datetime) -> Q:
    told_too_late = Q(reason__in=STANDS_FOR_A_MESSAGE, appointment__isnull=False, appointment__end__lte=now)
    begun = Q(reason=CallTask.Reason.PREPARE, appointment__isnull=False, appointment__start__lte=now)
    return told_too_late | begun


def _with_names(department: Department) -> QuerySet[CallTask]:
    return (
        CallTask.objects.filter(department=department)
        .select_related("patient", "appointment__clinician", "appointment__type", *READS)
        .prefetch_related(*READS_MANY)
    )


def _midnight(now: datetime) -> datetime:
    return from_minute(day_span(local_day(now))[0])
