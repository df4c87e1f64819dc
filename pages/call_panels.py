"""A call as a screen shows it: one patient, whatever it is about, with number, words and what went before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from django.utils.translation import gettext

from notifications.callees import Callee, callee_of
from notifications.models import CallTask, Channel, Message, MessageState
from notifications.queries.calls import (
    Phoned,
    Shelf,
    calls_made,
    open_call_tasks,
    patients_phoned_today,
    shelf_of,
)
from notifications.queries.conversation import messages_of
from pages.call_reports import Typed
from pages.call_scripts import need_words, script_of
from pages.names import staff_names
from pages.planner.history import moment_words
from people.models import Department, Patient
from praktijkplan.calling import Need, in_order
from scheduling.models import Appointment
from scheduling.queries.preferences import general_preference, wish_for

TOLD_SHOWN = 4


@dataclass(frozen=True)
class Told:
    """One message and what became of it. `mood`: "good", "bad", or empty for neither."""

    what: str
    how: str
    mood: str = ""


@dataclass(frozen=True)
class Made:
    """One call that was made. `task` has the words of the outcome."""

    at: datetime
    who: str
    outcome: str
    result: str


@dataclass(frozen=True)
class Call:
    """The open tasks of one patient, the most pressing first. `held_by`: a colleague who phones now, by name.
    `typed`: what stands in its form, where that could not be kept.
    """

    tasks: tuple[CallTask, ...]
    callee: Callee
    shelf: Shelf
    is_late: bool
    held_by: str = ""
    is_mine: bool = False
    told: tuple[Told, ...] = ()
    made: tuple[Made, ...] = ()
    preference: str = ""
    typed: Typed | None = None

    @property
    def task(self) -> CallTask:
        return self.tasks[0]

    @property
    def patient(self) -> Patient:
        return self.task.patient

    @property
    def appointment(self) -> Appointment | None:
        return next((task.appointment for task in self.tasks if task.appointment), None)

    @property
    def also(self) -> str:
        """What else is dealt with in this call, for the form."""
        return ",".join(str(task.public_id) for task in self.tasks[1:])

    @property
    def numbers(self) -> tuple[str, ...]:
        return self.callee.numbers

    @property
    def stands_in(self) -> str:
        return "" if self.callee.is_patient else self.callee.name

    @property
    def needs(self) -> tuple[str, ...]:
        return in_order(Need(need) for task in self.tasks for need in task.needs)

    @property
    def need_words(self) -> list[str]:
        return need_words(self.needs)

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(str(task.get_reason_display()) for task in self.tasks))

    @property
    def script(self) -> list[str]:
        return script_of(self.tasks, self.needs)

    @property
    def again_at(self) -> datetime | None:
        """Not before this moment, where it stands for later."""
        later = [task.call_after for task in self.tasks if task.call_after] if self.shelf is Shelf.LATER else []
        return min(later, default=None)

    @property
    def tries(self) -> int:
        return max(task.tries for task in self.tasks)

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(task.note for task in self.tasks if task.note))

    @property
    def may_leave_message(self) -> bool:
        """Where an address is not safe, neither is the voicemail that others hear."""
        return not self.patient.unsafe_address


@dataclass(frozen=True)
class CallList:
    """What is to be phoned, and how far today is."""

    calls: tuple[Call, ...]
    phoned: int
    total: int

    def on(self, shelf: Shelf) -> list[Call]:
        return [call for call in self.calls if call.shelf is shelf]

    @property
    def now(self) -> list[Call]:
        """To be phoned now, one's own first; who is on the line with a colleague is left to them."""
        waiting = [call for call in self.calls if call.shelf is not Shelf.LATER and not call.held_by]
        return sorted(waiting, key=lambda call: not call.is_mine)


def read_call_list(department: Department, *, who: str, now: datetime) -> CallList:
    """In the order of phoning. `who` looks at it."""
    calls = group_calls(open_call_tasks(department, now=now), who=who, now=now)
    phoned = patients_phoned_today(department, now=now)
    everyone = phoned | {call.patient.pk for call in calls}
    return CallList(tuple(calls), len(phoned), len(everyone))


def group_calls(tasks: Iterable[CallTask], *, who: str, now: datetime) -> list[Call]:
    """One call for whoever answers about one patient, in the order of its first task."""
    groups: dict[tuple[int, str], list[CallTask]] = {}
    callees: dict[tuple[int, str], Callee] = {}
    for task in tasks:
        callee = callee_of(task)
        groups.setdefault((task.patient_id, callee.name), []).append(task)
        callees[task.patient_id, callee.name] = callee
    names = staff_names({task.held_by for task in chain(*groups.values()) if task.held_by})
    return [_call(own, callees[key], names, who, now) for key, own in groups.items()]


def _call(tasks: Sequence[CallTask], callee: Callee, names: Mapping[str, str], who: str, now: datetime) -> Call:
    other = next((task.held_by for task in tasks if task.is_held_for_other(who, now)), "")
    mine = any(task.held_by == who and task.held_until and task.held_until > now for task in tasks)
    return Call(
        tasks=tuple(tasks),
        callee=callee,
        shelf=shelf_of(tasks, now),
        is_late=any(task.call_before < now for task in tasks),
        held_by=names.get(other, gettext("a colleague")) if other else "",
        is_mine=mine and not other,
    )


def opened(call: Call) -> Call:
    """With what went before, for the one that is open on the screen."""
    made = calls_made(call.tasks)
    names = staff_names({one.by for one in made})
    return replace(
        call,
        told=_told_in(call),
        made=tuple(_made(one, names) for one in made),
        preference=wish_for(call.appointment) if call.appointment else general_preference(call.patient.pk),
    )


def _made(phoned: Phoned, names: Mapping[str, str]) -> Made:
    return Made(phoned.at, names.get(phoned.by, ""), phoned.outcome, phoned.result)


def _told_in(call: Call) -> tuple[Told, ...]:
    """What left the house lately, and what is about to; the inbox reaches only who looks."""
    if call.appointment is None:
        return ()
    messages = messages_of(call.appointment).exclude(channel=Channel.INBOX).exclude(state=MessageState.SUPERSEDED)
    current = [one for one in messages if one.schedule_version == call.appointment.schedule_version]
    return tuple(_told(one) for one in current[-TOLD_SHOWN:])


def _told(message: Message) -> Told:
    what = f"{message.get_kind_display()}, {message.get_channel_display()}"
    if message.bounced_at or message.state == MessageState.FAILED:
        return Told(what, gettext("did not arrive"), "bad")
    if message.read_at:
        return Told(what, gettext("read"), "good")
    if message.delivered_at:
        return Told(what, gettext("arrived"), "good")
    if message.sent_at:
        return Told(what, gettext("sent"))
    if message.state == MessageState.EXPIRED:
        return Told(what, gettext("not sent"), "bad")
    return Told(what, gettext("goes on %(moment)s") % {"moment": moment_words(message.due_at)})
