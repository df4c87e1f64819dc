"""Passen niet meer: booked appointments that their clinic has no room for, until someone decides on each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pages.live import fragment
from pages.permissions import Desk, department_page, desk_at, log_new, log_refusal, sign_in_first
from people.models import Department
from people.permissions import Permission
from scheduling.actions.misfits import AlreadyEnded, leave_misfit
from scheduling.localtime import local_day
from scheduling.models import Misfit
from scheduling.queries.misfits import ended_misfits, open_misfits, refusals_of_misfit
from scheduling.sentences import refusal_sentences

ACTION = "view.misfits"
LEAVE = "leave.misfit"
# What was decided stays in view for so long.
LOOK_BACK = timedelta(days=14)
SHOWN = 200


class LeaveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why can it stay?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "leave-reasons", "autocomplete": "off"}),
        error_messages={"required": _("Write why it can stay: a colleague reads it.")},
    )


@dataclass(frozen=True)
class Line:
    misfit: Misfit
    why: tuple[str, ...]


@dataclass(frozen=True)
class DayOfMisfits:
    date: date
    lines: tuple[Line, ...]


@require_GET
@department_page(Permission.BOOK)
def misfits(request: HttpRequest, desk: Desk) -> HttpResponse:
    shown = _worklist(desk.department, timezone.now())
    desk.log_list(ACTION, _seen(shown))
    return render(request, "planner/misfits.html", {"desk": desk, **shown})


@require_GET
@department_page(Permission.BOOK)
def misfit_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list alone, for the live page around it."""
    shown = _worklist(desk.department, timezone.now())
    log_new(desk, ACTION, _seen(shown))
    return fragment(request, "planner/_misfits.html", {"desk": desk, **shown})


def leave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The appointment is held as it was promised, and why."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    misfit = Misfit.objects.select_related("appointment__patient", *_OF_MISFIT).filter(pk=pk).first()
    desk = desk_at(request, Permission.BOOK, misfit.department_id) if misfit else None
    if misfit is None or desk is None:
        log_refusal(request, LEAVE, misfit.appointment.patient if misfit else None)
        raise Http404
    desk.log(LEAVE, misfit.appointment.patient_id, misfit.appointment_id)
    if misfit.ended_at is not None:
        return _dealt_with(request, misfit)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _leave(request, desk, misfit, form.cleaned_data["reason"])
    context = {"desk": desk, "form": form, "line": _line(misfit), "back": _list_of(misfit)}
    return render(request, "planner/misfit_leave.html", context, status=422 if form.is_bound else 200)


_OF_MISFIT = ("appointment__clinician", "appointment__type", "raster", "absence")


def _leave(request: HttpRequest, desk: Desk, misfit: Misfit, reason: str) -> HttpResponse:
    try:
        leave_misfit(misfit=misfit, reason=reason, by=desk.actor, now=timezone.now())
    except AlreadyEnded:
        return _dealt_with(request, misfit)
    messages.success(request, gettext("The appointment stays as it is. Your reason is kept with it."))
    return redirect(_list_of(misfit))


def _dealt_with(request: HttpRequest, misfit: Misfit) -> HttpResponse:
    messages.warning(request, gettext("This appointment was dealt with already. Nothing was changed."))
    return redirect(_list_of(misfit))


def _list_of(misfit: Misfit) -> str:
    """The task of an absence stands in the list of that absence."""
    return reverse("absence", args=[misfit.absence.public_id]) if misfit.absence else reverse("misfits")


def _worklist(department: Department, now: datetime) -> dict[str, Any]:
    """A fixed number of selects, however many there are."""
    held = list(open_misfits(department)[:SHOWN])
    coming = [misfit for misfit in held if misfit.appointment.end >= now]
    over = [misfit for misfit in held if misfit.appointment.end < now]
    ended = list(ended_misfits(department, since=now - LOOK_BACK)[:SHOWN])
    past = [_line(each) for each in [*over, *ended]]
    return {"days": list(_by_day(coming)), "count": len(coming), "past": past, "now": now}


def _by_day(held: Sequence[Misfit]) -> Iterator[DayOfMisfits]:
    for day, own in groupby(held, key=lambda misfit: local_day(misfit.appointment.start)):
        yield DayOfMisfits(day, tuple(map(_line, own)))


def _line(misfit: Misfit) -> Line:
    return Line(misfit, tuple(refusal_sentences(refusals_of_misfit(misfit))))


def _seen(shown: dict[str, Any]) -> Iterable[tuple[int, int | None]]:
    lines = [line for day in shown["days"] for line in day.lines] + shown["past"]
    return [(line.misfit.appointment.patient_id, line.misfit.appointment_id) for line in lines]
