"""Absences of a department's clinicians, and what each still asks for."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from people.models import Department
from scheduling.models import Absence, AppointmentChange, Misfit
from scheduling.models.minutes import to_minute

_OPEN = Q(misfits__ended_at__isnull=True, misfits__isnull=False)
_SHOWN_WITH = ("appointment__patient", "appointment__clinician", "appointment__type")


def absences_shown(department: Department, *, now: datetime) -> QuerySet[Absence]:
    """Those that count and are not over, or still have tasks; each with `total`, `to_do` and, of these, `elsewhere`.

    `elsewhere` are the tasks of other departments: their number is no secret, their patients are.
    """
    here = Q(misfits__department=department)
    return (
        Absence.objects.filter(lifted_at__isnull=True)
        .filter(Q(clinician__departments=department) | Q(pk__in=_with_tasks_in(department)))
        .filter(Q(ends__gt=to_minute(now)) | Q(pk__in=_with_tasks_in(department)))
        .select_related("clinician")
        .annotate(
            total=Count("misfits", distinct=True),
            to_do=Count("misfits", filter=_OPEN, distinct=True),
            elsewhere=Count("misfits", filter=_OPEN & ~here, distinct=True),
        )
        .order_by("starts", "pk")
    )


def departments_of(absence: Absence) -> set[int]:
    """Where the clinician works, and where an appointment of the absence is."""
    works = set(absence.clinician.departments.values_list("pk", flat=True))
    return works | set(absence.misfits.values_list("department", flat=True))


def tasks_of(absence: Absence, department: Department) -> QuerySet[Misfit]:
    """Open, of this department, the first appointment first, with all that a list shows of it."""
    held = absence.misfits.filter(department=department, ended_at__isnull=True)
    return held.select_related(*_SHOWN_WITH).order_by("appointment__start", "pk")


def ended_tasks_of(absence: Absence, department: Department) -> QuerySet[Misfit]:
    """The latest first."""
    held = absence.misfits.filter(department=department, ended_at__isnull=False)
    return held.select_related(*_SHOWN_WITH).order_by("-ended_at", "-pk")


def absence_tasks_to_solve(department: Department, now: datetime) -> QuerySet[Misfit]:
    """Of each patient who waits for another place; what is over waits for nobody."""
    held = Misfit.objects.filter(department=department, ended_at__isnull=True, absence__isnull=False)
    return held.filter(appointment__end__gte=now)


def absences_got_round(change: AppointmentChange) -> list[int]:
    """Absences that still count, of which this change dealt with the appointment."""
    return list(tasks_ended_by(change).values_list("absence", flat=True))


def tasks_ended_by(change: AppointmentChange) -> QuerySet[Misfit]:
    """Of absences that still count, where the appointment stood before this change."""
    before = change.before
    return Misfit.objects.filter(
        appointment=change.appointment_id,
        ended_at=change.at,
        ended_by=change.by,
        absence__lifted_at__isnull=True,
        absence__starts__lt=before["end"],
        absence__ends__gt=before["start"],
    )


def _with_tasks_in(department: Department) -> QuerySet[Misfit, int]:
    return Misfit.objects.filter(department=department, ended_at__isnull=True, absence__isnull=False).values_list(
        "absence", flat=True
    )
