"""What, when, how, and the one thing to do now."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from notifications.actions.marking_read import mark_read_by_link
from notifications.actions.resending import can_be_mailed, resend_link, was_resent
from notifications.calendar import calendar_file
from notifications.instructions import instructions_for
from notifications.models import CallTask, Instruction
from pages.patient.earlier import landing, may_come_earlier
from pages.patient.forms import BirthDateForm
from pages.patient.phones import masked, number_of
from pages.patient.preferences import asked_of
from pages.patient.standings import opens_today, place_of, someone_calls
from pages.patient.visits import LinkState, SeeOther, Visit, log_visit, show, through_link
from pages.patient.words import FORMS, Form
from praktijkplan.contact import Modality
from scheduling.actions.links import BIRTH_DATE_TRIES, mint_link, try_birth_date
from scheduling.localtime import local_day
from scheduling.patient_session import Level, keep_level
from scheduling.queries.preferences import wish_for
from scheduling.queries.waiting_list import entry_of, open_offer_for

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.appointment", needs=Level.LINK, any_state=True)
def appointment(request: HttpRequest, visit: Visit) -> HttpResponse:
    if visit.state == LinkState.CANCELLED:
        return show(
            request,
            "patient/cancelled.html",
            visit,
            we_call=someone_calls(visit.appointment, CallTask.Reason.NEW_TIME),
        )
    if visit.state == LinkState.REPLACED:
        return _moved(request, visit)
    if visit.state == LinkState.CLOSED:
        return show(request, "patient/closed.html", visit)
    if visit.level < Level.BIRTH_DATE:
        return _ask_birth_date(request, visit)
    # Also by who gave the birth date at an earlier message of this browser, and is not asked again.
    mark_read_by_link(link_ref=visit.link.ref, by=visit.link.actor, now=visit.now)
    return show(request, "patient/appointment.html", visit, **_details(visit))


def _moved(request: HttpRequest, visit: Visit) -> HttpResponse:
    return show(
        request,
        "patient/moved.html",
        visit,
        sent=was_resent(link=visit.link, now=visit.now),
        reachable=can_be_mailed(visit.participant) and visit.now < visit.appointment.start,
    )


@dataclass(frozen=True)
class Plan:
    """What is in store, in the patient's words."""

    form: Form
    day_word: str | Promise
    number: str


def plan_of(visit: Visit) -> Plan:
    return Plan(FORMS[visit.appointment.modality], _day_word(visit), masked(number_of(visit.participant)))


def _details(visit: Visit) -> dict[str, Any]:
    preference = wish_for(visit.appointment)
    place = place_of(visit) if visit.appointment.modality == Modality.VIDEO else None
    return {
        "plan": plan_of(visit),
        "instructions": _instructions(visit),
        "place": place,
        "opens_today": bool(place and opens_today(visit, place)),
        "over": place.over if place else not visit.appointment.is_active or visit.now >= visit.appointment.end,
        "preference": FORMS.get(preference),
        "asked": asked_of(visit),
        **(_earlier(visit) if may_come_earlier(visit) else {}),
    }


def _earlier(visit: Visit) -> dict[str, Any]:
    waits = entry_of(visit.appointment) is not None
    offer = open_offer_for(visit.appointment, now=visit.now) if waits else None
    return {"may_come_earlier": True, "waits": waits, "offer": offer}


def _instructions(visit: Visit) -> list[Instruction]:
    """In the language of this page, whatever that of the messages is (PP-40, PP-41)."""
    if visit.appointment.modality != Modality.VIDEO or not visit.appointment.is_active:
        return []
    return instructions_for(visit.appointment.department_id, get_language() or "nl")


def _day_word(visit: Visit) -> str | Promise:
    days = local_day(visit.appointment.start) - local_day(visit.now)
    return {timedelta(): _("Today"), timedelta(days=1): _("Tomorrow")}.get(days, "")


def _ask_birth_date(request: HttpRequest, visit: Visit) -> HttpResponse:
    asked = request.method == "POST"
    form = BirthDateForm(request.POST if asked else None, participant=visit.participant, today=local_day(visit.now))
    if asked and form.is_valid():
        right = try_birth_date(link=visit.link, birth_date=form.cleaned_data["birth_date"], now=visit.now)
        log_visit(visit, "open.link", allowed=right)
        if right:
            response = SeeOther(visit.url(landing(visit.link)))
            keep_level(response, request.COOKIES, visit.link.ref, Level.BIRTH_DATE)
            return response
        form.add_error("birth_date", _("This is not the date of birth that we know."))
    left = BIRTH_DATE_TRIES - visit.link.birth_date_failures
    status = UNPROCESSABLE if asked else 200
    template = "patient/birth_date.html" if left > 0 else "patient/locked.html"
    return show(request, template, visit, status=status, form=form, left=left, plan=plan_of(visit))


@require_POST
@through_link("send.new_link", needs=Level.LINK, any_state=True)
def new_link(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For who holds a link of before a move. The mail goes to the address we know, whoever presses the button."""
    if visit.state == LinkState.REPLACED:
        resend_link(link=visit.link, now=visit.now)
    return SeeOther(visit.url("patient_appointment"))


@require_POST
@through_link("save.calendar")
def calendar(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A file for the patient's own calendar, with a link of its own: this browser's cookie does not go along."""
    _, token = mint_link(participant=visit.participant, now=visit.now)
    link = f"{settings.BASE_URL}{reverse('patient_entry', args=[token])}"
    response = HttpResponse(calendar_file(visit.participant, link=link, now=visit.now), content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="afspraak.ics"'
    return response
