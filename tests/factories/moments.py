"""Moments as people write them: a local date, and a clock with a dot."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from scheduling.localtime import AMSTERDAM

Day = date | str


def day(value: Day) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def clock(value: time | str) -> time:
    return time.fromisoformat(value.replace(".", ":").zfill(5)) if isinstance(value, str) else value


def amsterdam(on: Day, at: time | str, *, fold: int = 0) -> datetime:
    """`amsterdam("2026-11-30", "13.00")`, aware."""
    return datetime.combine(day(on), clock(at), AMSTERDAM).replace(fold=fold)


def next_workday(after: date | None = None) -> date:
    """The first Monday to Friday after this day (today unless given)."""
    following = (after or timezone.localdate(timezone=AMSTERDAM)) + timedelta(days=1)
    while following.weekday() > 4:
        following += timedelta(days=1)
    return following
