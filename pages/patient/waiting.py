"""The waiting room: enter with a click, stay without doing anything, be called in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.call import call_view
from pages.live import fragment
from pages.patient.greetings import greeted_name
from pages.patient.standings import IN_THE_ROOM, MAY_ASK_TO_BE_PHONED, State, opens_today, place_of
from pages.patient.visits import LinkState, SeeOther, Visit, frame, log_visit, show, through_link
from pages.patient.words import FORMS
from praktijkplan.contact import Modality
from waitingroom.actions.call import continue_by_phone
from waitingroom.actions.presence import arrive, beat, leave
from waitingroom.actions.requests import request_call
from waitingroom.models import Presence

NO_CONTENT = 204
NOT_MODIFIED = 304


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.waitingroom", change="enter.waitingroom", any_state=True)
def waiting_room(request: HttpRequest, visit: Visit) -> HttpResponse:
    if visit.appointment.modality != Modality.VIDEO or visit.state == LinkState.CLOSED:
        return SeeOther(visit.url("patient_appointment"))
    if request.method == "POST":
        # Too early, or cancelled a moment ago: the page itself says where the patient stands.
        if place_of(visit).may_enter:
            arrive(participant=visit.participant, now=visit.now, by=visit.link.actor)
        return SeeOther(visit.url("patient_waiting_room"))
    return show(request, "patient/waiting.html", visit, **_standing(visit))


@require_safe
@through_link("view.waitingroom", any_state=True, log_allowed=False)
def standing(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What changes on the page while it stands open; an answer without news shows nothing, so it is no row."""
    told = _standing(visit)
    response = fragment(
        request,
        "patient/_waiting.html",
        frame(visit) | told,
        etag_of=(told["place"], visit.appointment.schedule_version, request.LANGUAGE_CODE),
    )
    if response.status_code != NOT_MODIFIED:
        log_visit(visit, "view.waitingroom")
    return response


@require_POST
@through_link("beat.waitingroom", log_allowed=False)
def sign_of_life(request: HttpRequest, visit: Visit) -> HttpResponse:
    """From a script, so it keeps a place that a click took, and never takes one."""
    if Presence.objects.filter(participant=visit.participant).exists():
        beat(participant=visit.participant, now=visit.now, by=visit.link.actor)
    return HttpResponse(status=NO_CONTENT)


@require_POST
@through_link("request.call")
def call_me(request: HttpRequest, visit: Visit) -> HttpResponse:
    request_call(participant=visit.participant, by=visit.link.actor, now=visit.now)
    return SeeOther(visit.url("patient_waiting_room"))


@require_POST
@through_link("leave.call")
def hang_up(request: HttpRequest, visit: Visit) -> HttpResponse:
    leave(participant=visit.participant, now=visit.now, by=visit.link.actor, cause="closed")
    return SeeOther(visit.url("patient_appointment"))


@require_POST
@through_link("continue.by_phone")
def by_phone(request: HttpRequest, visit: Visit) -> HttpResponse:
    continue_by_phone(appointment=visit.appointment, by=visit.link.actor, now=visit.now)
    return SeeOther(visit.url("patient_waiting_room"))


def _standing(visit: Visit) -> dict[str, Any]:
    place = place_of(visit)
    told: dict[str, Any] = {
        "place": place,
        "opens_today": opens_today(visit, place),
        "in_the_room": place.state in IN_THE_ROOM and place.beats,
        "greeted": greeted_name(visit.participant),
        "live": place.state in IN_THE_ROOM | MAY_ASK_TO_BE_PHONED | {State.PHONE},
        "next_form": FORMS.get(place.next_contact),
    }
    if place.state == State.START:
        told["call"] = call_view(
            participant=visit.participant,
            side="patient",
            link_ref=visit.link.ref,
            hang_up_url=visit.url("patient_hang_up"),
            phone_url=visit.url("patient_by_phone"),
        )
    return told
