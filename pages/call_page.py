"""What the page of the call list shows: how far today is, one shelf of the list, and one call open beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import CallTask, InsteadOfCall
from notifications.queries.calls import Shelf, done_call_tasks, unreached_call_tasks
from pages.call_panels import Call, CallList, opened, read_call_list
from pages.names import staff_names
from pages.permissions import Desk

SHELVES: Mapping[Shelf, "str | Promise"] = {
    Shelf.NEEDED: _("Needed"),
    Shelf.IF_TIME: _("If there is time"),
    Shelf.LATER: _("Later"),
    Shelf.UNREACHED: _("Not reached"),
    Shelf.DONE: _("Done today"),
}
# Shorter before the consult, a letter does not come in time.
LETTER_TAKES = timedelta(days=3)
SHOWN_DONE = 100


@dataclass(frozen=True)
class Tab:
    url: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True)
class Ended:
    """A task that is over: how, by whom; and what remains to be done where nobody was reached."""

    task: CallTask
    who: str
    advice: str = ""

    @property
    def suggested(self) -> InsteadOfCall:
        return InsteadOfCall.LETTER if self.has_time_for_letter else InsteadOfCall.CLINICIAN

    @property
    def has_time_for_letter(self) -> bool:
        held = self.task.appointment
        return held is None or (self.task.done_at is not None and held.start - self.task.done_at > LETTER_TAKES)


@dataclass(frozen=True)
class CallPage:
    shelf: Shelf
    whole: CallList
    rows: tuple[Call, ...]
    ended: tuple[Ended, ...]
    open: Call | None
    tabs: tuple[Tab, ...]

    @property
    def seen(self) -> list[tuple[int, int | None]]:
        tasks = [task for call in self.rows for task in call.tasks] + [one.task for one in self.ended]
        tasks += list(self.open.tasks) if self.open else []
        return list(dict.fromkeys((task.patient_id, task.appointment_id) for task in tasks))

    @property
    def percent(self) -> int:
        return 100 * self.whole.phoned // self.whole.total if self.whole.total else 100

    @property
    def instead(self) -> list[InsteadOfCall]:
        return [*InsteadOfCall]


def call_page(desk: Desk, *, shelf: str, chosen: str, now: datetime) -> CallPage:
    """`shelf` and `chosen` as the address says them; what is not there is passed over."""
    found = read_call_list(desk.department, who=desk.actor, now=now)
    unreached = _one_per_call(unreached_call_tasks(desk.department, now=now))
    done = _one_per_call(done_call_tasks(desk.department, now=now)[:SHOWN_DONE])
    shown = Shelf(shelf) if shelf in set(Shelf) else _first_with_work(found)
    counts = {each: len(found.on(each)) for each in (Shelf.NEEDED, Shelf.IF_TIME, Shelf.LATER)}
    counts |= {Shelf.UNREACHED: len(unreached), Shelf.DONE: len(done)}
    ended = {Shelf.UNREACHED: unreached, Shelf.DONE: done}.get(shown, [])
    rows = tuple(found.on(shown))
    return CallPage(
        shelf=shown,
        whole=found,
        rows=rows,
        ended=tuple(_ended(ended)),
        open=_open(found, rows, chosen),
        tabs=tuple(Tab(f"?toon={each}", str(SHELVES[each]), count, each is shown) for each, count in counts.items()),
    )


def _first_with_work(found: CallList) -> Shelf:
    return next((each for each in (Shelf.NEEDED, Shelf.IF_TIME, Shelf.LATER) if found.on(each)), Shelf.NEEDED)


def _open(found: CallList, rows: Iterable[Call], chosen: str) -> Call | None:
    """The one chosen; else whom one has on the line; else the first of the shelf whom nobody phones."""
    picked = next((call for call in found.calls if chosen in {str(task.public_id) for task in call.tasks}), None)
    mine = next((call for call in found.calls if call.is_mine), None)
    first = next((call for call in rows if not call.held_by), None)
    call = picked or mine or first
    return opened(call) if call else None


def _one_per_call(tasks: Iterable[CallTask]) -> list[CallTask]:
    """What one call was about stands in one line."""
    return list({(task.patient_id, task.appointment_id, task.done_at): task for task in tasks}.values())


def _ended(tasks: Iterable[CallTask]) -> list[Ended]:
    tasks = list(tasks)
    names = staff_names({task.done_by for task in tasks})
    return [_with_advice(Ended(task, names.get(task.done_by, ""))) for task in tasks]


def _with_advice(one: Ended) -> Ended:
    if not one.task.is_given_up:
        return one
    letter = gettext("There is time for a letter.")
    clinician = gettext("Too late for a letter: tell the clinician.")
    return Ended(one.task, one.who, letter if one.has_time_for_letter else clinician)
