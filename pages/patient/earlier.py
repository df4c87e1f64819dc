""" "Ik kan eerder komen": on the waiting list, and the place that came free. Looking uses nothing up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from notifications.models import Message, MessageKind
from notifications.recipients import RECIPIENT_ROLES
from pages.patient.visits import SeeOther, Visit, show, through_link
from pages.patient.words import FORMS, Form
from pages.wishes_form import WishesForm, wishes_words
from praktijkplan.contact import Modality
from scheduling.actions.place_offers import accept_offer, decline_offer
from scheduling.actions.waiting_list import join_waiting_list, leave_waiting_list
from scheduling.locks import Busy
from scheduling.models import AppointmentLink, PlaceOffer
from scheduling.queries.waiting_list import entry_of, last_offer_for, open_offer_for

ACCEPT = "accept"
UNPROCESSABLE, UNAVAILABLE = 422, 503


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.waiting_list", change="join.waiting_list")
def earlier(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not may_come_earlier(visit):
        return SeeOther(visit.url("patient_appointment"))
    if request.method != "POST":
        return _show(request, visit)
    form = _form(visit, request.POST)
    if not form.is_valid():
        return _show_list(request, visit, form=form, status=UNPROCESSABLE)
    try:
        join_waiting_list(appointment=visit.appointment, wishes=form.wishes, by=visit.link.actor, now=visit.now)
    except Busy:
        return _show_list(request, visit, form=form, problem=_busy(), status=UNAVAILABLE)
    return SeeOther(visit.url("patient_earlier"))


@require_POST
@through_link("leave.waiting_list")
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    entry = entry_of(visit.appointment)
    if may_come_earlier(visit) and entry is not None:
        leave_waiting_list(entry=entry, by=visit.link.actor, now=visit.now)
    return SeeOther(visit.url("patient_earlier"))


@require_POST
@through_link("answer.place_offer")
def answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Yes or no to the place that was shown; who is too late reads so on the page that follows."""
    offer = last_offer_for(visit.appointment)
    if offer is None or not _is_asked_here(visit) or str(offer.ref) != request.POST.get("offer"):
        return SeeOther(visit.url("patient_earlier"))
    try:
        if request.POST.get("answer") == ACCEPT:
            accept_offer(offer=offer, by=visit.link.actor, now=visit.now, asked_by=_on_behalf_of(visit))
        else:
            decline_offer(offer=offer, by=visit.link.actor, now=visit.now)
    except Busy:
        return _show_offer(request, visit, offer, problem=_busy(), status=UNAVAILABLE)
    return SeeOther(visit.url("patient_earlier"))


def may_come_earlier(visit: Visit) -> bool:
    """The patient, or who stands for the patient; an interpreter comes when the appointment is."""
    held = visit.appointment
    coming = held.is_active and visit.now < held.start and Modality(held.modality).is_live
    return coming and _is_asked_here(visit)


def landing(link: AppointmentLink) -> str:
    """The page that a link leads to: who was offered a place sees first what became of it."""
    kinds = (MessageKind.FREED_PLACE, MessageKind.PLACE_GONE)
    offers = Message.objects.filter(link_ref=link.ref, kind__in=kinds)
    return "patient_earlier" if offers.exists() else "patient_appointment"


def _is_asked_here(visit: Visit) -> bool:
    return visit.participant.role in RECIPIENT_ROLES


def _on_behalf_of(visit: Visit) -> str:
    return "representative" if visit.participant.representative_id else "patient"


def _show(request: HttpRequest, visit: Visit) -> HttpResponse:
    offer = open_offer_for(visit.appointment, now=visit.now)
    return _show_offer(request, visit, offer) if offer else _show_list(request, visit)


def _show_offer(
    request: HttpRequest, visit: Visit, offer: PlaceOffer, *, problem: str = "", status: int = 200
) -> HttpResponse:
    return show(
        request, "patient/earlier_offer.html", visit, status=status, offer=offer, how=_how(visit), problem=problem
    )


def _show_list(
    request: HttpRequest, visit: Visit, *, form: WishesForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    entry = entry_of(visit.appointment)
    context: dict[str, Any] = {
        "entry": entry,
        "wishes": wishes_words(entry) if entry else [],
        "form": form or _form(visit),
        "outcome": _outcome(visit),
        "how": _how(visit),
        "problem": problem,
    }
    return show(request, "patient/earlier.html", visit, status=status, **context)


def _form(visit: Visit, data: Any = None) -> WishesForm:
    return WishesForm(data, appointment=visit.appointment, entry=entry_of(visit.appointment))


def _outcome(visit: Visit) -> str:
    """What became of the last place that was offered, as long as it says something of the plan that stands."""
    offer = last_offer_for(visit.appointment)
    if offer is None:
        return ""
    if offer.state == PlaceOffer.State.TAKEN:
        return offer.state if offer.start == visit.appointment.start else ""
    same_plan = offer.schedule_version == visit.appointment.schedule_version
    over = PlaceOffer.State.EXPIRED if offer.is_open else offer.state
    return over if same_plan else ""


def _how(visit: Visit) -> Form:
    return FORMS[visit.appointment.modality]


def _busy() -> str:
    return _("It is very busy just now. Try again in a moment.")
