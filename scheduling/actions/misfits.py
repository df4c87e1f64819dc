"""Appointments that no longer fit their clinic: noted when a raster is published, ended by what happens to them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events.catalogue import (
    AppointmentCancelled,
    AppointmentFormChanged,
    AppointmentLengthChanged,
    AppointmentMoved,
    AppointmentPutBack,
    ConsultClosed,
    MisfitLeft,
)
from events.log import record, subscribe
from events.models import Event
from praktijkplan.placing import Refusal
from scheduling.models import AppointmentChange, Misfit, Raster
from scheduling.queries.absences import tasks_ended_by
from scheduling.queries.fitting import NoLongerFits


class AlreadyEnded(Exception):
    """Somebody or something ended this task before; nothing was written."""


class NoReason(Exception):
    """Whoever leaves it as it is says why; nothing was written."""


def note_misfits(
    misfits: Iterable[NoLongerFits], *, fitting: Collection[int], raster: Raster, by: str, now: datetime
) -> tuple[Misfit, ...]:
    """One open task per appointment; one that is open already gets the new refusals. What fits again is ended.

    Of the tasks of an absence it ends none: that the raster has room does not bring the clinician back.
    """
    found = list(misfits)
    asked = [each.appointment.pk for each in found]
    standing = {row.appointment_id: row for row in _of_rasters().filter(appointment__in=asked)} if found else {}
    noted = []
    for each in found:
        row = standing.get(each.appointment.pk) or Misfit(
            appointment=each.appointment, department_id=raster.department_id, found_at=now, found_by=by
        )
        row.raster, row.refusals = raster, [_written(refusal) for refusal in each.refusals]
        noted.append(row)
    Misfit.objects.bulk_update([row for row in noted if row.pk], ["raster", "refusals"])
    Misfit.objects.bulk_create(row for row in noted if not row.pk)
    if fitting:
        _of_rasters().filter(appointment__in=fitting).update(ended_at=now, ended_by=by, end=Misfit.End.FITS_AGAIN)
    return tuple(noted)


@transaction.atomic
def leave_misfit(*, misfit: Misfit, reason: str, by: str, now: datetime) -> Misfit:
    """The appointment is held as it was promised, though the raster has no room for it; the reason is kept.

    Raises NoReason and AlreadyEnded.
    """
    said = reason.strip()
    if not said:
        raise NoReason
    ended = _open().filter(pk=misfit.pk).update(ended_at=now, ended_by=by, end=Misfit.End.LEFT, reason=said)
    if not ended:
        raise AlreadyEnded
    misfit.refresh_from_db()
    held = misfit.appointment
    record(
        MisfitLeft(appointment=held.pk, session=held.session_id, department=misfit.department_id), at=now, actor=by
    )
    return misfit


def end_past_misfits(*, now: datetime) -> int:
    """What was not solved before its time ended by itself; how many."""
    past = _open().filter(appointment__end__lt=now)
    return past.update(ended_at=now, ended_by="system", end=Misfit.End.PAST)


@subscribe(AppointmentMoved)
def _on_moved(fact: AppointmentMoved, event: Event) -> None:
    _end(fact.appointment, Misfit.End.MOVED, event)


@subscribe(AppointmentFormChanged, AppointmentLengthChanged)
def _on_changed_in_place(fact: AppointmentFormChanged | AppointmentLengthChanged, event: Event) -> None:
    """The rules placed it where it is."""
    _end(fact.appointment, Misfit.End.FITS_AGAIN, event)


@subscribe(AppointmentCancelled)
def _on_cancelled(fact: AppointmentCancelled, event: Event) -> None:
    _end(fact.appointment, Misfit.End.CANCELLED, event)


@subscribe(ConsultClosed)
def _on_closed(fact: ConsultClosed, event: Event) -> None:
    """It was held, or not: nothing is left to solve."""
    _end(fact.appointment, Misfit.End.PAST, event)


@subscribe(AppointmentPutBack)
def _on_put_back(fact: AppointmentPutBack, event: Event) -> None:
    """It stands in the absence again, so its task stands open again."""
    change = AppointmentChange.objects.get(pk=fact.change)
    standing = _open().filter(appointment=fact.appointment).values("absence")
    ended = tasks_ended_by(change).exclude(absence__in=standing.filter(absence__isnull=False))
    ended.update(ended_at=None, ended_by="", end="")


def _end(appointment: int, end: Misfit.End, event: Event) -> None:
    _open().filter(appointment=appointment).update(ended_at=event.at, ended_by=event.actor, end=end)


def _open() -> QuerySet[Misfit]:
    return Misfit.objects.filter(ended_at__isnull=True)


def _of_rasters() -> QuerySet[Misfit]:
    return _open().filter(absence__isnull=True)


def _written(refusal: Refusal) -> dict[str, Any]:
    return {"id": refusal.id.value, "facts": dict(refusal.facts)}
