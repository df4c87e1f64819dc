"""A free place as it stands in an address or a form."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.models.minutes import from_minute

FIRST_YEAR, LAST_YEAR = 2000, 2099
# About the year 2100 in minutes since 1970: what lies beyond is no date of ours.
LAST_MINUTE = 70_000_000


class Slot(NamedTuple):
    """`type` is None where every place is for the same one."""

    start: datetime
    clinician: int
    type: int | None = None


class SlotField(forms.CharField):
    """ "29312345.12": the minute since 1970 in UTC and the clinician, so that no hour is ever doubled or missing.

    "29312345.12.7" says the type of the appointment as well.
    """

    default_error_messages = {"required": _("Choose a place."), "invalid": _("Choose a place from the list.")}

    def clean(self, value: Any) -> Slot:
        parts = super().clean(value).split(".")
        if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if len(value) > 60 or any(int(part) > LAST_MINUTE for part in parts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        minute, *rest = map(int, parts)
        return Slot(from_minute(minute), *rest)


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_of_this_century(day: date) -> bool:
    """Beyond what calendars can hold nobody needs the rules to say that it is too far."""
    return FIRST_YEAR <= day.year <= LAST_YEAR
