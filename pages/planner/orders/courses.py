"""A patient's care pathway (PP-19): start it, having seen what is ordered, and stop it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk, patient_page
from pages.widgets import DateField
from people.models import Clinician, Department, Patient
from people.permissions import Permission
from praktijkplan.pathways import windows
from praktijkplan.windows import WrongWindow, wrong_window
from scheduling.actions.pathways import AlreadyFollows, start_pathway, stop_pathway
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.models import CarePathway, FollowUpOrder
from scheduling.queries.pathways import Course, courses_of, steps_of_pathway
from scheduling.sentences import window_sentence


class StartForm(forms.Form):
    """Sent with GET it shows what would be ordered; with POST it orders that, if the pathway is still as shown."""

    zorgpad = forms.ModelChoiceField(label=_("Care pathway"), queryset=CarePathway.objects.none())
    begin = forms.DateField(label=_("Begins on"), widget=DateField)
    zorgverlener = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), required=False, empty_label=_("any clinician")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pathways, clinicians = self.fields["zorgpad"], self.fields["zorgverlener"]
        assert isinstance(pathways, forms.ModelChoiceField)  # noqa: S101  for the type checker
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101
        pathways.queryset = department.pathways.filter(active=True)
        clinicians.queryset = department.clinicians.order_by("name")

    def clean_begin(self) -> date:
        begins: date = self.cleaned_data["begin"]
        wrong = wrong_window(begins, begins, today=timezone.localdate())
        if wrong is not None:
            raise forms.ValidationError(window_sentence(wrong))
        return begins


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does the patient stop?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write why: a colleague reads it.")},
    )


@patient_page(Permission.ORDER, change="start.pathway")
def start(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    if request.method != "POST":
        asked = request.GET if "zorgpad" in request.GET else None
        form = StartForm(asked, department=desk.department, initial={"begin": timezone.localdate()})
        return _show_start(request, desk, patient, form, status=422 if form.is_bound and not form.is_valid() else 200)
    form = StartForm(request.POST, department=desk.department)
    if not form.is_valid():
        return _show_start(request, desk, patient, form, status=422)
    given = form.cleaned_data
    try:
        run = start_pathway(
            pathway=given["zorgpad"],
            patient=patient,
            begins=given["begin"],
            clinician=given["zorgverlener"],
            expected_revision=given["revision"] or 0,
            by=desk.actor,
            now=timezone.now(),
        )
    except AlreadyFollows:
        form.add_error("zorgpad", gettext("The patient follows this care pathway already."))
        return _show_start(request, desk, patient, form, status=409)
    except ChangedMeanwhile:
        form.add_error("zorgpad", gettext("This care pathway was changed just now. Look at what is ordered again."))
        return _show_start(request, desk, patient, form, status=409)
    if isinstance(run, WrongWindow):
        form.add_error("begin", window_sentence(run))
        return _show_start(request, desk, patient, form, status=422)
    messages.success(request, gettext("The care pathway is started. What must be planned is in the list."))
    return redirect("patient", public_id=patient.public_id)


@patient_page(Permission.ORDER, change="stop.pathway")
def stop(request: HttpRequest, desk: Desk, patient: Patient, run: int) -> HttpResponse:
    course = next((each for each in courses_of(patient, desk.department) if each.run.pk == run), None)
    if course is None:
        raise Http404
    form = StopForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show_stop(request, desk, patient, course, form, status=422 if form.is_bound else 200)
    try:
        stop_pathway(run=course.run, reason=form.cleaned_data["reason"], by=desk.actor, now=timezone.now())
    except ChangedMeanwhile:
        messages.warning(request, gettext("This care pathway was stopped already. Nothing was changed."))
        return redirect("patient", public_id=patient.public_id)
    messages.success(request, gettext("The care pathway is stopped. What is planned stays."))
    return redirect("patient", public_id=patient.public_id)


def _show_start(
    request: HttpRequest, desk: Desk, patient: Patient, form: StartForm, *, status: int = 200
) -> HttpResponse:
    """With what would be ordered, once it is chosen."""
    pathway, begins = None, None
    if form.is_bound:
        pathway, begins = form.cleaned_data.get("zorgpad"), form.cleaned_data.get("begin")
    orders = _would_be_ordered(pathway, begins) if pathway and begins else []
    context = {"desk": desk, "patient": patient, "form": form, "pathway": pathway, "orders": orders}
    return render(request, "planner/pathway_start.html", context, status=status)


def _would_be_ordered(pathway: CarePathway, begins: date) -> list[FollowUpOrder]:
    """Nothing of it is written."""
    types = {step.position: step.type for step in pathway.steps.select_related("type")}
    return [
        FollowUpOrder(type=types[step.position], earliest=earliest, latest=latest)
        for step, earliest, latest in windows(steps_of_pathway(pathway), begins)
    ]


def _show_stop(
    request: HttpRequest, desk: Desk, patient: Patient, course: Course, form: StopForm, *, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "patient": patient, "course": course, "form": form}
    return render(request, "planner/pathway_stop.html", context, status=status)
