"""A day and a time as they are typed: the hour that spring skips, and the one that autumn doubles."""

from datetime import date, datetime, time

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praktijkplan.localtime import AmbiguousTime, NonexistentTime, to_instant
from scheduling.localtime import AMSTERDAM
from scheduling.models.minutes import from_minute

CLOCKS = ["%H.%M", "%H:%M"]
WHICH = [("", _("choose")), ("0", _("the first time")), ("1", _("the second time"))]


class Doubled(Exception):
    """Which of two moments is meant must be said."""


def read_moment(on: date, at: time, which: str) -> datetime:
    """`which` is one of WHICH. Raises Doubled, and a ValidationError for a time that does not exist."""
    try:
        return from_minute(to_instant(on, at, AMSTERDAM, fold=int(which) if which else None))
    except NonexistentTime:
        raise forms.ValidationError(
            gettext("This time does not exist: the clock skips it. Choose another time.")
        ) from None
    except AmbiguousTime:
        raise Doubled from None


def doubled_sentence() -> str:
    return gettext("This time occurs twice: the clock goes back an hour. Say which of the two.")
