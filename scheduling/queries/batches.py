"""What was done in one go."""

import uuid

from django.db.models import Exists, F, OuterRef, QuerySet

from people.models import Department
from scheduling.models import Absence, AppointmentChange

_SHOWN_WITH = ("patient", "clinician", "type", "department")


def changes_of(batch: uuid.UUID) -> QuerySet[AppointmentChange]:
    """With their appointments and with what undid them, in order of time."""
    held = AppointmentChange.objects.filter(batch=batch)
    shown = held.select_related("undone_by", *(f"appointment__{name}" for name in _SHOWN_WITH))
    return shown.order_by("appointment__start", "pk")


def batched_changes_of(absence: Absence, department: Department) -> QuerySet[AppointmentChange]:
    """Of each appointment that the absence concerned the change that dealt with it, if one of many and the last.

    The latest first. Other changes made in one go, as a booking before the absence, are not the absence's to undo.
    """
    dealt_with = absence.misfits.filter(
        department=department, appointment=OuterRef("appointment"), ended_at=OuterRef("at"), ended_by=OuterRef("by")
    )
    held = AppointmentChange.objects.filter(
        Exists(dealt_with),
        batch__isnull=False,
        version=F("appointment__schedule_version"),
    )
    return held.select_related("appointment").order_by("-at", "pk")
