"""Move, perhaps to another form of contact: what it tells stands first, and nobody's change is overwritten unseen."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pages.permissions import Desk, appointment_page
from pages.planner.changed_plan import ChangedPlanForm, decide_again, places_to_move_to, preview_context
from pages.planner.deciding import AnswersForm
from pages.planner.meanwhile import busy_sentence, changed_sentence, shown_version
from pages.planner.slots import SlotField
from pages.widgets import Segmented
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import ChangedMeanwhile, Lack, NeedsReason, Plan
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, DecidedBy
from scheduling.sentences import lack_sentence, unplaced_sentences
from scheduling.vocabulary import MOVE_REASONS


class MoveForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it; `decided_by` is asked where its form changes."""

    slot = SlotField(label=_("New place"))
    reason = forms.ChoiceField(label=_("Why?"), choices=MOVE_REASONS)
    decided_by = forms.ChoiceField(
        label=_("Who decided this?"), choices=DecidedBy.choices, required=False, widget=Segmented
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


@appointment_page(Permission.BOOK, change="move.appointment")
def move(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    if request.method != "POST":
        return _show_move(request, desk, appointment, _fresh_form(appointment))
    form, answers = MoveForm(request.POST), AnswersForm(request.POST)
    if not all([form.is_valid(), answers.is_valid()]):
        return _show_move(request, desk, appointment, form, answers, status=422)
    slot = form.cleaned_data["slot"]
    clinician = desk.department.clinicians.filter(pk=slot.clinician).first()
    if clinician is None:
        form.add_error("slot", gettext("Choose a place from the list."))
        return _show_move(request, desk, appointment, form, answers, status=422)
    return _move(request, desk, appointment, form, answers, slot.start, clinician)


def _move(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: MoveForm,
    answers: AnswersForm,
    start: datetime,
    clinician: Clinician,
) -> HttpResponse:
    changed = ChangedPlanForm(request.POST, appointment).plan(appointment)
    check: Suitability | None = None
    if changed.changes_form:
        check = decide_again(appointment, changed.type, local_day(start), answers).check
    try:
        outcome = replan_appointment(
            appointment=appointment,
            plan=Plan(start, clinician, changed.type, changed.minutes),
            by=desk.actor,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            decided_by=form.cleaned_data["decided_by"] or None,
            check=check,
            expected_version=form.cleaned_data["version"],
        )
    except Busy:
        return _show_move(request, desk, appointment, form, answers, status=503, problems=[busy_sentence()])
    except ChangedMeanwhile:
        appointment.refresh_from_db()
        if appointment.is_active and (appointment.start, appointment.clinician_id) == (start, clinician.pk):
            return redirect("appointment-done", public_id=appointment.public_id)
        said = [changed_sentence(appointment)]
        return _show_move(request, desk, appointment, form, answers, status=409, problems=said)
    if outcome == NeedsReason(Lack.SUITABILITY):
        answers.add_error("overruled_reason", lack_sentence(Lack.SUITABILITY))
        return _show_move(request, desk, appointment, form, answers, status=422)
    if not isinstance(outcome, Appointment):
        problems = unplaced_sentences(outcome)
        return _show_move(request, desk, appointment, form, answers, status=409, problems=problems)
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
    return render(request, "planner/_move_preview.html", preview_context(changed, slot.start, clinician))


def _fresh_form(appointment: Appointment) -> MoveForm:
    usual = {"reason": "patient_asked", "decided_by": DecidedBy.TOGETHER}
    return MoveForm(initial={"version": appointment.schedule_version, **usual})


def _show_move(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: MoveForm,
    answers: AnswersForm | None = None,
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
        "refused": answers if answers and answers.errors else None,
        **places_to_move_to(
            data,
            desk,
            changed,
            chosen_slot=form.data.get("slot") or request.GET.get("slot", ""),
            answers=answers,
        ),
    }
    template = "planner/_move_choose.html" if request.htmx else "planner/move.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)
