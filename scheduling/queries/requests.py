"""Requests for another form of contact (PP-07): what waits for an answer, and what could be given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from people.models import Department
from praktijkplan.assigning import Assignment
from scheduling.models import Appointment, AppointmentType, ModalityRequest
from scheduling.queries.in_place import InPlace, in_place_of_each
from scheduling.queries.replanning import nearest_type, places_for

_SHOWN_WITH = ("appointment__patient", "appointment__clinician", "appointment__type", "appointment__session")


@dataclass(frozen=True)
class Possible:
    """By request whether it can be had where it stands, and else which places there are.

    Without a type in the form that was asked a request is in neither.
    """

    in_place: dict[int, InPlace]
    places: dict[int, Assignment]
    types: dict[int, AppointmentType]


def requests_to_answer(department: Department, now: datetime) -> QuerySet[ModalityRequest]:
    """Open, and of an appointment that is still to come; the nearest appointment first."""
    return (
        ModalityRequest.objects.filter(department=department, ended_at__isnull=True, appointment__start__gt=now)
        .select_related(*_SHOWN_WITH)
        .order_by("appointment__start", "pk")
    )


def latest_request(appointment: Appointment) -> ModalityRequest | None:
    """What was asked of it last, whatever became of that."""
    return ModalityRequest.objects.filter(appointment=appointment).order_by("-asked_at", "-pk").first()


def possible_for(requests: Sequence[ModalityRequest], *, now: datetime) -> Possible:
    """For requests of one department that are still to come; a fixed number of selects."""
    if not requests:
        return Possible({}, {}, {})
    offered = list(AppointmentType.objects.filter(department=requests[0].department_id, active=True))
    kinds = {each.pk: nearest_type(each.appointment, each.asked, offered) for each in requests}
    wanted = [(each.appointment, kind) for each in requests if (kind := kinds[each.pk]) is not None]
    here = in_place_of_each(wanted, now=now)
    elsewhere = [each for each in requests if each.appointment_id in here and not here[each.appointment_id].fits]
    found = places_for(
        [each.appointment for each in elsewhere],
        now=now,
        asked={each.appointment_id: each.asked for each in elsewhere},
    )
    return Possible(
        {each.pk: here[each.appointment_id] for each in requests if each.appointment_id in here},
        {each.pk: found.places[each.appointment_id] for each in elsewhere},
        {kind.pk: kind for kind in offered},
    )
