"""Who wants to come earlier: on the list, with other wishes, and off it again. It ends with what it was about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from events.catalogue import (
    AppointmentCancelled,
    AppointmentFormChanged,
    AppointmentLengthChanged,
    AppointmentMoved,
    AppointmentPutBack,
    PlaceLost,
    PlaceOfferEnded,
    WaitingListJoined,
    WaitingListLeft,
)
from events.log import record, subscribe
from events.models import Event
from praktijkplan.contact import Modality
from praktijkplan.freed import EVERY_WEEKDAY
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.locks import planning
from scheduling.models import Appointment, AppointmentChange, PlaceOffer, WaitingListEntry

MOST_NOTICE = 14 * 24  # hours
SYSTEM = "system"
_PUT_BACK_WITH = (WaitingListEntry.End.CANCELLED, WaitingListEntry.End.EARLIER)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """When a patient can come, and how long beforehand they want to know it."""

    notice_hours: int
    weekdays: int = EVERY_WEEKDAY
    half_day: str = ""  # empty: either
    own_clinician: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.weekdays <= EVERY_WEEKDAY or not 1 <= self.notice_hours <= MOST_NOTICE:
            raise ValueError("nobody can wait like this")


class CannotWait(StrEnum):
    """Why an appointment cannot come earlier."""

    OVER = "over"  # cancelled, held or begun
    IN_WRITING = "in_writing"


def join_waiting_list(
    *, appointment: Appointment, wishes: Wishes, by: str, now: datetime, seen: str | None = None
) -> WaitingListEntry | CannotWait:
    """Who waits already keeps the place in the row, with these wishes.

    `seen` is the seal of the entry that was shown. Raises ChangedMeanwhile where it stands otherwise by now, and
    scheduling.locks.Busy.
    """
    with planning(()):
        current = Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
        if not current.is_active or current.start <= now:
            return CannotWait.OVER
        if not Modality(current.modality).is_live:
            return CannotWait.IN_WRITING
        wanted = {
            "weekdays": wishes.weekdays,
            "half_day": wishes.half_day,
            "own_clinician": wishes.own_clinician,
            "notice_hours": wishes.notice_hours,
        }
        stands = WaitingListEntry.objects.filter(appointment=current, ended_at=None).first()
        if seen not in (None, seal_of_wishes(stands)) and not (stands and _says(stands, wanted)):
            raise ChangedMeanwhile
        first = {"department_id": current.department_id, "since": now, "by": by}
        entry, made = WaitingListEntry.objects.update_or_create(
            appointment=current, ended_at=None, defaults=wanted, create_defaults={**wanted, **first}
        )
        if made:
            _tell_joined(entry, current, at=now, by=by)
        return entry


def seal_of_wishes(entry: WaitingListEntry | None) -> str:
    """Stands for what an entry says; empty for who is not on the list."""
    if entry is None:
        return ""
    return f"{entry.weekdays}.{entry.half_day}.{int(entry.own_clinician)}.{entry.notice_hours}"


def _says(entry: WaitingListEntry, wanted: dict[str, Any]) -> bool:
    return all(getattr(entry, name) == value for name, value in wanted.items())


def leave_waiting_list(*, entry: WaitingListEntry, by: str, now: datetime) -> bool:
    """Also says no to what was offered and not answered. False for who had left already."""
    with planning(()):
        # The offers first, as whoever accepts one locks that before the entry.
        end_offers(_open_offers(entry.appointment_id), PlaceOffer.State.DECLINED, at=now, by=by)
        mine = WaitingListEntry.objects.filter(pk=entry.pk)
        return bool(end_entries(mine, WaitingListEntry.End.LEFT, at=now, by=by))


def end_past_entries(*, now: datetime) -> int:
    """Who was not offered anything before the appointment began; how many."""
    with planning(()):
        past = WaitingListEntry.objects.filter(appointment__start__lte=now)
        return end_entries(past, WaitingListEntry.End.PAST, at=now, by=SYSTEM)


def end_entries(entries: QuerySet[WaitingListEntry], end: WaitingListEntry.End, *, at: datetime, by: str) -> int:
    """Those that are open; each by a conditional update, so that two who end one tell it once."""
    ended = 0
    for entry in entries.filter(ended_at__isnull=True).select_related("appointment"):
        mine = WaitingListEntry.objects.filter(pk=entry.pk, ended_at__isnull=True)
        if not mine.update(ended_at=at, ended_by=by, end=end):
            continue
        ended += 1
        held = entry.appointment
        left = WaitingListLeft(
            appointment=held.pk, session=held.session_id, department=entry.department_id, entry=entry.pk, end=end
        )
        record(left, at=at, actor=by)
    return ended


def end_offers(offers: QuerySet[PlaceOffer], state: PlaceOffer.State, *, at: datetime, by: str) -> int:
    """Those that nobody has answered; each by a conditional update, in one order."""
    ended = 0
    for offer in offers.filter(state=PlaceOffer.State.OPEN).select_related("entry__appointment").order_by("pk"):
        mine = PlaceOffer.objects.filter(pk=offer.pk, state=PlaceOffer.State.OPEN)
        if not mine.update(state=state, answered_at=at):
            continue
        ended += 1
        fact = facts_of_offer(offer)
        lost = state == PlaceOffer.State.LOST
        record(PlaceLost(**fact) if lost else PlaceOfferEnded(**fact, state=state), at=at, actor=by)
    return ended


def facts_of_offer(offer: PlaceOffer) -> dict[str, Any]:
    held = offer.entry.appointment
    return {
        "appointment": held.pk,
        "session": held.session_id,
        "department": held.department_id,
        "offer": offer.pk,
        "freed": offer.freed_id,
    }


@subscribe(AppointmentCancelled)
def _on_cancelled(fact: AppointmentCancelled, event: Event) -> None:
    _void_offers(fact, event)
    entries = WaitingListEntry.objects.filter(appointment=fact.appointment)
    end_entries(entries, WaitingListEntry.End.CANCELLED, at=event.at, by=event.actor)


@subscribe(AppointmentMoved, AppointmentFormChanged, AppointmentLengthChanged)
def _void_offers(
    fact: AppointmentCancelled | AppointmentMoved | AppointmentFormChanged | AppointmentLengthChanged, event: Event
) -> None:
    """They were for the plan as it stood."""
    end_offers(_open_offers(fact.appointment), PlaceOffer.State.EXPIRED, at=event.at, by=event.actor)


@subscribe(AppointmentPutBack)
def _on_put_back(fact: AppointmentPutBack, event: Event) -> None:
    """Whoever waited until that change waits again."""
    end_offers(_open_offers(fact.appointment), PlaceOffer.State.EXPIRED, at=event.at, by=event.actor)
    entries = WaitingListEntry.objects.filter(appointment=fact.appointment)
    change = AppointmentChange.objects.get(pk=fact.change)
    ended_with_it = entries.filter(ended_at=change.at, end__in=_PUT_BACK_WITH).last()
    if ended_with_it is None or entries.filter(ended_at__isnull=True).exists():
        return
    WaitingListEntry.objects.filter(pk=ended_with_it.pk).update(ended_at=None, ended_by="", end="")
    _tell_joined(ended_with_it, ended_with_it.appointment, at=event.at, by=event.actor)


def _open_offers(appointment: int) -> QuerySet[PlaceOffer]:
    return PlaceOffer.objects.filter(entry__appointment=appointment, state=PlaceOffer.State.OPEN)


def _tell_joined(entry: WaitingListEntry, held: Appointment, *, at: datetime, by: str) -> None:
    joined = WaitingListJoined(
        appointment=held.pk, session=held.session_id, department=entry.department_id, entry=entry.pk
    )
    record(joined, at=at, actor=by)
