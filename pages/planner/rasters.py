"""Rasters of a department: the list, a new one from an example, a starter or empty, and copies."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from pages.permissions import Desk, department_page
from pages.planner.raster_access import raster_page
from pages.planner.raster_forms import STARTER_HELP, STARTER_NAMES, CopyRasterForm, NewRasterForm
from pages.planner.raster_tabs import raster_tabs
from people.permissions import Permission
from scheduling.actions.rasters import copy_raster, draft_raster
from scheduling.localtime import local_day
from scheduling.models import Raster
from scheduling.queries.raster_overview import rasters_at_a_glance


@require_GET
@department_page(Permission.SEE_RASTERS)
def raster_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = rasters_at_a_glance(desk.department, today=local_day(timezone.now()))
    context = {
        "desk": desk,
        "rasters": [each for each in found if not each.raster.is_starter],
        "starters": [each for each in found if each.raster.is_starter],
        "examples": [(key, name, STARTER_HELP[key]) for key, name in STARTER_NAMES.items()],
        "may_publish": desk.may(Permission.PUBLISH_RASTER),
    }
    return render(request, "planner/rasters.html", context)


@department_page(Permission.PUBLISH_RASTER)
def new_raster(request: HttpRequest, desk: Desk) -> HttpResponse:
    """?begin= chooses the example or the starter to begin with."""
    today = local_day(timezone.now())
    data = request.POST if request.method == "POST" else None
    form = NewRasterForm(data, department=desk.department, today=today, begin=request.GET.get("begin", ""))
    if data is not None and form.is_valid():
        made = _made(desk, form)
        messages.success(request, gettext("The raster is made. Look at it, then publish it."))
        return redirect("raster", pk=made.pk)
    return render(
        request,
        "planner/raster_new.html",
        {"desk": desk, "form": form, "starter_help": form.help_of_choices()},
        status=422 if form.is_bound else 200,
    )


@raster_page(Permission.PUBLISH_RASTER)
def copy(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """For a colleague, for later, or as a starter of the department."""
    today = local_day(timezone.now())
    data = request.POST if request.method == "POST" else None
    form = CopyRasterForm(data, department=desk.department, today=today, raster=shown)
    if data is not None and form.is_valid():
        made = copy_raster(
            raster=shown,
            clinician=form.cleaned_data["clinician"],
            name=form.cleaned_data["name"],
            valid_from=form.cleaned_data["valid_from"],
            by=desk.user,
            now=timezone.now(),
        )
        messages.success(request, gettext("The copy is made. Look at it, then publish it."))
        return redirect("raster", pk=made.pk)
    context: dict[str, Any] = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-copy"),
        "form": form,
    }
    return render(request, "planner/raster_copy.html", context, status=422 if form.is_bound else 200)


def _made(desk: Desk, form: NewRasterForm) -> Raster:
    chosen = form.cleaned_data
    starter = form.starter_chosen()
    if starter is None:
        return draft_raster(
            department=desk.department,
            clinician=chosen["clinician"],
            name=form.chosen_name(),
            plan=form.plan(),
            workplace=chosen["workplace"],
        )
    return copy_raster(
        raster=starter,
        clinician=chosen["clinician"],
        name=form.chosen_name(),
        valid_from=chosen["valid_from"],
        by=desk.user,
        now=timezone.now(),
    )
