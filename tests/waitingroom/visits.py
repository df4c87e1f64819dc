"""A visit to test with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.models import Event
from scheduling.models import Appointment, Participant, ParticipantRole
from tests import factories as make
from waitingroom.models import Presence

START = make.amsterdam("2026-11-30", "14.10")


def at(clock: str) -> datetime:
    """A moment of the day of the visit."""
    return make.amsterdam("2026-11-30", clock)


@dataclass
class Visit:
    """Mevrouw Jansen, a follow-up by video at 14.10 with dr. Van der Veen; her waiting room opens at 13.40."""

    appointment: Appointment

    @property
    def patient(self) -> Participant:
        return self.appointment.participants.exclude(role=ParticipantRole.CLINICIAN).get()

    @property
    def clinician(self) -> Participant:
        return self.appointment.participants.get(role=ParticipantRole.CLINICIAN)

    @property
    def place(self) -> str:
        return Presence.objects.get(participant=self.patient).place

    def facts(self) -> list[str]:
        """What happened since the booking, in order."""
        mine = Event.objects.filter(appointment_id=self.appointment.pk)
        return [event.kind for event in mine.exclude(kind__startswith="appointment.booked")]

    def causes(self) -> list[str]:
        left = Event.objects.filter(appointment_id=self.appointment.pk, kind="participant.left")
        return [event.data["cause"] for event in left]


def make_visit(clock: str = "14.10", **fields: object) -> Visit:
    start = at(clock)
    return Visit(make.appointment(start=start, now=start - timedelta(days=7), **fields))
