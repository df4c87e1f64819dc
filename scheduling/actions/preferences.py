from datetime import datetime

from django.db import transaction

from events.catalogue import PreferenceStated
from events.log import record
from people.models import Patient
from scheduling.models import Appointment, ContactPreference


@transaction.atomic
def state_preference(
    *, patient: Patient, preference: str, by: str, now: datetime, appointment: Appointment | None = None
) -> ContactPreference:
    """Record how the patient wants contact: in general, or for one appointment (PP-04). History is kept."""
    row = ContactPreference.objects.create(
        patient=patient, appointment=appointment, preference=preference, stated_by=by, stated_at=now
    )
    if appointment is not None:
        record(
            PreferenceStated(
                appointment=appointment.pk,
                session=appointment.session_id,
                department=appointment.department_id,
                preference=preference,
            ),
            at=now,
            actor=by,
        )
    return row
