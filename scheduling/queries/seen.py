"""What somebody saw of a patient before booking: who books in two tabs hears of the other one."""

import uuid
from dataclasses import dataclass, field

from django.db.models import QuerySet

from scheduling.models import Appointment, AppointmentStatus

# Stands for a patient for whom nothing was made yet.
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class SeenOfPatient:
    """The newest appointment that was made for the patient in a department, held or not; 0 for none.

    `token` says the same outside, in a form or an answer, where no number of ours is shown.
    """

    newest: int
    token: str = field(default=NOTHING, compare=False)


def seen_of_patient(patient_id: int, department_id: int) -> SeenOfPatient:
    newest = _made(patient_id, department_id).order_by("-pk").values_list("pk", "public_id").first()
    return SeenOfPatient(newest[0], str(newest[1])) if newest else SeenOfPatient(0)


def seen_by_token(token: str, patient_id: int, department_id: int) -> SeenOfPatient | None:
    """What this token was given for; None when it is none of this patient's."""
    if token == NOTHING:
        return SeenOfPatient(0)
    try:
        named = _made(patient_id, department_id).filter(public_id=uuid.UUID(token))
    except ValueError:
        return None
    newest = named.values_list("pk", flat=True).first()
    return None if newest is None else SeenOfPatient(newest, token)


def made_since(seen: SeenOfPatient, patient_id: int, department_id: int) -> QuerySet[Appointment]:
    """What was booked for the patient since, the oldest first; what was cancelled again is no news."""
    made = _made(patient_id, department_id).filter(pk__gt=seen.newest)
    return made.exclude(status=AppointmentStatus.CANCELLED).select_related("type", "clinician").order_by("pk")


def _made(patient_id: int, department_id: int) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient=patient_id, department=department_id)
