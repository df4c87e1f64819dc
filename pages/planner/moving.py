"""Move and cancel. Both say first what they will tell, and neither overwrites what someone else just changed."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pages.permissions import Desk, appointment_page
from pages.planner.booking import SlotField, read_day
from pages.planner.history import moment_words
from pages.planner.offers import Offer, offer
from pages.planner.previews import previews_of_cancellation, previews_of_move
from pages.planner.window import WindowForm
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.booking import ChangedMeanwhile, NotPlaced, cancel_appointment, move_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment
from scheduling.sentences import refusal_sentences
from scheduling.vocabulary import MOVE_REASONS


class MoveForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it."""

    slot = SlotField(label=_("New place"))
    reason = forms.ChoiceField(label=_("Why?"), choices=MOVE_REASONS)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the appointment cancelled?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "cancel-reasons", "autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


@appointment_page(Permission.BOOK, change="move.appointment")
def move(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    if request.method != "POST":
        return _show_move(request, desk, appointment, _fresh_form(appointment))
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _show_move(request, desk, appointment, form, status=422)
    start, clinician_id = form.cleaned_data["slot"]
    clinician = desk.department.clinicians.filter(pk=clinician_id).first()
    if clinician is None:
        form.add_error("slot", gettext("Choose a place from the list."))
        return _show_move(request, desk, appointment, form, status=422)
    return _move(request, desk, appointment, form, start, clinician)


def _move(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: MoveForm,
    start: datetime,
    clinician: Clinician,
) -> HttpResponse:
    try:
        outcome = move_appointment(
            appointment=appointment,
            start=start,
            clinician=clinician,
            by=desk.actor,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
        )
    except Busy:
        return _show_move(request, desk, appointment, form, status=503, problems=[busy_sentence()])
    except ChangedMeanwhile:
        appointment.refresh_from_db()
        if appointment.is_active and (appointment.start, appointment.clinician_id) == (start, clinician.pk):
            return redirect("appointment-done", public_id=appointment.public_id)
        return _show_move(request, desk, appointment, form, status=409, problems=[changed_sentence(appointment)])
    if isinstance(outcome, NotPlaced):
        problems = refusal_sentences(outcome.refusals)
        return _show_move(request, desk, appointment, form, status=409, problems=problems)
    return redirect("appointment-done", public_id=appointment.public_id)


@require_GET
@appointment_page(Permission.BOOK)
def move_preview(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """Old and new side by side, and the letter, for the place that is chosen now."""
    slot = SlotField()
    try:
        start, clinician_id = slot.clean(request.GET.get("slot", ""))
    except forms.ValidationError:
        return HttpResponse(status=422)
    clinician = desk.department.clinicians.filter(pk=clinician_id).first()
    return render(request, "planner/_move_preview.html", _preview_context(appointment, start, clinician))


@appointment_page(Permission.BOOK, change="cancel.appointment")
def cancel(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    form = CancelForm(request.POST or None, initial={"version": appointment.schedule_version})
    if request.method != "POST":
        return _show_cancel(request, desk, appointment, form)
    if not form.is_valid():
        return _show_cancel(request, desk, appointment, form, status=422)
    try:
        cancel_appointment(
            appointment=appointment,
            by=desk.actor,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
        )
    except Busy:
        return _show_cancel(request, desk, appointment, form, status=503, problems=[busy_sentence()])
    except ChangedMeanwhile:
        appointment.refresh_from_db()
        if not appointment.is_active:
            return redirect("appointment", public_id=appointment.public_id)
        return _show_cancel(request, desk, appointment, form, status=409, problems=[changed_sentence(appointment)])
    return redirect("appointment-done", public_id=appointment.public_id)


def shown_version(appointment: Appointment, form: forms.Form, status: int) -> object:
    """A refused form keeps the version its sender saw; one that says what changed meanwhile shows the new one."""
    return form["version"].value() if status in (422, 503) else appointment.schedule_version


def busy_sentence() -> str:
    return gettext("Someone else is booking on this day. Nothing was changed. Try again.")


def changed_sentence(appointment: Appointment) -> str:
    if not appointment.is_active:
        return gettext("Someone else cancelled this appointment just now.")
    return gettext(
        "Someone else changed this appointment just now. It is on %(moment)s. Nothing of yours was done yet: "
        "look at it and choose again."
    ) % {"moment": moment_words(appointment.start)}


def _fresh_form(appointment: Appointment) -> MoveForm:
    return MoveForm(initial={"version": appointment.schedule_version, "reason": "patient_asked"})


def _show_move(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: MoveForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    now = timezone.now()
    data = request.POST if request.method == "POST" else request.GET
    window = WindowForm(data, department=desk.department, today=local_day(now))
    opened = read_day(data.get("dag", ""))
    found = Offer()
    if window.is_valid() and appointment.is_active:
        found = offer(appointment.type, appointment.patient, window, now=now, opened=opened)
    context: dict[str, Any] = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "window": window,
        "opened": opened,
        "places_url": f"{request.path}?{window.query}",
        "offer": found,
        "chosen_slot": form.data.get("slot", ""),
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
    }
    if found.places:
        context |= _preview_context(appointment, found.places[0].start, found.places[0].clinician)
    template = "planner/_move_choose.html" if request.htmx else "planner/move.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _preview_context(appointment: Appointment, start: datetime, clinician: Clinician | None) -> dict[str, Any]:
    return {
        "appointment": appointment,
        "new_start": start,
        "new_clinician": clinician,
        "previews": previews_of_move(appointment, start),
    }


def _show_cancel(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: CancelForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    context = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "previews": previews_of_cancellation(appointment),
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
    }
    return render(request, "planner/cancel.html", context, status=status)
