"""What an appointment could be without leaving its place: read, not promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from praktijkplan.contact import Modality
from praktijkplan.placing import Need, Placement, Refusal, Request, Snapshot, place
from praktijkplan.policy import Policy
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentType, Resource
from scheduling.models.minutes import to_minute
from scheduling.queries.needs import needs_of, needs_of_each
from scheduling.queries.policy import Policies, policy_on
from scheduling.queries.snapshots import DayOfMany, snapshot_for


@dataclass(frozen=True)
class InPlace:
    """`refusals`: why this form cannot be had at the very place; empty where it can."""

    type: AppointmentType
    refusals: tuple[Refusal, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.refusals


def types_of_same_contact(appointment: Appointment) -> list[AppointmentType]:
    """Every type of the department for the same kind of contact, whatever its form; its own too."""
    kinds = AppointmentType.objects.filter(
        department=appointment.department_id, active=True, contact_kind=appointment.type.contact_kind
    )
    order = list(Modality)
    return sorted(kinds, key=lambda kind: (order.index(Modality(kind.modality)), kind.duration_minutes, kind.name))


def forms_in_place(appointment: Appointment, kinds: Iterable[AppointmentType], *, now: datetime) -> list[InPlace]:
    """Each as long as it usually is. A fixed number of queries, however many kinds."""
    here = _here(appointment, now)
    return [InPlace(kind, here.refused(kind, kind.duration_minutes)) for kind in kinds]


def longest_in_place(appointment: Appointment, lengths: Iterable[int], *, now: datetime) -> int | None:
    """The longest of these, in minutes, that it can last where it stands."""
    here = _here(appointment, now)
    return max((length for length in lengths if not here.refused(appointment.type, length)), default=None)


def in_place_of_each(wanted: Sequence[tuple[Appointment, AppointmentType]], *, now: datetime) -> dict[int, InPlace]:
    """By appointment of one department whether it could be of this type; a fixed number of queries, however many."""
    if not wanted:
        return {}
    held = [appointment for appointment, _kind in wanted]
    department = held[0].department_id
    needs, policies = needs_of_each(held), Policies(department)
    days = [local_day(each.start) for each in held]
    others = {need for each in needs.values() for need in each}
    others |= {Need(Resource.PATIENT, each.patient_id) for each in held}
    read = DayOfMany(min(days), {each.clinician_id for each in held}, others, department, last=max(days))
    found = {}
    for appointment, kind in wanted:
        own = needs[appointment.pk]
        snapshot = read.snapshot(
            appointment.clinician_id, appointment.patient_id, own, now=now, without={appointment.pk}
        )
        here = _Here(appointment, own, snapshot, policies.on(local_day(appointment.start)))
        found[appointment.pk] = InPlace(kind, here.refused(kind, kind.duration_minutes))
    return found


def _here(appointment: Appointment, now: datetime) -> "_Here":
    needs = needs_of(appointment)
    snapshot = snapshot_for(
        appointment.clinician_id,
        appointment.patient_id,
        appointment.start,
        now=now,
        department=appointment.department_id,
        needs=needs,
        without={appointment.pk},
    )
    return _Here(appointment, needs, snapshot, policy_on(appointment.department_id, local_day(appointment.start)))


@dataclass(frozen=True)
class _Here:
    """The day of the appointment as it would be without it."""

    appointment: Appointment
    needs: frozenset[Need]
    snapshot: Snapshot
    policy: Policy

    def refused(self, kind: AppointmentType, length: int) -> tuple[Refusal, ...]:
        """What it has it keeps: an urgent place, and whom it stands beside while it gets no longer."""
        stands = self.appointment
        request = Request(
            clinician=stands.clinician_id,
            start=to_minute(stands.start),
            duration=length,
            type_id=kind.pk,
            modality=Modality(kind.modality),
            needs=self.needs,
            overbook=bool(stands.overbook_reason) or length <= stands.duration_minutes,
            urgent=True,
        )
        answer = place(self.snapshot, request, self.policy)
        return () if isinstance(answer, Placement) else answer
