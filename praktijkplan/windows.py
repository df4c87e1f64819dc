"""When a contact must be planned: "over three months, two weeks earlier or later" as local dates (PP-15, PP-19)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEK = 7
# A quarter is thirteen weeks, so that a pattern comes back on the same weekday.
_QUARTER = 13 * WEEK


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class WrongWindow(StrEnum):
    """Why no contact can be planned in a window."""

    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    IS_OVER = "is_over"
    TOO_FAR = "too_far"


class Pressing(StrEnum):
    """How pressing it is that something is planned, the most pressing first."""

    OVERDUE = "overdue"  # its last day has passed
    DUE = "due"  # its last day is near
    OPEN = "open"  # its first day has come
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Period:
    """So many days, weeks or months."""

    number: int
    unit: Unit

    def after(self, day: date) -> date:
        """The local date so much later; three months after 30 November is the last day of February."""
        if self.unit is Unit.MONTHS:
            return _months_after(day, self.number)
        return day + timedelta(days=self.days)

    @property
    def days(self) -> int:
        """How many days that are in a pattern without dates: three months are thirteen weeks."""
        factors = {Unit.DAYS: self.number, Unit.WEEKS: self.number * WEEK}
        return factors.get(self.unit, self.number * _QUARTER // 3)


def period_of(days: int) -> Period:
    """In the largest unit that says it exactly: 91 days are three months, 14 are two weeks."""
    months = -(-days * 3 // _QUARTER)
    if days and Period(months, Unit.MONTHS).days == days:
        return Period(months, Unit.MONTHS)
    return Period(days // WEEK, Unit.WEEKS) if days and not days % WEEK else Period(days, Unit.DAYS)


def window_around(day: date, wait: Period, margin: Period) -> tuple[date, date]:
    """The first and last local date, as much earlier or later as `margin`; never before `day` itself."""
    wanted = wait.after(day)
    return max(day, wanted - timedelta(days=margin.days)), wanted + timedelta(days=margin.days)


# How far ahead a contact is ordered: a wrong year is the likelier reason beyond it.
FARTHEST = timedelta(days=3 * 366)


def wrong_window(earliest: date, latest: date, *, today: date) -> WrongWindow | None:
    """None for a window of local dates in which something can still be planned."""
    if latest < earliest:
        return WrongWindow.ENDS_BEFORE_IT_BEGINS
    if latest < today:
        return WrongWindow.IS_OVER
    return WrongWindow.TOO_FAR if latest - today > FARTHEST else None


# From so many days before its last day on, an order presses.
DUE_WITHIN = timedelta(days=14)


def pressing(earliest: date, latest: date, *, today: date) -> Pressing:
    if latest < today:
        return Pressing.OVERDUE
    if latest - today <= DUE_WITHIN:
        return Pressing.DUE
    return Pressing.OPEN if earliest <= today else Pressing.LATER


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
