"""Days, moments and ids as the API takes them, each with an answer that says what to do."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from praktijkplan.localtime import AmbiguousTime, NonexistentTime, from_instant, to_instant
from scheduling.localtime import AMSTERDAM

# The years that a clinic may lie in: beyond them the calendars of databases and time zones end.
FIRST_YEAR, LAST_YEAR = 2000, 2099
LARGEST_ID = 2**63 - 1


class Key(serializers.IntegerField):
    """The id of a department, type, clinician or raster."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


class Day(serializers.DateField):
    """A local date, 2026-11-30."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise serializers.ValidationError(_("Choose a date of this century."))
        return day


class Moment(serializers.DateTimeField):
    """A moment with its offset: UTC, or the local time of Europe/Amsterdam with the offset of that day. Told in
    local time.
    """

    def to_internal_value(self, value: Any) -> datetime:
        moment = _read(value)
        if moment.tzinfo is None:
            raise serializers.ValidationError(_without_offset(moment))
        utc = moment.astimezone(UTC)
        offset = moment.utcoffset()
        if offset and offset != utc.astimezone(AMSTERDAM).utcoffset():
            raise serializers.ValidationError(_other_offset(moment, utc))
        if moment.second or moment.microsecond:
            raise serializers.ValidationError(_("Consults begin at whole minutes. Leave out the seconds."))
        return utc

    def to_representation(self, value: Any) -> str:
        return told(value)


class WallClock(serializers.CharField):
    """A time of day without a date, so without an offset: 13:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, help_text="Local time of day, 13:00.", **kwargs)

    def to_representation(self, value: Any) -> str:
        at: time = value
        return at.strftime("%H:%M")


def told(moment: datetime) -> str:
    """Local time with its offset, as RFC 3339 writes it."""
    return moment.astimezone(AMSTERDAM).isoformat(timespec="seconds")


def _read(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise serializers.ValidationError(_("Write a moment as 2026-11-30T13:00:00+01:00.")) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise serializers.ValidationError(_("Choose a date of this century."))
    return moment


def _without_offset(moment: datetime) -> str:
    """What the clock on the wall may have meant."""
    try:
        instant = to_instant(moment.date(), moment.time(), AMSTERDAM)
    except NonexistentTime:
        return _skipped()
    except AmbiguousTime:
        return _(
            "This time occurs twice: the clock goes back an hour. Add +02:00 for the first, +01:00 for the second."
        )
    meant = from_instant(instant, AMSTERDAM)
    return _("Add the offset, so that nobody has to guess: %(local)s or %(utc)s.") % {
        "local": meant.isoformat(timespec="seconds"),
        "utc": meant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def _other_offset(moment: datetime, utc: datetime) -> str:
    wall = moment.replace(tzinfo=None)
    try:
        to_instant(wall.date(), wall.time(), AMSTERDAM)
    except NonexistentTime:
        if moment.utcoffset() in (timedelta(hours=1), timedelta(hours=2)):
            return _skipped()
    except AmbiguousTime:
        pass
    return _("This is not the offset of Amsterdam at that moment. Did you mean %(local)s?") % {"local": told(utc)}


def _skipped() -> str:
    return _("This time does not exist: the clock skips it. Choose another time.")
