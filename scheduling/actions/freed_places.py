"""What a cancelled or moved appointment leaves, and offering it in rounds to those who fit best.

A round is one transaction: the claim on the place, its offers, and what tells of them. A sweep that is killed leaves
nothing half, and two sweeps at once make one round.
"""

from datetime import datetime, timedelta

from django.db import connection

from events.catalogue import (
    AppointmentCancelled,
    AppointmentFact,
    AppointmentFormChanged,
    AppointmentLengthChanged,
    AppointmentMoved,
    AppointmentPutBack,
    PlaceFreed,
    PlaceOffered,
)
from events.log import record, subscribe
from events.models import Event
from praktijkplan.freed import best_for
from praktijkplan.intervals import Span
from praktijkplan.policy import Policy
from praktijkplan.reminders import awake
from scheduling.actions.waiting_list import SYSTEM, end_offers, facts_of_offer
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.locks import planning
from scheduling.models import Appointment, FreedPlace, PlaceOffer, WaitingListEntry
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.policy import policy_on
from scheduling.queries.waiting_list import places_to_look_at, starts_in, weigh_place

# After the time for undoing its cause; the messages of that cause are on their way by then.
AFTER_UNDOING = timedelta(minutes=1)
# Nobody is asked to be there within the hour, nor to answer at once.
LAST_CALL = timedelta(hours=1)
LEAST_TO_ANSWER = timedelta(minutes=15)
MESSAGE = "freed_place"


def offer_place(*, freed_id: int, now: datetime) -> int:
    """One round: to how many it was offered. Where nobody can have it any more, the place is done with.

    Raises scheduling.locks.Busy, and IntegrityError where one of them was offered another place just now.
    """
    with planning(()):
        freed = _claimed(freed_id, now)
        if freed is None:
            return 0
        next_look, offered = _round(freed, now)
        FreedPlace.objects.filter(pk=freed.pk).update(**{"due_at": next_look} if next_look else {"done_at": now})
        return offered


def _round(freed: FreedPlace, now: datetime) -> tuple[datetime | None, int]:
    """When to look at it again, None for never, and to how many it was offered."""
    policy = policy_on(freed.department_id, local_day(freed.start))
    begins = _still_answering(freed, policy, now) or _begins(freed, policy, now)
    if begins is None or begins > now:
        return begins, 0
    until = _stands_until(freed, policy, now)
    offered = _offer_to_the_best(freed, policy, until, now) if until else 0
    return until if offered else None, offered


def _claimed(freed_id: int, now: datetime) -> FreedPlace | None:
    """None for what is not due any more, and for what another sweep has in hand.

    Locked and not updated: who updates a row twice asks again whether its cause is there, and waits for who changes
    that, who waits for this row.
    """
    due = places_to_look_at(now=now).filter(pk=freed_id).select_related("clinician")
    skips = connection.features.has_select_for_update_skip_locked
    return due.select_for_update(of=("self",), no_key=True, skip_locked=skips).first()


def _still_answering(freed: FreedPlace, policy: Policy, now: datetime) -> datetime | None:
    """When the last of its open offers ends. Those whose place is given away otherwise end here."""
    offers = PlaceOffer.objects.filter(freed=freed, state=PlaceOffer.State.OPEN)
    standing = []
    for offer in offers.select_related("entry__appointment"):
        held = offer.entry.appointment
        kind = (held.type_id, held.duration_minutes)
        free = {start for start, _, _ in starts_in(freed, [kind], policy, now=now)[kind]}
        if to_minute(offer.start) in free:
            standing.append(offer.ends_at)
        else:
            end_offers(offers.filter(pk=offer.pk), PlaceOffer.State.LOST, at=now, by=SYSTEM)
    return max(standing, default=None)


def _begins(freed: FreedPlace, policy: Policy, now: datetime) -> datetime | None:
    """When it can be offered: after quiet hours, or in them where agreed and it would be too late; else never."""
    if policy.freed_place_offers == 0 or MESSAGE in policy.messages_off:
        return None
    morning = awake(now, policy, AMSTERDAM)
    if _stands_until(freed, policy, morning) is not None:
        return morning
    return now if policy.freed_place_at_night else None


def _stands_until(freed: FreedPlace, policy: Policy, since: datetime) -> datetime | None:
    """How long an offer made then would stand; None where the place is too near for that."""
    answer = since + timedelta(minutes=policy.freed_place_answer_minutes)
    until = min(answer, freed.start - LAST_CALL)
    return until if until - since >= LEAST_TO_ANSWER else None


def _offer_to_the_best(freed: FreedPlace, policy: Policy, until: datetime, now: datetime) -> int:
    waiting = weigh_place(freed, policy, now=now)
    best = best_for(waiting.free, waiting.compared, now=to_minute(now), tz=AMSTERDAM, limit=policy.freed_place_offers)
    for key, (start, _clinician, _block) in best:
        entry = waiting.entries[key]
        offer = PlaceOffer.objects.create(
            entry=entry,
            freed=freed,
            start=from_minute(start),
            schedule_version=entry.appointment.schedule_version,
            offered_at=now,
            ends_at=until,
        )
        record(PlaceOffered(**facts_of_offer(offer)), at=now, actor=SYSTEM)
    return len(best)


@subscribe(AppointmentCancelled)
def _on_cancelled(fact: AppointmentCancelled, event: Event) -> None:
    if _somebody_waits(fact):
        left = Appointment.objects.get(pk=fact.appointment)
        _free(fact, left.clinician_id, left.session_id, (to_minute(left.start), to_minute(left.end)), event)


@subscribe(AppointmentMoved)
def _on_moved(fact: AppointmentMoved, event: Event) -> None:
    if _somebody_waits(fact):
        start = to_minute(datetime.fromisoformat(fact.from_start))
        _free(fact, fact.from_clinician, fact.from_session, (start, start + fact.from_minutes), event)


@subscribe(AppointmentFormChanged, AppointmentLengthChanged)
def _on_shorter(fact: AppointmentFormChanged | AppointmentLengthChanged, event: Event) -> None:
    if fact.minutes < fact.from_minutes and _somebody_waits(fact):
        held = Appointment.objects.get(pk=fact.appointment)
        start = to_minute(held.start)
        left = start + fact.minutes, start + fact.from_minutes
        _free(fact, held.clinician_id, held.session_id, left, event)


@subscribe(AppointmentPutBack)
def _on_put_back(fact: AppointmentPutBack, event: Event) -> None:
    """The place is taken again by whom it was freed: nobody has accepted it, or this could not be."""
    freed = FreedPlace.objects.filter(cause=fact.appointment, done_at__isnull=True)
    for place in list(freed):
        FreedPlace.objects.filter(pk=place.pk).update(done_at=event.at)
        end_offers(PlaceOffer.objects.filter(freed=place), PlaceOffer.State.LOST, at=event.at, by=event.actor)


def _somebody_waits(fact: AppointmentFact) -> bool:
    """Somebody else: nobody is offered what they left themselves."""
    waiting = WaitingListEntry.objects.filter(department=fact.department, ended_at__isnull=True)
    return waiting.exclude(appointment=fact.appointment).exists()


def _free(fact: AppointmentFact, clinician: int, session: int | None, span: Span, event: Event) -> None:
    """Whether the place is really free is asked when it is offered: the clinician may be away."""
    begins = from_minute(span[0])
    if session is None or begins <= event.at + LAST_CALL:
        return
    policy = policy_on(fact.department, local_day(begins))
    freed = FreedPlace.objects.create(
        department_id=fact.department,
        clinician_id=clinician,
        session_id=session,
        cause_id=fact.appointment,
        starts=span[0],
        ends=span[1],
        due_at=event.at + timedelta(minutes=policy.undo_minutes) + AFTER_UNDOING,
    )
    record(PlaceFreed(freed=freed.pk, session=session, department=fact.department), at=event.at, actor=event.actor)
