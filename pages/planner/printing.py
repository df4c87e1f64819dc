"""The day list on paper, for a morning without a network: per clinician, on A4, without colours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pages.permissions import Desk, department_page
from pages.planner.day import Lane, day_of
from pages.planner.today import asked_day
from people.permissions import Permission
from scheduling.localtime import local_day

ACTION = "print.day"


@require_GET
@department_page(Permission.SEE_PATIENT)
def day_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`zorgverlener` leaves out the others: who prints for one room takes no other names along."""
    now = timezone.now()
    day, wrong = asked_day(request.GET.get("datum", ""), local_day(now))
    held = day_of(desk.department, day, now=now)
    asked = set(request.GET.getlist("zorgverlener"))
    lanes = [lane for lane in held.lanes if not asked or str(lane.clinician.pk) in asked]
    desk.log_list(ACTION, [seen for lane in lanes for seen in _seen(lane)])
    context = {
        "desk": desk,
        "day": day,
        "lanes": lanes,
        "everyone": [lane.clinician for lane in held.lanes],
        "now": now,
        "wrong_day": wrong,
    }
    return render(request, "planner/day_list.html", context, status=404 if wrong else 200)


def _seen(lane: Lane) -> list[tuple[int, int | None]]:
    rows = [entry.row for session in lane.sessions for entry in session.entries if entry.row is not None]
    return [(row.appointment.patient_id, row.appointment.pk) for row in rows]
