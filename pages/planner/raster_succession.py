"""Vanaf deze dag: a copy of the raster from a date on; the raster itself ends the day before."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_publishing import busy_sentence
from pages.planner.raster_tabs import raster_tabs
from pages.widgets import DateField
from people.permissions import Permission
from scheduling.actions.drafts import ChangedMeanwhile
from scheduling.actions.successors import continue_raster
from scheduling.contents import draft_content
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Raster
from scheduling.queries.rasters import Publication, publication, published_through
from scheduling.words import day_text


class ContinueForm(forms.Form):
    """`revision` is the draft as its sender saw it."""

    day = forms.DateField(label=_("From which day?"), widget=DateField)
    name = forms.CharField(label=_("Name of the new raster"), max_length=120)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, raster: Raster, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.raster = raster
        self.first = max(today, raster.valid_from) + timedelta(days=1)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        last = self.raster.valid_until
        if day < self.first:
            raise forms.ValidationError(gettext("Choose %(day)s or later.") % {"day": day_text(self.first)})
        if last is not None and day > last:
            told = gettext("This raster ends on %(day)s: choose a day before that.")
            raise forms.ValidationError(told % {"day": day_text(last)})
        return day


@raster_page(Permission.PUBLISH_RASTER)
def from_day(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    if shown.is_starter:
        return redirect("raster", pk=shown.pk)
    today = local_day(timezone.now())
    initial = {"name": shown.name, "revision": shown.revision}
    form = ContinueForm(
        request.POST if request.method == "POST" else None, raster=shown, today=today, initial=initial
    )
    if not form.is_valid():
        return _show(request, desk, shown, form, status=422 if form.is_bound else 200)
    if request.POST.get("step") != "do":
        return _show(request, desk, shown, form, ending=_ending(shown, form.cleaned_data["day"]))
    chosen = form.cleaned_data
    try:
        made = continue_raster(
            raster=shown,
            day=chosen["day"],
            name=chosen["name"],
            base=chosen["revision"],
            by=desk.user,
            now=timezone.now(),
        )
    except Busy:
        return _show(request, desk, shown, form, status=503, problem=busy_sentence())
    if isinstance(made, ChangedMeanwhile):
        problem = gettext("A colleague changed this raster meanwhile. Nothing was done: look at it and choose again.")
        return _show(request, desk, shown, form, status=409, problem=problem)
    messages.success(
        request,
        gettext("This is the new draft. Publish the raster before it first, then this one: bookings go along."),
    )
    return redirect("raster", pk=made.pk)


def _ending(raster: Raster, day: date) -> Publication | None:
    """What ends: the new one takes it over when that is published. None for what was never published."""
    if raster.published_until is None:
        return None
    now = timezone.now()
    ended = replace(draft_content(raster), valid_until=day - timedelta(days=1))
    until = max(day, published_through(raster, local_day(now)))
    return publication(raster, ended, first=day, until=until, now=now)


def _show(
    request: HttpRequest,
    desk: Desk,
    raster: Raster,
    form: ContinueForm,
    *,
    ending: Publication | None = None,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    asked = form.is_bound and form.is_valid() and status == 200
    context = {
        "desk": desk,
        "raster": raster,
        "tabs": raster_tabs(raster, desk, "raster-day"),
        "form": form,
        # A refused form keeps the draft that its sender saw.
        "revision": form["revision"].value() if status in (422, 503) else raster.revision,
        "asked": asked,
        "ends": form.cleaned_data["day"] - timedelta(days=1) if asked else None,
        "ending": ending,
        "problem": problem,
    }
    return render(request, "planner/raster_continue.html", context, status=status)
