from datetime import date
from typing import Any

from django.db import transaction

from people.models import Department, Patient, TreatmentRelation
from people.names import fold


@transaction.atomic
def register_patient(*, department: Department, since: date, **fields: Any) -> Patient:
    """A new patient, known to this department from `since` on. `fields` are those of Patient."""
    patient = Patient(**fields)
    patient.search_name = searchable(patient)
    patient.full_clean(exclude=["merged_into"])
    patient.save()
    TreatmentRelation.objects.create(patient=patient, department=department, since=since)
    return patient


@transaction.atomic
def begin_treatment(*, patient: Patient, department: Department, since: date) -> TreatmentRelation:
    """From now on this department sees the patient; doing it twice changes nothing."""
    relation, _ = TreatmentRelation.objects.get_or_create(
        patient=patient, department=department, defaults={"since": since}
    )
    return relation


def searchable(patient: Patient) -> str:
    return fold(f"{patient.initials} {patient.particle} {patient.family_name}")
