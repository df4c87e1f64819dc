"""Free starts for a type in a window of local days: computed from rows on every question, never stored."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Min

from people.models import Patient
from praktijkplan.contact import Modality
from praktijkplan.intervals import merge
from praktijkplan.localtime import HalfDay
from praktijkplan.policy import Policy
from praktijkplan.ranking import Proposal, Wishes, rank
from praktijkplan.slots import FreeStart, booking_horizon, free_starts
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.models.minutes import to_minute
from scheduling.queries.policy import Policies
from scheduling.queries.snapshots import blocks_for_type, busy_patient, taken_or_absent

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
) -> list[FreeStart]:
    """(start, clinician, block) of every free start from `first` through `last`, in order of time.

    With `limit`, the first that many distinct starts, each with all its clinicians. `urgent` adds the places that are
    still held for urgent consults (PP-32). Two selects for a window, however many clinicians.
    """
    found: list[FreeStart] = []
    for start, end, policy in _windows(type.department_id, first, last, stepwise=limit is not None):
        found += _free(type, start, end, policy, now, clinician_ids, urgent)
        if limit is not None and len(distinct := sorted({at for at, _, _ in found})) >= limit:
            return [free for free in found if free[0] <= distinct[limit - 1]]
    return found


@dataclass(frozen=True)
class Choice:
    """What a patient can be offered: every free start, and the best of them with the reasons."""

    free: list[FreeStart]
    best: list[Proposal]


def proposals(
    type: AppointmentType,  # noqa: A002
    patient: Patient,
    first: date,
    last: date,
    *,
    now: datetime,
    clinician_id: int | None = None,
    half_day: HalfDay | None = None,
    limit: int = 5,
    urgent: bool = False,
) -> list[Proposal]:
    """The best free starts for this patient, each with its reasons; a chosen clinician excludes the others."""
    return choice(
        type, patient, first, last, now=now, clinician_id=clinician_id, half_day=half_day, limit=limit, urgent=urgent
    ).best


def choice(
    type: AppointmentType,  # noqa: A002
    patient: Patient,
    first: date,
    last: date,
    *,
    now: datetime,
    clinician_id: int | None = None,
    half_day: HalfDay | None = None,
    limit: int = 5,
    urgent: bool = False,
) -> Choice:
    """Every start that is free for clinician and patient alike, and the best of them.

    What is left of a gap is judged before the patient's own time is taken out: that gap is the clinician's.
    """
    policy = Policies(type.department_id).on(first)
    wishes = Wishes(
        tz=AMSTERDAM,
        step=policy.grid_minutes,
        shortest=_shortest_minutes(type),
        clinician=known_clinician(patient, type.department_id),
        half_day=half_day,
        earliest=max(first, local_day(now)),
        latest=last,
    )
    chosen = None if clinician_id is None else [clinician_id]
    found = openings(type, first, last, now=now, clinician_ids=chosen, urgent=urgent)
    free = _free_for(patient, type, found, first, last)
    possible = {start for start, _, _ in free}
    ranked = rank(found, replace(wishes, limit=limit + len(found) - len(free)))
    return Choice(free, [proposal for proposal in ranked if proposal.start in possible][:limit])


def _free_for(
    patient: Patient,
    type: AppointmentType,  # noqa: A002
    found: list[FreeStart],
    first: date,
    last: date,
) -> list[FreeStart]:
    """Without the starts at which the patient is elsewhere; a consult in writing needs no patient there."""
    if not found or not Modality(type.modality).is_live:
        return found
    busy = merge(busy_patient(patient.pk, day_span(first, last)))
    ends = [end for _, end in busy]

    def is_taken(start: int) -> bool:
        after = bisect_right(ends, start)
        return after < len(busy) and busy[after][0] < start + type.duration_minutes

    return [free for free in found if not is_taken(free[0])] if busy else found


def known_clinician(patient: Patient, department_id: int) -> int | None:
    """Whom the patient saw last, or will see next, in this department."""
    return (
        Appointment.objects.filter(patient=patient, department_id=department_id)
        .exclude(status=AppointmentStatus.CANCELLED)
        .order_by("-start")
        .values_list("clinician_id", flat=True)
        .first()
    )


def _shortest_minutes(type: AppointmentType) -> int:  # noqa: A002
    """A rest shorter than any consult of the department is of no use to anyone."""
    kinds = AppointmentType.objects.filter(department_id=type.department_id, active=True)
    return kinds.aggregate(shortest=Min("duration_minutes"))["shortest"] or type.duration_minutes


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
) -> list[FreeStart]:
    window = day_span(first, last)
    minute = to_minute(now) + (now.second > 0 or now.microsecond > 0)
    blocks = blocks_for_type(type.department_id, type.pk, window, clinician_ids)
    clinicians = {block.clinician for block in blocks}
    if not clinicians:
        return []
    return free_starts(
        blocks,
        taken_or_absent(clinicians, window),
        type.duration_minutes,
        step=policy.grid_minutes,
        tz=AMSTERDAM,
        not_before=max(minute, window[0]),
        before=min(window[1], booking_horizon(minute, policy, AMSTERDAM)),
        asked_at=None if urgent else minute,
    )
