"""Cancel: by whom and why, with what it will tell shown first."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.previews import previews_of_cancellation
from pages.permissions import Desk, appointment_page
from pages.planner.meanwhile import busy_sentence, changed_sentence, shown_version
from people.permissions import Permission
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.locks import Busy
from scheduling.models import Appointment
from scheduling.vocabulary import ASKED_BY


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
