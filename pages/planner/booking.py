"""Book for one patient: a type, a place with its reasons, Enter. What it asks and what it tells stands beside it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from pages.permissions import Desk, patient_page
from pages.planner.besides import refused_sentences
from pages.planner.booking_forms import BookingAsked, BookingForm, OverbookForm, SentForm
from pages.planner.booking_page import Answered, show_beside, show_booking
from pages.planner.deciding import INSTEAD, AnswersForm, decide
from pages.planner.offers import Place
from pages.planner.slots import SlotField
from people.models import Patient
from people.permissions import Permission
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import ChangedMeanwhile, Lack, NeedsReason
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentStatus, DecidedBy
from scheduling.queries.seen import SeenOfPatient, seen_by_token
from scheduling.sentences import lack_sentence

OVERBOOK = "boven_op"


@patient_page(Permission.BOOK, change="book.appointment")
def book(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    data = request.POST if request.method == "POST" else request.GET
    asked = BookingAsked.read(data, desk, patient, local_day(now))
    if request.method != "POST" or INSTEAD in data:
        return show_booking(request, desk, patient, asked, _not_sent(request, desk), now)
    sent = _sent(request, desk)
    of_appointment = {"duur", "nodig"}.isdisjoint(asked.window.errors)
    complete = all([sent.form.is_valid(), sent.answers.is_valid(), of_appointment])
    if not complete or asked.window.refuse_as_second(sent.form.clinician):
        return show_booking(request, desk, patient, asked, sent, now, status=422)
    return _book(request, desk, patient, asked, sent, now)


@require_POST
@patient_page(Permission.BOOK, change="view.patient")
def beside(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    """What is asked and told for the place that is chosen now. What was answered stays out of the address."""
    asked = BookingAsked.read(request.POST, desk, patient, local_day(timezone.now()))
    try:
        slot = SlotField().clean(request.POST.get("slot", ""))
    except forms.ValidationError:
        return HttpResponse(status=422)
    clinician = desk.department.clinicians.filter(pk=slot.clinician).first()
    types = desk.department.appointment_types.filter(active=True)
    kind = types.filter(pk=slot.type).first() if slot.type else asked.type
    if clinician is None or kind is None or "duur" in asked.window.errors:
        return HttpResponse(status=422)
    minutes = asked.window.cleaned_data.get("duur") or kind.duration_minutes
    place = Place(slot.start, clinician, kind, minutes)
    return show_beside(request, desk, patient, asked, AnswersForm(request.POST), place)


def _sent(request: HttpRequest, desk: Desk) -> Answered:
    """The other form keeps what was typed in it."""
    typed = request.POST.dict()
    place = BookingForm(initial=typed, department=desk.department)
    beside = OverbookForm(initial=typed, department=desk.department) if desk.may(Permission.OVERBOOK) else None
    if OVERBOOK in request.POST and beside is not None:
        beside = OverbookForm(request.POST, department=desk.department)
        return Answered(beside, place, beside, AnswersForm(request.POST))
    place = BookingForm(request.POST, department=desk.department)
    return Answered(place, place, beside, AnswersForm(request.POST))


def _not_sent(request: HttpRequest, desk: Desk) -> Answered:
    """Nothing is wrong yet with what was not sent to be booked."""
    typed: dict[str, Any] = {"decided_by": DecidedBy.TOGETHER, **request.POST.dict()}
    place = BookingForm(initial=typed, department=desk.department)
    beside = OverbookForm(initial=typed, department=desk.department) if desk.may(Permission.OVERBOOK) else None
    return Answered(place, place, beside, AnswersForm(request.POST or None))


def _book(
    request: HttpRequest, desk: Desk, patient: Patient, asked: BookingAsked, sent: Answered, now: datetime
) -> HttpResponse:
    form = sent.form
    decided = decide(form.kind, patient, local_day(form.start), sent.answers, others=())
    seen = seen_in_form(form.cleaned_data["gezien"], desk, patient)
    try:
        outcome = book_appointment(
            patient=patient,
            plan=form.plan(asked),
            by=desk.actor,
            now=now,
            decided_by=form.cleaned_data["decided_by"],
            check=decided.check,
            order=asked.order,
            seen=seen,
        )
    except Busy:
        said = [gettext("Someone else is booking on this day. Nothing was booked. Try again.")]
        return show_booking(request, desk, patient, asked, sent, now, status=503, problems=said)
    except ChangedMeanwhile:
        outcome = None
    if isinstance(outcome, Appointment):
        return redirect("appointment-done", public_id=outcome.public_id)
    if isinstance(outcome, NeedsReason):
        form_of_it = sent.answers if outcome.lack is Lack.SUITABILITY else form
        form_of_it.add_error(_FIELD_OF[outcome.lack], lack_sentence(outcome.lack))
        return show_booking(request, desk, patient, asked, sent, now, status=422)
    sent_twice = _booked_just_now(desk, patient, form)
    if sent_twice is not None:
        return redirect("appointment-done", public_id=sent_twice.public_id)
    problems = refused_sentences(outcome, asked.window.needs) if outcome else []
    return show_booking(request, desk, patient, asked, sent, now, status=409, problems=problems, seen=seen)


_FIELD_OF = {Lack.SUITABILITY: "overruled_reason", Lack.OVERBOOKING: "reden"}


def seen_in_form(token: str, desk: Desk, patient: Patient) -> SeenOfPatient | None:
    """A token that says nothing counts as having seen nothing."""
    if not token:
        return None
    return seen_by_token(token, patient.pk, desk.department.pk) or SeenOfPatient(0)


def _booked_just_now(desk: Desk, patient: Patient, form: SentForm) -> Appointment | None:
    """Enter pressed twice sends the form twice: the second one finds its own booking, and that is success."""
    return Appointment.objects.filter(
        patient=patient,
        type=form.kind,
        clinician=form.clinician,
        start=form.start,
        status=AppointmentStatus.BOOKED,
        booked_by=desk.actor,
    ).first()
