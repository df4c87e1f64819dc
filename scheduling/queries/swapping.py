"""With whom an appointment can change places: read, not promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from praktijkplan.contact import Modality
from praktijkplan.intervals import overlaps
from praktijkplan.placing import Need, Placement, Refusal, RefusalId, Request, place
from scheduling.localtime import day_span, local_day
from scheduling.models import Appointment, AppointmentStatus, Resource
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.needs import needs_of_each
from scheduling.queries.policy import Policies
from scheduling.queries.snapshots import DayOfMany


@dataclass(frozen=True)
class Swap:
    """`refused`: why the one does not fit where the other stands; `other_refused`: the other way round."""

    other: Appointment
    refused: tuple[Refusal, ...] = ()
    other_refused: tuple[Refusal, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.refused and not self.other_refused


def swaps_on(appointment: Appointment, day: date, *, now: datetime) -> list[Swap]:
    """Every appointment of the same department on this local day that stands elsewhere; what fits stands first.

    A fixed number of selects, however many there are.
    """
    first, last = (from_minute(minute) for minute in day_span(day))
    held = Appointment.objects.filter(
        department=appointment.department_id,
        status=AppointmentStatus.BOOKED,
        start__gte=max(first, now),
        start__lt=last,
    ).exclude(start=appointment.start, clinician=appointment.clinician_id)
    others = held.exclude(pk=appointment.pk).select_related("patient", "clinician", "type")
    found = swaps_with(appointment, list(others.order_by("start", "clinician__name", "pk")), now=now)
    return sorted(found, key=lambda swap: not swap.fits)


def swaps_with(appointment: Appointment, others: Sequence[Appointment], *, now: datetime) -> list[Swap]:
    """In their order; all of one department and one local day."""
    if not others:
        return []
    needs = needs_of_each([appointment, *others])
    policies = Policies(appointment.department_id)
    here, there = local_day(appointment.start), local_day(others[0].start)
    patients = {Need(Resource.PATIENT, each.patient_id) for each in others}
    of_here = DayOfMany(
        here,
        [appointment.clinician_id],
        patients.union(*(needs[each.pk] for each in others)),
        appointment.department_id,
    )
    of_there = DayOfMany(
        there,
        {each.clinician_id for each in others},
        {Need(Resource.PATIENT, appointment.patient_id), *needs[appointment.pk]},
        appointment.department_id,
    )

    def asked(who: Appointment, where: Appointment, day: DayOfMany) -> Request | tuple[Refusal, ...]:
        request = _in_place_of(who, where, needs[who.pk])
        without = {who.pk, where.pk}
        snapshot = day.snapshot(where.clinician_id, who.patient_id, request.needs, now=now, without=without)
        answer = place(snapshot, request, policies.on(local_day(where.start)))
        return request if isinstance(answer, Placement) else answer

    return [_swap(other, asked(appointment, other, of_there), asked(other, appointment, of_here)) for other in others]


def _swap(other: Appointment, one: Request | tuple[Refusal, ...], two: Request | tuple[Refusal, ...]) -> Swap:
    if isinstance(one, Request) and isinstance(two, Request):
        if one.clinician == two.clinician and overlaps(one.span, two.span) and not two.overbook:
            start, end = one.span
            return Swap(other, (), (Refusal(RefusalId.TAKEN, {"from": start, "until": end}),))
        return Swap(other)
    return Swap(other, () if isinstance(one, Request) else one, () if isinstance(two, Request) else two)


def _in_place_of(who: Appointment, where: Appointment, needs: frozenset[Need]) -> Request:
    """As `swap_appointments` does it."""
    return Request(
        clinician=where.clinician_id,
        start=to_minute(where.start),
        duration=who.duration_minutes,
        type_id=who.type_id,
        modality=Modality(who.type.modality),
        needs=needs - {Need(Resource.CLINICIAN, where.clinician_id)},
        overbook=bool(where.overbook_reason),
        urgent=True,
    )
