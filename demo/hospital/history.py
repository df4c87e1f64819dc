"""What lies behind the demo: consults that were held and closed, and the few that were missed."""

from datetime import datetime
from random import Random

from django.db import transaction
from django.db.models import QuerySet

from demo.hospital.acting import hold, miss
from demo.hospital.patients import SEED
from demo.progress import Tell, counted, silently
from scheduling.models import Appointment, AppointmentStatus

NO_SHOW = 0.05
BATCH = 10


def unsettled(before: datetime) -> QuerySet[Appointment]:
    """Ended, and nobody wrote how: on days on which no demo ran."""
    return (
        Appointment.objects.filter(status=AppointmentStatus.BOOKED, end__lt=before)
        .select_related("clinician")
        .order_by("start", "pk")
    )


def settle_past(*, before: datetime, tell: Tell = silently, limit: int | None = None) -> int:
    """Closes them, the oldest first; how many. Each at its own time, not at ours."""
    rows = list(unsettled(before)[:limit])
    batches = [rows[first : first + BATCH] for first in range(0, len(rows), BATCH)]
    for batch in counted(batches, tell, "Consults of last week", len(batches)):
        with transaction.atomic():
            for appointment in batch:
                settle(appointment)
    return len(rows)


@transaction.atomic
def settle(appointment: Appointment) -> None:
    dice = Random(SEED + appointment.pk)
    came = appointment.participants.filter(presence__isnull=False).exists()
    if not came and dice.random() < NO_SHOW:
        miss(appointment, dice)
    else:
        hold(appointment, dice)
