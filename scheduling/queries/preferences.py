"""What the patient wants (PP-04): in general, and of one appointment. The two are never taken for each other."""

from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from scheduling.models import Appointment, ContactPreference


def general_preference(patient_id: int) -> str:
    """What the patient last said of contact in general; empty when never asked."""
    return _first(ContactPreference.objects.filter(patient=patient_id, appointment__isnull=True).order_by("-id"))


def preferences_of(patients: Collection[int]) -> dict[int, str]:
    """What each last said of contact in general, as `general_preference`, for many in one select."""
    said = ContactPreference.objects.filter(patient__in=patients, appointment__isnull=True).order_by("id")
    return dict(said.values_list("patient", "preference"))


def wish_for(appointment: Appointment) -> str:
    """What the patient last said of this appointment, and else of contact in general; empty when never asked."""
    of_this_or_none = Q(appointment=appointment) | Q(appointment__isnull=True)
    said = ContactPreference.objects.filter(of_this_or_none, patient=appointment.patient_id)
    return _first(said.order_by(F("appointment").asc(nulls_last=True), "-id"))


def _first(said: QuerySet[ContactPreference]) -> str:
    return said.values_list("preference", flat=True).first() or ""
