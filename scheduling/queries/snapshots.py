"""Where rows become what the rules read: integers and tuples, few selects, no model instances."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from praktijkplan.intervals import Span
from praktijkplan.slots import Block, BlockMode, Busy, Snapshot
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Absence, ClinicSession, Occupancy, Resource, SessionBlock
from scheduling.models.minutes import to_minute

# Bounds of the index scans: no consult is longer than four hours (a constraint), no block longer than a day.
LONGEST_CONSULT = 4 * 60
LONGEST_BLOCK = 24 * 60
_MODES = {mode.value: mode for mode in BlockMode}
_BLOCK = (
    "clinician_id",
    "session_id",
    "id",
    "starts",
    "ends",
    "mode",
    "slot_minutes",
    "start_up_minutes",
    "released",
)


def snapshot_for(
    clinician: int, patient: int, start: datetime, *, now: datetime, department: int, without: int | None = None
) -> Snapshot:
    """What is known about the local day of `start`, with every type each block allows.

    `without` leaves out an appointment that is being moved: it does not stand in its own way.
    """
    window = day_span(local_day(start))
    taken = Occupancy.objects.filter(_taken_in(window)).filter(
        Q(resource=Resource.CLINICIAN, resource_id=clinician) | Q(resource=Resource.PATIENT, resource_id=patient)
    )
    if without is not None:
        taken = taken.exclude(appointment_id=without)
    rows = list(taken.values_list("resource", "resource_id", "starts", "ends"))
    return Snapshot(
        blocks=_blocks_with_types(clinician, department, window),
        busy=[(who, starts, ends) for what, who, starts, ends in rows if what == Resource.CLINICIAN],
        absences=absences([clinician], window),
        patient_busy=[(starts, ends) for what, _, starts, ends in rows if what == Resource.PATIENT],
        now=to_minute(now),
        tz=AMSTERDAM,
    )


def _blocks_with_types(clinician: int, department: int, window: tuple[int, int]) -> list[Block]:
    """A clinician's blocks of one department; a type of another one has no place in them."""
    held = SessionBlock.objects.filter(
        _held_in(window),
        session__status=ClinicSession.Status.PLANNED,
        clinician_id=clinician,
        department_id=department,
    )
    types: dict[int, set[int]] = {}
    allowed = SessionBlock.types.through.objects.filter(sessionblock__in=held)
    for block, allowed_type in allowed.values_list("sessionblock_id", "appointmenttype_id"):
        types.setdefault(block, set()).add(allowed_type)
    return [
        Block._make((*row[:5], _MODES[row[5]], *row[6:8], frozenset(types.get(row[2], ())), row[8]))
        for row in held.values_list(*_BLOCK)
    ]


def block_of(row: SessionBlock) -> Block:
    """A stored block as the rules see it, for every type."""
    return Block(
        clinician=row.clinician_id,
        session=row.session_id,
        block=row.pk,
        starts=row.starts,
        ends=row.ends,
        mode=BlockMode(row.mode),
        slot_minutes=row.slot_minutes,
        start_up_minutes=row.start_up_minutes,
        released=row.released,
    )


def blocks_for_type(
    department: int, type_id: int, window: tuple[int, int], clinicians: Iterable[int] | None = None
) -> list[Block]:
    """Blocks of a department that allow this type, and the breaks beside them, in one select."""
    held = SessionBlock.objects.filter(
        _held_in(window),
        Q(types=type_id) | Q(mode=BlockMode.BREAK),
        session__status=ClinicSession.Status.PLANNED,
        department_id=department,
    )
    if clinicians is not None:
        held = held.filter(clinician_id__in=clinicians)
    rows = held.order_by().values_list(*_BLOCK)
    return [Block._make((*row[:5], _MODES[row[5]], *row[6:8], None, row[8])) for row in rows]


def taken_or_absent(clinicians: Iterable[int], window: tuple[int, int]) -> list[Busy]:
    """When these clinicians cannot be booked, in any department, as (clinician, start, end), in one select."""
    who = list(clinicians)
    taken = (
        Occupancy.objects.filter(_taken_in(window), resource=Resource.CLINICIAN, resource_id__in=who)
        .order_by()
        .values_list("resource_id", "starts", "ends")
    )
    return list(taken.union(_absent(who, window), all=True))


def busy_patient(patient: int, window: tuple[int, int]) -> list[Span]:
    """Where this patient is taken, in any department."""
    held = Occupancy.objects.filter(active=True, resource=Resource.PATIENT, resource_id=patient)
    return list(held.filter(starts__lt=window[1], ends__gt=window[0]).order_by().values_list("starts", "ends"))


def absences(clinicians: Iterable[int], window: tuple[int, int]) -> list[Busy]:
    return list(_absent(clinicians, window))


def _absent(clinicians: Iterable[int], window: tuple[int, int]) -> QuerySet[Absence, tuple[int, int, int]]:
    return (
        Absence.objects.filter(clinician_id__in=clinicians, starts__lt=window[1], ends__gt=window[0])
        .order_by()
        .values_list("clinician_id", "starts", "ends")
    )


def _taken_in(window: tuple[int, int]) -> Q:
    return Q(active=True, starts__gt=window[0] - LONGEST_CONSULT, starts__lt=window[1], ends__gt=window[0])


def _held_in(window: tuple[int, int]) -> Q:
    return Q(starts__gt=window[0] - LONGEST_BLOCK, starts__lt=window[1], ends__gt=window[0])
