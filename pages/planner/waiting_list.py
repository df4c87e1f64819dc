"""Wachtlijst: who can come earlier, what is offered to whom, and the answer that a patient gives by phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.models import CallTask, MessageKind
from pages.live import fragment
from pages.permissions import Desk, appointment_page, department_page, log_new
from pages.planner.meanwhile import busy_sentence
from pages.wishes_form import WishesForm, wishes_words
from people.permissions import Permission
from praktijkplan.contact import Modality
from scheduling.actions.place_offers import Gone, accept_offer, decline_offer
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.actions.waiting_list import CannotWait, join_waiting_list, leave_waiting_list, seal_of_wishes
from scheduling.locks import Busy
from scheduling.models import Appointment, PlaceOffer, WaitingListEntry
from scheduling.queries.waiting_list import entry_of, last_offer_for, open_offer_for, waiting_in

ACTION = "view.waiting_list"
ACCEPT = "accept"
# Whoever waits longest is at the top.
SHOWN = 200


@dataclass(frozen=True)
class Line:
    """`to_phone`: no message reaches them, and somebody has the task to phone."""

    entry: WaitingListEntry
    wishes: list[str]
    offer: PlaceOffer | None
    to_phone: bool


@require_GET
@department_page(Permission.BOOK)
def waiting_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    lines = _lines(desk)
    desk.log_list(ACTION, _seen(lines))
    return render(request, "planner/waiting_list.html", {"desk": desk, "lines": lines, "now": timezone.now()})


@require_GET
@department_page(Permission.BOOK)
def waiting_list_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list alone, for the live page around it."""
    lines = _lines(desk)
    log_new(desk, ACTION, _seen(lines))
    return fragment(request, "planner/_waiting_list.html", {"desk": desk, "lines": lines, "now": timezone.now()})


@appointment_page(Permission.BOOK, change="join.waiting_list")
def earlier(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """On the list, or with other wishes."""
    now, entry = timezone.now(), entry_of(appointment)
    if not may_wait(appointment, now):
        return redirect("appointment", public_id=appointment.public_id)
    form = WishesForm(request.POST if request.method == "POST" else None, appointment=appointment, entry=entry)
    if not form.is_bound:
        return _show(request, desk, appointment, form, entry)
    if not form.is_valid():
        return _show(request, desk, appointment, form, entry, status=422)
    try:
        seen = request.POST.get("gezien")
        done = join_waiting_list(appointment=appointment, wishes=form.wishes, by=desk.actor, now=now, seen=seen)
    except Busy:
        form.add_error(None, busy_sentence())
        return _show(request, desk, appointment, form, entry, status=503)
    except ChangedMeanwhile:
        entry = entry_of(appointment)
        form.add_error(None, _changed_sentence(entry))
        return _show(request, desk, appointment, form, entry, status=409)
    if isinstance(done, CannotWait):
        return redirect("appointment", public_id=appointment.public_id)
    messages.success(request, gettext("On the waiting list. When a place comes free, the patient gets a message."))
    return redirect("appointment", public_id=appointment.public_id)


@require_POST
@appointment_page(Permission.BOOK, change="leave.waiting_list")
def leave(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    entry = entry_of(appointment)
    if entry is not None and leave_waiting_list(entry=entry, by=desk.actor, now=timezone.now()):
        messages.success(request, gettext("Off the waiting list. The appointment stays as it is."))
    return _back(request, appointment)


@require_POST
@appointment_page(Permission.BOOK, change="answer.place_offer")
def answer(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What the patient says on the phone."""
    offer = last_offer_for(appointment)
    if offer is None or str(offer.ref) != request.POST.get("offer"):
        messages.warning(request, gettext("This place can no longer be chosen. The appointment stays as it is."))
        return _back(request, appointment)
    now = timezone.now()
    if request.POST.get("answer") != ACCEPT:
        decline_offer(offer=offer, by=desk.actor, now=now)
        messages.success(request, gettext("The patient does not take this place. The appointment stays as it is."))
        return _back(request, appointment)
    try:
        done = accept_offer(offer=offer, by=desk.actor, now=now)
    except Busy:
        messages.warning(request, busy_sentence())
        return _back(request, appointment)
    if isinstance(done, Gone):
        messages.warning(request, gone_sentence(done))
        return _back(request, appointment)
    return redirect("appointment-done", public_id=appointment.public_id)


def may_wait(appointment: Appointment, now: datetime) -> bool:
    return appointment.is_active and now < appointment.start and Modality(appointment.modality).is_live


def waiting_of(appointment: Appointment, now: datetime) -> dict[str, Any]:
    """For the appointment's own page."""
    if not may_wait(appointment, now):
        return {}
    entry = entry_of(appointment)
    return {
        "may_wait": True,
        "entry": entry,
        "wishes": wishes_words(entry) if entry else [],
        "offer": open_offer_for(appointment, now=now) if entry else None,
    }


def _changed_sentence(entry: WaitingListEntry | None) -> str:
    if entry is None:
        return gettext("Someone else took this patient off the waiting list just now. Nothing of yours was done yet.")
    said = gettext("Someone else changed these wishes just now: %(wishes)s. Nothing of yours was done yet.")
    return said % {"wishes": "; ".join(wishes_words(entry))}


def gone_sentence(gone: Gone) -> str:
    if gone.state == PlaceOffer.State.LOST:
        return gettext("Somebody else was just before this patient. The appointment stays as it is.")
    return gettext("This place can no longer be chosen. The appointment stays as it is.")


def _lines(desk: Desk) -> list[Line]:
    """A fixed number of selects."""
    entries = list(waiting_in(desk.department)[:SHOWN])
    phoned = CallTask.objects.filter(department=desk.department, about=MessageKind.FREED_PLACE, done_at__isnull=True)
    to_phone = set(phoned.values_list("appointment", flat=True))
    return [
        Line(entry, wishes_words(entry), next(iter(entry.current), None), entry.appointment_id in to_phone)  # type: ignore[attr-defined]
        for entry in entries
    ]


def _seen(lines: list[Line]) -> list[tuple[int, int | None]]:
    return [(line.entry.appointment.patient_id, line.entry.appointment_id) for line in lines]


def _back(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """To where the button stood."""
    if request.POST.get("from") == "list":
        return redirect("waiting-list")
    return redirect("appointment", public_id=appointment.public_id)


def _show(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: WishesForm,
    entry: WaitingListEntry | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"desk": desk, "appointment": appointment, "patient": appointment.patient, "form": form, "entry": entry}
    # Refused for what was filled in, a form keeps what its sender saw.
    context["seen"] = request.POST.get("gezien", "") if status in (422, 503) else seal_of_wishes(entry)
    return render(request, "planner/waiting_list_join.html", context, status=status)
