from scheduling.models import ContactPreference


def current_preference(patient_id: int) -> str:
    """What the patient last said, in general or for an appointment; empty when never asked (PP-04)."""
    newest = ContactPreference.objects.filter(patient_id=patient_id).order_by("-id").first()
    return newest.preference if newest else ""
