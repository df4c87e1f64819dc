"""The day as it stands: one row per appointment, with the status that board and clinician show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from people.models import Clinician, Department
from praktijkplan.slots import BlockMode
from scheduling.localtime import day_span
from scheduling.models import Appointment, AppointmentStatus, Participant, ParticipantRole, SessionBlock
from scheduling.models.minutes import from_minute
from waitingroom.course import Course, Phase, course_of, courses_of
from waitingroom.models import Closing, Outcome, Presence
from waitingroom.visits import PATIENT_SIDE, opens_at

LATE_AFTER = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class DayRow:
    """`status` is an id of the visual language; "tested" comes with the device test."""

    appointment: Appointment
    participants: tuple[Participant, ...]
    status: str
    since: datetime | None
    waits: int | None
    counts_from: datetime | None
    present: bool
    early: bool
    course: Course
    companions: tuple[str, ...]
    # Of these, who came after the call had begun and is not let in yet.
    waiting_companions: tuple[str, ...]
    closing: Closing | None

    @property
    def runs(self) -> bool:
        return self.appointment.is_active and self.course.runs

    @property
    def to_close(self) -> bool:
        """Held, and not closed yet."""
        return self.appointment.is_active and self.course.phase is Phase.ENDED

    @property
    def over(self) -> bool:
        return not self.appointment.is_active

    @property
    def open(self) -> bool:
        """Still to come."""
        return self.appointment.is_active and self.course.phase is Phase.NOT_BEGUN

    @property
    def counts_from_shown(self) -> datetime | None:
        """Since when the minutes of a wait count, for a row that shows them."""
        return self.counts_from if self.waits is not None else None

    @property
    def technique(self) -> str:
        return self.course.failing

    @property
    def began_at(self) -> datetime | None:
        return self.course.began_at

    @property
    def ended_at(self) -> datetime | None:
        return self.course.ended_at or (self.closing.closed_at if self.closing else None)

    @property
    def used_minutes(self) -> int | None:
        if self.began_at is None or self.ended_at is None:
            return None
        return max(1, round((self.ended_at - self.began_at) / MINUTE))


@dataclass(frozen=True)
class Delay:
    """How far the running or the next consult is behind. `grows_from`: the moment from which it grows by itself."""

    minutes: int
    grows_from: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """Where a participant stands, for their own page.

    `state`: too_early, may_enter, waiting, call, phone, ended, cancelled or closed.
    """

    state: str
    opens_at: datetime
    presence: Presence | None


def day_rows(
    *,
    day: date,
    now: datetime,
    department: Department | int | None = None,
    departments: Iterable[Department | int] | None = None,
    clinician: Clinician | int | None = None,
) -> list[DayRow]:
    """The appointments of a local date by start, in three queries however many there are."""
    starts, ends = (from_minute(minute) for minute in day_span(day))
    found = _of_day(starts, ends)
    if department is not None:
        found = found.filter(department=department)
    if departments is not None:
        found = found.filter(department__in=departments)
    if clinician is not None:
        found = found.filter(clinician=clinician)
    appointments = list(found)
    taking_part = _taking_part(appointments)
    courses = courses_of(appointment.pk for appointment in appointments)
    return [_row(each, tuple(taking_part[each.pk]), courses[each.pk], now) for each in appointments]


def day_breaks(*, clinician: Clinician | int, day: date) -> list[SessionBlock]:
    clinician_id = clinician if isinstance(clinician, int) else clinician.pk
    starts, ends = day_span(day)
    return list(
        SessionBlock.objects.filter(
            clinician_id=clinician_id, mode=BlockMode.BREAK.value, starts__gte=starts, starts__lt=ends
        ).order_by("starts")
    )


def clinician_delays(rows: Sequence[DayRow], now: datetime) -> dict[int, Delay]:
    """Per clinician, from facts alone: nothing is forecast."""
    delays: dict[int, Delay] = {}
    for clinician_id in {row.appointment.clinician_id for row in rows}:
        own = [row for row in rows if row.appointment.clinician_id == clinician_id]
        delays[clinician_id] = _delay(own, now)
    return delays


def standing(participant: Participant, now: datetime) -> Standing:
    appointment = Appointment.objects.get(pk=participant.appointment_id)
    presence = Presence.objects.filter(participant=participant).first()
    opens = opens_at(appointment)
    if appointment.status == AppointmentStatus.CANCELLED:
        return Standing("cancelled", opens, presence)
    if not appointment.is_active:
        return Standing("closed", opens, presence)
    course = course_of(appointment.pk)
    if course.phase is Phase.BY_PHONE:
        return Standing("phone", opens, presence)
    if now < opens and presence is None:
        return Standing("too_early", opens, presence)
    return Standing(_state_of(presence, course), opens, presence)


def _state_of(presence: Presence | None, course: Course) -> str:
    if presence is None or not presence.here:
        return "ended" if course.phase is Phase.ENDED and presence is not None else "may_enter"
    if presence.place == Presence.Place.ADMITTED:
        return "call"
    return "ended" if course.phase is Phase.ENDED else "waiting"


def _of_day(starts: datetime, ends: datetime) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(start__gte=starts, start__lt=ends)
        .select_related("patient", "clinician", "type", "department", "session", "closing__activity")
        .order_by("start", "id")
    )


def _taking_part(appointments: Iterable[Appointment]) -> defaultdict[int, list[Participant]]:
    """By appointment. A prefetch would compose a query of its own for each of them."""
    known = {appointment.pk: appointment for appointment in appointments}
    found: defaultdict[int, list[Participant]] = defaultdict(list)
    theirs = Participant.objects.filter(appointment__in=known).select_related("representative", "presence")
    for participant in theirs.order_by("pk"):
        participant.appointment = known[participant.appointment_id]
        found[participant.appointment_id].append(participant)
    return found


def _row(appointment: Appointment, participants: tuple[Participant, ...], course: Course, now: datetime) -> DayRow:
    sides = [one for one in participants if one.role in PATIENT_SIDE]
    here = [one.presence for one in sides if hasattr(one, "presence") and one.presence.here]
    arrived_at = min((presence.arrived_at for presence in here), default=None)
    counts_from = max(arrived_at, appointment.start) if arrived_at else None
    closing = getattr(appointment, "closing", None)
    status = _status(appointment, course, closing, counts_from, now)
    waits = status in ("waiting", "late") and counts_from is not None
    return DayRow(
        appointment=appointment,
        participants=participants,
        status=status,
        since=_since(status, course, closing, counts_from),
        waits=int((now - counts_from) / MINUTE) if waits and counts_from else None,
        counts_from=counts_from,
        present=bool(here),
        early=bool(here) and now < appointment.start,
        course=course,
        companions=tuple(one.display_name for one in sides if one.role == ParticipantRole.REPRESENTATIVE),
        waiting_companions=tuple(one.display_name for one in sides if course.runs and _waits(one)),
        closing=closing,
    )


def _waits(participant: Participant) -> bool:
    return hasattr(participant, "presence") and participant.presence.place == Presence.Place.WAITING


_CLOSED = {
    Outcome.HELD: "done",
    Outcome.HELD_BY_PHONE: "done",
    Outcome.NO_SHOW: "noshow",
    Outcome.TECHNICAL_FAILURE: "tech",
    Outcome.NOT_NEEDED: "cancelled",
}
_PHASES = {Phase.IN_CALL: "active", Phase.BY_PHONE: "phone", Phase.ENDED: "done"}


def _status(
    appointment: Appointment, course: Course, closing: Closing | None, counts_from: datetime | None, now: datetime
) -> str:
    if closing is not None:
        return _CLOSED[Outcome(closing.outcome)]
    if not appointment.is_active:
        return _STATUSES[appointment.status]
    if course.failing and (counts_from is not None or course.runs):
        return "tech"
    if course.phase is not Phase.NOT_BEGUN:
        return _PHASES[course.phase]
    # Who is early waits for the clock, not for us: that is not shown as waiting.
    if counts_from is None or now < appointment.start:
        return "planned"
    return "late" if now - counts_from > LATE_AFTER else "waiting"


_STATUSES: dict[str, str] = {
    AppointmentStatus.FULFILLED: "done",
    AppointmentStatus.NO_SHOW: "noshow",
    AppointmentStatus.CANCELLED: "cancelled",
}


def _since(status: str, course: Course, closing: Closing | None, counts_from: datetime | None) -> datetime | None:
    if closing is not None:
        return closing.closed_at
    return {
        "waiting": counts_from,
        "late": counts_from,
        "active": course.began_at,
        "phone": course.by_phone_at,
        "done": course.ended_at,
        "tech": counts_from or course.began_at,
    }.get(status)


def _delay(rows: Sequence[DayRow], now: datetime) -> Delay:
    running = next((row for row in rows if row.runs), None)
    if running is not None and running.began_at is not None:
        began_late = running.began_at - running.appointment.start
        beyond_end = now - running.appointment.end
        if beyond_end > max(began_late, timedelta()):
            return Delay(int(beyond_end / MINUTE), grows_from=running.appointment.end)
        return Delay(max(0, int(began_late / MINUTE)))
    # Nobody is inside: the clinician is behind by as long as the first of those who are there had to wait.
    waiting = [row for row in rows if row.open and row.present and row.appointment.start <= now]
    if waiting:
        first = min(waiting, key=lambda row: row.appointment.start)
        return Delay(int((now - first.appointment.start) / MINUTE), grows_from=first.appointment.start)
    return Delay(0)
