"""The free time of a department in a window of days: read once, asked for any kind of consult."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from praktijkplan.intervals import Span
from praktijkplan.policy import Policy
from praktijkplan.slots import Candidate, Gap, Kind, booking_horizon, candidates_of, free_gaps
from scheduling.localtime import AMSTERDAM, day_span
from scheduling.models.minutes import to_minute
from scheduling.queries.policy import Policies
from scheduling.queries.snapshots import blocks_for_types, taken_or_absent


def asked_at(now: datetime) -> int:
    """The first whole minute that is not over yet."""
    return to_minute(now) + (now.second > 0 or now.microsecond > 0)


def bookable(first: date, last: date, policy: Policy, minute: int) -> Span:
    """What may be booked of these days at the instant `minute`."""
    start, end = day_span(first, last)
    return max(minute, start), min(end, booking_horizon(minute, policy, AMSTERDAM))


class FreeTime:
    """Three selects, however many clinicians, types and questions there are."""

    def __init__(
        self,
        department: int,
        types: Collection[int],
        first: date,
        last: date,
        *,
        now: datetime,
        clinicians: Collection[int] | None = None,
    ) -> None:
        window = day_span(first, last)
        self._minute = asked_at(now)
        self._stretches = Policies(department).stretches(first, last)
        self._blocks = blocks_for_types(department, types, window, clinicians)
        clinics = {block.clinician for block in self._blocks}
        self._busy = taken_or_absent(clinics, window) if clinics else []

    def places_for(self, kinds: Iterable[Kind]) -> list[Candidate]:
        """In order of time."""
        return candidates_of(self.gaps_for(kinds))

    def gaps_for(self, kinds: Iterable[Kind], *, urgent: bool = False) -> Iterator[Gap]:
        """In no order. `urgent` adds what is held for urgent consults (PP-32)."""
        wanted = list(kinds)
        for first, last, policy in self._stretches:
            not_before, before = bookable(first, last, policy, self._minute)
            yield from free_gaps(
                self._blocks,
                self._busy,
                wanted,
                step=policy.grid_minutes,
                tz=AMSTERDAM,
                asked_at=self._minute,
                urgent=urgent,
                not_before=not_before,
                before=before,
            )
