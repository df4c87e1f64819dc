"""Follow-up orders that must be planned, and places for many of them that can all be had together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from people.models import Department, Patient
from praktijkplan.assigning import Case, assign
from praktijkplan.contact import Modality
from praktijkplan.intervals import Span
from praktijkplan.placing import Need
from praktijkplan.ranking import Wishes
from praktijkplan.windows import DUE_WITHIN, Pressing
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AppointmentType,
    FollowUpOrder,
    Resource,
)
from scheduling.queries.free_time import FreeTime
from scheduling.queries.policy import policy_on
from scheduling.queries.replanning import Replanned, to_compare
from scheduling.queries.snapshots import taken_per_need

# What should have been planned before today is looked for in the coming weeks.
CATCH_UP = timedelta(weeks=3)
# A window that is wider is looked at from its first day on: who has four weeks to choose from has enough.
LOOK_AT_MOST = timedelta(weeks=4)
_ALTERNATIVES = 4

OPEN = Q(appointment__isnull=True, dropped_at__isnull=True)


def open_orders(department: Department) -> QuerySet[FollowUpOrder]:
    """The most pressing first, with all that a list shows of it."""
    held = FollowUpOrder.objects.filter(OPEN, department=department)
    return held.select_related("patient", "type", "clinician", "pathway_run__pathway").order_by("latest", "pk")


def count_orders(orders: QuerySet[FollowUpOrder], *, today: date) -> dict[Pressing, int]:
    """How many of each, in one select."""
    counts = {how.value: Count("pk", filter=is_pressing(how, today)) for how in Pressing}
    found: dict[str, int] = orders.order_by().aggregate(**counts)
    return {how: found[how.value] for how in Pressing}


def is_pressing(how: Pressing, today: date) -> Q:
    """As `praktijkplan.windows.pressing` says of each."""
    near = today + DUE_WITHIN
    return {
        Pressing.OVERDUE: Q(latest__lt=today),
        Pressing.DUE: Q(latest__gte=today, latest__lte=near),
        Pressing.OPEN: Q(latest__gt=near, earliest__lte=today),
        Pressing.LATER: Q(latest__gt=near, earliest__gt=today),
    }[how]


def orders_to_plan(department: Department, now: datetime) -> QuerySet[FollowUpOrder]:
    """Those that press; what may wait calls nobody."""
    return FollowUpOrder.objects.filter(OPEN, department=department, latest__lte=local_day(now) + DUE_WITHIN)


def orders_of_patient(patient: Patient, department: Department) -> QuerySet[FollowUpOrder]:
    return open_orders(department).filter(patient=patient)


def horizon_of(department: Department | int, today: date) -> date:
    """The last local date on which something can be booked."""
    pk = department if isinstance(department, int) else department.pk
    return today + timedelta(weeks=policy_on(pk, today).horizon_weeks)


def places_for_orders(orders: Sequence[FollowUpOrder], *, now: datetime) -> Replanned:
    """Places for open orders of one department that can all be had together, by order.

    What is not to be planned before the horizon has none. A fixed number of selects.
    """
    if not orders:
        return Replanned({}, {})
    department = orders[0].department_id
    today = local_day(now)
    horizon = horizon_of(department, today)
    windows = {each.pk: days_looked_at(each, today) for each in orders}
    coming = [each for each in orders if windows[each.pk][0] <= horizon]
    if not coming:
        return Replanned({}, {})
    types = {each.type_id: each.type for each in coming}
    kinds = {(each.type_id, minutes_of(each)) for each in coming}
    days = [windows[each.pk] for each in coming]
    first, last = min(first for first, _ in days), max(last for _, last in days)
    time = FreeTime(department, set(types), first, last, now=now)
    own = {each.clinician_id for each in coming if each.clinician_id}
    free = to_compare(time, kinds, own=own, many=len(coming))
    return Replanned(assign(_cases(coming, windows, today), free), types)


def days_looked_at(order: FollowUpOrder, today: date) -> tuple[date, date]:
    """The local dates, both included, on which a place is looked for."""
    if order.latest < today:
        return today, today + CATCH_UP
    first = max(order.earliest, today)
    return first, min(order.latest, first + LOOK_AT_MOST)


def minutes_of(order: FollowUpOrder) -> int:
    return order.minutes or order.type.duration_minutes


def _cases(orders: Sequence[FollowUpOrder], windows: Mapping[int, tuple[date, date]], today: date) -> list[Case]:
    days = [windows[each.pk] for each in orders]
    whole = day_span(min(first for first, _ in days), max(last for _, last in days))
    shortest = min(_lengths(orders[0].department_id), default=1)
    patients = [Need(Resource.PATIENT, each.patient_id) for each in orders]
    taken = taken_per_need(patients, whole)
    known = _known_clinicians(orders)
    return [
        Case(
            key=each.pk,
            patient=each.patient_id,
            minutes={each.type_id: minutes_of(each)},
            wishes=_wishes(each, windows[each.pk], known, shortest),
            busy=[
                *_outside(whole, day_span(*windows[each.pk])),
                *(taken[patient] if Modality(each.type.modality).is_live else ()),
            ],
            urgency=-(each.latest - today).days,
            clinician=each.clinician_id,
        )
        for each, patient in zip(orders, patients, strict=True)
    ]


def _wishes(order: FollowUpOrder, window: tuple[date, date], known: Mapping[int, int], shortest: int) -> Wishes:
    """Whoever may see anyone is best helped by who knows them; of one clinician there is nothing to prefer."""
    continuity = () if order.clinician_id or order.patient_id not in known else (known[order.patient_id],)
    return Wishes(
        tz=AMSTERDAM,
        shortest=shortest,
        continuity=continuity,
        earliest=window[0],
        latest=window[1],
        limit=_ALTERNATIVES,
    )


def _outside(whole: Span, own: Span) -> list[Span]:
    return [span for span in ((whole[0], own[0]), (own[1], whole[1])) if span[0] < span[1]]


def _lengths(department: int) -> list[int]:
    kinds = AppointmentType.objects.filter(department_id=department, active=True)
    return list(kinds.values_list("duration_minutes", flat=True))


def _known_clinicians(orders: Sequence[FollowUpOrder]) -> dict[int, int]:
    """Whom each patient saw last or will see next in this department: as `known_clinician`, in one select."""
    held = Appointment.objects.filter(
        patient__in={each.patient_id for each in orders}, department_id=orders[0].department_id
    )
    rows = held.exclude(status=AppointmentStatus.CANCELLED).order_by("start")
    return dict(rows.values_list("patient", "clinician"))
