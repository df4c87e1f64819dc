"""A conversation as lines in one order: what we told, whom we phoned, and what the patient did."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Event
from notifications.models import CallOutcome, CallTask
from notifications.queries.patients import MOST_SHOWN, calls_without_appointment, replies_of, told_to
from pages.names import staff_names
from pages.planner.messages.rows import Row, rows_of
from people.models import Department, Patient
from scheduling.vocabulary import PREFERENCES

Words = str | Promise


@dataclass(frozen=True)
class Line:
    """Either a message (`row`), or something that happened. `theirs`: the patient's side did it."""

    at: datetime
    icon: str
    what: Words = ""
    detail: str = ""
    row: Row | None = None
    theirs: bool = False
    to_come: bool = False


def conversation_with(patient: Patient, department: Department, *, now: datetime) -> tuple[list[Line], bool]:
    """The newest first, and whether there is more than is shown. A fixed number of queries."""
    told = list(told_to(patient, department)[: MOST_SHOWN + 1])
    facts = list(replies_of(patient, department)[:MOST_SHOWN])
    names = staff_names(event.actor for event in facts)
    lines = [_told(row, now) for row in rows_of(told[:MOST_SHOWN], now=now)]
    lines += [_happened(event, names) for event in facts]
    lines += _called(calls_without_appointment(patient, department)[:MOST_SHOWN])
    lines.sort(key=lambda line: line.at, reverse=True)
    return lines, len(told) > MOST_SHOWN


def _told(row: Row, now: datetime) -> Line:
    at = row.message.sent_at or row.message.due_at
    return Line(at, row.channel_icon, row=row, to_come=at > now)


def _happened(event: Event, names: Mapping[str, str]) -> Line:
    icon, tell = HAPPENED.get(event.kind, ("dot", lambda data: (event.kind, "")))
    what, detail = tell(event.data)
    by_link = event.actor.startswith("link:")
    who = names.get(event.actor, "")
    return Line(event.at, icon, what, " · ".join(word for word in (detail, who) if word), theirs=by_link)


def _called(tasks: Iterable[CallTask]) -> list[Line]:
    lines = []
    for task in tasks:
        lines.append(Line(task.created_at, "list", _("put on the call list"), str(task.get_reason_display())))
        if task.tried_at:
            lines.append(Line(task.tried_at, "call", _("phoned"), str(task.get_outcome_display())))
    return lines


def _word(choices: Iterable[tuple[str, Words]], key: object) -> str:
    return str(dict(choices).get(str(key), key or ""))


def _fixed(words: Words) -> Callable[[Mapping[str, Any]], tuple[Words, str]]:
    return lambda data: (words, "")


HAPPENED: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], tuple[Words, str]]]] = {
    "link.opened": ("eye", _fixed(_("opened the personal link"))),
    "participant.call_requested": ("phone", _fixed(_("asked to be phoned"))),
    "modality.requested": ("swap", _fixed(_("asked for another form of contact"))),
    "preference.stated": (
        "user",
        lambda data: (gettext("stated a preference"), _word(PREFERENCES, data.get("preference"))),
    ),
    "patient.phoned": (
        "call",
        lambda data: (gettext("phoned"), _word(CallOutcome.choices, data.get("outcome"))),
    ),
    "call_task.opened": (
        "list",
        lambda data: (gettext("put on the call list"), _word(CallTask.Reason.choices, data.get("reason"))),
    ),
}
