"""Where a patient can be reached, and at once what is still to be told over it."""

from datetime import datetime

from django.db import transaction

from notifications.actions.replanning import replan_patient
from people.models import Patient

FIELDS = ("email", "mobile", "phone", "language")


@transaction.atomic
def change_contact(*, patient: Patient, email: str, mobile: str, phone: str, language: str, now: datetime) -> Patient:
    """Numbers as people.phone_numbers.read_phone_number returns them; empty for who has none."""
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    given = dict(zip(FIELDS, (email.strip(), mobile, phone, language), strict=True))
    if any(getattr(current, name) != value for name, value in given.items()):
        for name, value in given.items():
            setattr(current, name, value)
        current.save(update_fields=FIELDS)
        replan_patient(patient=current, now=now)
    return current
