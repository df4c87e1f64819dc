"""Ruilen: two appointments get each other's place. Who fits where, and what both are told, is shown before."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.previews import previews_of_move
from pages.names import listed_name
from pages.permissions import Desk, appointment_page
from pages.planner.history import moment_words
from pages.planner.meanwhile import busy_sentence, shown_version
from pages.planner.slots import is_of_this_century
from pages.widgets import DateField
from people.permissions import Permission
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced
from scheduling.actions.replanning import swap_appointments
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentChange
from scheduling.queries.swapping import Swap, swaps_on
from scheduling.sentences import refusal_sentence, unplaced_sentences
from scheduling.vocabulary import MOVE_REASONS

ACTION, LISTED = "swap.appointment", "view.swap"


class OtherField(forms.CharField):
    """The other appointment as it was shown: its id and its version, "0f8f….3"."""

    default_error_messages = {
        "required": _("Choose with whom to swap."),
        "invalid": _("Choose an appointment from the list."),
    }

    def clean(self, value: Any) -> tuple[uuid.UUID, int]:
        found, _dot, version = super().clean(value).partition(".")
        if not (version.isascii() and version.isdigit() and len(version) < 9):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return uuid.UUID(found), int(version)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class SwapForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it."""

    met = OtherField(label=_("With whom?"))
    reason = forms.ChoiceField(label=_("Why?"), choices=MOVE_REASONS, initial="patient_asked")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class DayForm(forms.Form):
    dag = forms.DateField(label=_("On which day?"), widget=DateField)

    def clean_dag(self) -> date:
        day: date = self.cleaned_data["dag"]
        if not is_of_this_century(day):
            raise forms.ValidationError(gettext("Choose a date of this century."))
        return day


@appointment_page(Permission.BOOK, change=ACTION)
def swap(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    if request.method != "POST":
        return _show(request, desk, appointment, SwapForm(initial={"version": appointment.schedule_version}))
    form = SwapForm(request.POST)
    if not form.is_valid():
        return _show(request, desk, appointment, form, status=422)
    public_id, version = form.cleaned_data["met"]
    other = _other(appointment, public_id)
    if other is None:
        form.add_error("met", gettext("Choose an appointment from the list."))
        return _show(request, desk, appointment, form, status=422)
    desk.log(ACTION, other.patient_id, other.pk)
    return _swap(request, desk, appointment, other, form, (form.cleaned_data["version"], version))


def _swap(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    other: Appointment,
    form: SwapForm,
    versions: tuple[int, int],
) -> HttpResponse:
    try:
        done = swap_appointments(
            one=appointment,
            other=other,
            by=desk.actor,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            expected_versions=versions,
        )
    except Busy:
        return _show(request, desk, appointment, form, status=503, problems=[busy_sentence()])
    except ChangedMeanwhile:
        batch = _swapped_already(appointment, other, desk)
        if batch is not None:
            return redirect("together", batch=batch)
        appointment.refresh_from_db()
        other.refresh_from_db()
        problems = _what_changed((appointment, other), versions)
        return _show(request, desk, appointment, form, status=409, problems=problems)
    if not isinstance(done, tuple):
        problems = _who_does_not_fit(done, (appointment, other))
        return _show(request, desk, appointment, form, status=409, problems=problems)
    return redirect("together", batch=done[0].changes.last().batch)  # type: ignore[union-attr]


def _other(appointment: Appointment, public_id: uuid.UUID) -> Appointment | None:
    """Of the same department; whatever else an address names does not exist here."""
    held = Appointment.objects.filter(department=appointment.department_id, public_id=public_id)
    return held.exclude(pk=appointment.pk).select_related("patient", "clinician", "type").first()


def _swapped_already(one: Appointment, other: Appointment, desk: Desk) -> uuid.UUID | None:
    """Sent twice: the second one finds its own swap, and that is success."""
    changes = [each.changes.last() for each in (one, other)]
    batches = {change.batch for change in changes if change and change.by == desk.actor}
    kinds = {change.kind for change in changes if change}
    return batches.pop() if len(batches) == 1 and kinds == {AppointmentChange.Kind.SWAPPED} else None


def _what_changed(pair: tuple[Appointment, Appointment], versions: tuple[int, int]) -> list[str]:
    """Each that is no longer as it was shown."""
    return [
        _changed_words(each) for each, version in zip(pair, versions, strict=True) if each.schedule_version != version
    ]


def _changed_words(appointment: Appointment) -> str:
    who = {"name": listed_name(appointment.patient), "moment": moment_words(appointment.start)}
    if not appointment.is_active:
        return gettext("Someone else cancelled the appointment of %(name)s just now. Nothing was swapped.") % who
    return (
        gettext(
            "Someone else changed the appointment of %(name)s just now. It is on %(moment)s. Nothing was swapped: "
            "look at both and choose again."
        )
        % who
    )


def _who_does_not_fit(answer: NotPlaced | NeedsReason, pair: tuple[Appointment, Appointment]) -> list[str]:
    which = answer.which if isinstance(answer, NotPlaced) else 0
    return [
        gettext("%(name)s: %(why)s") % {"name": listed_name(pair[which].patient), "why": why}
        for why in unplaced_sentences(answer)
    ]


def _show(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: SwapForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
) -> HttpResponse:
    data, now = request.POST if request.method == "POST" else request.GET, timezone.now()
    asked = DayForm({"dag": data.get("dag") or local_day(appointment.start).isoformat()})
    day: date | None = asked.cleaned_data["dag"] if asked.is_valid() else None
    found = swaps_on(appointment, day, now=now) if day and appointment.is_active else []
    desk.log_list(LISTED, [(each.other.patient_id, each.other.pk) for each in found])
    context: dict[str, Any] = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "asked": asked,
        "day": day,
        "swaps": [_Shown(each) for each in found],
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
    }
    chosen = _chosen(data.get("met", ""), found)
    if chosen is not None:
        context |= {"chosen": chosen, **_sides(appointment, chosen.other)}
    return render(request, "planner/swap.html", context, status=status)


class _Shown:
    """Someone to swap with; `why_not` in sentences."""

    def __init__(self, swap: Swap) -> None:
        self.other, self.fits = swap.other, swap.fits
        self.value = f"{swap.other.public_id}.{swap.other.schedule_version}"
        self.why_not = [
            *(refusal_sentence(each) for each in swap.refused),
            *(
                gettext("%(name)s: %(why)s")
                % {"name": listed_name(swap.other.patient), "why": refusal_sentence(each)}
                for each in swap.other_refused
            ),
        ]


def _chosen(value: str, found: list[Swap]) -> Swap | None:
    """What was chosen while it still fits; of nothing chosen, the first that fits."""
    public_id = value.partition(".")[0]
    fitting = [each for each in found if each.fits]
    if not public_id:
        return next(iter(fitting), None)
    return next((each for each in fitting if str(each.other.public_id) == public_id), None)


def _sides(one: Appointment, other: Appointment) -> dict[str, Any]:
    """Both as they stand and as they will, and the letters of both."""
    return {
        "sides": [(one, other), (other, one)],
        "previews": [*previews_of_move(one, other.start), *previews_of_move(other, one.start)],
    }
