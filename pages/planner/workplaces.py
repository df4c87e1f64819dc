"""Workplaces of a department (PP-28), and the checklist of working from home (PP-29)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pages.names import staff_names
from pages.permissions import Desk, department_page, desk_at, log_refusal, sign_in_first
from people.permissions import Permission
from scheduling.actions.workplaces import confirm_checklist, withdraw_checklist
from scheduling.models import Workplace, WorkplaceKind


class ChecklistForm(forms.Form):
    """All four, or it is not confirmed."""

    connection = forms.BooleanField(
        label=_("The connection is secure: own wifi with a password, and the hospital's own way in.")
    )
    bandwidth = forms.BooleanField(label=_("The internet is fast enough: a test call had good picture and sound."))
    quiet = forms.BooleanField(label=_("It is a quiet room where nobody listens in or walks through."))
    sound = forms.BooleanField(label=_("The sound is good, with a headset."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = gettext("Check this with the clinician first.")


@require_GET
@department_page(Permission.SEE_RASTERS)
def workplaces(request: HttpRequest, desk: Desk) -> HttpResponse:
    places = list(desk.department.workplaces.order_by("kind", "name"))
    names = staff_names(place.checklist_confirmed_by for place in places)
    context = {
        "desk": desk,
        "places": [(place, names.get(place.checklist_confirmed_by, "")) for place in places],
        "may_confirm": desk.may(Permission.PUBLISH_RASTER),
    }
    return render(request, "planner/workplaces.html", context)


def checklist(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The four points of one workplace at home."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    place = Workplace.objects.filter(pk=pk, kind=WorkplaceKind.HOME).first()
    desk = desk_at(request, Permission.PUBLISH_RASTER, place.department_id) if place else None
    if place is None or desk is None:
        log_refusal(request, "view.workplace")
        raise Http404
    return _checklist(request, desk, place)


def _checklist(request: HttpRequest, desk: Desk, place: Workplace) -> HttpResponse:
    if request.method == "POST" and request.POST.get("withdraw"):
        withdraw_checklist(workplace=place)
        messages.success(request, gettext("%(place)s has to be checked again.") % {"place": place})
        return redirect("workplaces")
    form = ChecklistForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        confirm_checklist(workplace=place, by=desk.actor, now=timezone.now())
        messages.success(request, gettext("%(place)s is checked.") % {"place": place})
        return redirect("workplaces")
    context = {"desk": desk, "place": place, "form": form}
    return render(request, "planner/workplace_checklist.html", context, status=422 if form.is_bound else 200)
