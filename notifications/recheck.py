"""What still holds of a planned message at the moment of sending. Pure: time and rows are arguments."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.models import Channel, Message, MessageKind
from notifications.recipients import must_be_phoned_instead
from scheduling.models import AppointmentStatus


class Verdict(StrEnum):
    SEND = "send"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    why: str = ""  # a plain reason for staff; empty when the message may go


def recheck(message: Message, *, now: datetime, nearer_reminder_due: bool) -> Finding:
    """Whether this message may go now. Its appointment, patient and participant must be freshly read."""
    appointment = message.appointment
    if message.schedule_version != appointment.schedule_version:
        return Finding(Verdict.SUPERSEDED, "the appointment changed")
    if appointment.status != _status_told_by(message):
        return Finding(Verdict.SUPERSEDED, f"the appointment is {appointment.status}")
    if not appointment.patient.may_be_written_to:
        # Only an unsafe address asks for a person, and only in place of what would have left the house.
        phone = must_be_phoned_instead(appointment.patient) and message.channel != Channel.INBOX
        verdict = Verdict.UNREACHABLE if phone else Verdict.SUPERSEDED
        return Finding(verdict, "this patient may not be written to")
    if now > message.not_after:
        return Finding(Verdict.EXPIRED, message.problem or "it came too late to be of use")
    if nearer_reminder_due:
        return Finding(Verdict.EXPIRED, "a later reminder takes its place")
    if message.channel == Channel.EMAIL and not message.participant.email:
        return Finding(Verdict.UNREACHABLE, "no e-mail address any more")
    return Finding(Verdict.SEND)


def _status_told_by(message: Message) -> AppointmentStatus:
    cancelled = message.kind == MessageKind.CANCELLED
    return AppointmentStatus.CANCELLED if cancelled else AppointmentStatus.BOOKED
