"""The main menu, from what the user may do, and the switch between departments."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.instructions import count_broken_links
from notifications.queries import count_problems
from notifications.queries.calls import count_calls_needed
from pages.permissions import current_department, memberships_of
from people.models import Department
from people.permissions import ROLES, Permission
from scheduling.queries.misfits import misfits_to_solve


@dataclass(frozen=True)
class Entry:
    """`covers`: the beginnings of route names for which this entry is the current one. `count`: what waits there."""

    route: str
    label: str | Promise
    permission: Permission
    covers: tuple[str, ...]
    count: Callable[[Department], int] | None = None


@dataclass(frozen=True)
class Item:
    url: str
    label: str
    current: bool
    count: int = 0


def _misfits(department: Department) -> int:
    return misfits_to_solve(department, now=timezone.now())


def _calls(department: Department) -> int:
    return count_calls_needed(department, now=timezone.now())


def _problems(department: Department) -> int:
    return count_problems(department, now=timezone.now())


MENU = (
    Entry("my-day", _("My day"), Permission.HOLD_CONSULT, ("my-day", "consult")),
    Entry("today", _("Today"), Permission.SEE_DAY, ("today",)),
    Entry("call-list", _("Call list"), Permission.CALL_PATIENT, ("call",), _calls),
    Entry("book-find", _("Book"), Permission.BOOK, ("book", "patient", "appointment")),
    Entry("rasters", _("Rasters"), Permission.SEE_RASTERS, ("raster", "workplace")),
    Entry("misfits", _("No longer fit"), Permission.BOOK, ("misfit",), _misfits),
    Entry("texts", _("Texts"), Permission.SEE_TEXTS, ("text", "instruction", "agreement"), count_broken_links),
    Entry("messages", _("Messages"), Permission.SEE_MESSAGES, ("message",), _problems),
    Entry("operations-messages", _("Sending"), Permission.SEE_OPERATIONS, ("operations",)),
    Entry("helpdesk", _("Helpdesk"), Permission.CALL_PATIENT, ("helpdesk",)),
)


def navigation(request: HttpRequest) -> list[Item]:
    held = {membership.role for membership in memberships_of(request)}
    route = request.resolver_match.url_name if request.resolver_match else None
    items = []
    for entry in MENU:
        if not held & ROLES[entry.permission]:
            continue
        try:
            url = reverse(entry.route)
        except NoReverseMatch:
            continue
        current = bool(route and route.startswith(entry.covers))
        items.append(Item(url, str(entry.label), current, _waiting(request, entry)))
    return items


def _waiting(request: HttpRequest, entry: Entry) -> int:
    department = current_department(request, entry.permission) if entry.count else None
    return entry.count(department) if entry.count and department else 0


def department_choice(request: HttpRequest) -> dict[str, object] | None:
    """The departments to choose from; None for a user with one, who has nothing to choose."""
    known: dict[int, Department] = {m.department_id: m.department for m in memberships_of(request)}
    if len(known) < 2:
        return None
    return {"current": current_department(request), "all": list(known.values())}
