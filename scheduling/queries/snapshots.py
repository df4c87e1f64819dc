"""Where rows become what the rules read: integers and tuples, few selects, no model instances."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from praktijkplan.intervals import Span, merge, subtract
from praktijkplan.placing import Need, Snapshot
from praktijkplan.slots import Block, BlockMode, Busy
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Absence, ClinicSession, Occupancy, Resource, SessionBlock
from scheduling.models.minutes import to_minute
from statements.blanks import Once, blank, blanks, named
from statements.reading import Reading

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
    clinician: int,
    patient: int,
    start: datetime,
    *,
    now: datetime,
    department: int,
    needs: Collection[Need] = (),
    without: Collection[int] = (),
    despite: Collection[int] = (),
) -> Snapshot:
    """What is known about the local day of `start`, with every type each block allows.

    `needs` are the others that must be free besides. `without` leaves out appointments that are being moved: they
    do not stand in their own way. `despite` are absences that are known, and not held against it.
    """
    day = DayOfMany(
        local_day(start), [clinician], {*needs, Need(Resource.PATIENT, patient)}, department, despite=despite
    )
    return day.snapshot(clinician, patient, needs, now=now, without=without)


class DayOfMany:
    """A local day as these clinicians, and whoever `others` are, spend it; read in a fixed number of selects.

    `last`: all days through this one.
    """

    def __init__(
        self,
        day: date,
        clinicians: Collection[int],
        others: Collection[Need],
        department: int,
        *,
        last: date | None = None,
        despite: Collection[int] = (),
    ) -> None:
        window = day_span(day, last or day)
        own = {Need(Resource.CLINICIAN, pk) for pk in clinicians}
        self._taken = _taken_by(own.union(others), window)
        self._absent = _absent_now({*clinicians, *_clinicians(others)}, window, despite)
        self._rooms = _rooms_given_out(others, window)
        self._present = _present(others, window, self._absent)
        self._blocks = blocks_with_types(clinicians, department, window)

    def snapshot(
        self,
        clinician: int,
        patient: int,
        needs: Collection[Need] = (),
        *,
        now: datetime,
        without: Collection[int] = (),
    ) -> Snapshot:
        """As `snapshot_for`: for one of the clinicians, and for a patient and needs that are among the others."""

        def taken(need: Need) -> list[Span]:
            return [(starts, ends) for held, starts, ends in self._taken[need] if held not in without]

        return Snapshot(
            blocks=self._blocks.get(clinician, ()),
            busy=[(clinician, *span) for span in taken(Need(Resource.CLINICIAN, clinician))],
            absences=[each for each in self._absent if each[0] == clinician],
            patient_busy=taken(Need(Resource.PATIENT, patient)),
            now=to_minute(now),
            tz=AMSTERDAM,
            others_busy={need: [*taken(need), *_of_others(self._rooms, need, clinician)] for need in needs},
            others_present={need: self._present[need] for need in needs if need in self._present},
        )


def busy_with_others(needs: Collection[Need], clinician: int | None, window: tuple[int, int]) -> list[Span]:
    """When one of these cannot be had besides, merged: taken, away, or given to another clinician."""
    if not needs:
        return []
    absent = absences(_clinicians(needs), window)
    busy = [span for spans in taken_per_need(needs, window).values() for span in spans]
    rooms = _rooms_given_out(needs, window)
    busy += [span for need in needs for span in _of_others(rooms, need, clinician)]
    busy += [gap for spans in _present(needs, window, absent).values() for gap in subtract(window, spans)]
    return merge(busy)


def taken_per_need(
    needs: Collection[Need], window: tuple[int, int], *, without: Collection[int] = ()
) -> dict[Need, list[Span]]:
    """When each is taken by an appointment, in any department; one select."""
    taken = _taken_by(needs, window)
    return {
        need: [(starts, ends) for held, starts, ends in rows if held not in without] for need, rows in taken.items()
    }


def _taken_by(needs: Collection[Need], window: tuple[int, int]) -> dict[Need, list[tuple[int, int, int]]]:
    """Per need (appointment, start, end)."""
    whose: dict[int, list[int]] = {}
    for need in needs:
        whose.setdefault(need.resource, []).append(need.resource_id)
    if not whose:
        return {}
    asked = {"from": window[0], "reach": window[0] - LONGEST_CONSULT, "until": window[1]}
    for resource, ids in whose.items():
        asked |= named(f"of {resource}", ids)
    shape = tuple(sorted((resource, len(ids)) for resource, ids in whose.items()))
    found: dict[Need, list[tuple[int, int, int]]] = {need: [] for need in needs}
    for resource, pk, *taken in _TAKEN.of(shape).run(asked):
        found[Need(resource, pk)].append((taken[0], taken[1], taken[2]))
    return found


def _prepare_taken(shape: tuple[tuple[int, int], ...]) -> Reading[tuple[int, int, int, int, int]]:
    """`shape`: of each kind, how many are asked about."""
    of_these = Q()
    for resource, count in shape:
        of_these |= Q(resource=resource, resource_id__in=blanks(Occupancy, "resource_id", f"of {resource}", count))
    held = Occupancy.objects.filter(
        of_these,
        active=True,
        starts__gt=blank(Occupancy, "starts", "reach"),
        starts__lt=blank(Occupancy, "starts", "until"),
        ends__gt=blank(Occupancy, "ends", "from"),
    )
    return Reading(held.values_list("resource", "resource_id", "appointment_id", "starts", "ends"))


_TAKEN = Once(_prepare_taken)


def _clinicians(needs: Iterable[Need]) -> list[int]:
    return [need.resource_id for need in needs if need.resource == Resource.CLINICIAN]


def _present(needs: Iterable[Need], window: tuple[int, int], absent: Iterable[Busy]) -> dict[Need, list[Span]]:
    """When each second clinician holds a clinic, of whatever type, and is neither on a break nor away."""
    who = _clinicians(needs)
    if not who:
        return {}
    held = SessionBlock.objects.filter(
        _held_in(window), session__status=ClinicSession.Status.PLANNED, clinician_id__in=who
    )
    clinics: dict[int, list[Span]] = {pk: [] for pk in who}
    away: dict[int, list[Span]] = {pk: [] for pk in who}
    for pk, starts, ends, mode in held.values_list("clinician_id", "starts", "ends", "mode"):
        (away if mode == BlockMode.BREAK else clinics)[pk].append((starts, ends))
    for pk, starts, ends in absent:
        if pk in away:
            away[pk].append((starts, ends))
    return {
        Need(Resource.CLINICIAN, pk): [
            left for span in merge(clinics[pk]) for left in subtract(span, merge(away[pk]))
        ]
        for pk in who
    }


def _rooms_given_out(needs: Iterable[Need], window: tuple[int, int]) -> dict[Need, list[Busy]]:
    """When a clinic is held at these workplaces, and whose."""
    rooms = [need.resource_id for need in needs if need.resource == Resource.WORKPLACE]
    if not rooms:
        return {}
    given: dict[Need, list[Busy]] = {Need(Resource.WORKPLACE, pk): [] for pk in rooms}
    held = SessionBlock.objects.filter(
        _held_in(window), session__status=ClinicSession.Status.PLANNED, workplace__in=rooms
    )
    for pk, *clinic in held.values_list("workplace_id", "clinician_id", "starts", "ends"):
        given[Need(Resource.WORKPLACE, pk)].append((clinic[0], clinic[1], clinic[2]))
    return given


def _of_others(given: Mapping[Need, Sequence[Busy]], need: Need, clinician: int | None) -> list[Span]:
    return [(starts, ends) for whose, starts, ends in given.get(need, ()) if whose != clinician]


def blocks_with_types(
    clinicians: Collection[int], department: int, window: tuple[int, int]
) -> dict[int, list[Block]]:
    """Per clinician those of one department; a type of another one has no place in them."""
    if not clinicians:
        return {}
    who = list(clinicians)
    asked = {"from": window[0], "reach": window[0] - LONGEST_BLOCK, "until": window[1], "department": department}
    allowed: dict[int, set[int]] = {}
    told = {}
    # A row for each type that a block allows; a break allows none.
    for *row, kind in _HELD.of(len(who)).run(asked | named("clinician", who)):
        told[row[2]] = row
        types = allowed.setdefault(row[2], set())
        if kind is not None:
            types.add(kind)
    found: dict[int, list[Block]] = {}
    for pk, row in told.items():
        whole = (*row[:5], _MODES[row[5]], *row[6:8], frozenset(allowed[pk]), row[8])
        found.setdefault(row[0], []).append(Block._make(whole))
    return found


def _prepare_held(clinicians: int) -> Reading[tuple[Any, ...]]:
    held = SessionBlock.objects.filter(
        session__status=ClinicSession.Status.PLANNED,
        clinician_id__in=blanks(SessionBlock, "clinician_id", "clinician", clinicians),
        department_id=blank(SessionBlock, "department_id", "department"),
        starts__gt=blank(SessionBlock, "starts", "reach"),
        starts__lt=blank(SessionBlock, "starts", "until"),
        ends__gt=blank(SessionBlock, "ends", "from"),
    )
    return Reading(held.values_list(*_BLOCK, "types"))


_HELD = Once(_prepare_held)


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


def blocks_for_types(
    department: int, types: Collection[int], window: tuple[int, int], clinicians: Iterable[int] | None = None
) -> list[Block]:
    """Blocks of a department that allow one of these types, and the breaks beside them, in one select.

    Of one type no block needs to say that it allows it.
    """
    held = SessionBlock.objects.filter(
        _held_in(window),
        Q(types__in=types) | Q(mode=BlockMode.BREAK),
        session__status=ClinicSession.Status.PLANNED,
        department_id=department,
    )
    if clinicians is not None:
        held = held.filter(clinician_id__in=clinicians)
    if len(types) == 1:
        rows = held.order_by().values_list(*_BLOCK)
        return [Block._make((*row[:5], _MODES[row[5]], *row[6:8], None, row[8])) for row in rows]
    allowed: dict[int, set[int]] = {}
    told = {}
    for *row, kind in held.order_by().values_list(*_BLOCK, "types"):
        told[row[2]] = row
        allowed.setdefault(row[2], set()).add(kind)
    return [
        Block._make((*row[:5], _MODES[row[5]], *row[6:8], frozenset(allowed[pk]), row[8])) for pk, row in told.items()
    ]


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
        Absence.objects.filter(
            clinician_id__in=clinicians, starts__lt=window[1], ends__gt=window[0], lifted_at__isnull=True
        )
        .order_by()
        .values_list("clinician_id", "starts", "ends")
    )


def _absent_now(clinicians: Iterable[int], window: tuple[int, int], despite: Collection[int]) -> list[Busy]:
    who, known = list(clinicians), list(despite)
    if not who:
        return []
    asked = {"from": window[0], "until": window[1], **named("clinician", who), **named("despite", known)}
    return _ABSENT.of(len(who), len(known)).run(asked)


def _prepare_absent(clinicians: int, despite: int) -> Reading[tuple[int, int, int]]:
    away = Absence.objects.filter(
        clinician__id__in=blanks(Absence, "clinician", "clinician", clinicians),
        starts__lt=blank(Absence, "starts", "until"),
        ends__gt=blank(Absence, "ends", "from"),
        lifted_at__isnull=True,
    )
    if despite:
        away = away.exclude(pk__in=blanks(Absence, "id", "despite", despite))
    return Reading(away.order_by().values_list("clinician_id", "starts", "ends"))


_ABSENT = Once(_prepare_absent)


def _taken_in(window: tuple[int, int]) -> Q:
    return Q(active=True, starts__gt=window[0] - LONGEST_CONSULT, starts__lt=window[1], ends__gt=window[0])


def _held_in(window: tuple[int, int]) -> Q:
    return Q(starts__gt=window[0] - LONGEST_BLOCK, starts__lt=window[1], ends__gt=window[0])
