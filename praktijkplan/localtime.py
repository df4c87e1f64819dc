"""Between the clock on the wall and instants (whole minutes since 1970 in UTC)."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from praktijkplan.intervals import Span

DAY = 24 * 60
_EPOCH = date(1970, 1, 1).toordinal()
_MINUTE = timedelta(minutes=1)

# Clinics pause around noon and a long morning runs to 12:30 at the latest, while afternoons begin at 12:30
# at the earliest: what begins before this moment belongs to the morning.
AFTERNOON_FROM = time(12, 30)


class HalfDay(StrEnum):
    """Dagdeel: the unit in which clinics are planned."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class LocalTimeError(ValueError):
    """A local date and time that do not say which instant is meant."""

    why = "is no instant"

    def __init__(self, day: date, at: time) -> None:
        super().__init__(f"{day.isoformat()} {at.isoformat('minutes')} {self.why}")
        self.day = day
        self.at = at


class NonexistentTime(LocalTimeError):
    """The hour that the clock skips in spring."""

    why = "does not exist: the clock skips it; choose another time"


class AmbiguousTime(LocalTimeError):
    """The hour that the clock shows twice in autumn."""

    why = "occurs twice: say which, fold=0 for the first or fold=1 for the second"


def to_instant(day: date, at: time, tz: ZoneInfo, *, fold: int | None = None) -> int:
    """The instant of a local date and time; seconds are dropped.

    Raises NonexistentTime in the hour that spring skips, and AmbiguousTime in the hour that autumn doubles
    unless `fold` says which of the two is meant.
    """
    first = _offset(datetime.combine(day, at.replace(fold=0), tz))
    second = _offset(datetime.combine(day, at.replace(fold=1), tz))
    if first < second:
        raise NonexistentTime(day, at)
    if first > second and fold is None:
        raise AmbiguousTime(day, at)
    return _wall(day, at) - (second if fold else first)


def midnight(day: date, tz: ZoneInfo) -> int:
    """The instant at which a local date begins."""
    return _wall(day, time()) - _offset(datetime.combine(day, time(), tz))


def from_instant(instant: int, tz: ZoneInfo) -> datetime:
    """The aware local datetime of an instant."""
    return datetime.fromtimestamp(instant * 60, tz)


def local_date(instant: int, tz: ZoneInfo) -> date:
    """The date on the local calendar at an instant."""
    return from_instant(instant, tz).date()


def wall_minutes(instant: int, tz: ZoneInfo) -> int:
    """What the local clock shows at an instant, in minutes (0 to 1439).

    Not the minutes that have passed since midnight: those differ on the two nights the clock is changed.
    """
    return (instant + offset_at(instant, tz)) % DAY


def half_day(at: time) -> HalfDay:
    """The half-day that something beginning at this local time belongs to."""
    return HalfDay.MORNING if at.replace(tzinfo=None) < AFTERNOON_FROM else HalfDay.AFTERNOON


def monday(day: date) -> date:
    """The first day of the ISO week that a date lies in."""
    return day - timedelta(days=day.weekday())


def iso_week(day: date) -> tuple[int, int]:
    """ISO year and week. The year is that of the week: 1 January 2027 lies in week 53 of 2026."""
    year, week, _ = day.isocalendar()
    return year, week


def offset_at(instant: int, tz: ZoneInfo) -> int:
    """How many minutes the local clock is ahead of UTC at an instant."""
    steady = _steady_offset(instant // DAY, tz)
    return _offset(from_instant(instant, tz)) if steady is None else steady


def steady_stretches(span: Span, tz: ZoneInfo) -> list[tuple[int, int, int]]:
    """A span cut where the local date begins or the clock is changed.

    Each stretch is (start, end, anchor): inside it the local clock shows `instant - anchor` minutes past
    midnight. Nearly every span is one stretch.
    """
    start, end = span
    offset = _steady_offset(start // DAY, tz)
    if offset is not None and start // DAY == (end - 1) // DAY:
        anchor = (start + offset) // DAY * DAY - offset
        if end <= anchor + DAY:
            return [(start, end, anchor)]
    return _cut(start, end, tz)


def _cut(start: int, end: int, tz: ZoneInfo) -> list[tuple[int, int, int]]:
    stretches = []
    while start < end:
        offset = offset_at(start, tz)
        anchor = (start + offset) // DAY * DAY - offset
        until = min(end, anchor + DAY)
        if offset_at(until - 1, tz) != offset:
            until = _clock_change(start, until - 1, tz)
        stretches.append((start, until, anchor))
        start = until
    return stretches


def _clock_change(before: int, after: int, tz: ZoneInfo) -> int:
    """The first instant, after `before`, that has the clock of `after`; the clock is changed once between."""
    offset = offset_at(before, tz)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle, tz) == offset:
            before = middle
        else:
            after = middle
    return after


# A day of UTC has one offset on all but two days a year, so a window asks the time zone a few dozen times
# instead of a few thousand.
@lru_cache(maxsize=4096)
def _steady_offset(utc_day: int, tz: ZoneInfo) -> int | None:
    """The offset in minutes that holds the whole day of UTC, or None if the clock is changed during it."""
    first = _offset(from_instant(utc_day * DAY, tz))
    last = _offset(from_instant(utc_day * DAY + DAY - 1, tz))
    return first if first == last else None


def _wall(day: date, at: time) -> int:
    """Minutes since 1970 on the local clock, as if its offset were none."""
    return (day.toordinal() - _EPOCH) * DAY + at.hour * 60 + at.minute


def _offset(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // _MINUTE
