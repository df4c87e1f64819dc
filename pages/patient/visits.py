"""The door of every patient page: whose link is this, how far was it opened, and may it show this?"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from people.actions.access import log_access
from people.models import Patient
from scheduling.levels import visible_at
from scheduling.models import Appointment, AppointmentLink, AppointmentStatus, Participant
from scheduling.patient_session import Level, is_void, link_for, read_levels
from waitingroom.models import Closing


class LinkState(StrEnum):
    OPEN = "open"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class SeeOther(HttpResponseRedirect):
    """After a form, and from a link's secret to its clean address."""

    status_code = 303


@dataclass(frozen=True)
class Visit:
    """Someone looks at one appointment through one link."""

    link: AppointmentLink
    level: Level
    now: datetime

    @property
    def participant(self) -> Participant:
        return self.link.participant

    @property
    def appointment(self) -> Appointment:
        return self.link.participant.appointment

    @property
    def patient(self) -> Patient:
        return self.appointment.patient

    @cached_property
    def closing(self) -> Closing | None:
        """How the consult ended, once a person has said so."""
        if self.appointment.is_active:
            return None
        return Closing.objects.filter(appointment=self.appointment).first()

    @property
    def state(self) -> LinkState:
        if self.now >= self.link.expires_at:
            return LinkState.CLOSED
        # A consult that failed or was not needed counts as cancelled too, but it was not called off.
        if self.appointment.status == AppointmentStatus.CANCELLED and self.closing is None:
            return LinkState.CANCELLED
        if is_void(self.link, self.now):
            return LinkState.CLOSED
        # Who gave the birth date before the move is inside, and stays inside.
        if self.link.replaced_at is not None and self.level < Level.BIRTH_DATE:
            return LinkState.REPLACED
        return LinkState.OPEN

    def url(self, name: str) -> str:
        return reverse(name, args=[self.link.ref])


P = ParamSpec("P")
VisitView = Callable[[HttpRequest, Visit], HttpResponse]
LinkView = Callable[[HttpRequest, uuid.UUID], HttpResponse]


def through_link(
    action: str,
    *,
    change: str = "",
    needs: Level = Level.BIRTH_DATE,
    any_state: bool = False,
    log_allowed: bool = True,
) -> Callable[[VisitView], LinkView]:
    """Guard a patient page. Too low a level, or a link that is over, leads back to the appointment's own page.

    Whoever comes is logged, let in or not (NEN 7513): as `action`, a POST as `change`. A view that shows nothing new
    most of the time logs what it shows itself.
    """

    def guard(view: VisitView) -> LinkView:
        @wraps(view)
        def guarded(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
            what = change if change and request.method == "POST" else action
            found = link_for(ref, request.COOKIES)
            if found is None:
                _log_stranger(request, ref, what)
                return not_here(request)
            visit = Visit(found[0], found[1], timezone.now())
            allowed = visit.level >= needs and (any_state or visit.state == LinkState.OPEN)
            if log_allowed or not allowed:
                log_visit(visit, what, allowed=allowed)
            return view(request, visit) if allowed else SeeOther(visit.url("patient_appointment"))

        return private(guarded)

    return guard


def private(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Nothing of a patient's page is kept by browsers, proxies or search engines."""

    @wraps(view)
    def kept_private(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return kept_private


def log_visit(visit: Visit, action: str, *, allowed: bool = True) -> None:
    log_access(
        actor=visit.link.actor,
        role=visit.participant.role,
        action=action,
        department=visit.appointment.department_id,
        patient=visit.appointment.patient_id,
        appointment=visit.appointment.pk,
        allowed=allowed,
    )


def show(request: HttpRequest, template: str, visit: Visit, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of this visit. The phone number is the clinic's own: whoever answers knows the appointment."""
    return render(request, template, frame(visit) | context, status=status)


def frame(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "appointment": visit.appointment,
        "participant": visit.participant,
        "sees": visible_at(visit.level),
        "now": visit.now,
        "hospital": {"name": settings.HOSPITAL_NAME, "phone": visit.appointment.department.phone},
    }


def not_here(request: HttpRequest) -> HttpResponse:
    """The same answer for another patient's page and for one that never was."""
    return render(request, "patient/not_here.html", status=404)


def _log_stranger(request: HttpRequest, ref: uuid.UUID, action: str) -> None:
    """Someone asks for a page whose link this browser never opened. Invented addresses touch nobody: no row."""
    link = AppointmentLink.objects.select_related("participant__appointment").filter(ref=ref).first()
    if link is None:
        return
    appointment = link.participant.appointment
    own = next(reversed(read_levels(request.COOKIES)), None)
    log_access(
        actor=f"link:{own}" if own else "anonymous",
        role="patient" if own else "",
        action=action,
        department=appointment.department_id,
        patient=appointment.patient_id,
        appointment=appointment.pk,
        allowed=False,
    )
