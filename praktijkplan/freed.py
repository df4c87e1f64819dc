"""To whom on the waiting list a freed place is offered: whoever comes earliest by it, and can come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from praktijkplan.intervals import Span
from praktijkplan.localtime import HalfDay, from_instant, half_day, local_date
from praktijkplan.slots import FreeStart, Kind
from praktijkplan.together import free_together

EVERY_WEEKDAY = 0b111_1111


@dataclass(frozen=True, slots=True)
class Entry:
    """One who waits for an earlier place; `start` and `since` are instants."""

    key: int
    start: int  # of the appointment they have
    kind: Kind
    since: int  # on the list
    weekdays: int = EVERY_WEEKDAY  # a bit per weekday, Monday the lowest
    half_day: HalfDay | None = None
    clinician: int | None = None  # None: anyone
    notice: int = 0  # minutes they want to know it before
    busy: Sequence[Span] = ()  # when the patient is elsewhere, the appointment they have left out
    has_offer: bool = False  # which they have not answered


class Offer(NamedTuple):
    """An entry by its key, and the place it is offered."""

    key: int
    place: FreeStart


def best_for(
    free: Mapping[Kind, Sequence[FreeStart]], entries: Iterable[Entry], *, now: int, tz: ZoneInfo, limit: int
) -> tuple[Offer, ...]:
    """Those to whom a freed place is offered, at most `limit`, the first of them first.

    `free` holds for each kind of consult the starts that the place gives, with all rules asked. Each entry gets the
    earliest on a day before that of its own appointment that it can come to: nobody waits for an hour. Whoever comes
    most days earlier goes first, then whoever is longest on the list. An entry with an open offer gets no second one.
    """
    found = []
    for entry in entries:
        place = None if entry.has_offer else min(_fitting(free.get(entry.kind, ()), entry, now, tz), default=None)
        if place is not None:
            gain = (local_date(entry.start, tz) - local_date(place[0], tz)).days
            found.append((-gain, entry.since, Offer(entry.key, place)))
    return tuple(offer for _, _, offer in sorted(found)[:limit])


def _fitting(free: Sequence[FreeStart], entry: Entry, now: int, tz: ZoneInfo) -> Iterator[FreeStart]:
    _, minutes = entry.kind
    own_day = local_date(entry.start, tz)
    for place in free_together(free, minutes, [entry.busy]):
        start, clinician, _ = place
        if start < now + entry.notice or entry.clinician not in (None, clinician):
            continue
        moment = from_instant(start, tz)
        if moment.date() >= own_day:
            continue
        fits_day = entry.weekdays >> moment.weekday() & 1
        if fits_day and entry.half_day in (None, half_day(moment.time())):
            yield place
