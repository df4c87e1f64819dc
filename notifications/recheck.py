"""What still holds of a planned message at the moment of sending. Pure: time and rows are arguments."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.models import Channel, Message, MessageKind
from notifications.recipients import must_be_phoned_instead
from praktijkplan.policy import Policy
from praktijkplan.reaching import Barrier, Reach, Way
from scheduling.models import AppointmentStatus

# Asked when the consult is over; it may be sent just before the appointment is closed.
_TOLD_OF_HELD = (AppointmentStatus.BOOKED, AppointmentStatus.FULFILLED)


class Verdict(StrEnum):
    SEND = "send"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    # Not over this channel, or not at all: told in another way, else by a person.
    UNREACHABLE = "unreachable"
    # Its sender never heard that it was taken; a receipt says so.
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    why: str = ""  # a plain reason for staff; empty when the message may go


_SEND = Finding(Verdict.SEND)
_WHY = {
    Barrier.NO_ADDRESS: "no address any more",
    Barrier.NOT_MOBILE: "this number takes no text messages",
    Barrier.BROKEN: "an earlier message to this address came back",
    Barrier.REFUSED: "they do not want messages over this channel",
    Barrier.NOT_ASKED: "they have not agreed to messages over this channel",
    Barrier.SWITCHED_OFF: "the department does not use this channel",
    Barrier.NOT_NEEDED: "the mail reaches them",
}


def recheck(
    message: Message,
    *,
    now: datetime,
    policy: Policy,
    reach: Reach | None,
    nearer_reminder_due: bool,
    offer_is_over: bool = False,
) -> Finding:
    """Whether this message may go now. Its appointment, patient and recipient must be freshly read.

    `policy` is that of the appointment's date; `reach` of its recipient, None where nothing may be written at all.
    `offer_is_over`: it offers a place that cannot be had any more.
    """
    if message.delivered_at is not None:
        return Finding(Verdict.ARRIVED, "it had arrived already")
    return (
        _about_the_plan(message)
        or _about_the_offer(offer_is_over)
        or _about_the_patient(message, reach)
        or _about_the_time(message, now, nearer_reminder_due)
        or _about_the_agreements(message, policy, reach)
        or _SEND
    )


def _about_the_plan(message: Message) -> Finding | None:
    appointment = message.appointment
    if appointment is None:
        return None
    if message.schedule_version != appointment.schedule_version:
        return Finding(Verdict.SUPERSEDED, "the appointment changed")
    if appointment.status not in _statuses_told_by(message):
        return Finding(Verdict.SUPERSEDED, f"the appointment is {appointment.status}")
    return None


def _about_the_offer(is_over: bool) -> Finding | None:
    return Finding(Verdict.SUPERSEDED, "the offer is over") if is_over else None


def _statuses_told_by(message: Message) -> tuple[AppointmentStatus, ...]:
    if message.kind == MessageKind.FEEDBACK:
        return _TOLD_OF_HELD
    return (AppointmentStatus.CANCELLED if message.kind == MessageKind.CANCELLED else AppointmentStatus.BOOKED,)


def _about_the_patient(message: Message, reach: Reach | None) -> Finding | None:
    if reach is not None:
        return None
    # Only an unsafe address asks for a person, and only in place of what would have left the house.
    phone = must_be_phoned_instead(message.patient) and message.channel != Channel.INBOX
    verdict = Verdict.UNREACHABLE if phone else Verdict.SUPERSEDED
    return Finding(verdict, "this patient may not be written to")


def _about_the_time(message: Message, now: datetime, nearer_reminder_due: bool) -> Finding | None:
    if now > message.not_after:
        return Finding(Verdict.EXPIRED, message.problem or "it came too late to be of use")
    if nearer_reminder_due:
        return Finding(Verdict.EXPIRED, "a later reminder takes its place")
    return None


def _about_the_agreements(message: Message, policy: Policy, reach: Reach | None) -> Finding | None:
    if message.kind in policy.messages_off:
        return Finding(Verdict.SUPERSEDED, "the department does not send this message")
    barrier = dict(reach.barriers).get(Way(message.channel)) if reach else None
    return Finding(Verdict.UNREACHABLE, _WHY[barrier]) if barrier else None
