"""What happened with an appointment, in words: who, what, when, why. Read from the log of facts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Event
from notifications.models import CallOutcome, CallResult, CallTask, Channel, InsteadOfCall, MessageKind
from pages.templatetags.look import day
from people.models import User
from scheduling.models import Appointment, AppointmentLink, Misfit
from scheduling.vocabulary import MODALITIES, MOVE_REASONS, PREFERENCES
from scheduling.words import exact_clock_text
from waitingroom.models import Outcome

TECHNIQUE = {
    "denied": _("camera or microphone not allowed"),
    "no_device": _("no camera or microphone"),
    "in_use": _("camera or microphone used by another program"),
    "insecure": _("the connection is not secure"),
    "no_connection": _("no connection"),
}
_LEFT = {
    "closed": _("left the waiting room"),
    "silent": _("is no longer seen in the waiting room"),
    "ended": _("left: the consult was closed"),
    "cancelled": _("left: the appointment was cancelled"),
    "moved": _("left: the appointment was moved"),
}


@dataclass(frozen=True)
class Line:
    """`detail`: the why, or what more there is to say."""

    at: datetime
    who: str
    what: str
    detail: str = ""


@dataclass(frozen=True)
class _Context:
    appointment: Appointment
    booked_for: datetime
    moved_to: Mapping[int, datetime]
    reasons_to_leave: Mapping[datetime | None, str]


def history(appointment: Appointment) -> list[Line]:
    """The newest first; a fixed number of queries."""
    events = list(Event.objects.filter(appointment_id=appointment.pk).order_by("id"))
    context = _context(appointment, events)
    names = _names(appointment, {event.actor for event in events})
    lines = []
    for event in events:
        told = SENTENCES.get(event.kind)
        what, detail = told(event.data, context, event) if told else (event.kind, "")
        lines.append(Line(event.at, names.get(event.actor, gettext("automatic")), what, detail))
    return lines[::-1]


def _names(appointment: Appointment, actors: Iterable[str]) -> dict[str, str]:
    """Staff by name; whoever came by a personal link by the name of who it was sent to."""
    ids = {"user": set[str](), "link": set[str]()}
    for actor in actors:
        sort, _colon, key = actor.partition(":")
        if sort in ids:
            ids[sort].add(key)
    names = {
        user.actor: user.name for user in User.objects.filter(pk__in=[key for key in ids["user"] if key.isdigit()])
    }
    links = AppointmentLink.objects.filter(participant__appointment=appointment, ref__in=ids["link"])
    for link in links.select_related("participant__representative", "participant__appointment__patient"):
        names[link.actor] = link.participant.display_name
    return names


def _context(appointment: Appointment, events: Iterable[Event]) -> _Context:
    """Each move went to where the next one came from; the last one to where the appointment now stands."""
    moves = [event for event in events if event.kind == "appointment.moved"]
    stood = [datetime.fromisoformat(move.data["from_start"]) for move in moves] + [appointment.start]
    left = Misfit.objects.filter(appointment=appointment, end=Misfit.End.LEFT)
    return _Context(
        appointment,
        stood[0],
        {move.pk: end for move, end in zip(moves, stood[1:], strict=True)},
        {misfit.ended_at: misfit.reason for misfit in left},
    )


def moment_words(moment: datetime) -> str:
    return gettext("%(day)s at %(time)s") % {"day": day(moment), "time": exact_clock_text(moment)}


def _word(choices: Iterable[tuple[str, str | Promise]] | Mapping[str, str | Promise], key: object) -> str:
    return str(dict(choices).get(str(key), key or ""))


Data = Mapping[str, Any]
Told = tuple[str, str]


def _booked(data: Data, context: _Context, event: Event) -> Told:
    words = {
        "form": _word(MODALITIES, data.get("modality")),
        "moment": moment_words(context.booked_for),
    }
    return gettext("booked as %(form)s for %(moment)s") % words, ""


def _moved(data: Data, context: _Context, event: Event) -> Told:
    words = {
        "old": moment_words(datetime.fromisoformat(data["from_start"])),
        "new": moment_words(context.moved_to[event.pk]),
    }
    return gettext("moved from %(old)s to %(new)s") % words, _word(MOVE_REASONS, data.get("reason"))


def _message(sentence: str | Promise) -> Callable[[Data, _Context, Event], Told]:
    def tell(data: Data, context: _Context, event: Event) -> Told:
        words = {
            "kind": _word(MessageKind.choices, data.get("message_kind")),
            "channel": _word(Channel.choices, data.get("channel")),
        }
        return str(sentence) % words, str(data.get("reason", ""))

    return tell


def _fixed(sentence: str | Promise) -> Callable[[Data, _Context, Event], Told]:
    return lambda data, context, event: (str(sentence), "")


def _arrived(data: Data, context: _Context, event: Event) -> Told:
    return (gettext("back in the waiting room") if data.get("again") else gettext("entered the waiting room")), ""


SENTENCES: dict[str, Callable[[Data, _Context, Event], Told]] = {
    "appointment.booked": _booked,
    "appointment.moved": _moved,
    "appointment.cancelled": lambda data, context, event: (gettext("cancelled"), context.appointment.cancel_reason),
    "misfit.left": lambda data, context, event: (
        gettext("left as it is, though it does not fit the clinic"),
        context.reasons_to_leave.get(event.at, ""),
    ),
    "preference.stated": lambda data, context, event: (
        gettext("preference stated: %(preference)s") % {"preference": _word(PREFERENCES, data.get("preference"))},
        "",
    ),
    "message.sent": _message(_("%(kind)s sent by %(channel)s")),
    "message.failed": _message(_("%(kind)s by %(channel)s failed")),
    "message.expired": _message(_("%(kind)s by %(channel)s not sent: too late to be of use")),
    "call_task.opened": lambda data, context, event: (
        gettext("put on the call list"),
        _word(CallTask.Reason.choices, data.get("reason")),
    ),
    "patient.phoned": lambda data, context, event: (
        gettext("phoned: %(outcome)s") % {"outcome": _word(CallOutcome.choices, data.get("outcome"))},
        _word(CallResult.choices, data.get("result")),
    ),
    "call_task.settled": lambda data, context, event: (
        gettext("not reached by phone"),
        _word(InsteadOfCall.choices, data.get("how")),
    ),
    "link.opened": _fixed(_("personal link opened")),
    "participant.arrived": _arrived,
    "participant.left": lambda data, context, event: (_word(_LEFT, data.get("cause")), ""),
    "participant.admitted": _fixed(_("admitted to the consult")),
    "call.connected": _fixed(_("sound and picture arrived")),
    "technique.failed": lambda data, context, event: (
        gettext("technical problem"),
        _word(TECHNIQUE, data.get("reason")),
    ),
    "call.ended": _fixed(_("call ended")),
    "call.continued_by_phone": _fixed(_("continued by phone")),
    "participant.call_requested": _fixed(_("asked to be phoned")),
    "consult.closed": lambda data, context, event: (
        gettext("consult closed: %(outcome)s") % {"outcome": _word(Outcome.choices, data.get("outcome"))},
        str(data.get("code", "")),
    ),
}
