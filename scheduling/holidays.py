"""Dutch public holidays: on these no raster is published, unless a department has agreed otherwise."""

from datetime import date
from functools import lru_cache

import holidays

from scheduling.queries.policy import Policies

# On Good Friday Dutch hospitals work as on any Friday.
_WORKED = {"Goede vrijdag"}


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """Local dates, with their Dutch names. Liberation day only in the years in which people are off: every fifth."""
    known = holidays.country_holidays("NL", years=year, language="nl")
    return {day: name for day, name in known.items() if name not in _WORKED}


def closed_days(policies: Policies, first: date, until: date) -> dict[date, str]:
    """The holidays from `first` through `until` on which the clinic is closed."""
    return {
        day: name
        for year in range(first.year, until.year + 1)
        for day, name in public_holidays(year).items()
        if first <= day <= until and policies.on(day).closed_on_holidays
    }
