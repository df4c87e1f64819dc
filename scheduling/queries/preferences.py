"""What the patient wants (PP-04): in general, and of one appointment. The two are never taken for each other."""

from collections.abc import Collection

from django.db.models import F, Q

from scheduling.models import Appointment, ContactPreference
from statements.blanks import Once, blank
from statements.reading import Reading


def general_preference(patient_id: int) -> str:
    """What the patient last said of contact in general; empty when never asked."""
    return next((preference for (preference,) in _GENERAL.of().run({"patient": patient_id})), "")


def _prepare_general() -> Reading[tuple[str]]:
    said = ContactPreference.objects.filter(patient=blank(ContactPreference, "patient"), appointment__isnull=True)
    return Reading(said.order_by("-id").values_list("preference")[:1])


_GENERAL = Once(_prepare_general)


def preferences_of(patients: Collection[int]) -> dict[int, str]:
    """What each last said of contact in general, as `general_preference`, for many in one select."""
    said = ContactPreference.objects.filter(patient__in=patients, appointment__isnull=True).order_by("id")
    return dict(said.values_list("patient", "preference"))


def wish_for(appointment: Appointment) -> str:
    """What the patient last said of this appointment, and else of contact in general; empty when never asked."""
    of_this_or_none = Q(appointment=appointment) | Q(appointment__isnull=True)
    said = ContactPreference.objects.filter(of_this_or_none, patient=appointment.patient_id)
    newest = said.order_by(F("appointment").asc(nulls_last=True), "-id")
    return newest.values_list("preference", flat=True).first() or ""
