from datetime import datetime

from django.db import transaction

from events.catalogue import CallRequested
from events.log import record
from scheduling.models import Participant
from waitingroom.refusals import Cancelled, Closed
from waitingroom.visits import lock_appointment, of_participant, over


@transaction.atomic
def request_call(*, participant: Participant, by: str, now: datetime) -> Cancelled | Closed | None:
    """ "Bel mij liever": the participant asks to be phoned, and keeps the place in the waiting room."""
    appointment = lock_appointment(participant.appointment_id)
    if refusal := over(appointment):
        return refusal
    record(CallRequested(**of_participant(participant, appointment)), at=now, actor=by)
    return None
