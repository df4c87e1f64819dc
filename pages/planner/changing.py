"""Another form or another length at the very place. What it tells is said first; what does not fit gets places."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notifications.previews import previews_of_move
from pages.permissions import Desk, appointment_page
from pages.planner.changed_plan import ChangedPlan, decide_again, places_to_move_to
from pages.planner.deciding import INSTEAD, AnswersForm
from pages.planner.meanwhile import busy_sentence, changed_sentence, shown_version
from pages.planner.moving import MoveForm
from pages.planner.slots import SlotField
from people.permissions import Permission
from scheduling.actions.placing import LONGEST, SHORTEST, STEP, ChangedMeanwhile, Lack, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentType, DecidedBy
from scheduling.queries.in_place import InPlace, forms_in_place, longest_in_place, types_of_same_contact
from scheduling.queries.preferences import wish_for
from scheduling.sentences import lack_sentence, refusal_sentence, unplaced_sentences
from scheduling.vocabulary import MOVE_REASONS

LENGTHS = range(SHORTEST, LONGEST + STEP, STEP)
# That it becomes another form goes without saying here.
FORM_REASONS = [(code, words) for code, words in MOVE_REASONS if code != "other_form"]


class FormOfContactForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it."""

    soort = forms.TypedChoiceField(coerce=int, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why?"), choices=FORM_REASONS)
    decided_by = forms.ChoiceField(
        label=_("Who decided this?"), choices=DecidedBy.choices, widget=forms.RadioSelect, initial=DecidedBy.TOGETHER
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, kinds: Sequence[AppointmentType], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["soort"]
        assert isinstance(offered, forms.TypedChoiceField)  # noqa: S101  for the type checker
        offered.choices = [(kind.pk, kind.name) for kind in kinds]
        offered.error_messages |= dict.fromkeys(
            ("required", "invalid_choice"), _("Choose one of the forms of contact.")
        )


class LengthForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        min_value=SHORTEST,
        max_value=LONGEST,
        step_size=STEP,
        widget=forms.NumberInput(attrs={"autofocus": True, "inputmode": "numeric"}),
        error_messages={
            "min_value": _("A consult lasts 5 to 240 minutes."),
            "max_value": _("A consult lasts 5 to 240 minutes."),
            "step_size": _("Choose a multiple of five minutes."),
        },
    )
    note = forms.CharField(
        label=_("Why?"),
        help_text=_("Nothing medical: everyone who sees the appointment reads it."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


@appointment_page(Permission.BOOK, change="change_form.appointment")
def form(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    kinds = types_of_same_contact(appointment)
    if request.method != "POST" or INSTEAD in request.POST:
        fresh = FormOfContactForm(kinds, initial={"reason": "patient_asked", **request.POST.dict()})
        return _show_form(request, desk, appointment, fresh, kinds)
    sent, answers = FormOfContactForm(kinds, request.POST), AnswersForm(request.POST)
    if not all([sent.is_valid(), answers.is_valid()]):
        return _show_form(request, desk, appointment, sent, kinds, status=422)
    chosen = next(kind for kind in kinds if kind.pk == sent.cleaned_data["soort"])
    check = decide_again(appointment, chosen, local_day(appointment.start), answers).check
    if check is not None and check.lacks_reason:
        answers.add_error("overruled_reason", lack_sentence(Lack.SUITABILITY))
        return _show_form(request, desk, appointment, sent, kinds, status=422, answers=answers)
    problems, status = _change(
        appointment,
        desk,
        sent.cleaned_data["version"],
        differs={"type": chosen, "minutes": None},
        reason=sent.cleaned_data["reason"],
        decided_by=sent.cleaned_data["decided_by"],
        check=check,
    )
    if not problems:
        return redirect("appointment-done", public_id=appointment.public_id)
    if appointment.type_id == chosen.pk:
        # Sent twice, or a colleague did the very same.
        return redirect("appointment-done", public_id=appointment.public_id)
    return _show_form(request, desk, appointment, sent, kinds, status=status, problems=problems)


@require_POST
@appointment_page(Permission.BOOK, change="view.appointment")
def form_weighed(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What speaks against the form that is chosen now, there or at another place.

    What was answered stays out of the address.
    """
    chosen = next(
        (each for each in types_of_same_contact(appointment) if str(each.pk) == request.POST.get("soort")), None
    )
    try:
        start = SlotField().clean(request.POST["slot"]).start if "slot" in request.POST else appointment.start
    except forms.ValidationError:
        chosen = None
    if chosen is None:
        return HttpResponse(status=422)
    deciding = decide_again(appointment, chosen, local_day(start), AnswersForm(request.POST))
    return render(request, "planner/_deciding.html", {"deciding": deciding})


@appointment_page(Permission.BOOK, change="change_length.appointment")
def length(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    if request.method != "POST":
        fresh = LengthForm(initial={"minutes": appointment.duration_minutes})
        return _show_length(request, desk, appointment, fresh)
    sent = LengthForm(request.POST)
    if not sent.is_valid():
        return _show_length(request, desk, appointment, sent, status=422)
    minutes = sent.cleaned_data["minutes"]
    problems, status = _change(
        appointment,
        desk,
        sent.cleaned_data["version"],
        differs={"minutes": minutes},
        note=sent.cleaned_data["note"],
    )
    if not problems or (status == 409 and appointment.duration_minutes == minutes):
        return redirect("appointment-done", public_id=appointment.public_id)
    return _show_length(request, desk, appointment, sent, status=status, problems=problems)


def _change(
    appointment: Appointment, desk: Desk, version: int, *, differs: dict[str, Any], **why: Any
) -> tuple[list[str], int]:
    """What stood in its way, and the status that says so; nothing when it was done.

    When someone else was first, `appointment` is read again.
    """
    try:
        outcome = replan_appointment(
            appointment=appointment,
            plan=replace(plan_of(appointment), **differs),
            by=desk.actor,
            now=timezone.now(),
            expected_version=version,
            **why,
        )
    except Busy:
        return [busy_sentence()], 503
    except ChangedMeanwhile:
        appointment.refresh_from_db()
        return [changed_sentence(appointment)], 409
    return ([], 200) if isinstance(outcome, Appointment) else (unplaced_sentences(outcome), 409)


def _show_form(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: FormOfContactForm,
    kinds: Sequence[AppointmentType],
    *,
    status: int = 200,
    problems: list[str] | None = None,
    answers: AnswersForm | None = None,
) -> HttpResponse:
    others = [kind for kind in kinds if kind.modality != appointment.modality]
    offered = forms_in_place(appointment, others, now=timezone.now()) if appointment.is_active else []
    data = request.POST if request.method == "POST" else request.GET
    asked = data.get(INSTEAD) or data.get("soort", "")
    chosen = next((each for each in offered if str(each.type.pk) == asked), None)
    context: dict[str, Any] = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "offered": offered,
        "chosen": chosen,
        "preferred": wish_for(appointment),
        "problems": problems or [],
        "version": _version_seen(appointment, form, status),
        "refused": answers or form,
    }
    if chosen is not None:
        weighing = answers or AnswersForm(request.POST or None)
        context |= _what_follows(request, desk, appointment, chosen, weighing)
    template = "planner/_form_choose.html" if request.htmx else "planner/change_form.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _version_seen(appointment: Appointment, form: FormOfContactForm, status: int) -> object:
    """Who asks for another form instead has seen no more than before."""
    return form.initial.get("version") or shown_version(appointment, form, status)


def _what_follows(
    request: HttpRequest, desk: Desk, appointment: Appointment, chosen: InPlace, answers: AnswersForm
) -> dict[str, Any]:
    """What speaks against it, and the letters where it fits; where it does not, why, and where it does."""
    changed = ChangedPlan(appointment, chosen.type)
    if chosen.fits:
        return {
            "changed": changed,
            "deciding": decide_again(appointment, chosen.type, local_day(appointment.start), answers),
            "previews": previews_of_move(appointment, appointment.start, chosen.type),
        }
    return {
        "why_not": [refusal_sentence(refusal) for refusal in chosen.refusals],
        "move_form": MoveForm(initial={"reason": "other_form", "decided_by": DecidedBy.TOGETHER}),
        **places_to_move_to(request.GET, desk, changed, answers=answers),
    }


def _show_length(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: LengthForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "fits": _fits_sentence(longest_in_place(appointment, LENGTHS, now=timezone.now())),
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
    }
    minutes = form.cleaned_data.get("minutes") if form.is_bound else None
    if problems and status == 409 and appointment.is_active and minutes:
        changed = ChangedPlan(appointment, appointment.type, minutes)
        context["move_form"] = MoveForm(initial={"reason": "clinic_changed"})
        context |= places_to_move_to(request.GET, desk, changed)
    return render(request, "planner/change_length.html", context, status=status)


def _fits_sentence(longest: int | None) -> str:
    if longest is None:
        return gettext("No other length fits at this place.")
    return ngettext(
        "Up to %(minutes)d minute fits at this place.", "Up to %(minutes)d minutes fit at this place.", longest
    ) % {"minutes": longest}
