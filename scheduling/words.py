"""Moments and days as people here say and write them: 14.10, dinsdag 24 november."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from scheduling.localtime import AMSTERDAM


def clock_text(moment: datetime) -> str:
    """A moment as the wall clock in the Netherlands shows it: 14.10."""
    return _local(moment).strftime("%H.%M")


def exact_clock_text(moment: datetime) -> str:
    """14.10; in the hour that autumn doubles it also says which of the two is meant."""
    local = _local(moment)
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return clock_text(local)
    which = gettext("second time") if local.fold else gettext("first time")
    return gettext("%(time)s (%(which)s)") % {"time": clock_text(local), "which": which}


def day_text(value: date, length: str = "long") -> str:
    """A day as people say it: "dinsdag 24 november", short "di 24 nov"; with the year when it is another one."""
    on = _local(value).date() if isinstance(value, datetime) else value
    this_year = on.year == timezone.localdate(timezone=AMSTERDAM).year
    pattern = _short_day() if length == "short" else "l j F"
    return date_format(on, pattern if this_year else f"{pattern} Y")


def _short_day() -> str:
    """Django's M writes a capital in every language, its b in none: di 24 nov, Tue 24 Nov."""
    return "D j M" if get_language() == "en" else "D j b"


def _local(moment: datetime) -> datetime:
    if timezone.is_naive(moment):
        raise ValueError("a moment without a time zone cannot be shown as a time in the Netherlands")
    return moment.astimezone(AMSTERDAM)
