"""Move and cancel. Both say first what they will tell, and neither overwrites what someone else just changed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from notifications.previews import previews_of_cancellation, previews_of_move
from pages.permissions import Desk, appointment_page
from pages.planner.history import moment_words
from pages.planner.offers import Offer, offer
from pages.planner.slots import SlotField, read_day
from pages.planner.window import WindowForm
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import LONGEST, SHORTEST, STEP, ChangedMeanwhile, Plan
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentType
from scheduling.queries.needs import needs_of
from scheduling.sentences import unplaced_sentences
from scheduling.vocabulary import ASKED_BY, MOVE_REASONS


@dataclass(frozen=True)
class ChangedPlan:
    """What an appointment becomes; `minutes` None for as long as it is now, or as its new type is."""

    appointment: Appointment
    type: AppointmentType
    minutes: int | None = None

    @property
    def length(self) -> int:
        """In minutes."""
        if self.minutes is not None:
            return self.minutes
        same = self.type.pk == self.appointment.type_id
        return self.appointment.duration_minutes if same else self.type.duration_minutes

    @property
    def differs(self) -> bool:
        return self.type.pk != self.appointment.type_id or self.length != self.appointment.duration_minutes

    @property
    def kept(self) -> dict[str, int]:
        """As it goes into an address or a form again."""
        other = {"soort": self.type.pk} if self.type.pk != self.appointment.type_id else {}
        return other | ({} if self.minutes is None else {"duur": self.minutes})

    @property
    def query(self) -> str:
        return urlencode(self.kept)


class ChangedPlanForm(forms.Form):
    """What an appointment becomes besides its place; empty is as it is. The names are those of the address bar."""

    soort = forms.ModelChoiceField(queryset=AppointmentType.objects.none(), required=False)
    duur = forms.IntegerField(required=False, min_value=SHORTEST, max_value=LONGEST, step_size=STEP)

    def __init__(self, data: Any, appointment: Appointment) -> None:
        super().__init__({name: data.get(name, "") for name in ("soort", "duur")})
        kinds = self.fields["soort"]
        assert isinstance(kinds, forms.ModelChoiceField)  # noqa: S101  for the type checker
        kinds.queryset = AppointmentType.objects.filter(
            department=appointment.department_id, active=True, contact_kind=appointment.type.contact_kind
        )

    def plan(self, appointment: Appointment) -> ChangedPlan:
        """An address that names no such type or length asks for nothing else than what stands."""
        self.is_valid()
        kind = self.cleaned_data.get("soort") or appointment.type
        return ChangedPlan(appointment, kind, self.cleaned_data.get("duur"))


class MoveForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it."""

    slot = SlotField(label=_("New place"))
    reason = forms.ChoiceField(label=_("Why?"), choices=MOVE_REASONS)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CancelForm(forms.Form):
    asked_by = forms.ChoiceField(
        label=_("Who asked for it?"),
        choices=ASKED_BY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who asked for it.")},
    )
    reason = forms.CharField(
        label=_("Why is the appointment cancelled?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "cancel-reasons", "autocomplete": "off"}),
    )
    new_time = forms.BooleanField(
        label=_("The patient needs a new appointment"),
        help_text=_("Then the patient is put on the call list, and the message says that we phone."),
        required=False,
        initial=True,
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
    slot = form.cleaned_data["slot"]
    clinician = desk.department.clinicians.filter(pk=slot.clinician).first()
    if clinician is None:
        form.add_error("slot", gettext("Choose a place from the list."))
        return _show_move(request, desk, appointment, form, status=422)
    return _move(request, desk, appointment, form, slot.start, clinician)


def _move(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: MoveForm,
    start: datetime,
    clinician: Clinician,
) -> HttpResponse:
    changed = ChangedPlanForm(request.POST, appointment).plan(appointment)
    try:
        outcome = replan_appointment(
            appointment=appointment,
            plan=Plan(start, clinician, changed.type, changed.minutes),
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
    if not isinstance(outcome, Appointment):
        problems = unplaced_sentences(outcome)
        return _show_move(request, desk, appointment, form, status=409, problems=problems)
    return redirect("appointment-done", public_id=appointment.public_id)


@require_GET
@appointment_page(Permission.BOOK)
def move_preview(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """Old and new side by side, and the letter, for the place that is chosen now."""
    try:
        slot = SlotField().clean(request.GET.get("slot", ""))
    except forms.ValidationError:
        return HttpResponse(status=422)
    clinician = desk.department.clinicians.filter(pk=slot.clinician).first()
    changed = ChangedPlanForm(request.GET, appointment).plan(appointment)
    return render(request, "planner/_move_preview.html", _preview_context(changed, slot.start, clinician))


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
            note=form.cleaned_data["reason"],
            asked_by=form.cleaned_data["asked_by"],
            new_time=form.cleaned_data["new_time"],
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
    data = request.POST if request.method == "POST" else request.GET
    changed = ChangedPlanForm(data, appointment).plan(appointment)
    context = {
        "desk": desk,
        "patient": appointment.patient,
        "form": form,
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
        **places_to_move_to(data, desk, changed, chosen_slot=form.data.get("slot") or request.GET.get("slot", "")),
    }
    template = "planner/_move_choose.html" if request.htmx else "planner/move.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def places_to_move_to(data: Any, desk: Desk, changed: ChangedPlan, *, chosen_slot: str = "") -> dict[str, Any]:
    """What `_move_choose.html` shows: free places for what the appointment becomes, and the letter of the best."""
    appointment, now = changed.appointment, timezone.now()
    window = WindowForm(data, department=desk.department, today=local_day(now))
    opened = read_day(data.get("dag", ""))
    found = Offer()
    if window.is_valid() and appointment.is_active:
        asked = window.asks(appointment.patient, [changed.type], minutes=changed.length)
        # Who was needed there is needed elsewhere too.
        found = offer(replace(asked, needs=needs_of(appointment)), now=now, opened=opened)
    move_url = reverse("appointment-move", args=[appointment.public_id])
    query = "&".join(filter(None, [changed.query, window.query]))
    context: dict[str, Any] = {
        "appointment": appointment,
        "changed": changed,
        "window": window,
        "opened": opened,
        "move_url": move_url,
        "places_url": f"{move_url}?{query}",
        "offer": found,
        "chosen_slot": chosen_slot,
    }
    if found.places:
        place = found.chosen(chosen_slot)
        context |= _preview_context(changed, place.start, place.clinician)
    return context


def _preview_context(changed: ChangedPlan, start: datetime, clinician: Clinician | None) -> dict[str, Any]:
    return {
        "appointment": changed.appointment,
        "changed": changed,
        "new_start": start,
        "new_clinician": clinician,
        "previews": previews_of_move(changed.appointment, start, changed.type),
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
        "previews": previews_of_cancellation(appointment, new_time=True),
        "previews_without": previews_of_cancellation(appointment, new_time=False),
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
    }
    return render(request, "planner/cancel.html", context, status=status)
