"""Book for one patient: a type, a place with its reasons, Enter."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk, patient_page
from pages.planner.offers import Offer, offer, types_offered
from pages.planner.window import WindowForm
from pages.widgets import Segmented
from people.models import Clinician, Department, Patient
from people.permissions import Permission
from scheduling.actions.booking import NotPlaced, book_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentStatus, AppointmentType, DecidedBy
from scheduling.models.minutes import from_minute
from scheduling.queries.preferences import current_preference
from scheduling.queries.representation import acting_representatives, must_be_represented
from scheduling.sentences import refusal_sentences
from scheduling.vocabulary import PREFERENCES

UPCOMING_SHOWN = 3
# About the year 2100 in minutes since 1970: what lies beyond is no date of ours.
LAST_MINUTE = 70_000_000


class SlotField(forms.CharField):
    """ "29312345.12": the minute since 1970 in UTC and the clinician, so that no hour is ever doubled or missing."""

    default_error_messages = {"required": _("Choose a place."), "invalid": _("Choose a place from the list.")}

    def clean(self, value: Any) -> tuple[datetime, int]:
        minute, _dot, clinician = super().clean(value).partition(".")
        if not (minute.isascii() and minute.isdigit() and clinician.isascii() and clinician.isdigit()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if int(minute) > LAST_MINUTE or len(clinician) > len(str(LAST_MINUTE)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return from_minute(int(minute)), int(clinician)


class BookingForm(forms.Form):
    type = forms.ModelChoiceField(queryset=AppointmentType.objects.none(), widget=forms.HiddenInput)
    slot = SlotField(label=_("Place"))
    decided_by = forms.ChoiceField(
        label=_("Who chose the form of contact?"), choices=DecidedBy.choices, widget=Segmented
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = self.fields["type"]
        assert isinstance(types, forms.ModelChoiceField)  # noqa: S101  for the type checker
        types.queryset = department.appointment_types.filter(active=True)
        self.department = department

    def clean_slot(self) -> tuple[datetime, Clinician]:
        start, clinician_id = self.cleaned_data["slot"]
        clinician = self.department.clinicians.filter(pk=clinician_id).first()
        if clinician is None:
            raise forms.ValidationError(gettext("Choose a place from the list."))
        return start, clinician


@dataclass
class Asked:
    """What the clerk has chosen so far, read from the address or from the form sent."""

    type: AppointmentType | None
    window: WindowForm
    opened: date | None

    @classmethod
    def read(cls, data: QueryDict, department: Department, today: date) -> "Asked":
        number = data.get("type", "")
        chosen = None
        if number.isascii() and number.isdigit():
            chosen = department.appointment_types.filter(active=True, pk=int(number)).first()
        return cls(chosen, WindowForm(data, department=department, today=today), read_day(data.get("dag", "")))


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@patient_page(Permission.BOOK, change="book.appointment")
def book(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _show(request, desk, patient, now, BookingForm(department=desk.department, initial=_UNDECIDED))
    form = BookingForm(request.POST, department=desk.department)
    if not form.is_valid():
        return _show(request, desk, patient, now, form, status=422)
    start, clinician = form.cleaned_data["slot"]
    try:
        outcome = book_appointment(
            patient=patient,
            type=form.cleaned_data["type"],
            clinician=clinician,
            start=start,
            by=desk.actor,
            now=now,
            decided_by=form.cleaned_data["decided_by"],
        )
    except Busy:
        busy = [gettext("Someone else is booking on this day. Nothing was booked. Try again.")]
        return _show(request, desk, patient, now, form, status=503, problems=busy)
    if isinstance(outcome, NotPlaced):
        sent_twice = _booked_just_now(desk, patient, form)
        if sent_twice is not None:
            return redirect("appointment-done", public_id=sent_twice.public_id)
        problems = refusal_sentences(outcome.refusals)
        return _show(request, desk, patient, now, form, status=409, problems=problems)
    return redirect("appointment-done", public_id=outcome.public_id)


_UNDECIDED = {"decided_by": DecidedBy.TOGETHER}


def _booked_just_now(desk: Desk, patient: Patient, form: BookingForm) -> Appointment | None:
    """Enter pressed twice sends the form twice: the second one finds its own booking, and that is success."""
    start, clinician = form.cleaned_data["slot"]
    return Appointment.objects.filter(
        patient=patient,
        type=form.cleaned_data["type"],
        clinician=clinician,
        start=start,
        status=AppointmentStatus.BOOKED,
        booked_by=desk.actor,
    ).first()


def _show(
    request: HttpRequest,
    desk: Desk,
    patient: Patient,
    now: datetime,
    form: BookingForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    today = local_day(now)
    asked = Asked.read(request.POST if request.method == "POST" else request.GET, desk.department, today)
    preference = current_preference(patient.pk)
    ahead = list(_upcoming(desk, patient, now))
    found = Offer()
    if asked.type is not None and asked.window.is_valid():
        found = offer(asked.type, patient, asked.window, now=now, opened=asked.opened)
    context = {
        "desk": desk,
        "patient": patient,
        "preference": preference,
        "ahead": ahead[:UPCOMING_SHOWN],
        "needs_representative": must_be_represented(patient, today) and not acting_representatives(patient, today),
        "kinds": types_offered(desk.department, preference, today, is_known=_is_known(desk, patient)),
        "asked_type": asked.type,
        "window": asked.window,
        "opened": asked.opened,
        "places_url": f"{request.path}?type={asked.type.pk if asked.type else ''}&{asked.window.query}",
        "offer": found,
        "form": form,
        "preference_choices": PREFERENCES,
        "chosen_slot": form.data.get("slot", ""),
        "problems": problems or [],
        "today": today,
    }
    # The part that htmx asks for is the very part that the page includes.
    template = "planner/_book_choose.html" if request.htmx else "planner/book.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _upcoming(desk: Desk, patient: Patient, now: datetime) -> Any:
    return (
        Appointment.objects.filter(
            patient=patient, department=desk.department, status=AppointmentStatus.BOOKED, start__gte=now
        )
        .select_related("type", "clinician")
        .order_by("start")[:UPCOMING_SHOWN]
    )


def _is_known(desk: Desk, patient: Patient) -> bool:
    held = Appointment.objects.filter(patient=patient, department=desk.department)
    return held.exclude(status=AppointmentStatus.CANCELLED).exists()
