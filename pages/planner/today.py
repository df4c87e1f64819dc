"""Vandaag: the clinics of a day, live, and whom to phone."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from notifications.queries.calls import preparations_of
from pages.call_list import seen_in, side_panel
from pages.live import fragment
from pages.permissions import Desk, department_page, log_new
from pages.planner.day import Day, day_of
from pages.planner.slots import read_day
from pages.worklists import work_to_do
from people.permissions import Permission
from scheduling.localtime import local_day

ACTION = "view.day"
# The years that a clinic may lie in: beyond them the calendar of a database ends.
YEARS_AROUND = 20


@require_GET
@department_page(Permission.SEE_DAY)
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    asked = request.GET.get("datum", "")
    day, wrong = asked_day(asked, local_day(now))
    shown = day_of(desk.department, day, now=now)
    context = _board(request, desk, day, shown, now)
    if desk.may(Permission.CALL_PATIENT):
        context |= side_panel(desk, now) | {"target": "#calls"}
        desk.log_list("view.call_list", seen_in(context["calls"]))
    if desk.may(Permission.SEE_PATIENT):
        desk.log_list(ACTION, shown.seen)
    return render(request, "planner/today.html", context | {"wrong_day": wrong}, status=404 if wrong else 200)


@require_GET
@department_page(Permission.SEE_DAY)
def board(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The board alone, for the live page around it."""
    now = timezone.now()
    day, _wrong = asked_day(request.GET.get("datum", ""), local_day(now))
    shown = day_of(desk.department, day, now=now)
    if desk.may(Permission.SEE_PATIENT):
        log_new(desk, ACTION, shown.seen)
    return fragment(request, "planner/_board.html", _board(request, desk, day, shown, now))


def _board(request: HttpRequest, desk: Desk, day: date, shown: Day, now: datetime) -> dict[str, Any]:
    is_today = day == local_day(now)
    return {
        "desk": desk,
        "day": day,
        "is_today": is_today,
        "work": work_to_do(request) if is_today else [],
        "previous": day - timedelta(days=1),
        "next": day + timedelta(days=1),
        "board": shown,
        "now": now,
        "late": shown.count("late"),
        "waiting": shown.count("waiting"),
        "technique": shown.count("tech"),
        "names": desk.may(Permission.SEE_PATIENT),
        "preparations": preparations_of(row.appointment.pk for row in shown.rows if row.open),
        "may_book": desk.may(Permission.BOOK),
        "may_see_rasters": desk.may(Permission.SEE_RASTERS),
        "may_change_day": desk.may(Permission.PUBLISH_RASTER) and day >= local_day(now),
    }


def asked_day(text: str, today: date) -> tuple[date, str]:
    """The day asked for; today, and what is wrong, where that is no day a clinic can be held on."""
    if not text:
        return today, ""
    day = read_day(text)
    if day is None:
        return today, gettext("This is no date. Write it as 2026-11-24. Below is today.")
    if abs(day.year - today.year) > YEARS_AROUND:
        return today, gettext("This date is too far away. Below is today.")
    return day, ""
