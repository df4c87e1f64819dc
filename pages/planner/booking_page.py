"""The booking page as it is shown: the choices, free places, and beside the place what it asks and what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from notifications.previews import previews_of_booking, reminders_of
from pages.permissions import Desk
from pages.planner.agenda import OF_BOOKING
from pages.planner.booking_forms import BookingAsked, BookingForm, OverbookForm, SentForm
from pages.planner.deciding import AnswersForm, decide
from pages.planner.offers import Offer, Place, offer, types_offered
from people.models import Patient
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.queries.openings import types_like
from scheduling.queries.preferences import general_preference
from scheduling.queries.representation import acting_representatives, must_be_represented
from scheduling.queries.seen import SeenOfPatient, made_since, seen_of_patient
from scheduling.vocabulary import PREFERENCES

UPCOMING_SHOWN = 3


@dataclass(frozen=True)
class Answered:
    """`form` is the one that was sent, out of `place` and `beside`; `beside` is None for who may not overbook."""

    form: BookingForm | OverbookForm
    place: BookingForm
    beside: OverbookForm | None
    answers: AnswersForm


def show_booking(
    request: HttpRequest,
    desk: Desk,
    patient: Patient,
    asked: BookingAsked,
    sent: Answered,
    now: datetime,
    *,
    status: int = 200,
    problems: Sequence[str] = (),
    seen: SeenOfPatient | None = None,
) -> HttpResponse:
    """`seen` with a status of 409: what was made since then is shown, and counts as seen from then on."""
    meanwhile = _meanwhile(desk, patient, asked, seen) if status == 409 else None
    chosen_slot = sent.place["slot"].value() or request.GET.get("slot", "")
    found = Offer()
    if asked.type is not None and asked.window.is_valid():
        found = offer(asked.question(asked.type, patient), now=now, opened=asked.opened, chosen=chosen_slot)
    kept = _kept(asked)
    context = {
        "desk": desk,
        **_of_patient(desk, patient, now),
        "asked_type": asked.type,
        "window": asked.window,
        "opened": asked.opened,
        "order": asked.order,
        "open_order": asked.open_order,
        "kept": kept,
        "places_url": f"{request.path}?type={asked.type.pk if asked.type else ''}{kept}&{asked.window.query}",
        "agenda_url": _agenda_url(asked, patient),
        "offer": found,
        "form": sent.place,
        "overbook": sent.beside,
        "overbooking": sent.form is sent.beside,
        "refused": _refused(sent),
        "chosen_slot": chosen_slot,
        "problems": problems,
        "meanwhile": meanwhile,
        "seen": _token(sent.form, desk, patient, status),
    }
    if found.places and asked.type is not None:
        context |= _beside(desk, patient, asked, sent.answers, found.chosen(chosen_slot))
    # The part that htmx asks for is the very part that the page includes.
    template = "planner/_book_choose.html" if request.htmx else "planner/book.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def show_beside(
    request: HttpRequest, desk: Desk, patient: Patient, asked: BookingAsked, answers: AnswersForm, place: Place
) -> HttpResponse:
    context = _beside(desk, patient, asked, answers, place)
    return render(request, "planner/_book_beside.html", context | {"alone": True})


def _beside(desk: Desk, patient: Patient, asked: BookingAsked, answers: AnswersForm, place: Place) -> dict[str, Any]:
    kind, start = place.type, place.start
    unsaved = Appointment(
        department=desk.department,
        patient=patient,
        clinician=place.clinician,
        type=kind,
        start=start,
        end=start + timedelta(minutes=place.minutes),
        modality=kind.modality,
    )
    return {
        "deciding": decide(kind, patient, local_day(start), answers, others=types_like(kind, place.minutes)),
        "chosen_start": start,
        "chosen_type": kind,
        "previews": previews_of_booking(unsaved),
        "reminders": reminders_of(unsaved),
    }


def _refused(sent: Answered) -> forms.Form | None:
    """The form of which something is said above; what is wrong with a place is said beside the places."""
    if sent.answers.errors:
        return sent.answers
    return sent.beside if sent.beside is not None and sent.beside.errors else None


def _of_patient(desk: Desk, patient: Patient, now: datetime) -> dict[str, Any]:
    today = local_day(now)
    preference = general_preference(patient.pk)
    known = Appointment.objects.filter(patient=patient, department=desk.department)
    known = known.exclude(status=AppointmentStatus.CANCELLED)
    ahead = known.filter(status=AppointmentStatus.BOOKED, start__gte=now).select_related("type", "clinician")
    return {
        "patient": patient,
        "today": today,
        "preference": preference,
        "preference_choices": PREFERENCES,
        "ahead": list(ahead.order_by("start")[:UPCOMING_SHOWN]),
        "needs_representative": must_be_represented(patient, today) and not acting_representatives(patient, today),
        "kinds": types_offered(desk.department, preference, today, is_known=known.exists()),
    }


def _kept(asked: BookingAsked) -> str:
    """The order, as it goes on in an address."""
    return f"&opdracht={asked.open_order.pk}" if asked.open_order else ""


def _agenda_url(asked: BookingAsked, patient: Patient) -> str:
    """The agenda from the first day asked for, with all that a booking needs to come back with."""
    known = {"patient": str(patient.public_id), "datum": asked.window.kept["van"]}
    known |= {"type": str(asked.type.pk)} if asked.type else {}
    known |= {"opdracht": str(asked.open_order.pk)} if asked.open_order else {}
    of_booking = [(name, value) for name, value in asked.window.pairs if name in OF_BOOKING and value]
    return f"{reverse('agenda')}?{urlencode([*known.items(), *of_booking])}"


def _token(form: SentForm, desk: Desk, patient: Patient, status: int) -> str:
    """A form that was sent keeps what its sender saw, until the answer shows what was made since."""
    sent = form["gezien"].value()
    return str(sent) if sent and status != 409 else seen_of_patient(patient.pk, desk.department.pk).token


def _meanwhile(
    desk: Desk, patient: Patient, asked: BookingAsked, seen: SeenOfPatient | None
) -> dict[str, Any] | None:
    """What others did since the clerk looked; None where it was no more than the place that is gone."""
    made = list(made_since(seen, patient.pk, desk.department.pk)) if seen else []
    if asked.order is not None:
        asked.order.refresh_from_db()
    gone = asked.order is not None and asked.open_order is None
    if not made and not gone:
        return None
    if gone and asked.order is not None and asked.order.dropped_at is not None:
        title = gettext("Someone else dropped this order just now")
    elif gone:
        title = gettext("Someone else planned this order just now")
    else:
        title = gettext("Someone else booked for this patient just now")
    return {"title": title, "made": made}
