"""Patients of the demo who ask for another form of contact: today, last week, and one whom we said no to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from django.db import transaction

from people.models import Department, User
from praktijkplan.contact import Modality
from scheduling.actions.preferences import state_preference
from scheduling.actions.requests import decline_request
from scheduling.models import Appointment, AppointmentLink, AppointmentStatus, ModalityRequest

# How long ago it was asked, and whether a colleague wrote it down; else it came from the patient's own page.
ASKED = (
    (timedelta(hours=2), False),
    (timedelta(days=1, hours=3), True),
    (timedelta(days=2), False),
    (timedelta(days=6, hours=1), True),
    (timedelta(days=4), False),
)
_WHY = {
    Modality.PHONE: "Heeft geen camera",
    Modality.VISIT: "Dochter wil erbij zijn",
    Modality.VIDEO: "Woont ver weg",
}
DECLINED = 2  # of these, the one that was answered
_INSTEAD = {
    Modality.VIDEO: cycle((Modality.PHONE, Modality.VISIT)),
    Modality.PHONE: cycle((Modality.VIDEO,)),
    Modality.VISIT: cycle((Modality.VIDEO, Modality.PHONE)),
}


@transaction.atomic
def ask_other_forms(*, now: datetime) -> None:
    for department in Department.objects.order_by("pk"):
        clerk = User.objects.filter(memberships__role="planner", memberships__department=department).first()
        if clerk is not None:
            for number, held in enumerate(_to_come(department, now)):
                _ask(held, number, clerk, now)


def _to_come(department: Department, now: datetime) -> Iterator[Appointment]:
    """One every other day or so, the first of them soon."""
    coming = Appointment.objects.filter(
        department=department,
        status=AppointmentStatus.BOOKED,
        modality__in=_INSTEAD,
        start__gt=now + timedelta(hours=20),
    )
    held = list(coming.select_related("patient", "department").order_by("start", "pk")[:200])
    yield from held[3 :: max(1, len(held) // len(ASKED))][: len(ASKED)]


def _ask(held: Appointment, number: int, clerk: User, now: datetime) -> None:
    ago, by_staff = ASKED[number]
    link = AppointmentLink.objects.filter(participant__appointment=held).first()
    by = clerk.actor if by_staff or link is None else link.actor
    wish = next(_INSTEAD[Modality(held.modality)])
    note = _WHY[wish] if by_staff else ""
    asked_at = max(now - ago, held.booked_at)
    state_preference(
        patient=held.patient, preference=wish, by=by, now=asked_at, appointment=held, note=note, asked_by="patient"
    )
    if number == DECLINED:
        request = ModalityRequest.objects.get(appointment=held, ended_at=None)
        decline_request(request=request, reason="needs_picture", by=clerk.actor, now=now - timedelta(hours=1))
