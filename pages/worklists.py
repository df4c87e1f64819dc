"""Werklijst: what waits for somebody in a department, a tab for each kind, and all of it counted in one select.

A new kind of work is a line in WORKLISTS: the tab, the count in the menu and the line on Vandaag follow from it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from notifications.queries.calls import calls_needed, offers_to_phone
from pages.permissions import Desk, current_department, department_page, memberships_of
from people.models import Department
from people.permissions import ROLES, Permission
from scheduling.queries.absences import absence_tasks_to_solve
from scheduling.queries.misfits import misfits_to_solve
from scheduling.queries.orders import orders_to_plan
from scheduling.queries.requests import requests_to_answer


@dataclass(frozen=True)
class Worklist:
    """`waiting`: the rows that wait for somebody. `each`: what is counted of them, where that is not the row.

    `covers` and `key` as of an entry of the menu.
    """

    route: str
    label: str | Promise
    permission: Permission
    covers: tuple[str, ...]
    waiting: Callable[[Department, datetime], QuerySet[Any]]
    each: str = "pk"
    key: str = ""


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    current: bool
    count: int


WORKLISTS = (
    Worklist("requests", _("Requests"), Permission.BOOK, ("request",), requests_to_answer, key="Alt+q"),
    Worklist(
        "absences",
        _("Illness and leave"),
        Permission.ENTER_ABSENCE,
        ("absence",),
        absence_tasks_to_solve,
        key="Alt+z",
    ),
    Worklist("misfits", _("No longer fit"), Permission.BOOK, ("misfit",), misfits_to_solve, key="Alt+p"),
    Worklist("to-plan", _("To be planned"), Permission.BOOK, ("to-plan",), orders_to_plan, key="Alt+o"),
    Worklist("waiting-list", _("Waiting list"), Permission.BOOK, ("waiting-list",), offers_to_phone),
)
# It has a place of its own in the menu: a helpdesk phones too, and an assistant does so all day.
CALL_LIST = Worklist("call-list", _("Call list"), Permission.CALL_PATIENT, ("call",), calls_needed, "patient")


@require_GET
@department_page(Permission.ENTER_ABSENCE)
def worklist(request: HttpRequest, desk: Desk) -> HttpResponse:
    """To the first kind of work of which there is some."""
    mine, counts = worklists_of(request), open_work(request)
    return redirect(next((each.route for each in mine if counts[each.route]), mine[0].route))


def worklists_of(request: HttpRequest) -> list[Worklist]:
    """The tabs that this user may open."""
    held = {membership.role for membership in memberships_of(request)}
    return [each for each in WORKLISTS if held & ROLES[each.permission]]


def work_tabs(request: HttpRequest) -> list[Tab]:
    """Above a page that is one of them; nothing above any other."""
    route = request.resolver_match.url_name if request.resolver_match else None
    mine = worklists_of(request)
    if not any(each.route == route for each in mine):
        return []
    counts = open_work(request)
    return [Tab(reverse(each.route), each.label, each.route == route, counts[each.route]) for each in mine]


def work_to_do(request: HttpRequest) -> list[Tab]:
    """What waits now, the call list last; for Vandaag."""
    counts = open_work(request)
    return [
        Tab(reverse(each.route), each.label, False, counts[each.route])
        for each in (*WORKLISTS, CALL_LIST)
        if counts.get(each.route)
    ]


def open_work(request: HttpRequest) -> dict[str, int]:
    """By route how much waits, for each that the user may open; read once a request, one select a department."""
    known: dict[str, int] | None = getattr(request, "open_work", None)
    if known is None:
        known = dict(_counted(request))
        request.open_work = known  # type: ignore[attr-defined]
    return known


def _counted(request: HttpRequest) -> Iterator[tuple[str, int]]:
    now = timezone.now()
    placed = [(current_department(request, each.permission), each) for each in (*WORKLISTS, CALL_LIST)]
    here = sorted(((place, each) for place, each in placed if place), key=lambda pair: pair[0].pk)
    for place, pairs in groupby(here, key=lambda pair: pair[0]):
        lists = [each for _place, each in pairs]
        counts = [_number(each, place, now) for each in lists]
        found = Department.objects.filter(pk=place.pk).values_list(*counts).get()
        yield from zip((each.route for each in lists), found, strict=True)


def _number(worklist: Worklist, department: Department, now: datetime) -> Subquery:
    """COUNT as a plain function: an aggregate would group by what it counts."""
    rows = worklist.waiting(department, now).order_by()
    count = Func(F(worklist.each), template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField())
    return Subquery(rows.annotate(number=count).values("number"))
