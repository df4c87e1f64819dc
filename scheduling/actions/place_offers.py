"""A freed place that was offered: the first to accept has it, and everybody else keeps what they have."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from events.catalogue import PlaceAccepted
from events.log import record
from scheduling.actions.placing import ChangedMeanwhile, Plan, locks_of, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.actions.waiting_list import SYSTEM, end_entries, end_offers, facts_of_offer
from scheduling.locks import planning
from scheduling.models import Appointment, FreedPlace, PlaceOffer, WaitingListEntry

State = PlaceOffer.State


@dataclass(frozen=True)
class Gone:
    """The place cannot be had any more; the appointment stands as it stood."""

    state: PlaceOffer.State


def accept_offer(*, offer: PlaceOffer, by: str, now: datetime, asked_by: str = "patient") -> Appointment | Gone:
    """The appointment at the offered place, or Gone; pressing twice is accepting once.

    The rules are asked again. Raises scheduling.locks.Busy.
    """
    appointment = offer.entry.appointment
    plan = Plan(offer.start, offer.freed.clinician, appointment.type)
    whose = appointment.patient_id
    try:
        # Everyone who accepts this place waits here for the clinician's day, and holds nothing yet.
        with planning([*locks_of(plan_of(appointment), whose), *locks_of(plan, whose)]):
            current = _fresh(offer)
            if current.state == State.TAKEN:
                return current.entry.appointment
            if current.state != State.OPEN or now >= current.ends_at:
                return Gone(State.EXPIRED if current.state == State.OPEN else State(current.state))
            if not claim_offer(current, now):
                end_offers(_just(current), State.LOST, at=now, by=SYSTEM)
                return Gone(State.LOST)
            moved = replan_appointment(
                appointment=appointment,
                plan=plan,
                by=by,
                now=now,
                reason="patient_asked",
                asked_by=asked_by,
                expected_version=current.schedule_version,
            )
            if not isinstance(moved, Appointment):
                _give_back(current, now)
                return Gone(State.LOST)
            _settle(current, moved, by, now)
            return moved
    except ChangedMeanwhile:
        with planning(()):
            end_offers(_just(offer), State.EXPIRED, at=now, by=SYSTEM)
        return Gone(State.EXPIRED)


def decline_offer(*, offer: PlaceOffer, by: str, now: datetime) -> PlaceOffer.State:
    """What became of it: declined, unless it had been answered, or was over, before."""
    with planning(()):
        end_offers(_just(offer), State.DECLINED, at=now, by=by)
        return State(_just(offer).get().state)


def expire_offers(*, now: datetime) -> int:
    """Those that nobody answered in time; how many."""
    with planning(()):
        return end_offers(PlaceOffer.objects.filter(ends_at__lte=now), State.EXPIRED, at=now, by=SYSTEM)


def claim_offer(offer: PlaceOffer, now: datetime) -> bool:
    """The database has the last word: of one freed place one offer can be taken."""
    try:
        with transaction.atomic():
            mine = PlaceOffer.objects.filter(pk=offer.pk, state=State.OPEN)
            return bool(mine.update(state=State.TAKEN, answered_at=now))
    except IntegrityError:
        return False


def _fresh(offer: PlaceOffer) -> PlaceOffer:
    return PlaceOffer.objects.select_for_update(of=("self",)).select_related("entry__appointment").get(pk=offer.pk)


def _just(offer: PlaceOffer) -> QuerySet[PlaceOffer]:
    return PlaceOffer.objects.filter(pk=offer.pk)


def _give_back(offer: PlaceOffer, now: datetime) -> None:
    """It is not free after all: somebody was booked there, or the clinician is away."""
    _just(offer).update(state=State.OPEN, answered_at=None)
    end_offers(_just(offer), State.LOST, at=now, by=SYSTEM)


def _settle(offer: PlaceOffer, moved: Appointment, by: str, now: datetime) -> None:
    """Who waited has an earlier place; for everyone else this one is gone."""
    entries = WaitingListEntry.objects.filter(pk=offer.entry_id)
    end_entries(entries, WaitingListEntry.End.EARLIER, at=now, by=by)
    record(PlaceAccepted(**{**facts_of_offer(offer), "session": moved.session_id}), at=now, actor=by)
    FreedPlace.objects.filter(pk=offer.freed_id).update(done_at=now)
    end_offers(PlaceOffer.objects.filter(freed=offer.freed_id), State.LOST, at=now, by=SYSTEM)
