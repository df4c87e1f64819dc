"""Enter, change and lift an absence: each booked appointment in it becomes a task, until it has an end.

All days of the clinician are locked before the appointments are read, as a booking locks its day before it reads the
absences: whichever is first, the other sees it. So nothing stands booked in an absence without a task.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from events.catalogue import AbsenceChanged, AbsenceEntered, AbsenceFact, AbsenceLifted
from events.log import record
from people.models import Clinician
from praktijkplan.intervals import Span
from praktijkplan.placing import RefusalId
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.localtime import local_day
from scheduling.locks import DayLock, planning
from scheduling.models import Absence, Appointment, AppointmentStatus, Misfit, Resource
from scheduling.models.minutes import from_minute, to_minute

# Each day is a lock, and the database has room for so many.
MOST_DAYS = 366
# An absence that becomes longer again may reach what was moved out of it, or fitted beside it.
_COMES_BACK = (Misfit.End.MOVED, Misfit.End.FITS_AGAIN)


class NotAPeriod(Exception):
    """It ends before it begins, or lasts longer than MOST_DAYS; nothing was written."""


def enter_absence(
    *, clinician: Clinician, starts: datetime, ends: datetime, kind: Absence.Kind, by: str, now: datetime
) -> Absence:
    """A task for every appointment in it that is still to come, in whatever department.

    Raises NotAPeriod, and scheduling.locks.Busy.
    """
    span = _span(starts, ends)
    with planning(_locks(clinician.pk, [span])):
        absence = Absence.objects.create(
            clinician=clinician, kind=kind, starts=span[0], ends=span[1], entered_by=by, entered_at=now
        )
        noted = _note_tasks(absence, by=by, now=now)
        _record(AbsenceEntered, absence, noted, by=by, now=now)
        return absence


def change_absence(
    *,
    absence: Absence,
    starts: datetime,
    ends: datetime,
    kind: Absence.Kind,
    expected_revision: int,
    by: str,
    now: datetime,
) -> Absence:
    """Longer, shorter or of another kind: tasks are added, and those outside it end.

    Raises NotAPeriod, ChangedMeanwhile when it is no longer as shown, and scheduling.locks.Busy.
    """
    span = _span(starts, ends)
    with planning(_locks(absence.clinician_id, [span, (absence.starts, absence.ends)])):
        current = _fresh(absence, expected_revision)
        current.starts, current.ends, current.kind = *span, kind
        current.revision += 1
        current.save(update_fields=["starts", "ends", "kind", "revision"])
        outside = _open_tasks(current).exclude(appointment__in=_held_in(current, now=now))
        outside.update(ended_at=now, ended_by=by, end=Misfit.End.FITS_AGAIN)
        noted = _note_tasks(current, by=by, now=now)
        _record(AbsenceChanged, current, noted, by=by, now=now)
        return current


def lift_absence(*, absence: Absence, expected_revision: int, by: str, now: datetime) -> Absence:
    """It does not come about, or is over early: what was not dealt with yet stands as it stood.

    Raises ChangedMeanwhile when it is no longer as shown, and scheduling.locks.Busy.
    """
    with planning(_locks(absence.clinician_id, [(absence.starts, absence.ends)])):
        current = _fresh(absence, expected_revision)
        current.lifted_at, current.lifted_by = now, by
        current.revision += 1
        current.save(update_fields=["lifted_at", "lifted_by", "revision"])
        standing = list(_open_tasks(current).select_related("appointment"))
        _open_tasks(current).update(ended_at=now, ended_by=by, end=Misfit.End.FITS_AGAIN)
        _record(AbsenceLifted, current, [task.appointment for task in standing], by=by, now=now)
        return current


def _span(starts: datetime, ends: datetime) -> Span:
    span = to_minute(starts), to_minute(ends)
    if span[0] >= span[1] or len(_days(span)) > MOST_DAYS:
        raise NotAPeriod
    return span


def _days(span: Span) -> list[date]:
    first, last = local_day(from_minute(span[0])), local_day(from_minute(span[1] - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _locks(clinician: int, spans: Iterable[Span]) -> list[DayLock]:
    """And the day before each: a consult over midnight is locked on the day on which it starts."""
    days = {day for span in spans for day in _days(span)}
    days |= {day - timedelta(days=1) for day in days}
    return [DayLock(Resource.CLINICIAN, clinician, day) for day in days]


def _fresh(absence: Absence, expected_revision: int) -> Absence:
    """The row as it is now. What was read decided which days were locked: it must still hold too."""
    current = Absence.objects.select_for_update(of=("self",)).select_related("clinician").get(pk=absence.pk)
    if not current.revision == expected_revision == absence.revision or current.lifted_at is not None:
        raise ChangedMeanwhile
    return current


def _open_tasks(absence: Absence) -> QuerySet[Misfit]:
    return Misfit.objects.filter(absence=absence, ended_at__isnull=True)


def _held_in(absence: Absence, *, now: datetime) -> QuerySet[Appointment]:
    """What is booked and not over, with the clinician as the first or as the second."""
    return Appointment.objects.filter(
        status=AppointmentStatus.BOOKED,
        end__gt=now,
        occupancies__active=True,
        occupancies__resource=Resource.CLINICIAN,
        occupancies__resource_id=absence.clinician_id,
        occupancies__starts__lt=absence.ends,
        occupancies__ends__gt=absence.starts,
    )


def _note_tasks(absence: Absence, *, by: str, now: datetime) -> list[Appointment]:
    """For each that has none of this absence yet, and was not left as it is on purpose."""
    known = Misfit.objects.filter(absence=absence).exclude(ended_at__isnull=False, end__in=_COMES_BACK)
    found = list(_held_in(absence, now=now).exclude(pk__in=known.values("appointment")).order_by("start", "pk"))
    Misfit.objects.bulk_create(
        Misfit(
            appointment=each,
            department_id=each.department_id,
            absence=absence,
            found_at=now,
            found_by=by,
            refusals=[{"id": RefusalId.ABSENT.value, "facts": {}}],
        )
        for each in found
    )
    return found


def _record(
    kind: type[AbsenceFact], absence: Absence, affected: Iterable[Appointment], *, by: str, now: datetime
) -> None:
    """One fact per department: of the clinician's, and where there is an appointment, of that."""
    held = [each.department_id for each in affected]
    departments = {*absence.clinician.departments.values_list("pk", flat=True), *held}
    for department in sorted(departments):
        record(
            kind(
                absence=absence.pk,
                clinician=absence.clinician_id,
                department=department,
                affected=held.count(department),
            ),
            at=now,
            actor=by,
        )
