"""Read a birth date the way people write it: 3-2-1950, 03/02/1950, 3 februari 1950, 3 feb 1950."""

import re
from datetime import date
from enum import StrEnum

_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mrt": 3,
    "maa": 3,
    "mar": 3,
    "apr": 4,
    "mei": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_NUMBERS_AND_WORDS = re.compile(r"\d+|[^\W\d_]+")
_ORDINALS = {"e", "ste", "de", "st", "nd", "rd", "th", "of"}
OLDEST_YEAR = 1890


class Unreadable(StrEnum):
    """Why a text is no birth date, so that the page can say what to do."""

    NOT_A_DATE = "not_a_date"
    SHORT_YEAR = "short_year"
    NO_SUCH_DAY = "no_such_day"
    IN_THE_FUTURE = "in_the_future"


def read_birth_date(text: str, today: date) -> date | Unreadable:
    """Day before month, as everyone here writes it. A year of two digits is asked again, never guessed."""
    parts = [part for part in _NUMBERS_AND_WORDS.findall(text.lower()) if part not in _ORDINALS]
    if len(parts) == 1 and len(parts[0]) == len("24111956"):
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != len(("day", "month", "year")):
        return Unreadable.NOT_A_DATE
    if parts[0].isdecimal() and len(parts[0]) == len("1956"):
        parts.reverse()
    day, month, year = parts
    number = month if month.isdecimal() else _MONTHS.get(month[:3])
    if number is None or not day.isdecimal() or not year.isdecimal():
        return Unreadable.NOT_A_DATE
    if len(year) < len("1956"):
        return Unreadable.SHORT_YEAR
    return _checked(int(day), int(number), int(year), today)


def _checked(day: int, month: int, year: int, today: date) -> date | Unreadable:
    try:
        born = date(year, month, day)
    except (ValueError, OverflowError):
        return Unreadable.NO_SUCH_DAY
    if year < OLDEST_YEAR:
        return Unreadable.NO_SUCH_DAY
    return Unreadable.IN_THE_FUTURE if born > today else born
