"""A year of a clinician's rasters week by week: where each is held, holidays, absence, exceptions, gaps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_tabs import raster_tabs
from people.permissions import Permission
from praktijkplan.localtime import iso_week
from praktijkplan.rasters import WeekPattern
from scheduling.holidays import closed_days
from scheduling.localtime import day_span, local_day
from scheduling.models import Absence, Raster, RasterException, RasterPhase
from scheduling.models.minutes import from_minute
from scheduling.queries.policy import Policies

WEEKS = 53
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """One week of a row; `look` is a class: on, off, draft, gap, twice, holiday, away, other."""

    look: str


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    raster: Raster | None = None


@dataclass(frozen=True)
class Month:
    name: str
    weeks: int


@dataclass(frozen=True)
class Special:
    """A day, or a stretch of days, that is not as the raster says."""

    first: date
    last: date
    what: str
    detail: str = ""
    exception: RasterException | None = None


@dataclass(frozen=True)
class WeeksOfMonth:
    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Strip:
    months: tuple[Month, ...]
    rows: tuple[Row, ...]


@require_GET
@raster_page(Permission.SEE_RASTERS)
def year(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    today = local_day(timezone.now())
    mondays = mondays_from(today)
    specials = _specials(shown, mondays)
    context = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-year"),
        "strip": Strip(tuple(_months(mondays)), (_row(shown, mondays), *_special_rows(specials, mondays))),
        "weeks": _weeks_in_words(shown, mondays),
        "specials": sorted((each for found in specials.values() for each in found), key=_by_date),
        "may_change": desk.may(Permission.PUBLISH_RASTER),
    }
    return render(request, "planner/raster_year.html", context)


def mondays_from(today: date) -> list[date]:
    """The Mondays of this week and of the year after it."""
    first = today - timedelta(days=today.weekday())
    return [first + WEEK * number for number in range(WEEKS)]


def timeline(raster: Raster, today: date) -> Strip:
    """This raster among the clinician's others in the department, and where no raster or more than one is held."""
    mondays = mondays_from(today)
    own = Raster.objects.filter(clinician=raster.clinician_id, department=raster.department_id)
    rasters = sorted(own, key=lambda each: (each.valid_from, each.pk))
    return Strip(tuple(_months(mondays)), (*(_row(each, mondays) for each in rasters), _together(rasters, mondays)))


def _row(raster: Raster, mondays: Sequence[date]) -> Row:
    look = "draft" if raster.phase == RasterPhase.DRAFT else "on"
    return Row(raster.name, tuple(Cell(look if _held_in(raster, monday) else "off") for monday in mondays), raster)


def _together(rasters: Sequence[Raster], mondays: Sequence[date]) -> Row:
    counts = [sum(_held_in(each, monday) for each in rasters) for monday in mondays]
    last = max((at for at, count in enumerate(counts) if count), default=-1)
    first = next((at for at, count in enumerate(counts) if count), last)
    looks = (
        "gap" if not count and first < at < last else ("off", "on", "twice")[min(count, 2)]
        for at, count in enumerate(counts)
    )
    return Row(gettext("Together"), tuple(map(Cell, looks)))


def _held_in(raster: Raster, monday: date) -> bool:
    ends = raster.valid_until or date.max
    in_validity = raster.valid_from < monday + WEEK and ends >= monday
    return in_validity and WeekPattern(raster.weeks).holds_on(monday)


def _months(mondays: Iterable[date]) -> Iterable[Month]:
    for first, weeks in groupby(mondays, key=lambda monday: monday.replace(day=1)):
        yield Month(date_format(first, "b"), len(list(weeks)))


def _specials(raster: Raster, mondays: Sequence[date]) -> dict[str, list[Special]]:
    """Three selects."""
    first, last = mondays[0], mondays[-1] + WEEK - timedelta(days=1)
    span = day_span(first, last)
    closed = closed_days(Policies(raster.department_id), first, last)
    away = Absence.objects.filter(
        clinician=raster.clinician_id, starts__lt=span[1], ends__gt=span[0], lifted_at__isnull=True
    )
    exceptions = raster.exceptions.filter(date__range=(first, last))
    return {
        "holiday": [Special(day, day, gettext("public holiday"), name) for day, name in closed.items()],
        "away": [
            Special(local_day(from_minute(each.starts)), local_day(from_minute(each.ends - 1)), gettext("absent"))
            for each in away
        ],
        "other": [Special(each.date, each.date, exception_words(each), each.reason, each) for each in exceptions],
    }


def exception_words(exception: RasterException) -> str:
    """ "middag: 30 min later"."""
    half_day = exception.get_half_day_display()
    if exception.kind == RasterException.Kind.SHIFTED:
        minutes = exception.shift_minutes
        later, earlier = (
            gettext("%(half_day)s: %(minutes)d min later"),
            gettext("%(half_day)s: %(minutes)d min earlier"),
        )
        return (later if minutes > 0 else earlier) % {"half_day": half_day, "minutes": abs(minutes)}
    return gettext("%(half_day)s: %(what)s") % {"half_day": half_day, "what": exception.get_kind_display()}


def _special_rows(specials: dict[str, list[Special]], mondays: Sequence[date]) -> Iterable[Row]:
    labels: dict[str, Callable[[], str]] = {
        "holiday": lambda: gettext("Public holidays"),
        "away": lambda: gettext("Absent"),
        "other": lambda: gettext("Changed days"),
    }
    for look, found in specials.items():
        cells = tuple(Cell(look if any(_meets(each, monday) for each in found) else "none") for monday in mondays)
        yield Row(labels[look](), cells)


def _meets(special: Special, monday: date) -> bool:
    return special.first < monday + WEEK and special.last >= monday


def _weeks_in_words(raster: Raster, mondays: Iterable[date]) -> list[WeeksOfMonth]:
    held = (monday for monday in mondays if _held_in(raster, monday))
    return [
        WeeksOfMonth(date_format(first, "F Y"), tuple(iso_week(monday)[1] for monday in own))
        for first, own in groupby(held, key=lambda monday: monday.replace(day=1))
    ]


def _by_date(special: Special) -> tuple[date, date]:
    return special.first, special.last
