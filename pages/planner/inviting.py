"""Ask a patient to plan the next appointment."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications.actions.telling import invite_to_plan
from pages.permissions import Desk, patient_page
from pages.widgets import DateField, Segmented
from people.models import Patient
from people.permissions import Permission
from praktijkplan.contact import Modality
from scheduling.localtime import local_day
from scheduling.vocabulary import MODALITIES

FIRST_SUGGESTED = timedelta(days=30)
LONGEST_AHEAD = timedelta(days=731)


class InvitationForm(forms.Form):
    modality = forms.ChoiceField(label=_("Form of contact"), choices=MODALITIES, widget=Segmented)
    before = forms.DateField(label=_("Please plan it before"), widget=DateField)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial = {"modality": Modality.VIDEO, "before": today + FIRST_SUGGESTED}

    def clean_before(self) -> date:
        before: date = self.cleaned_data["before"]
        if before <= self.today:
            raise forms.ValidationError(gettext("Choose a date in the future."))
        if before > self.today + LONGEST_AHEAD:
            raise forms.ValidationError(gettext("That is more than two years ahead. Check the year."))
        return before


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(Permission.BOOK, change="invite.patient")
def invite(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    form = InvitationForm(request.POST or None, today=local_day(now))
    if request.method == "POST" and form.is_valid():
        told = invite_to_plan(
            patient=patient,
            department=desk.department,
            modality=Modality(form.cleaned_data["modality"]),
            before=form.cleaned_data["before"],
            now=now,
        )
        _say(request, told)
        return redirect("patient", patient.public_id)
    context = {"desk": desk, "patient": patient, "form": form}
    return render(request, "planner/patient_invite.html", context, status=422 if request.method == "POST" else 200)


def _say(request: HttpRequest, told: int) -> None:
    if told:
        messages.success(request, gettext("The invitation goes out. You read it among the messages."))
    else:
        messages.warning(request, gettext("No invitation is sent by message. Look at the call list."))
