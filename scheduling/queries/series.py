"""The places that a series could have: read, not promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from people.models import Patient
from praktijkplan.contact import Modality
from praktijkplan.localtime import from_instant, local_date
from praktijkplan.placing import Need
from praktijkplan.series import SeriesWish, WhyNot, choose_series
from praktijkplan.slots import FreeStart
from praktijkplan.together import free_together
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import AppointmentType
from scheduling.queries.openings import openings
from scheduling.queries.policy import policy_on
from scheduling.queries.snapshots import busy_patient, busy_with_others

# A series begins within a week of the first day with room.
_BEGINS_WITHIN = timedelta(weeks=1)
# What can be chosen instead: so many places, at most so many days beside the wanted one.
_OTHERS, _BESIDE = 8, 6


@dataclass(frozen=True)
class Position:
    """One appointment of a series. `beyond`: its day lies further ahead than can be booked."""

    wanted: date
    chosen: FreeStart | None
    why_not: WhyNot | None = None
    beyond: bool = False
    others: tuple[FreeStart, ...] = ()


def places_of_series(
    patient: Patient,
    type: AppointmentType,  # noqa: A002  the field's own word
    wish: SeriesWish,
    first: date,
    *,
    now: datetime,
    needs: frozenset[Need] = frozenset(),
) -> list[Position]:
    """A place for each, in order, with others around the same day. A fixed number of selects."""
    begins = max(first, local_day(now))
    last_day = local_day(now) + timedelta(weeks=policy_on(type.department_id, local_day(now)).horizon_weeks)
    until = begins + _BEGINS_WITHIN + timedelta(days=wish.every * (wish.count - 1) + max(wish.margin, _BESIDE))
    window = begins, max(begins, min(until, last_day))
    found = openings(type, *window, now=now)
    busy = [busy_with_others(needs, wish.clinician, day_span(*window))]
    if Modality(type.modality).is_live:
        busy.append(busy_patient(patient.pk, day_span(*window)))
    free = free_together(found, type.duration_minutes, busy)
    series = choose_series(free, wish, AMSTERDAM)
    start = series.chosen[0]
    day = begins if start is None else local_date(start[0], AMSTERDAM)
    wanted = [day + timedelta(days=n * wish.every) for n in range(wish.count)]
    return [
        Position(
            wanted=on,
            chosen=place,
            why_not=series.why_not.get(n),
            beyond=place is None and on > last_day,
            others=_around(free, on, place or start, wish),
        )
        for n, (on, place) in enumerate(zip(wanted, series.chosen, strict=True))
    ]


def _around(
    free: Sequence[FreeStart], wanted: date, place: FreeStart | None, wish: SeriesWish
) -> tuple[FreeStart, ...]:
    """The nearest in days, then in time of day, then with the same clinician; told in order of time."""
    beside = min(_BESIDE, (wish.every - 1) // 2)
    usual = 0 if place is None else _wall(place)

    def distance(each: FreeStart) -> tuple[int, int, bool]:
        days = abs((local_date(each[0], AMSTERDAM) - wanted).days)
        return days, abs(_wall(each) - usual), place is None or each[1] != place[1]

    near = [each for each in free if distance(each)[0] <= beside and each != place]
    return tuple(sorted(sorted(near, key=distance)[:_OTHERS]))


def _wall(place: FreeStart) -> int:
    local = from_instant(place[0], AMSTERDAM)
    return local.hour * 60 + local.minute
