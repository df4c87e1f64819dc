"""The main menu, from what the user may do, and the switch between departments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.instructions import count_broken_links
from notifications.queries import count_problems
from pages.permissions import current_department, memberships_of
from pages.worklists import CALL_LIST, WORKLISTS, Worklist, open_work, worklists_of
from people.models import Department
from people.permissions import ROLES, Permission


@dataclass(frozen=True)
class Entry:
    """`covers`: the beginnings of route names for which this entry is the current one. `count`: what waits there.

    `work`: the worklists that it leads to, for what waits in them. `key`: the shortcut that opens it from every page.
    `within`: for whoever has this permission another entry leads here, and is the current one.
    """

    route: str
    label: str | Promise
    permission: Permission
    covers: tuple[str, ...]
    count: Callable[[Department], int] | None = None
    work: tuple[Worklist, ...] = ()
    key: str = ""
    within: Permission | None = None


@dataclass(frozen=True)
class Item:
    """`shortcuts`: an address and its key for each page within, so that those keys work on every page."""

    url: str
    label: str
    current: bool
    count: int = 0
    key: str = ""
    shortcuts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Screen:
    """Where one can go. `shortcut` as it stands on the keys: "Alt V"; empty without one."""

    url: str
    label: str
    shortcut: str


def _messages(department: Department) -> int:
    """What went wrong, also in what messages lead to."""
    return count_problems(department, now=timezone.now()) + count_broken_links(department)


MENU = (
    Entry("my-day", _("My day"), Permission.HOLD_CONSULT, ("my-day", "consult"), key="Alt+m"),
    Entry("today", _("Today"), Permission.SEE_DAY, ("today",), key="Alt+v"),
    Entry("agenda", _("Agenda"), Permission.SEE_DAY, ("agenda",), key="Alt+a"),
    Entry(CALL_LIST.route, CALL_LIST.label, CALL_LIST.permission, CALL_LIST.covers, work=(CALL_LIST,), key="Alt+k"),
    Entry("book-find", _("Book"), Permission.BOOK, ("book", "patient", "appointment"), key="Alt+b"),
    Entry("rasters", _("Rasters"), Permission.SEE_RASTERS, ("raster", "workplace"), key="Alt+r"),
    # Who may do any of it may enter an absence.
    Entry(
        "worklist",
        _("Worklist"),
        Permission.ENTER_ABSENCE,
        ("worklist", *(beginning for each in WORKLISTS for beginning in each.covers)),
        work=WORKLISTS,
        key="Alt+w",
    ),
    Entry(
        "texts",
        _("Texts"),
        Permission.SEE_TEXTS,
        ("text", "instruction", "agreement"),
        count_broken_links,
        key="Alt+t",
        within=Permission.SEE_MESSAGES,
    ),
    Entry(
        "messages",
        _("Messages"),
        Permission.SEE_MESSAGES,
        ("message", "text", "instruction", "agreement"),
        _messages,
        key="Alt+i",
    ),
    Entry("pathways", _("Care pathways"), Permission.EDIT_PATHWAYS, ("pathway",)),
    Entry("operations-messages", _("Sending"), Permission.SEE_OPERATIONS, ("operations",)),
    Entry("helpdesk", _("Helpdesk"), Permission.CALL_PATIENT, ("helpdesk",), key="Alt+u"),
)


# Screens that are not worth a place in the menu, and are found by name.
BESIDE_THE_MENU = (
    *(Entry(each.route, each.label, each.permission, (), key=each.key) for each in WORKLISTS),
    Entry("today-print", _("Day list"), Permission.SEE_PATIENT, ()),
    Entry("patient-new", _("New patient"), Permission.BOOK, ()),
    Entry("patient-known", _("Known in the hospital"), Permission.BOOK, ()),
    Entry("raster-new", _("New raster"), Permission.PUBLISH_RASTER, ()),
    Entry("workplaces", _("Workplaces"), Permission.SEE_RASTERS, ()),
    Entry("interpreters", _("Interpreters"), Permission.MANAGE_INTERPRETERS, ()),
    Entry("agreements", _("Agreements about messages"), Permission.SEE_TEXTS, ()),
    Entry("instructions", _("Explanation for patients"), Permission.SEE_TEXTS, ()),
)


def navigation(request: HttpRequest) -> list[Item]:
    route = request.resolver_match.url_name if request.resolver_match else None
    return [
        Item(
            url,
            str(entry.label),
            bool(route and route.startswith(entry.covers)),
            _waiting(request, entry),
            entry.key,
            _shortcuts(request, entry),
        )
        for entry, url in _open_to(request, MENU)
        if not _is_within(request, entry)
    ]


def screens_of(request: HttpRequest) -> list[Screen]:
    """Every screen that the user may go to: those of the menu first."""
    return [
        Screen(url, str(entry.label), "" if _is_within(request, entry) else entry.key.replace("+", " ").title())
        for entry, url in _open_to(request, (*MENU, *BESIDE_THE_MENU))
    ]


def _is_within(request: HttpRequest, entry: Entry) -> bool:
    held = {membership.role for membership in memberships_of(request)}
    return entry.within is not None and bool(held & ROLES[entry.within])


def _open_to(request: HttpRequest, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    held = {membership.role for membership in memberships_of(request)}
    for entry in entries:
        if not held & ROLES[entry.permission]:
            continue
        try:
            yield entry, reverse(entry.route)
        except NoReverseMatch:
            continue


def _shortcuts(request: HttpRequest, entry: Entry) -> tuple[tuple[str, str], ...]:
    mine = worklists_of(request) if entry.work else []
    return tuple((reverse(each.route), each.key) for each in mine if each in entry.work and each.key)


def _waiting(request: HttpRequest, entry: Entry) -> int:
    if entry.work:
        counts = open_work(request)
        return sum(counts.get(each.route, 0) for each in entry.work)
    department = current_department(request, entry.permission) if entry.count else None
    return entry.count(department) if entry.count and department else 0


def department_choice(request: HttpRequest) -> dict[str, object] | None:
    """The departments to choose from; None for a user with one, who has nothing to choose."""
    known: dict[int, Department] = {m.department_id: m.department for m in memberships_of(request)}
    if len(known) < 2:
        return None
    return {"current": current_department(request), "all": list(known.values())}
