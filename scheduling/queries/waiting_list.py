"""Who waits for an earlier place, and what a freed place gives: rows become what the rules compare."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from people.models import Department
from praktijkplan.freed import Entry
from praktijkplan.localtime import HalfDay
from praktijkplan.placing import Need
from praktijkplan.policy import Policy
from praktijkplan.slots import FreeStart, Kind, booking_horizon, free_starts
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    FreedPlace,
    Occupancy,
    PlaceOffer,
    Resource,
    WaitingListEntry,
)
from scheduling.models.minutes import to_minute
from scheduling.queries.needs import needs_of_each
from scheduling.queries.snapshots import blocks_with_types, busy_with_others, taken_or_absent, taken_per_need

_OPEN = PlaceOffer.State.OPEN


class Weighed(NamedTuple):
    """Those who wait, by the key of their entry, and the starts that are free for each kind of consult they need."""

    entries: dict[int, WaitingListEntry]
    compared: list[Entry]
    free: dict[Kind, list[FreeStart]]


def weigh_place(freed: FreedPlace, policy: Policy, *, now: datetime) -> Weighed:
    """A fixed number of selects and one per different set of needs, however many wait."""
    waiting = list(_may_get(freed, now))
    held = [entry.appointment for entry in waiting]
    day = day_span(local_day(freed.start))
    needs = needs_of_each(held)
    besides = {wanted: busy_with_others(wanted, freed.clinician_id, day) for wanted in set(needs.values())}
    patients = [Need(Resource.PATIENT, each.patient_id) for each in held]
    taken = taken_per_need(patients, day, without=[each.pk for each in held]) if held else {}
    compared = [
        Entry(
            key=entry.pk,
            start=to_minute(each.start),
            kind=(each.type_id, each.duration_minutes),
            since=to_minute(entry.since),
            weekdays=entry.weekdays,
            half_day=HalfDay(entry.half_day) if entry.half_day else None,
            clinician=each.clinician_id if entry.own_clinician else None,
            notice=entry.notice_hours * 60,
            busy=[*besides[needs[each.pk]], *taken[patient]],
            has_offer=entry.has_offer,  # type: ignore[attr-defined]
        )
        for entry, each, patient in zip(waiting, held, patients, strict=True)
    ]
    kinds = {entry.kind for entry in compared}
    return Weighed({entry.pk: entry for entry in waiting}, compared, starts_in(freed, kinds, policy, now=now))


def starts_in(
    freed: FreedPlace, kinds: Iterable[Kind], policy: Policy, *, now: datetime
) -> dict[Kind, list[FreeStart]]:
    """What begins in the freed place and is free by all rules; a consult may last longer than what was freed."""
    minute = to_minute(now) + (now.second > 0 or now.microsecond > 0)
    day = day_span(local_day(freed.start))
    blocks = blocks_with_types([freed.clinician_id], freed.department_id, day).get(freed.clinician_id, [])
    busy = taken_or_absent([freed.clinician_id], day)
    return {
        kind: free_starts(
            blocks,
            busy,
            kind[1],
            step=policy.grid_minutes,
            tz=AMSTERDAM,
            not_before=max(freed.starts, minute),
            before=min(freed.ends, booking_horizon(minute, policy, AMSTERDAM)),
            type_id=kind[0],
            asked_at=minute,
        )
        for kind in kinds
    }


def places_to_look_at(*, now: datetime) -> QuerySet[FreedPlace]:
    """Freed places that are due, of which all offers were answered, or that were given away otherwise."""
    offers = PlaceOffer.objects.filter(freed=OuterRef("pk"))
    taken = Occupancy.objects.filter(
        active=True,
        resource=Resource.CLINICIAN,
        resource_id=OuterRef("clinician"),
        starts__lt=OuterRef("ends"),
        ends__gt=OuterRef("starts"),
    )
    answered = Exists(offers) & ~Exists(offers.filter(state=_OPEN))
    given_away = Exists(offers.filter(state=_OPEN)) & Exists(taken)
    due = Q(due_at__lte=now) | Q(answered) | Q(given_away)
    return FreedPlace.objects.filter(due, done_at__isnull=True).order_by("starts", "pk")


def entry_of(appointment: Appointment) -> WaitingListEntry | None:
    return WaitingListEntry.objects.filter(appointment=appointment, ended_at__isnull=True).first()


def open_offer_for(appointment: Appointment, *, now: datetime) -> PlaceOffer | None:
    """What can be accepted now."""
    offers = _with_place(PlaceOffer.objects.filter(entry__appointment=appointment))
    return offers.filter(
        state=_OPEN, ends_at__gt=now, schedule_version=F("entry__appointment__schedule_version")
    ).first()


def last_offer_for(appointment: Appointment) -> PlaceOffer | None:
    return _with_place(PlaceOffer.objects.filter(entry__appointment=appointment)).order_by("pk").last()


def offer_by(ref: uuid.UUID) -> PlaceOffer | None:
    """With all that accepting it reads."""
    return _with_place(PlaceOffer.objects.filter(ref=ref)).first()


def waiting_in(department: Department) -> QuerySet[WaitingListEntry]:
    """Who waits, the longest first, each with `current`: the offer that is not answered, in a list."""
    current = _with_place(PlaceOffer.objects.filter(state=_OPEN))
    return (
        WaitingListEntry.objects.filter(department=department, ended_at__isnull=True)
        .select_related("appointment__patient", "appointment__clinician", "appointment__type")
        .prefetch_related(Prefetch("offers", queryset=current, to_attr="current"))
        .order_by("since", "pk")
    )


def _with_place(offers: QuerySet[PlaceOffer]) -> QuerySet[PlaceOffer]:
    held = "entry__appointment"
    return offers.select_related(
        "freed__clinician", f"{held}__patient", f"{held}__clinician", f"{held}__type", f"{held}__department"
    )


def _may_get(freed: FreedPlace, now: datetime) -> QuerySet[WaitingListEntry]:
    """Not who was offered this place before, nor whoever left it."""
    unanswered = PlaceOffer.objects.filter(entry=OuterRef("pk"), state=_OPEN)
    return (
        WaitingListEntry.objects.filter(
            department=freed.department_id,
            ended_at__isnull=True,
            appointment__status=AppointmentStatus.BOOKED,
            appointment__start__gt=max(now, freed.start),
            appointment__patient__deceased_on__isnull=True,
            appointment__patient__merged_into__isnull=True,
        )
        .exclude(appointment=freed.cause_id)
        .exclude(offers__freed=freed.pk)
        .select_related("appointment__type")
        .annotate(has_offer=Exists(unanswered))
    )
