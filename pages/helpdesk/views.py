"""Who waits now, with a problem or without, and how to reach them (PP-46)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pages.call_list import seen_in, side_panel
from pages.live import fragment
from pages.permissions import Desk, department_page, log_new
from people.permissions import Permission
from scheduling.localtime import local_day
from waitingroom.queries import DayRow, day_rows

ACTION = "view.helpdesk"


@require_GET
@department_page(Permission.CALL_PATIENT)
def helpdesk(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    context = _waiting(desk, now) | side_panel(desk, now) | {"target": "#calls"}
    desk.log_list(ACTION, [*_seen(context["rows"]), *seen_in(context["calls"])])
    return render(request, "helpdesk/helpdesk.html", context)


@require_GET
@department_page(Permission.CALL_PATIENT)
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rows alone, for the live page around them."""
    context = _waiting(desk, timezone.now())
    log_new(desk, ACTION, _seen(context["rows"]))
    return fragment(request, "helpdesk/_waiting.html", context)


def _waiting(desk: Desk, now: datetime) -> dict[str, Any]:
    rows = day_rows(day=local_day(now), now=now, department=desk.department)
    here = [row for row in rows if not row.over and (row.present or row.technique)]
    # Who has a problem comes first; then who waits longest.
    here.sort(key=lambda row: (not row.technique, row.appointment.start))
    return {"desk": desk, "rows": here, "now": now, "problems": sum(bool(row.technique) for row in here)}


def _seen(rows: list[DayRow]) -> list[tuple[int, int | None]]:
    return [(row.appointment.patient_id, row.appointment.pk) for row in rows]
