"""Ook nodig: who or what must be there besides the clinician, all free together, else where they are."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.previews import previews_of_move
from pages.permissions import Desk, appointment_page
from pages.planner.besides import NeedsField, refused_sentences, value_of
from pages.planner.meanwhile import busy_sentence, changed_sentence, shown_version
from pages.planner.offers import Offer, offer
from pages.planner.slots import SlotField
from pages.planner.window import USUAL_WINDOW
from people.permissions import Permission
from praktijkplan.placing import Need
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, Resource
from scheduling.queries.needs import Besides, needs_of, offered_besides
from scheduling.queries.openings import Asked

ACTION = "change_needs.appointment"


class OtherPlaceField(SlotField):
    """None for where it stands."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value else None


class NeedsForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it; `slot` where it must move for it."""

    nodig = NeedsField(label=_("Also needed"), required=False)
    slot = OtherPlaceField(label=_("Place"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, offered: Iterable[Besides], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["nodig"]
        assert isinstance(field, NeedsField)  # noqa: S101  for the type checker
        field.offer(offered)


@appointment_page(Permission.BOOK, change=ACTION)
def needs(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    if not appointment.is_active:
        return redirect("appointment", public_id=appointment.public_id)
    held = needs_of(appointment)
    own = Need(Resource.CLINICIAN, appointment.clinician_id)
    offered = [each for each in offered_besides(desk.department, held) if each.need != own]
    if request.method != "POST":
        stands = NeedsForm(offered, initial={"nodig": [value_of(each) for each in held]})
        return _show(request, desk, appointment, stands)
    form = NeedsForm(offered, request.POST)
    if not form.is_valid():
        return _show(request, desk, appointment, form, status=422)
    plan = _wanted(appointment, form, desk)
    if plan is None:
        form.add_error("slot", gettext("Choose a place from the list."))
        return _show(request, desk, appointment, form, status=422)
    return _change(request, desk, appointment, form, plan)


def _wanted(appointment: Appointment, form: NeedsForm, desk: Desk) -> Plan | None:
    plan = replace(plan_of(appointment), needs=form.cleaned_data["nodig"])
    if not form.cleaned_data["slot"]:
        return plan
    slot = form.cleaned_data["slot"]
    clinician = desk.department.clinicians.filter(pk=slot.clinician).first()
    if clinician is None:
        return None
    return replace(plan, start=slot.start, clinician=clinician, minutes=None, overbook=False, overbook_reason="")


def _change(request: HttpRequest, desk: Desk, appointment: Appointment, form: NeedsForm, plan: Plan) -> HttpResponse:
    try:
        done = replan_appointment(
            appointment=appointment,
            plan=plan,
            by=desk.actor,
            now=timezone.now(),
            reason="clinic_changed" if plan.start != appointment.start else "",
            expected_version=form.cleaned_data["version"],
        )
    except Busy:
        return _show(request, desk, appointment, form, status=503, problems=[busy_sentence()])
    except ChangedMeanwhile:
        appointment.refresh_from_db()
        if appointment.is_active and needs_of(appointment) == plan.others:
            # Sent twice, or a colleague did the very same.
            return redirect("appointment", public_id=appointment.public_id)
        return _show(request, desk, appointment, form, status=409, problems=[changed_sentence(appointment)])
    if isinstance(done, Appointment):
        moved = plan.start != appointment.start
        return redirect("appointment-done" if moved else "appointment", public_id=appointment.public_id)
    # Where all of them are free together.
    found = _places(appointment, plan, timezone.now()) if isinstance(done, NotPlaced) else None
    problems = refused_sentences(done, plan.others)
    return _show(request, desk, appointment, form, status=409, problems=problems, found=found)


def _places(appointment: Appointment, plan: Plan, now: datetime) -> Offer:
    first = max(local_day(now), local_day(appointment.start))
    asked = Asked(
        patient=appointment.patient,
        types=[appointment.type],
        first=first,
        last=first + USUAL_WINDOW,
        minutes=appointment.duration_minutes,
        needs=plan.others,
    )
    return offer(asked, now=now)


def _show(
    request: HttpRequest,
    desk: Desk,
    appointment: Appointment,
    form: NeedsForm,
    *,
    status: int = 200,
    problems: list[str] | None = None,
    found: Offer | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "form": form,
        "problems": problems or [],
        "version": shown_version(appointment, form, status),
        "offer": found,
    }
    if found and found.places:
        context["previews"] = previews_of_move(appointment, found.places[0].start)
    return render(request, "planner/needs.html", context, status=status)
