"""Free starts for a type in a window of local days: computed from rows on every question, never stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min

from people.models import Patient
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.localtime import HalfDay
from praktijkplan.placing import Need, NeedKind
from praktijkplan.policy import Policy
from praktijkplan.ranking import Proposal, Wishes, rank_gaps
from praktijkplan.slots import Candidate, FreeStart, Gap, candidates_of, free_starts
from praktijkplan.together import gaps_together
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.queries.free_time import FreeTime, asked_at, bookable
from scheduling.queries.policy import Policies, policy_on
from scheduling.queries.preferences import general_preference
from scheduling.queries.snapshots import blocks_for_types, busy_patient, busy_with_others, taken_or_absent

# A first answer needs few days: look at one, then at two, at four and so on, and stop when there are enough.
FIRST_STEP = timedelta(days=1)


def openings(
    type: AppointmentType,  # noqa: A002
    first: date,
    last: date,
    *,
    now: datetime,
    clinician_ids: Sequence[int] | None = None,
    limit: int | None = None,
    urgent: bool = False,
    minutes: int | None = None,
) -> list[FreeStart]:
    """(start, clinician, block) of every free start from `first` through `last`, in order of time.

    With `limit`, the first that many distinct starts, each with all its clinicians. `urgent` adds the places that are
    still held for urgent consults (PP-32). `minutes` where it is not as long as its type. Two selects for a window,
    however many clinicians.
    """
    found: list[FreeStart] = []
    for start, end, policy in _windows(type.department_id, first, last, stepwise=limit is not None):
        found += _free(type, start, end, policy, now, clinician_ids, urgent, minutes)
        if limit is not None and len(distinct := sorted({at for at, _, _ in found})) >= limit:
            return [free for free in found if free[0] <= distinct[limit - 1]]
    return found


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A place for one patient. `types` are of one department, and each of them will do (PP-01).

    `minutes` where it is not as long as its type; a chosen clinician excludes the others; `due` is the last day that
    an order allows; `urgent` adds the places that are still held for urgent consults (PP-32).
    """

    patient: Patient
    types: Sequence[AppointmentType]
    first: date
    last: date
    clinician: int | None = None
    half_day: HalfDay | None = None
    minutes: int | None = None
    needs: frozenset[Need] = frozenset()
    urgent: bool = False
    due: date | None = None
    limit: int = 5

    @property
    def department(self) -> int:
        return self.types[0].department_id

    @property
    def lengths(self) -> dict[int, int]:
        """By type, in minutes."""
        return {each.pk: self.minutes or each.duration_minutes for each in self.types}


@dataclass(frozen=True)
class Choice:
    """What a patient can be offered: the gaps with every free start, and the best of them with the reasons."""

    gaps: list[Gap]
    best: list[Proposal]

    @property
    def free(self) -> list[Candidate]:
        """Every free start, in order of time: tens of thousands, in a clinic with much room."""
        return candidates_of(self.gaps)


def choice(asked: Asked, *, now: datetime) -> Choice:
    """Every start that is free for clinician, patient and whoever is needed besides, and the best of them.

    What is left of a gap is judged before the time of the others is taken out: that gap is the clinician's.
    """
    gaps = _free_for_all(asked, now)
    return Choice(gaps, rank_gaps(gaps, _wishes(asked, now)) if gaps else [])


def _free_for_all(asked: Asked, now: datetime) -> list[Gap]:
    clinicians = None if asked.clinician is None else [asked.clinician]
    lengths = asked.lengths
    time = FreeTime(asked.department, lengths, asked.first, asked.last, now=now, clinicians=clinicians)
    # Who is needed as a second clinician is not the first one too.
    seconds = {need.resource_id for need in asked.needs if need.resource == NeedKind.CLINICIAN}
    found = [each for each in time.gaps_for(lengths.items(), urgent=asked.urgent) if each.clinician not in seconds]
    if not found:
        return []
    window = day_span(asked.first, asked.last)
    others = busy_with_others(asked.needs, asked.clinician, window)
    busy = [others, busy_patient(asked.patient.pk, window)]
    free: list[Gap] = []
    for kind in asked.types:
        # A consult in writing needs no patient there.
        elsewhere = busy if Modality(kind.modality).is_live else [others]
        free += gaps_together([each for each in found if each.type == kind.pk], lengths[kind.pk], elsewhere)
    return free


def _wishes(asked: Asked, now: datetime) -> Wishes:
    """Of one form there is nothing to prefer. Where the patient said nothing, what is agreed counts (PP-17, 18)."""
    preference = general_preference(asked.patient.pk) if len(asked.types) > 1 else ""
    stated = preference in list(Modality)
    return Wishes(
        tz=AMSTERDAM,
        shortest=_shortest_minutes(asked),
        forms=frozenset(each.pk for each in asked.types if stated and each.modality == preference),
        agreed=frozenset() if stated or len(asked.types) == 1 else _in_agreed_form(asked),
        continuity=known_clinicians(asked.patient, asked.department),
        half_day=asked.half_day,
        earliest=max(asked.first, local_day(now)),
        latest=asked.last,
        due=asked.due,
        urgent=asked.urgent,
        limit=asked.limit,
    )


def _in_agreed_form(asked: Asked) -> frozenset[int]:
    policy = policy_on(asked.department, asked.first)
    return frozenset(
        each.pk
        for each in asked.types
        if each.modality == policy.agreed_form(ContactKind(each.contact_kind), each.purpose)
    )


def types_like(kind: AppointmentType, minutes: int | None = None) -> list[AppointmentType]:
    """For the same kind of contact in every form: this type, and of each other form the one nearest in length."""
    length = minutes or kind.duration_minutes
    offered = AppointmentType.objects.filter(
        department=kind.department_id, active=True, contact_kind=kind.contact_kind
    ).exclude(modality=kind.modality)
    nearest: dict[str, AppointmentType] = {}
    for each in sorted(offered, key=lambda other: (abs(other.duration_minutes - length), other.pk)):
        nearest.setdefault(each.modality, each)
    return [kind, *nearest.values()]


def known_clinicians(patient: Patient, department_id: int) -> tuple[int, ...]:
    """Whom the patient saw last, or will see next, in this department; then the others, the latest first."""
    held = Appointment.objects.filter(patient=patient, department_id=department_id)
    seen = held.exclude(status=AppointmentStatus.CANCELLED).order_by().values("clinician")
    return tuple(seen.annotate(last=Max("start")).order_by("-last").values_list("clinician", flat=True))


def _shortest_minutes(asked: Asked) -> int:
    """A rest shorter than any consult of the department is of no use to anyone."""
    kinds = AppointmentType.objects.filter(department_id=asked.department, active=True)
    shortest: int | None = kinds.aggregate(shortest=Min("duration_minutes"))["shortest"]
    return shortest or min(asked.lengths.values())


def _windows(department_id: int, first: date, last: date, *, stepwise: bool) -> Iterator[tuple[date, date, Policy]]:
    for start, end, policy in Policies(department_id).stretches(first, last):
        if not stepwise:
            yield start, end, policy
            continue
        step, at = FIRST_STEP, start
        while at <= end:
            until = min(end, at + step - timedelta(days=1))
            yield at, until, policy
            at, step = until + timedelta(days=1), step * 2


def _free(
    type: AppointmentType,  # noqa: A002
    first: date,
    last: date,
    policy: Policy,
    now: datetime,
    clinician_ids: Sequence[int] | None,
    urgent: bool,
    minutes: int | None,
) -> list[FreeStart]:
    window, minute = day_span(first, last), asked_at(now)
    blocks = blocks_for_types(type.department_id, [type.pk], window, clinician_ids)
    clinicians = {block.clinician for block in blocks}
    not_before, before = bookable(first, last, policy, minute)
    return free_starts(
        blocks,
        taken_or_absent(clinicians, window) if clinicians else [],
        minutes or type.duration_minutes,
        step=policy.grid_minutes,
        tz=AMSTERDAM,
        not_before=not_before,
        before=before,
        asked_at=None if urgent else minute,
    )
