"""The outbox of a department: problems first, then everything by what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from notifications.models import Channel, MessageKind
from notifications.queries.outbox import (
    MOST_COUNTED,
    Box,
    capped_count,
    count_problems,
    messages_in,
)
from notifications.queries.paging import Place, page_of, write_place
from pages.permissions import Desk, department_page
from pages.planner.messages.filters import BOXES, Filter, read_filter
from pages.planner.messages.rows import log_seen, rows_of
from people.permissions import Permission

ACTION = "view.outbox"
PER_PAGE = 30
# No message has this id: at this very moment, all of them.
BEYOND = 2**62


@dataclass(frozen=True)
class Tab:
    box: Box
    url: str
    label: str | Promise
    current: bool
    count: int


@require_http_methods(["GET", "HEAD", "POST"])
@department_page(Permission.SEE_MESSAGES)
def messages(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A POST asks the same, with a name that must not stand in an address."""
    asked = read_filter(request.POST if request.method == "POST" else request.GET)
    context = _outbox(desk, asked, timezone.now())
    log_seen(desk, ACTION, context["rows"])
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "planner/_messages.html", context)
        response["HX-Push-Url"] = request.path + asked.address()
        return response
    return render(request, "planner/messages.html", context)


def _outbox(desk: Desk, asked: Filter, now: datetime) -> dict[str, Any]:
    wrong = count_problems(desk.department, now=now)
    box = asked.box or (Box.PROBLEMS if wrong and not asked.narrows else Box.ALL)
    found = messages_in(desk.department, asked.asked(box, desk.department), now=now)
    page = page_of(found, next_first=box.next_first, place=_begin(asked, box, now), size=PER_PAGE)
    if not page.messages and asked.place is None:
        # Everything is still to come.
        page = page_of(found, next_first=box.next_first, place=None, size=PER_PAGE)
    count = capped_count(found) if page.earlier or page.further else len(page.messages)
    return {
        "desk": desk,
        "now": now,
        "asked": asked,
        "box": box,
        "tabs": [_tab(asked, each, label, box, wrong) for each, label in BOXES],
        "kinds": MessageKind.choices,
        "channels": Channel.choices,
        "rows": rows_of(page.messages, now=now),
        "count": min(count, MOST_COUNTED),
        "and_more": count > MOST_COUNTED,
        "wrong": wrong,
        "earlier": _way(asked, page.earlier),
        "further": _way(asked, page.further),
    }


def _begin(asked: Filter, box: Box, now: datetime) -> Place | None:
    """A list of everything begins at what happened last; what is still to come is a page back."""
    if asked.place or box is not Box.ALL or asked.first or asked.last:
        return asked.place
    return Place(now, BEYOND)


def _tab(asked: Filter, box: Box, label: str | Promise, chosen: Box, wrong: int) -> Tab:
    return Tab(box, asked.address(bak=box), label, box is chosen, wrong if box is Box.PROBLEMS else 0)


def _way(asked: Filter, place: Place | None) -> dict[str, str] | None:
    """A link; or, when a name is looked for, what a button sends."""
    if place is None:
        return None
    value = write_place(place)
    return {"value": value, "url": "" if asked.text else asked.address(plek=value)}
