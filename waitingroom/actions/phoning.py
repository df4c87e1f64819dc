from datetime import datetime

from django.db import transaction

from events.catalogue import PatientPhoned
from events.log import record
from scheduling.models import Appointment
from waitingroom.visits import of_appointment

PHONE_OUTCOMES = frozenset({"reached", "no_answer", "voicemail", "wrong_number"})


@transaction.atomic
def record_phone_call(*, appointment: Appointment, outcome: str, by: str, now: datetime) -> None:
    """Staff called the patient (PP-61). Raises ValueError for an outcome that is not one of PHONE_OUTCOMES."""
    if outcome not in PHONE_OUTCOMES:
        raise ValueError("unknown outcome")
    record(PatientPhoned(**of_appointment(appointment), outcome=outcome), at=now, actor=by)
