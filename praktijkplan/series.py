"""A series of appointments in one go: every so many days, rather at the same time of day."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from praktijkplan.localtime import from_instant
from praktijkplan.slots import FreeStart

FEWEST, MOST = 2, 24
_BEGINS_WITHIN = 7  # days


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """`count` appointments, `every` so many days counted from the first, at most `margin` days beside that.

    Raises ValueError for another count than 2 to 24, or where a margin is so wide that two could fall on one day.
    """

    count: int
    every: int  # days
    margin: int = 0  # days
    same_weekday: bool = False
    same_time: bool = False
    clinician: int | None = None  # None: anyone

    def __post_init__(self) -> None:
        if not FEWEST <= self.count <= MOST:
            raise ValueError(f"a series has {FEWEST} to {MOST} appointments, not {self.count}")
        if not 0 <= 2 * self.margin < self.every:
            raise ValueError(f"{self.margin} days of margin do not keep apart what comes every {self.every} days")


class WhyNot(StrEnum):
    """Why there is no place around a day of the series."""

    NOTHING_FREE = "nothing_free"
    OTHER_CLINICIAN = "other_clinician"  # only another one has room
    OTHER_WEEKDAY = "other_weekday"
    OTHER_TIME = "other_time"


@dataclass(frozen=True, slots=True)
class Series:
    """A place for each appointment in order of time, or None, and then why; `why_not` is by position from 0."""

    chosen: tuple[FreeStart | None, ...]
    why_not: Mapping[int, WhyNot] = field(default_factory=dict)


class _Moment(NamedTuple):
    day: date
    wall: int  # minutes of the local clock


class _Tried(NamedTuple):
    """A series that begins at `first`; the best sorts first, and no two begin at the same moment."""

    missing: int
    deviation: int  # days, in all; those by which the series begins later count too
    difference: int  # minutes, in all, with the time of the first
    first: _Moment
    others: tuple[_Moment | None, ...]


def choose_series(free: Sequence[FreeStart], wish: SeriesWish, tz: ZoneInfo) -> Series:
    """The places of a series, out of all free starts from the day on which it may begin.

    Wanted are the local dates every so many days from the first. It begins within a week, or an interval if that is
    shorter, of the first day with room: where the fewest are missing, then with the least deviation from the wanted
    days, then from the time of the first. No two fall on one day. Where anyone will do, whoever is free at the most
    of these moments has them.
    """
    with_room: set[date] = set()
    by_moment: defaultdict[_Moment, list[FreeStart]] = defaultdict(list)
    for each in free:
        local = from_instant(each[0], tz)
        with_room.add(local.date())
        if wish.clinician in (None, each[1]):
            by_moment[_Moment(local.date(), local.hour * 60 + local.minute)].append(each)
    if not by_moment:
        reason = WhyNot.OTHER_CLINICIAN if with_room else WhyNot.NOTHING_FREE
        return Series((None,) * wish.count, dict.fromkeys(range(wish.count), reason))
    days = _Days(by_moment, wish)
    best = min(days.tried(first) for first in days.beginnings())
    missing = [at for at, moment in enumerate(best.others, start=1) if moment is None]
    why_not = {at: days.why_not(best.first, at, with_room) for at in missing}
    return Series(_places([best.first, *best.others], by_moment), why_not)


class _Days:
    """The moments with room, day by day."""

    def __init__(self, moments: Iterable[_Moment], wish: SeriesWish) -> None:
        self._wish = wish
        self._walls: defaultdict[date, list[int]] = defaultdict(list)
        for day, wall in sorted(moments):
            self._walls[day].append(wall)

    def beginnings(self) -> list[_Moment]:
        until = min(self._walls) + timedelta(days=min(self._wish.every, _BEGINS_WITHIN))
        return [_Moment(day, wall) for day, walls in self._walls.items() if day < until for wall in walls]

    def tried(self, first: _Moment) -> _Tried:
        others = [self._nearest(self._wanted(first, at), first) for at in range(1, self._wish.count)]
        deviation, difference = (first.day - min(self._walls)).days, 0
        for at, moment in enumerate(others, start=1):
            if moment is not None:
                deviation += abs((moment.day - self._wanted(first, at)).days)
                difference += abs(moment.wall - first.wall)
        return _Tried(others.count(None), deviation, difference, first, tuple(others))

    def why_not(self, first: _Moment, at: int, with_room: set[date]) -> WhyNot:
        around = [day for days in self._around(self._wanted(first, at)) for day in days]
        if not with_room.intersection(around):
            return WhyNot.NOTHING_FREE
        own = [day for day in around if day in self._walls]
        if not own:
            return WhyNot.OTHER_CLINICIAN
        return WhyNot.OTHER_TIME if any(self._is_right_day(day, first) for day in own) else WhyNot.OTHER_WEEKDAY

    def _wanted(self, first: _Moment, at: int) -> date:
        return first.day + timedelta(days=at * self._wish.every)

    def _around(self, wanted: date) -> Iterator[tuple[date, ...]]:
        """The days that will do, the nearest first, two that are as near together."""
        yield (wanted,)
        for days in range(1, self._wish.margin + 1):
            yield wanted - timedelta(days=days), wanted + timedelta(days=days)

    def _nearest(self, wanted: date, first: _Moment) -> _Moment | None:
        for days in self._around(wanted):
            found = [
                _Moment(day, wall)
                for day in days
                if day in self._walls and self._is_right_day(day, first)
                for wall in self._nearest_walls(day, first.wall)
            ]
            if found:
                return min(found, key=lambda moment: (abs(moment.wall - first.wall), moment))
        return None

    def _is_right_day(self, day: date, first: _Moment) -> bool:
        return not self._wish.same_weekday or day.weekday() == first.day.weekday()

    def _nearest_walls(self, day: date, wall: int) -> list[int]:
        """The last time of a day before that of the first and the first time after it, or only the very same."""
        walls = self._walls[day]
        at = bisect_left(walls, wall)
        if self._wish.same_time:
            return [wall] if walls[at : at + 1] == [wall] else []
        return walls[max(at - 1, 0) : at + 1]


def _places(
    moments: Sequence[_Moment | None], by_moment: Mapping[_Moment, Sequence[FreeStart]]
) -> tuple[FreeStart | None, ...]:
    """A free start for each moment, with as few clinicians as a simple choice gives."""
    chosen: dict[_Moment, FreeStart] = {}
    left = [moment for moment in moments if moment is not None]
    while left:
        able = Counter(clinician for moment in left for clinician in {each[1] for each in by_moment[moment]})
        most = min(able, key=lambda clinician: (-able[clinician], clinician))
        for moment in left:
            own = [each for each in by_moment[moment] if each[1] == most]
            if own:
                chosen[moment] = min(own)
        left = [moment for moment in left if moment not in chosen]
    return tuple(None if moment is None else chosen[moment] for moment in moments)
