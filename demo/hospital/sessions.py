"""Clinics placed around a moment, beside whatever the rasters have there: extra sessions, marked as the demo's."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise

from demo.hospital.departments import PHONE, VIDEO
from people.models import Clinician, Department
from praktijkplan.intervals import Span, merge, subtract
from praktijkplan.localtime import AFTERNOON_FROM, HalfDay, from_instant, half_day, local_date, midnight, wall_minutes
from praktijkplan.slots import BlockMode
from scheduling.localtime import AMSTERDAM
from scheduling.models import AppointmentType, ClinicSession, SessionBlock

SOURCE = "demo"
SHORTEST = 15
LONGEST_TYPE = 20


def hold_clinic(clinician: Clinician, department: Department, window: Span) -> list[ClinicSession]:
    """Sessions wherever this clinician has none inside the window (instants); they overlap with nothing."""
    taken = merge(sessions_within(clinician, window))
    free = subtract(window, taken)
    return [
        _session(clinician, department, piece)
        for gap in free
        for piece in _half_days(gap)
        if piece[1] - piece[0] >= SHORTEST
    ]


def sessions_within(clinician: Clinician, window: Span) -> list[Span]:
    held = SessionBlock.objects.filter(
        clinician_id=clinician.pk,
        starts__lt=window[1],
        ends__gt=window[0],
        session__status=ClinicSession.Status.PLANNED,
    )
    return list(held.values_list("starts", "ends"))


def _half_days(span: Span) -> Iterator[Span]:
    """Cut where the local date or the half-day begins: a session is a half-day on a date."""
    cuts = sorted(cut for cut in _borders(span) if span[0] < cut < span[1])
    edges = [span[0], *cuts, span[1]]
    yield from pairwise(edges)


def _borders(span: Span) -> Iterator[int]:
    first, last = local_date(span[0], AMSTERDAM), local_date(span[1], AMSTERDAM)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        midnight_of_day = midnight(day, AMSTERDAM)
        yield midnight_of_day
        # Noon is never in the hour that the clock skips or doubles, but it is another distance from midnight.
        yield _noon_of(midnight_of_day)


def _noon_of(midnight_of_day: int) -> int:
    wanted = AFTERNOON_FROM.hour * 60 + AFTERNOON_FROM.minute
    about = midnight_of_day + wanted
    return about + wanted - wall_minutes(about, AMSTERDAM)


def _session(clinician: Clinician, department: Department, span: Span) -> ClinicSession:
    day, half = local_date(span[0], AMSTERDAM), _half_day(span[0])
    session, _ = ClinicSession.objects.get_or_create(
        clinician=clinician,
        department=department,
        date=day,
        half_day=half.value,
        source=SOURCE,
        raster=None,
        status=ClinicSession.Status.PLANNED,
    )
    block = SessionBlock.objects.create(
        session=session,
        department_id=department.pk,
        clinician_id=clinician.pk,
        starts=span[0],
        ends=span[1],
        mode=BlockMode.FLEXIBLE.value,
    )
    block.types.set(
        AppointmentType.objects.filter(
            department=department,
            modality__in=[VIDEO.value, PHONE.value],
            contact_kind="follow_up",
            duration_minutes__lte=LONGEST_TYPE,
        )
    )
    return session


def _half_day(instant: int) -> HalfDay:
    at: datetime = from_instant(instant, AMSTERDAM)
    return half_day(time(at.hour, at.minute))
