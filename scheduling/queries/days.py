"""The clinics of a local day, as clerks see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from people.models import Department
from praktijkplan.capacity import in_a_row
from praktijkplan.slots import Block, BlockMode, free_starts
from scheduling.localtime import AMSTERDAM, day_span
from scheduling.models import Appointment, ClinicSession, SessionBlock
from scheduling.models.minutes import to_minute
from scheduling.queries.policy import policy_on
from scheduling.queries.snapshots import block_of, taken_or_absent


@dataclass(frozen=True)
class Clinic:
    """A session with what is in it. `free` counts consults of the shortest allowed type that still fit."""

    session: ClinicSession
    blocks: tuple[SessionBlock, ...]
    appointments: tuple[Appointment, ...]
    free: int

    @property
    def start(self) -> datetime:
        return min(block.start for block in self.blocks)

    @property
    def end(self) -> datetime:
        return max(block.end for block in self.blocks)


def clinics_on(department: Department, day: date, *, now: datetime) -> list[Clinic]:
    """Every session of the department on this local day, by clinician and time; a fixed number of selects."""
    sessions = list(
        ClinicSession.objects.filter(department=department, date=day)
        .exclude(status=ClinicSession.Status.CANCELLED)
        .select_related("clinician", "raster")
        .prefetch_related("blocks__types", "blocks__workplace")
        .order_by("clinician__name", "half_day", "pk")
    )
    booked: defaultdict[int | None, list[Appointment]] = defaultdict(list)
    in_these = Appointment.objects.filter(session__in=sessions).select_related("patient", "type", "clinician")
    for appointment in in_these.order_by("start", "pk"):
        booked[appointment.session_id].append(appointment)
    free = _free_places(sessions, department, day, now)
    clinics = [
        Clinic(
            session=session,
            blocks=tuple(sorted(session.blocks.all(), key=lambda block: block.starts)),
            appointments=tuple(booked[session.pk]),
            free=free[session.pk],
        )
        for session in sessions
        if session.blocks.all()
    ]
    return sorted(clinics, key=lambda clinic: (clinic.session.clinician.name, clinic.start))


def _free_places(
    sessions: Iterable[ClinicSession], department: Department, day: date, now: datetime
) -> dict[int, int]:
    window = day_span(day)
    clinicians = {session.clinician_id for session in sessions}
    busy = taken_or_absent(clinicians, window)
    step = policy_on(department.pk, day).grid_minutes
    places = {}
    for session in sessions:
        rows = list(session.blocks.all())
        breaks = [block_of(row) for row in rows if row.mode == BlockMode.BREAK]
        if session.status == ClinicSession.Status.CLOSING:
            places[session.pk] = 0
            continue
        places[session.pk] = sum(_places(row, breaks, busy, step, now) for row in rows)
    return places


def _places(
    row: SessionBlock, breaks: list[Block], busy: list[tuple[int, int, int]], step: int, now: datetime
) -> int:
    durations = [kind.duration_minutes for kind in row.types.all()]
    if row.mode == BlockMode.BREAK or not durations:
        return 0
    shortest = min(durations)
    starts = free_starts([block_of(row), *breaks], busy, shortest, step=step, tz=AMSTERDAM, not_before=to_minute(now))
    return in_a_row((start for start, _, _ in starts), shortest)
