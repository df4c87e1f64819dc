"""What was done in one go."""

import uuid

from django.db.models import F, QuerySet

from people.models import Department
from scheduling.models import Absence, AppointmentChange

_SHOWN_WITH = ("patient", "clinician", "type", "department")


def changes_of(batch: uuid.UUID) -> QuerySet[AppointmentChange]:
    """With their appointments and with what undid them, in order of time."""
    held = AppointmentChange.objects.filter(batch=batch)
    shown = held.select_related("undone_by", *(f"appointment__{name}" for name in _SHOWN_WITH))
    return shown.order_by("appointment__start", "pk")


def batched_changes_of(absence: Absence, department: Department) -> QuerySet[AppointmentChange]:
    """The last change of each appointment that the absence concerned, if one of many; the latest first."""
    held = AppointmentChange.objects.filter(
        appointment__in=absence.misfits.filter(department=department).values("appointment"),
        batch__isnull=False,
        version=F("appointment__schedule_version"),
    )
    return held.select_related("appointment").order_by("-at", "pk")
