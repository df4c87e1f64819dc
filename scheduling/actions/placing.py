"""Where an appointment goes and what it takes: what all that book, move and cancel share (reliability, Booking)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from people.models import Clinician
from praktijkplan.contact import Modality
from praktijkplan.intervals import Span, overlaps
from praktijkplan.placing import Need, Placement, Refusal, RefusalId, Request, place
from praktijkplan.policy import Policy
from scheduling.changes import state_of
from scheduling.localtime import local_day
from scheduling.locks import DayLock
from scheduling.models import Appointment, AppointmentChange, AppointmentType, Occupancy, Resource
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.needs import needs_of
from scheduling.queries.policy import policy_on
from scheduling.queries.snapshots import snapshot_for
from statements.inserting import insert

SHORTEST, LONGEST, STEP = 5, 240, 5  # minutes of a consult
# What planning anew may change of the row itself.
_PLANNED = [
    "clinician",
    "session",
    "type",
    "start",
    "end",
    "modality",
    "status",
    "decided_by",
    "cancel_reason",
    "overbook_reason",
    "schedule_version",
]


@dataclass(frozen=True)
class Plan:
    """What is wanted of an appointment: when, with whom, which kind, and what must be free besides.

    `minutes`: None for as long as its type, and for as long as it is now where the type stays. `needs`: None for
    nothing besides, and for what it has now where it is planned anew. `urgent` may use what is held for urgent
    consults (PP-32). `overbook` stands beside another appointment of the clinician on purpose; that needs a reason.
    """

    start: datetime
    clinician: Clinician
    type: AppointmentType
    minutes: int | None = None
    needs: frozenset[Need] | None = None
    urgent: bool = False
    overbook: bool = False
    overbook_reason: str = ""

    def __post_init__(self) -> None:
        if not SHORTEST <= self.length <= LONGEST:
            raise ValueError(f"a consult lasts {SHORTEST} to {LONGEST} minutes, not {self.length}")

    @property
    def length(self) -> int:
        """In minutes."""
        return self.type.duration_minutes if self.minutes is None else self.minutes

    @property
    def others(self) -> frozenset[Need]:
        """What must be free besides the clinician."""
        return (self.needs or frozenset()) - {Need(Resource.CLINICIAN, self.clinician.pk)}


@dataclass(frozen=True)
class NotPlaced:
    """The rules refuse; nothing was written. `which`: of several that go together, the first that is refused."""

    refusals: tuple[Refusal, ...]
    which: int = 0


class Lack(StrEnum):
    OVERBOOKING = "overbooking"
    SUITABILITY = "suitability"


@dataclass(frozen=True)
class NeedsReason:
    """It can be done when somebody says why; nothing was written."""

    lack: Lack


class Unplaced(Exception):
    """Takes back what was written of several that go together; `which` of them is refused."""

    def __init__(self, answer: NotPlaced | NeedsReason, which: int) -> None:
        super().__init__(which)
        self.answer = replace(answer, which=which) if isinstance(answer, NotPlaced) else answer


class ChangedMeanwhile(Exception):
    """Someone else changed what was shown; nothing was written."""


def plan_of(appointment: Appointment) -> Plan:
    """As it stands now, for a change in place: `replace(plan_of(appointment), minutes=30)`."""
    return Plan(
        start=appointment.start,
        clinician=appointment.clinician,
        type=appointment.type,
        needs=needs_of(appointment),
        overbook=bool(appointment.overbook_reason),
        overbook_reason=appointment.overbook_reason,
    )


def locks_of(plan: Plan, patient: int) -> list[DayLock]:
    """The day of the start; for a consult over midnight the constraint alone guards the second day."""
    day = local_day(plan.start)
    takes = {Need(Resource.CLINICIAN, plan.clinician.pk), Need(Resource.PATIENT, patient), *plan.others}
    return [DayLock(Resource(need.resource), need.resource_id, day) for need in takes]


def place_plan(
    plan: Plan,
    patient: int,
    *,
    now: datetime,
    without: Collection[int] = (),
    despite: Collection[int] = (),
    stays: bool = False,
) -> Placement | NotPlaced | NeedsReason:
    """Asks the rules, under the locks. `without` are appointments that are about to leave where they are.

    `despite` are absences that are not held against it. `stays`: it keeps to its own time, so who stands beside it
    there is no news, and its mark stays as it is.
    """
    department = plan.type.department_id
    policy = policy_on(department, local_day(plan.start))
    snapshot = snapshot_for(
        plan.clinician.pk,
        patient,
        plan.start,
        now=now,
        department=department,
        needs=plan.others,
        without=without,
        despite=despite,
    )
    request = Request(
        clinician=plan.clinician.pk,
        start=to_minute(plan.start),
        duration=plan.length,
        type_id=plan.type.pk,
        modality=Modality(plan.type.modality),
        needs=plan.others,
        overbook=plan.overbook or stays,
        urgent=plan.urgent,
    )
    answer = place(snapshot, request, policy)
    if not isinstance(answer, Placement):
        return NotPlaced(answer)
    if not answer.overbooked:
        return answer
    return replace(answer, overbooked=plan.overbook) if stays else _overbooked(plan, answer, policy, without)


def _overbooked(
    plan: Plan, placement: Placement, policy: Policy, without: Collection[int]
) -> Placement | NotPlaced | NeedsReason:
    beside = Occupancy.objects.filter(
        active=True, overbooked=True, resource=Resource.CLINICIAN, appointment__session=placement.session
    )
    if beside.exclude(appointment__in=without).count() >= policy.overbooks_most:
        return NotPlaced((Refusal(RefusalId.OVERBOOKED_ENOUGH, {"most": policy.overbooks_most}),))
    return placement if plan.overbook_reason.strip() else NeedsReason(Lack.OVERBOOKING)


def fresh(appointment: Appointment, expected_version: int | None) -> Appointment:
    """The row as it is now, under the locks. `expected_version` is what was shown; without it, what was read.

    What was read decided which locks were taken: it must still hold too.
    """
    current = locked(appointment.pk)
    read = appointment.schedule_version
    shown = read if expected_version is None else expected_version
    if not current.schedule_version == shown == read or not current.is_active:
        raise ChangedMeanwhile
    return current


def locked(pk: int) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",)).select_related("type", "patient", "clinician").get(pk=pk)
    )


def put(current: Appointment, plan: Plan, placement: Placement) -> None:
    """On the row in hand, to be looked at before it is saved."""
    current.clinician, current.type = plan.clinician, plan.type
    current.session_id, current.modality = placement.session, plan.type.modality
    current.start, current.end = from_minute(placement.start), from_minute(placement.end)
    current.overbook_reason = plan.overbook_reason.strip() if placement.overbooked else ""


def save_planned(current: Appointment) -> None:
    """As the next version of it."""
    current.schedule_version += 1
    current.save(update_fields=_PLANNED)


def occupy(appointment: Appointment, placement: Placement, needs: Collection[Need]) -> None:
    """A consult in writing takes the clinician's time only, and that of whoever is needed besides.

    The mark of an overbooking lifts the database's guard, so the clinician's row alone carries it.
    """
    takes = [Need(Resource.CLINICIAN, appointment.clinician_id), *needs]
    if Modality(appointment.modality).is_live:
        takes.append(Need(Resource.PATIENT, appointment.patient_id))
    insert(
        *(
            Occupancy(
                appointment=appointment,
                resource=need.resource,
                resource_id=need.resource_id,
                starts=placement.start,
                ends=placement.end,
                overbooked=placement.overbooked and need == takes[0],
            )
            for need in takes
        )
    )


def settle_overbooked(clinician: int, span: Span) -> None:
    """An appointment of this clinician left `span`: whoever stood beside it alone is no overbooking any more.

    From then on the database guards that time again.
    """
    rows = list(
        Occupancy.objects.filter(
            active=True, resource=Resource.CLINICIAN, resource_id=clinician, starts__lt=span[1], ends__gt=span[0]
        ).order_by("pk")
    )
    marked = [row for row in rows if row.overbooked]
    if not marked:
        return
    reach = min(row.starts for row in marked), max(row.ends for row in marked)
    guarded = list(
        Occupancy.objects.filter(
            active=True,
            overbooked=False,
            resource=Resource.CLINICIAN,
            resource_id=clinician,
            starts__lt=reach[1],
            ends__gt=reach[0],
        ).values_list("starts", "ends")
    )
    for row in marked:
        taken = row.starts, row.ends
        if any(overlaps(taken, other) for other in guarded):
            continue
        guarded.append(taken)
        Occupancy.objects.filter(pk=row.pk).update(overbooked=False)
        Appointment.objects.filter(pk=row.appointment_id).update(overbook_reason="")


@dataclass(frozen=True, kw_only=True)
class Why:
    """Who did it and when, and why: `reason` is a code, `note` somebody's own words."""

    by: str
    now: datetime
    reason: str = ""
    note: str = ""
    asked_by: str = ""
    batch: uuid.UUID | None = None


def remember(
    appointment: Appointment,
    kind: AppointmentChange.Kind,
    why: Why,
    *,
    before: dict[str, Any] | None,
    needs: Collection[Need],
    undoes: AppointmentChange | None = None,
) -> AppointmentChange:
    change = AppointmentChange(
        appointment=appointment,
        version=appointment.schedule_version,
        kind=kind,
        at=why.now,
        by=why.by,
        asked_by=why.asked_by,
        reason=why.reason,
        note=why.note,
        before=before,
        after=state_of(appointment, needs),
        undoes=undoes,
        batch=why.batch,
    )
    insert(change)
    return change
