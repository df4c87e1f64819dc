"""How a consult has gone so far, read from its facts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from events.catalogue import (
    AppointmentMoved,
    CallConnected,
    CallEnded,
    CallRequested,
    ContinuedByPhone,
    ParticipantAdmitted,
    ParticipantArrived,
    PatientPhoned,
    TechniqueFailed,
)
from events.models import Event

TELLING = tuple(
    fact.kind
    for fact in (
        AppointmentMoved,
        CallConnected,
        CallEnded,
        CallRequested,
        ContinuedByPhone,
        ParticipantAdmitted,
        ParticipantArrived,
        PatientPhoned,
        TechniqueFailed,
    )
)
# Who has a wrong number was not called.
A_CALL = frozenset({"reached", "no_answer", "voicemail"})


class Phase(StrEnum):
    NOT_BEGUN = "not_begun"
    IN_CALL = "in_call"
    BY_PHONE = "by_phone"
    ENDED = "ended"


@dataclass
class Course:
    """Since the appointment got its present time; what was before a move tells nothing about this visit."""

    phase: Phase = Phase.NOT_BEGUN
    arrived_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    by_phone_at: datetime | None = None
    # Why sound or picture fails now and at which participant, and why it ever failed.
    failing: str = ""
    failing_at: int | None = None
    failed: str = ""
    connected: set[int] = field(default_factory=set)
    phoned_at: datetime | None = None
    # "Bel mij liever", and nobody has called since.
    asks_for_call: bool = False

    @property
    def runs(self) -> bool:
        return self.phase in (Phase.IN_CALL, Phase.BY_PHONE)


def read_course(events: Iterable[Event]) -> Course:
    """`events` of one appointment in the order in which they were recorded."""
    course = Course()
    for event in events:
        if event.kind == AppointmentMoved.kind:
            course = Course()
        else:
            _READ[event.kind](course, event)
    return course


def course_of(appointment_id: int) -> Course:
    return read_course(Event.objects.filter(appointment_id=appointment_id, kind__in=TELLING).order_by("id"))


def courses_of(appointment_ids: Iterable[int]) -> dict[int, Course]:
    """One query for a whole day."""
    told: dict[int | None, list[Event]] = defaultdict(list)
    ids = list(appointment_ids)
    for event in Event.objects.filter(appointment_id__in=ids, kind__in=TELLING).order_by("id"):
        told[event.appointment_id].append(event)
    return {appointment_id: read_course(told[appointment_id]) for appointment_id in ids}


def _arrived(course: Course, event: Event) -> None:
    course.arrived_at = course.arrived_at or event.at


def _admitted(course: Course, event: Event) -> None:
    course.phase = Phase.IN_CALL
    course.began_at = course.began_at or event.at
    course.ended_at = None
    course.connected = set()


def _connected(course: Course, event: Event) -> None:
    """Who receives the other side proves that the other side works; of their own camera it says nothing."""
    participant = event.data["participant"]
    course.connected.add(participant)
    if course.failing == "no_connection" or participant != course.failing_at:
        course.failing = ""


def _failed(course: Course, event: Event) -> None:
    course.failing = course.failed = event.data["reason"]
    course.failing_at = event.data["participant"]


def _by_phone(course: Course, event: Event) -> None:
    course.phase = Phase.BY_PHONE
    course.began_at = course.began_at or event.at
    course.by_phone_at = event.at
    course.failing = ""
    course.asks_for_call = False


def _ended(course: Course, event: Event) -> None:
    course.phase = Phase.ENDED
    course.ended_at = event.at
    course.failing = ""


def _phoned(course: Course, event: Event) -> None:
    if event.data["outcome"] in A_CALL:
        course.phoned_at = event.at
        course.asks_for_call = False


def _asked_for_call(course: Course, event: Event) -> None:
    course.asks_for_call = True


_READ = {
    ParticipantArrived.kind: _arrived,
    ParticipantAdmitted.kind: _admitted,
    CallConnected.kind: _connected,
    TechniqueFailed.kind: _failed,
    ContinuedByPhone.kind: _by_phone,
    CallEnded.kind: _ended,
    CallRequested.kind: _asked_for_call,
    PatientPhoned.kind: _phoned,
}
