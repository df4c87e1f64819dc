"""Days and clinicians side by side: what is held, who is booked, who is away, and what is free."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Q

from people.models import Clinician, Department
from praktijkplan.capacity import one_after_another
from praktijkplan.intervals import Span, overlaps
from praktijkplan.policy import Policy
from praktijkplan.slots import Block, BlockMode, Busy, booking_horizon, free_starts
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import (
    Absence,
    Appointment,
    AppointmentStatus,
    AppointmentType,
    ClinicSession,
    Occupancy,
    Resource,
    SessionBlock,
)
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.policy import Policies
from scheduling.queries.snapshots import LONGEST_CONSULT, block_of

Row = TypeVar("Row")


@dataclass(frozen=True)
class Booked:
    """An appointment in a column. `beside`: on purpose at the same time as another one (overbooked)."""

    appointment: Appointment
    beside: bool
    in_absence: bool


@dataclass(frozen=True)
class FreePlace:
    """Room for one consult of the shortest type the block allows. `held_until`: till then for urgent consults."""

    start: datetime
    end: datetime
    block: SessionBlock
    held_until: datetime | None


@dataclass(frozen=True)
class Taken:
    """A clinician who works elsewhere: in another department nobody's name is told."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Away:
    start: datetime
    end: datetime
    kind: str
    public_id: uuid.UUID


@dataclass(frozen=True)
class Column:
    """A clinician on a local day."""

    clinician: Clinician
    day: date
    blocks: tuple[SessionBlock, ...]
    booked: tuple[Booked, ...]
    elsewhere: tuple[Taken, ...]
    absences: tuple[Away, ...]
    free: tuple[FreePlace, ...]


@dataclass(frozen=True)
class _Rows:
    """What was read for a window, by clinician."""

    department: int
    blocks: Mapping[int, list[SessionBlock]]
    booked: Mapping[int, list[Appointment]]
    occupancies: Mapping[int, list["_Occupied"]]
    absences: Mapping[int, list[Absence]]
    policies: Policies


@dataclass(frozen=True)
class _Occupied:
    starts: int
    ends: int
    appointment: int
    department: int
    first_clinician: int
    beside: bool


def agenda_of(
    department: Department,
    clinicians: Sequence[Clinician],
    first: date,
    last: date,
    *,
    now: datetime,
    type: AppointmentType | None = None,  # noqa: A002  the field's own word
) -> list[Column]:
    """A column per day and clinician, the days in order, on each day the clinicians as given.

    Six selects, however many clinicians, days and patients. With `type`, the free places are those of that type.
    """
    rows = _read(department, [clinician.pk for clinician in clinicians], first, last)
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    return [_column(clinician, day, rows, now, type) for day in days for clinician in clinicians]


def clinicians_at_work(department: Department, first: date, last: date) -> set[int]:
    """Who holds a clinic or is booked on these days, in one select."""
    held = ClinicSession.objects.filter(department=department, date__gte=first, date__lte=last).exclude(
        status=ClinicSession.Status.CANCELLED
    )
    starts, ends = map(from_minute, day_span(first, last))
    booked = Appointment.objects.filter(department=department, start__gte=starts, start__lt=ends).exclude(
        status=AppointmentStatus.CANCELLED
    )
    both = held.order_by().values_list("clinician_id").union(booked.order_by().values_list("clinician_id"))
    return {clinician for (clinician,) in both}


def _read(department: Department, who: Sequence[int], first: date, last: date) -> _Rows:
    window = day_span(first, last)
    occupancies = _occupancies(who, window)
    return _Rows(
        department=department.pk,
        blocks=_blocks(department, who, first, last),
        booked=_booked(department, who, window, occupancies),
        occupancies=occupancies,
        absences=_absences(who, window),
        policies=Policies(department.pk),
    )


def _blocks(
    department: Department, who: Sequence[int], first: date, last: date
) -> defaultdict[int, list[SessionBlock]]:
    rows = (
        SessionBlock.objects.filter(
            session__department=department,
            session__date__gte=first,
            session__date__lte=last,
            session__clinician__in=who,
        )
        .exclude(session__status=ClinicSession.Status.CANCELLED)
        .select_related("session", "workplace")
        .prefetch_related("types")
        .order_by("starts", "pk")
    )
    return _by_clinician((row.clinician_id, row) for row in rows)


def _occupancies(who: Sequence[int], window: Span) -> defaultdict[int, list[_Occupied]]:
    rows = Occupancy.objects.filter(
        resource=Resource.CLINICIAN,
        resource_id__in=who,
        active=True,
        starts__gt=window[0] - LONGEST_CONSULT,
        starts__lt=window[1],
        ends__gt=window[0],
    ).order_by("starts")
    told = rows.values_list(
        "resource_id",
        "starts",
        "ends",
        "appointment_id",
        "appointment__department_id",
        "appointment__clinician_id",
        "overbooked",
    )
    return _by_clinician((row[0], _Occupied(*row[1:])) for row in told)


def _booked(
    department: Department,
    who: Sequence[int],
    window: Span,
    occupancies: Mapping[int, list[_Occupied]],
) -> defaultdict[int, list[Appointment]]:
    """Also where a clinician is the second one: the appointment then stands in both columns."""
    second = defaultdict(list)
    for clinician, spans in occupancies.items():
        for span in spans:
            if span.first_clinician != clinician and span.department == department.pk:
                second[span.appointment].append(clinician)
    starts, ends = map(from_minute, window)
    rows = (
        Appointment.objects.filter(Q(clinician__in=who) | Q(pk__in=list(second)))
        .filter(department=department, start__gte=starts, start__lt=ends)
        .exclude(status=AppointmentStatus.CANCELLED)
        .select_related("patient", "type", "clinician")
        .order_by("start", "pk")
    )
    return _by_clinician((clinician, row) for row in rows for clinician in (row.clinician_id, *second[row.pk]))


def _absences(who: Sequence[int], window: Span) -> defaultdict[int, list[Absence]]:
    rows = Absence.objects.filter(
        clinician_id__in=who, starts__lt=window[1], ends__gt=window[0], lifted_at__isnull=True
    )
    return _by_clinician((row.clinician_id, row) for row in rows.order_by("starts"))


def _by_clinician(pairs: Iterable[tuple[int, Row]]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for clinician, row in pairs:
        found[clinician].append(row)
    return found


def _column(
    clinician: Clinician,
    day: date,
    rows: _Rows,
    now: datetime,
    type: AppointmentType | None,  # noqa: A002
) -> Column:
    window = day_span(day)
    blocks = [block for block in rows.blocks[clinician.pk] if block.session.date == day]
    occupied = [each for each in rows.occupancies[clinician.pk] if overlaps((each.starts, each.ends), window)]
    absences = [each for each in rows.absences[clinician.pk] if overlaps((each.starts, each.ends), window)]
    away = [(each.starts, each.ends) for each in absences]
    beside = {each.appointment for each in occupied if each.beside}
    taken = [(each.starts, each.ends) for each in occupied]
    busy = [(clinician.pk, starts, ends) for starts, ends in (*taken, *away)]
    return Column(
        clinician=clinician,
        day=day,
        blocks=tuple(blocks),
        booked=tuple(
            Booked(each, each.pk in beside, _lies_in(each, away))
            for each in rows.booked[clinician.pk]
            if local_day(each.start) == day
        ),
        elsewhere=tuple(
            Taken(from_minute(each.starts), from_minute(each.ends))
            for each in occupied
            if each.department != rows.department
        ),
        absences=tuple(
            Away(from_minute(each.starts), from_minute(each.ends), each.kind, each.public_id) for each in absences
        ),
        free=tuple(_free(blocks, busy, rows.policies, now, type)),
    )


def _lies_in(appointment: Appointment, spans: Iterable[Span]) -> bool:
    own = to_minute(appointment.start), to_minute(appointment.end)
    return appointment.is_active and any(overlaps(own, span) for span in spans)


def _free(
    blocks: Sequence[SessionBlock],
    busy: Sequence[Busy],
    policies: Policies,
    now: datetime,
    type: AppointmentType | None,  # noqa: A002
) -> Iterator[FreePlace]:
    breaks = [block_of(row) for row in blocks if row.mode == BlockMode.BREAK]
    for row in blocks:
        minutes = _shortest(row, type)
        if minutes is None or row.session.status != ClinicSession.Status.PLANNED:
            continue
        policy = policies.on(row.session.date)
        length = row.slot_minutes if row.mode == BlockMode.FIXED else minutes
        held = from_minute(row.released) if to_minute(now) < row.released else None
        for start in _starts([block_of(row), *breaks], busy, minutes, policy, now):
            yield FreePlace(from_minute(start), from_minute(start + length), row, held)


def _shortest(block: SessionBlock, type: AppointmentType | None) -> int | None:  # noqa: A002
    """The minutes of the consult that a place here is drawn for; None where none is held."""
    if block.mode == BlockMode.BREAK:
        return None
    allowed = [kind.duration_minutes for kind in block.types.all() if type is None or kind.pk == type.pk]
    return min(allowed, default=None)


def _starts(beside: Sequence[Block], busy: Sequence[Busy], minutes: int, policy: Policy, now: datetime) -> list[int]:
    asked_at = to_minute(now + timedelta(minutes=1) - timedelta.resolution)
    found = free_starts(
        beside,
        busy,
        minutes,
        step=policy.grid_minutes,
        tz=AMSTERDAM,
        not_before=asked_at,
        before=booking_horizon(asked_at, policy, AMSTERDAM),
    )
    return list(one_after_another((start for start, _, _ in found), minutes))
