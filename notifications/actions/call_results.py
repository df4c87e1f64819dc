"""What comes of a call: who has the patient on the line, how it went, and what follows from it (PP-45)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from events import live
from events.catalogue import CallTaskSettled, PatientPhoned
from events.log import record
from notifications.actions.calls import needs_of_task, open_call_task
from notifications.actions.right_numbers import Heard, NumberRefused, keep_number, lock_all_of_patient, refuse_number
from notifications.call_times import next_try_of
from notifications.callees import callee_of, mobiles_of
from notifications.models import (
    NOT_REACHED,
    BrokenAddress,
    CallOutcome,
    CallResult,
    CallTask,
    Channel,
    InsteadOfCall,
)
from praktijkplan.calling import Need
from praktijkplan.contact import Modality
from scheduling.actions.preferences import state_preference
from scheduling.models import Appointment

HOLD = timedelta(minutes=10)
NOTE_LENGTH = 500
_PREFERRED = {CallResult.WANTS_PHONE: Modality.PHONE.value, CallResult.WANTS_VISIT: Modality.VISIT.value}
WRITTEN = ("outcome", "note", "tries", "tried_at", "needs", "need", "done_at", "done_by", "call_after")
HELD = ("held_by", "held_until")


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """Someone else finished this task; nothing was written."""

    done_by: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldByOther:
    """A colleague has this patient on the line; nothing was written."""

    held_by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CallReport:
    """What a member of staff says of a call. `number`: the one that was dialled; the first one unless given.
    `right_number`: another one on which they are reached from now on, as read_phone_number returns it.
    """

    outcome: CallOutcome
    result: CallResult | None = None
    note: str = ""
    number: str = ""
    right_number: str = ""

    @property
    def can_be_phoned_again_now(self) -> bool:
        """The number was wrong, and the right one is known."""
        return self.outcome is CallOutcome.WRONG_NUMBER and bool(self.right_number)


Completed = CallTask | AlreadyDone | HeldByOther | NumberRefused


@transaction.atomic
def hold_call(*, task: CallTask, by: str, now: datetime) -> AlreadyDone | HeldByOther | None:
    """ "Ik bel nu": for ten minutes nobody else phones this patient, about whatever it is."""
    calls = _calls_to(task)
    calls.filter(is_free_for(by, now)).update(held_by=by, held_until=now + HOLD)
    refusal = _refusal(calls, task, by, now)
    if refusal is not None:
        transaction.set_rollback(True)
        return refusal
    _tell(task)
    return None


@transaction.atomic
def release_call(*, task: CallTask, by: str) -> bool:
    """Not now after all. False when it was not this user's to release."""
    released = bool(_calls_to(task).filter(held_by=by).update(held_by="", held_until=None))
    if released:
        _tell(task)
    return released


def complete_call_task(*, task: CallTask, outcome: CallOutcome, by: str, now: datetime) -> Completed:
    return complete_calls(tasks=[task], report=CallReport(outcome), by=by, now=now)


@transaction.atomic
def complete_calls(*, tasks: Sequence[CallTask], report: CallReport, by: str, now: datetime) -> Completed:
    """What came of one call. The first task is the one that was phoned for; the others, of the same patient, were
    dealt with in it. Who was not reached is phoned again, or given up visibly after as many tries as agreed. A right
    number that was heard is kept, and phoned at once by whoever heard it.
    """
    if report.right_number:
        lock_all_of_patient(tasks, now)
    first, *others = _locked(tasks)
    if not first.is_open:
        return AlreadyDone(first.done_by, first.done_at)
    if first.is_held_for_other(by, now):
        return HeldByOther(first.held_by, first.held_until)
    if report.right_number and (refused := refuse_number(first, _heard(first, report))):
        return refused
    phoned = [first, *(task for task in others if task.is_open and task.patient_id == first.patient_id)]
    for task in phoned:
        _write(task, report, by, now)
    _record(phoned, report, by, now)
    if report.outcome is CallOutcome.WRONG_NUMBER:
        _mark_wrong(first, _dialled(first, report), now)
    if report.right_number:
        keep_number(task=first, heard=_heard(first, report), now=now)
        first.refresh_from_db()
    if report.outcome is CallOutcome.REACHED and report.result is not None:
        _follow_up(first, report.result, report.note, by, now)
    return first


@transaction.atomic
def settle_without_call(*, task: CallTask, how: InsteadOfCall, by: str, now: datetime) -> CallTask | AlreadyDone:
    """Nobody could reach this patient, and something else was done: a letter, a word to the clinician."""
    changed = _given_up_with(task).update(outcome=CallOutcome.NOT_NEEDED, done_by=by, done_at=now)
    task.refresh_from_db()
    if not changed:
        return AlreadyDone(task.done_by, task.done_at)
    record(CallTaskSettled(**_about(task), task=task.pk, how=how), at=now, actor=by)
    return task


@transaction.atomic
def try_call_again(*, task: CallTask) -> bool:
    """Once more after it was given up. False when it stands open or is settled already."""
    reopened = bool(_given_up_with(task).update(done_at=None, done_by="", call_after=None))
    if reopened:
        _tell(task)
    return reopened


def _given_up_with(task: CallTask) -> QuerySet[CallTask]:
    """All that this patient was phoned for in vain about one appointment: what is done instead is about all of it."""
    about = Q(appointment_id=task.appointment_id) if task.appointment_id else Q(appointment_id__isnull=True)
    return CallTask.objects.filter(
        about,
        department_id=task.department_id,
        patient_id=task.patient_id,
        done_at__isnull=False,
        outcome__in=NOT_REACHED,
    )


def is_free_for(who: str, now: datetime) -> Q:
    """Nobody else has this patient on the line."""
    return Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(held_by=who)


def _calls_to(task: CallTask) -> QuerySet[CallTask]:
    """All that is open for this patient here: one call is about all of it."""
    return CallTask.objects.filter(department_id=task.department_id, patient_id=task.patient_id, done_at__isnull=True)


def _refusal(calls: QuerySet[CallTask], task: CallTask, by: str, now: datetime) -> AlreadyDone | HeldByOther | None:
    task.refresh_from_db()
    if not task.is_open:
        return AlreadyDone(task.done_by, task.done_at)
    other = calls.exclude(is_free_for(by, now)).first()
    return HeldByOther(other.held_by, other.held_until) if other else None


def _locked(tasks: Sequence[CallTask]) -> list[CallTask]:
    """As they are now, in the order given. The appointments first, as whoever moves or cancels one locks them."""
    appointments = [task.appointment_id for task in tasks if task.appointment_id]
    list(Appointment.objects.select_for_update(no_key=True).filter(pk__in=appointments).order_by("start", "pk"))
    found = CallTask.objects.select_for_update(of=("self",), no_key=True).select_related(
        "appointment", "patient", "department", "participant__representative"
    )
    rows = {task.pk: task for task in found.filter(pk__in=[task.pk for task in tasks]).order_by("pk")}
    return [rows[task.pk] for task in tasks]


def _write(task: CallTask, report: CallReport, by: str, now: datetime) -> None:
    task.outcome, task.note = report.outcome, report.note[:NOTE_LENGTH] or task.note
    task.held_by, task.held_until, task.call_after = "", None, None
    if report.outcome is not CallOutcome.NOT_NEEDED:
        task.tries, task.tried_at = task.tries + 1, now
    if report.outcome in NOT_REACHED:
        task.call_after = next_try_of(task, now)
        known = [Need(need) for need in task.needs if need != Need.WRONG_NUMBER]
        wrong = [Need.WRONG_NUMBER] if report.outcome is CallOutcome.WRONG_NUMBER else []
        for column, value in needs_of_task([*wrong, *known]).items():
            setattr(task, column, value)
    if report.can_be_phoned_again_now:
        task.held_by, task.held_until = by, now + HOLD
    elif task.call_after is None:
        task.done_at, task.done_by = now, by
    task.save(update_fields=[*WRITTEN, *HELD])


def _record(phoned: Iterable[CallTask], report: CallReport, by: str, now: datetime) -> None:
    """One call is one fact of each appointment that it was about."""
    told = {task.appointment_id: task for task in phoned}
    for task in told.values():
        fact = PatientPhoned(**_about(task), task=task.pk, outcome=report.outcome, result=report.result or "")
        record(fact, at=now, actor=by)


def _about(task: CallTask) -> dict[str, Any]:
    return {
        "appointment": task.appointment_id,
        "session": task.appointment.session_id if task.appointment else None,
        "department": task.department_id,
    }


def _heard(task: CallTask, report: CallReport) -> Heard:
    return Heard(report.right_number, _dialled(task, report), report.outcome)


def _dialled(task: CallTask, report: CallReport) -> str:
    return report.number or next(iter(callee_of(task).numbers), "")


def _mark_wrong(task: CallTask, number: str, now: datetime) -> None:
    """Text messages to somebody else's phone would tell a stranger of this appointment."""
    if number in mobiles_of(task):
        known = {"since": now, "why": "wrong number, found by phone"}
        BrokenAddress.objects.get_or_create(channel=Channel.SMS, address=number, defaults=known)


def _follow_up(task: CallTask, result: CallResult, note: str, by: str, now: datetime) -> None:
    if task.appointment is None:
        return
    if result is CallResult.HELP:
        open_call_task(
            appointment=task.appointment,
            participant=task.participant,
            reason=CallTask.Reason.ASKED,
            occasion=f"help:{task.pk}:{task.tries}",
            call_before=task.appointment.start,
            now=now,
            needs=[Need.HELP],
            note=note,
        )
    elif result in _PREFERRED:
        state_preference(
            patient=task.patient, preference=_PREFERRED[result], by=by, now=now, appointment=task.appointment
        )


def _tell(task: CallTask) -> None:
    """Open screens show who is on the line; that is no fact to keep."""
    topic = f"department:{task.department_id}"
    transaction.on_commit(lambda: live.changed(topic))
