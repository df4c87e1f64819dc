"""Where the patient stands on the day, as the one state of the waiting page (ux, section 4).

Only what is known is said: without a forecast a delay is "we do not know yet", and nothing is promised that no person
or process will do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import CallTask
from pages.patient.phones import masked, number_of
from pages.patient.visits import Visit
from scheduling.localtime import local_day
from scheduling.models import Appointment
from waitingroom.models import Outcome, Presence
from waitingroom.queries import DayRow, day_rows
from waitingroom.queries import standing as standing_of

# A consult that begins within these minutes of its time begins "around" it.
AROUND = timedelta(minutes=5)


class State(StrEnum):
    EARLY = "early"
    OPEN = "open"
    ON_TIME = "on_time"
    UNKNOWN = "unknown"
    NEXT = "next"
    START = "start"
    PHONE = "phone"
    ASKED = "asked"
    AFTERWARDS = "afterwards"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"


HEADINGS: dict[State, str | Promise] = {
    State.EARLY: _("You are early"),
    State.OPEN: _("The waiting room is open"),
    State.ON_TIME: _("You are in the waiting room"),
    State.UNKNOWN: _("It takes longer"),
    State.NEXT: _("It is almost your turn"),
    State.START: _("Your consult starts"),
    State.PHONE: _("We call you"),
    State.ASKED: _("We call you"),
    State.AFTERWARDS: _("Your consult is over"),
    State.FAILED: _("The consult did not work"),
    State.MISSED: _("Your appointment is over"),
    State.CANCELLED: _("Your appointment is cancelled"),
}
IN_THE_ROOM = frozenset({State.ON_TIME, State.UNKNOWN, State.NEXT, State.ASKED, State.START})
MAY_ASK_TO_BE_PHONED = frozenset({State.EARLY, State.OPEN, State.ON_TIME, State.UNKNOWN, State.NEXT})
OVER = frozenset({State.AFTERWARDS, State.FAILED, State.MISSED, State.CANCELLED})
_BY_OUTCOME = {
    Outcome.NO_SHOW: State.MISSED,
    Outcome.NOT_NEEDED: State.MISSED,
    Outcome.TECHNICAL_FAILURE: State.FAILED,
}


@dataclass(frozen=True)
class Place:
    """`beats`: the page tells that the patient is still there. `number`: where we would phone, made unreadable."""

    state: State
    opens_at: datetime | None = None
    beats: bool = False
    may_enter: bool = False
    number: str = ""
    next_contact: str = ""
    we_call: bool = False

    @property
    def heading(self) -> str | Promise:
        return HEADINGS[self.state]

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def may_ask_to_be_phoned(self) -> bool:
        return self.state in MAY_ASK_TO_BE_PHONED


def place_of(visit: Visit) -> Place:
    if closing := visit.closing:
        return Place(_BY_OUTCOME.get(Outcome(closing.outcome), State.AFTERWARDS), next_contact=closing.next_contact)
    stands = standing_of(visit.participant, visit.now)
    if stands.state == "cancelled":
        return Place(State.CANCELLED, we_call=someone_calls(visit.appointment, CallTask.Reason.NEW_TIME))
    if stands.state in ("ended", "closed"):
        return Place(State.AFTERWARDS)
    if stands.state == "may_enter" and local_day(visit.now) > local_day(visit.appointment.start):
        return Place(State.MISSED)
    return Place(
        _on_the_day(visit, stands.state),
        opens_at=stands.opens_at,
        beats=stands.presence is not None and stands.presence.place != Presence.Place.LEFT,
        may_enter=stands.state == "may_enter",
        number=masked(number_of(visit.participant)),
    )


def opens_today(visit: Visit, place: Place) -> bool:
    return place.opens_at is not None and local_day(place.opens_at) == local_day(visit.now)


def _on_the_day(visit: Visit, standing: str) -> State:
    if standing == "call":
        return State.START
    if standing == "phone":
        return State.PHONE
    if someone_calls(visit.appointment, CallTask.Reason.ASKED):
        return State.ASKED
    if standing == "too_early":
        return State.EARLY
    if standing == "may_enter":
        return State.OPEN
    return _waiting(visit)


def _waiting(visit: Visit) -> State:
    start, now = visit.appointment.start, visit.now
    if now < start - AROUND:
        return State.ON_TIME
    rows = day_rows(day=local_day(start), now=now, clinician=visit.appointment.clinician)
    if is_next(visit.appointment, rows):
        return State.NEXT
    return State.ON_TIME if now < start + AROUND else State.UNKNOWN


def is_next(appointment: Appointment, rows: Iterable[DayRow]) -> bool:
    """The only one before this patient is in consult now: the clinician is at work, and nobody else comes first."""
    before = [row for row in rows if (row.open or row.runs) and row.appointment.start < appointment.start]
    return len(before) == 1 and before[0].runs


def someone_calls(appointment: Appointment, reason: CallTask.Reason) -> bool:
    """A promise to phone is shown only while a person has the task."""
    return CallTask.objects.filter(
        appointment=appointment,
        reason=reason,
        schedule_version=appointment.schedule_version,
        done_at__isnull=True,
    ).exists()
