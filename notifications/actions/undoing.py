"""Undo what was done last with an appointment, or together with several, while nobody heard of it.

Nothing is told of the change, nor of the undoing. What was told before it stays told; what waited then waits again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from notifications.actions.calls import SYSTEM
from notifications.actions.carrying import carry_over
from notifications.actions.planning import MAY_HAVE_BEEN_TOLD, supersede_messages
from notifications.actions.replanning import replan
from notifications.models import CallOutcome, CallTask, Message, MessageState
from scheduling.actions.bulk import Ended
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced
from scheduling.actions.undoing import CAN_BE_PUT_BACK, put_back
from scheduling.localtime import local_day
from scheduling.locks import Busy, planning
from scheduling.models import Appointment, AppointmentChange

Kind = AppointmentChange.Kind
_PHONED = ~Q(outcome__in=("", CallOutcome.NOT_NEEDED)) | Q(tries__gt=0) | ~Q(held_by="")


class Stays(StrEnum):
    """Why a change is not undone."""

    TOLD = "told"
    NOTHING_TO_UNDO = "nothing_to_undo"


@dataclass(frozen=True)
class NotUndone:
    """Nothing was written."""

    why: Stays


@dataclass(frozen=True)
class Undone:
    """What became of one of several; `refused` says why it stays."""

    change: AppointmentChange
    ended: Ended
    refused: NotPlaced | NeedsReason | NotUndone | None = None


def not_undone_sentence(answer: NotUndone) -> str:
    if answer.why is Stays.TOLD:
        return gettext("The patient was told already, or is being told. Move or cancel the appointment instead.")
    return gettext("There is no change that can be undone.")


class _Told(Exception):
    """Rolls back what was put back."""


def undo_change(
    *, appointment: Appointment, by: str, now: datetime, note: str = "", expected_version: int | None = None
) -> Appointment | NotPlaced | NeedsReason | NotUndone:
    """As it stood before its last change; a booking is cancelled, with `note` as the reason.

    `expected_version` is what was shown. Raises ChangedMeanwhile and scheduling.locks.Busy.
    """
    change = change_to_undo(appointment, now=now)
    if expected_version is not None and appointment.schedule_version != expected_version:
        raise ChangedMeanwhile
    if change is None:
        # Also of another day: that somebody heard of it says more than that it is past.
        last = appointment.changes.last()
        return _stays([last] if last else [])
    done = _undo_all([change], by, now, note)
    return done[0] if isinstance(done, list) else done


def undo_together(*, changes: Sequence[AppointmentChange], by: str, now: datetime, note: str = "") -> list[Undone]:
    """Of one batch: two that were swapped both or neither, any others each for itself; bookings as `undo_change`."""
    can = undoable(changes, now=now)
    swapped = [change for change in changes if change.kind == Kind.SWAPPED]
    alone = [[change] for change in changes if change.kind != Kind.SWAPPED]
    found: dict[int, Undone] = {}
    for group in [swapped, *alone] if swapped else alone:
        ended, refused = _ended(group, can, by, now, note)
        found |= {change.pk: Undone(change, ended, refused) for change in group}
    return [found[change.pk] for change in changes]


def _ended(
    group: Sequence[AppointmentChange], can: set[int], by: str, now: datetime, note: str
) -> tuple[Ended, NotPlaced | NeedsReason | NotUndone | None]:
    if any(change.version != change.appointment.schedule_version for change in group):
        return Ended.CHANGED, None
    if not can.issuperset(change.pk for change in group):
        return Ended.REFUSED, _stays(group)
    try:
        done = _undo_all(group, by, now, note)
    except ChangedMeanwhile:
        return Ended.CHANGED, None
    except Busy:
        return Ended.BUSY, None
    return (Ended.DONE, None) if isinstance(done, list) else (Ended.REFUSED, done)


def _stays(changes: Sequence[AppointmentChange]) -> NotUndone:
    return NotUndone(Stays.TOLD if told_of(changes) else Stays.NOTHING_TO_UNDO)


def change_to_undo(appointment: Appointment, *, now: datetime) -> AppointmentChange | None:
    """The last change, where it can be undone by itself: its messages still wait, or it was made today."""
    change = appointment.changes.select_related("appointment").last()
    if change is None or change.batch is not None:
        return None
    return change if _recent([change], now) else None


def may_be_undone(appointment: Appointment, *, now: datetime) -> bool:
    """As far as can be seen now: whoever is told meanwhile is noticed when it is done."""
    change = change_to_undo(appointment, now=now)
    return change is not None and bool(undoable([change], now=now))


def undoable(changes: Iterable[AppointmentChange], *, now: datetime) -> set[int]:
    """Those of these changes that may be undone, as far as can be seen now; a fixed number of selects."""
    recent = _recent(list(changes), now)
    told = told_of([change for change in recent if change.kind != Kind.LENGTH])
    return {change.pk for change in recent} - told


def _recent(changes: Sequence[AppointmentChange], now: datetime) -> list[AppointmentChange]:
    """Those that are the last of their appointment, of a kind that is undone, of today or with messages that wait."""
    last = [
        change
        for change in changes
        if change.version == change.appointment.schedule_version and change.kind in (Kind.BOOKED, *CAN_BE_PUT_BACK)
    ]
    older = [change for change in last if local_day(change.at) != local_day(now)]
    waits = _of_these(Message.objects.filter(state=MessageState.PLANNED), older) if older else set()
    return [change for change in last if change not in older or change.pk in waits]


def _undo_all(
    changes: Sequence[AppointmentChange], by: str, now: datetime, note: str
) -> list[Appointment] | NotPlaced | NeedsReason | NotUndone:
    """All of them or none."""
    try:
        # No locks of its own: the change takes them, and its messages are looked at under them.
        with planning(()):
            done = _undo(changes, by, now, note)
            if isinstance(done, list):
                _nobody_heard([change for change in changes if change.kind != Kind.LENGTH])
            return done
    except _Told:
        return NotUndone(Stays.TOLD)


def _undo(
    changes: Sequence[AppointmentChange], by: str, now: datetime, note: str
) -> list[Appointment] | NotPlaced | NeedsReason:
    if changes[0].kind == Kind.BOOKED:
        return [
            cancel_appointment(
                appointment=change.appointment, by=by, now=now, note=note, expected_version=change.version
            )
            for change in changes
        ]
    done = put_back(changes=changes, by=by, now=now)
    if isinstance(done, list):
        for change, appointment in zip(changes, done, strict=True):
            if change.kind == Kind.LENGTH:
                carry_over(appointment=appointment)
            else:
                _wait_again(appointment, change, now)
    return done


def _nobody_heard(changes: Sequence[AppointmentChange]) -> None:
    """Their messages were taken back just now, so nobody can claim one any more: who had one before is seen here."""
    if told_of(changes):
        raise _Told


def told_of(changes: Sequence[AppointmentChange]) -> set[int]:
    """Those of which somebody heard: by a message that was or is being sent, or by somebody who phones or did."""
    if not changes:
        return set()
    by_message = _of_these(Message.objects.filter(MAY_HAVE_BEEN_TOLD), changes)
    return by_message | _of_these(CallTask.objects.filter(_PHONED), changes)


def _of_these(rows: QuerySet[Message] | QuerySet[CallTask], changes: Sequence[AppointmentChange]) -> set[int]:
    """The changes that these rows tell of."""
    held = rows.filter(appointment__in=[change.appointment_id for change in changes])
    found = set(held.values_list("appointment_id", "schedule_version"))
    return {change.pk for change in changes if (change.appointment_id, change.version) in found}


def _wait_again(appointment: Appointment, change: AppointmentChange, now: datetime) -> None:
    """Messages and calls of the version before the change hold of the one that now stands."""
    supersede_messages(appointment=appointment, now=now)
    tasks = CallTask.objects.filter(appointment=appointment)
    tasks.filter(schedule_version=change.version, reason=CallTask.Reason.NEW_TIME, done_at=None).update(
        done_at=now, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED
    )
    before = change.version - 1
    tasks.filter(schedule_version=before, done_at=change.at, done_by=SYSTEM, outcome=CallOutcome.NOT_NEEDED).update(
        done_at=None, done_by="", outcome=""
    )
    Message.objects.filter(
        appointment=appointment, schedule_version=before, state=MessageState.SUPERSEDED, offered_at=None
    ).update(state=MessageState.PLANNED, problem="")
    carry_over(appointment=appointment, since=before)
    # An address or an agreement may have changed since.
    replan(appointment=appointment, now=now)
