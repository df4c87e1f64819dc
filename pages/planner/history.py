"""What happened with an appointment, in words: who, what, when, why.

Read from the log of facts; how it stood before and after, and why in somebody's own words, from AppointmentChange.
"""

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
from people.models import Clinician, User
from scheduling.models import Appointment, AppointmentChange, AppointmentLink, Misfit, PlaceOffer, WaitingListEntry
from scheduling.models.minutes import from_minute
from scheduling.vocabulary import MODALITIES, MOVE_REASONS, PREFERENCES
from scheduling.words import exact_clock_text
from waitingroom.models import DeviceTest, Outcome

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
    changes: Mapping[int, AppointmentChange]
    clinicians: Mapping[int, str]

    def change(self, data: Mapping[str, Any]) -> AppointmentChange | None:
        """None for what was done before changes were remembered."""
        return self.changes.get(data.get("schedule_version", 0))


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
    changes = {change.version: change for change in appointment.changes.select_related("undoes")}
    return _Context(
        appointment,
        stood[0],
        {move.pk: end for move, end in zip(moves, stood[1:], strict=True)},
        {misfit.ended_at: misfit.reason for misfit in left},
        changes,
        _clinicians(changes.values()),
    )


def _clinicians(changes: Iterable[AppointmentChange]) -> dict[int, str]:
    states = [state for change in changes for state in (change.before, change.after) if state]
    of_these = Clinician.objects.filter(pk__in={state["clinician"] for state in states})
    return dict(of_these.values_list("pk", "name"))


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
    change = context.change(data)
    if change:
        words["moment"] = moment_words(from_minute(change.after["start"]))
    overbooked = change.after["overbook_reason"] if change else ""
    said = gettext("overbooked: %(reason)s") % {"reason": overbooked} if overbooked else ""
    return gettext("booked as %(form)s for %(moment)s") % words, _joined(said, _why(change))


def _moved(data: Data, context: _Context, event: Event) -> Told:
    words = {
        "old": moment_words(datetime.fromisoformat(data["from_start"])),
        "new": moment_words(context.moved_to[event.pk]),
    }
    change = context.change(data)
    if change:
        words["new"] = moment_words(from_minute(change.after["start"]))
    said = gettext("moved from %(old)s to %(new)s") % words
    if change and change.kind == AppointmentChange.Kind.SWAPPED:
        said = gettext("swapped with another appointment, from %(old)s to %(new)s") % words
    also = _changed_besides(change, context.clinicians) if change else []
    return ", ".join([said, *also]), _joined(_word(MOVE_REASONS, data.get("reason")), _why(change))


def _changed_besides(change: AppointmentChange, clinicians: Mapping[int, str]) -> list[str]:
    """What else is different than the moment."""
    before, after = change.before, change.after
    told = []
    if before["clinician"] != after["clinician"]:
        names = {"old": clinicians.get(before["clinician"], ""), "new": clinicians.get(after["clinician"], "")}
        told.append(gettext("from %(old)s to %(new)s") % names)
    if before["modality"] != after["modality"]:
        told.append(_form_words(before["modality"], after["modality"]))
    lengths = [state["end"] - state["start"] for state in (before, after)]
    if lengths[0] != lengths[1]:
        told.append(_length_words(*lengths))
    return told


def _why(change: AppointmentChange | None) -> str:
    """On whose behalf, and in their own words."""
    if change is None:
        return ""
    asked = gettext("asked by %(who)s") % {"who": change.get_asked_by_display()} if change.asked_by else ""
    return _joined(asked, change.note)


def _joined(*said: str) -> str:
    return ", ".join(filter(None, said))


def _form_words(old: str, new: str) -> str:
    words = {"old": _word(MODALITIES, old), "new": _word(MODALITIES, new)}
    return gettext("changed from %(old)s to %(new)s") % words


def _length_words(old: int, new: int) -> str:
    return gettext("changed from %(old)s to %(new)s minutes") % {"old": old, "new": new}


def _form_changed(data: Data, context: _Context, event: Event) -> Told:
    said = _form_words(data.get("from_modality", ""), data.get("modality", ""))
    why = _why(context.change(data))
    return said, _joined(_word(MOVE_REASONS, data.get("reason")), why)


def _length_changed(data: Data, context: _Context, event: Event) -> Told:
    said = _length_words(data.get("from_minutes", 0), data.get("minutes", 0))
    why = _why(context.change(data))
    return said, _joined(_word(MOVE_REASONS, data.get("reason")), why)


def _put_back(data: Data, context: _Context, event: Event) -> Told:
    """What was undone, and where it stands again."""
    change = context.change(data)
    if change is None:
        return gettext("put back as it was"), ""
    undone = change.undoes.get_kind_display() if change.undoes else ""
    words = {"what": undone, "moment": moment_words(from_minute(change.after["start"]))}
    return gettext("undone (%(what)s): as it was, on %(moment)s") % words, ""


def _cancelled(data: Data, context: _Context, event: Event) -> Told:
    change = context.change(data)
    return gettext("cancelled"), _why(change) if change else context.appointment.cancel_reason


def _assessed(data: Data, context: _Context, event: Event) -> Told:
    form = {"form": _word(MODALITIES, data.get("modality"))}
    if data.get("overruled"):
        return gettext("chosen all the same: %(form)s") % form, ""
    return gettext("weighed whether it suits: %(form)s") % form, ""


def _about_form(sentence: str | Promise) -> Callable[[Data, _Context, Event], Told]:
    return lambda data, context, event: (str(sentence) % {"form": _word(MODALITIES, data.get("modality"))}, "")


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
    "appointment.form_changed": _form_changed,
    "appointment.length_changed": _length_changed,
    "appointment.put_back": _put_back,
    "suitability.assessed": _assessed,
    "form.requested": _about_form(_("asked for another form of contact: %(form)s")),
    "form_request.granted": _about_form(_("request granted: %(form)s")),
    "form_request.withdrawn": _about_form(_("request withdrawn: %(form)s")),
    "form_request.declined": _about_form(_("request declined: %(form)s")),
    "waiting_list.joined": _fixed(_("put on the waiting list for an earlier place")),
    "waiting_list.left": lambda data, context, event: (
        gettext("off the waiting list"),
        _word(WaitingListEntry.End.choices, data.get("end")),
    ),
    "place.offered": _fixed(_("an earlier place was offered")),
    "place.accepted": _fixed(_("the earlier place was accepted")),
    "place.lost": _fixed(_("the earlier place is gone")),
    "place.offer_ended": lambda data, context, event: (
        gettext("the earlier place was not taken"),
        _word(PlaceOffer.State.choices, data.get("state")),
    ),
    "appointment.cancelled": _cancelled,
    "misfit.left": lambda data, context, event: (
        gettext("left as it is, though it does not fit the clinic"),
        context.reasons_to_leave.get(event.at, ""),
    ),
    "order.planned": _fixed(_("planned what was ordered")),
    "order.reopened": _fixed(_("what was ordered must be planned again")),
    "preference.stated": lambda data, context, event: (
        gettext("preference stated: %(preference)s") % {"preference": _word(PREFERENCES, data.get("preference"))},
        "",
    ),
    "message.sent": _message(_("%(kind)s sent by %(channel)s")),
    "message.delivered": _message(_("%(kind)s by %(channel)s arrived")),
    "message.read": _message(_("%(kind)s by %(channel)s read")),
    "message.bounced": _message(_("%(kind)s by %(channel)s came back")),
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
    "device.tested": lambda data, context, event: (
        gettext("camera, sound and connection tested"),
        _word(DeviceTest.Verdict.choices, data.get("verdict")),
    ),
    "call.ended": _fixed(_("call ended")),
    "call.continued_by_phone": _fixed(_("continued by phone")),
    "participant.call_requested": _fixed(_("asked to be phoned")),
    "consult.closed": lambda data, context, event: (
        gettext("consult closed: %(outcome)s") % {"outcome": _word(Outcome.choices, data.get("outcome"))},
        str(data.get("code", "")),
    ),
}
