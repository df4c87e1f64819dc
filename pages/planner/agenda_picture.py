"""Columns of an agenda as a picture: rows of five minutes. Places are classes, so no inline styles."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext

from pages.planner.week import FORMS, ROW_MINUTES, ROWS_PER_HOUR, Hour, short_name
from people.models import Clinician
from praktijkplan.intervals import Span
from praktijkplan.localtime import wall_minutes
from praktijkplan.slots import BlockMode
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Absence, SessionBlock
from scheduling.models.minutes import to_minute
from scheduling.queries.agenda import Away, Booked, Column, FreePlace, Taken

HOUR = 60
# What an empty agenda shows, and the least that any agenda does.
USUAL_HOURS = (8, 17)
LEAST_HOURS = 4
# The shortest consult in view gets 24 pixels, the least to be hit: look, below how many minutes, pixels per row.
SCALES = (("fine", 10, 24), ("usual", 15, 12), ("coarse", 10_000, 8))
# Pixels from which there is room for one line of text, two and three.
HEIGHTS = (16, 44, 64)
# A column is read in order of time; of what begins together, the block comes before what is in it.
ORDER = ("away", "block", "break", "elsewhere", "booked", "place", "now")
Thing = SessionBlock | Booked | FreePlace | Taken | Away | None


@dataclass(frozen=True)
class Tile:
    """Something in a column. `lines`: for how much text it has room. `nth` of `beside`: who stand side by side."""

    kind: str
    key: str
    row: int
    rows: int
    start: datetime
    end: datetime
    lines: int
    what: Thing = None
    forms: tuple[str, ...] = ()
    label: str = ""
    url: str = ""
    nth: int = 1
    beside: int = 1

    @property
    def look(self) -> str:
        """One form is drawn as itself, several as flexible."""
        return self.forms[0] if len(self.forms) == 1 else "flex"


@dataclass(frozen=True)
class Lane:
    """A clinician's day. `key` tells lanes apart on the page."""

    key: str
    clinician: Clinician
    day: date
    is_today: bool
    tiles: tuple[Tile, ...]
    booked: int
    free: int
    workplaces: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    scale: str
    hours: tuple[Hour, ...] = ()
    lanes: tuple[Lane, ...] = ()
    forms: tuple[str, ...] = field(default=())

    @property
    def now_row(self) -> int:
        """The row of this moment; 0 where today is not in view."""
        return next((tile.row for lane in self.lanes for tile in lane.tiles if tile.kind == "now"), 0)

    @property
    def seen(self) -> list[tuple[int, int | None]]:
        booked = {
            tile.what.appointment for lane in self.lanes for tile in lane.tiles if isinstance(tile.what, Booked)
        }
        return sorted((each.patient_id, each.pk) for each in booked)


@dataclass(frozen=True)
class _Frame:
    """The hours in view and the height of a row."""

    first: int
    last: int
    pixels: int

    def place(self, start: datetime, end: datetime, day: date) -> tuple[int, int]:
        """(row, rows) of what lies in view of this local day; no rows where nothing of it does."""
        begins, ends = _on(day, start, end)
        begins, ends = max(begins, self.first * HOUR), min(ends, self.last * HOUR)
        row = (begins - self.first * HOUR) // ROW_MINUTES + 1
        until = -((self.first * HOUR - ends) // ROW_MINUTES) + 1
        return row, until - row if ends > begins else 0

    def lines(self, rows: int) -> int:
        height = rows * self.pixels
        return sum(height >= needed for needed in HEIGHTS)


def picture(columns: Sequence[Column], *, now: datetime, url_of: Callable[[FreePlace], str]) -> Picture:
    """`url_of` is where a click on a free place leads; empty for who may not book."""
    scale, pixels = _scale(columns)
    frame = _Frame(*_hours(columns), pixels)
    lanes = tuple(_lane(column, frame, now, url_of) for column in columns)
    shown = {form for lane in lanes for tile in lane.tiles for form in tile.forms}
    return Picture(
        scale=scale,
        hours=tuple(
            Hour((hour - frame.first) * ROWS_PER_HOUR + 1, f"{hour}.00") for hour in range(frame.first, frame.last)
        ),
        lanes=lanes,
        forms=tuple(form for form in [*FORMS, "break", "urgent"] if form in shown),
    )


def side_by_side(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """For each of these spans, sorted by start: its place from the left, and how many places its group has.

    A group is what overlaps, directly or through others; two that only touch stand below each other.
    """
    places: list[int] = []
    groups: list[int] = []
    ends: list[int] = []
    group = 0
    for start, end in spans:
        if ends and start >= max(ends):
            group, ends = group + 1, []
        free = next((at for at, until in enumerate(ends) if until <= start), len(ends))
        ends[free : free + 1] = [end]
        places.append(free + 1)
        groups.append(group)
    widths = {each: max(at for at, of in zip(places, groups, strict=True) if of == each) for each in set(groups)}
    return [(at, widths[of]) for at, of in zip(places, groups, strict=True)]


def _scale(columns: Iterable[Column]) -> tuple[str, int]:
    """So that the shortest consult in view can be read and hit."""
    shortest = SCALES[-1][1] - 1
    for column in columns:
        lengths = [(each.appointment.start, each.appointment.end) for each in column.booked]
        lengths += [(each.start, each.end) for each in column.free]
        shortest = min([shortest, *(to_minute(end) - to_minute(start) for start, end in lengths)])
    return next((look, pixels) for look, below, pixels in SCALES if shortest < below)


def _hours(columns: Iterable[Column]) -> tuple[int, int]:
    """The whole hours in which there is something to see; what reaches over midnight counts until midnight."""
    found = [_on(column.day, start, end) for column in columns for start, end in _spans(column)]
    if not found:
        return USUAL_HOURS
    first = min(start for start, _ in found) // HOUR
    last = -(-max(end for _, end in found) // HOUR)
    last = min(24, max(last, first + LEAST_HOURS))
    return min(first, last - LEAST_HOURS), last


def _spans(column: Column) -> Iterator[tuple[datetime, datetime]]:
    """An absence of weeks says nothing about the hours of a clinic."""
    yield from ((each.start, each.end) for each in column.blocks)
    yield from ((each.start, each.end) for each in column.elsewhere)
    yield from ((each.appointment.start, each.appointment.end) for each in column.booked)


def _on(day: date, start: datetime, end: datetime) -> tuple[int, int]:
    """Minutes on the local clock of this day, cut where it begins and ends."""
    opens, closes = day_span(day)
    begins, ends = max(to_minute(start), opens), min(to_minute(end), closes)
    if ends <= begins:
        return 0, 0
    shown = wall_minutes(begins, AMSTERDAM)
    until = 24 * HOUR if ends == closes else wall_minutes(ends, AMSTERDAM)
    # What ends in the hour that is shown twice would end before it began.
    return shown, until if until > shown else min(shown + ends - begins, 24 * HOUR)


def _lane(column: Column, frame: _Frame, now: datetime, url_of: Callable[[FreePlace], str]) -> Lane:
    is_today = local_day(now) == column.day
    tiles = [*_background(column, frame), *_places(column, frame, url_of), *_people(column, frame)]
    if is_today and (tile := _now_line(column, frame, now)):
        tiles.append(tile)
    blocks = [block for block in column.blocks if block.workplace is not None]
    return Lane(
        key=f"{column.day:%Y%m%d}-{column.clinician.pk}",
        clinician=column.clinician,
        day=column.day,
        is_today=is_today,
        tiles=tuple(sorted(tiles, key=lambda tile: (tile.start, ORDER.index(tile.kind)))),
        booked=len(column.booked),
        free=len(column.free),
        workplaces=tuple(dict.fromkeys(block.workplace.name for block in blocks if block.workplace)),
    )


def _background(column: Column, frame: _Frame) -> Iterator[Tile]:
    for block in column.blocks:
        kinds = sorted(block.types.all(), key=lambda kind: (FORMS.index(kind.modality), kind.duration_minutes))
        is_break = block.mode == BlockMode.BREAK
        yield _tile(
            "break" if is_break else "block",
            f"k{block.pk}",
            block.start,
            block.end,
            column.day,
            frame,
            what=block,
            forms=("break",) if is_break else tuple(dict.fromkeys(kind.modality for kind in kinds)),
            label=gettext("Break") if is_break else ", ".join(dict.fromkeys(map(short_name, kinds))),
        )
    for number, away in enumerate(column.absences):
        opens, closes = day_span(column.day)
        if to_minute(away.end) > opens and to_minute(away.start) < closes:
            yield _tile("away", f"x{number}", away.start, away.end, column.day, frame, what=away, label=_kind(away))


def _kind(away: Away) -> str:
    return str(Absence.Kind(away.kind).label)


def _places(column: Column, frame: _Frame, url_of: Callable[[FreePlace], str]) -> Iterator[Tile]:
    for place in column.free:
        kinds = sorted(place.block.types.all(), key=lambda kind: FORMS.index(kind.modality))
        yield _tile(
            "place",
            f"p{to_minute(place.start)}",
            place.start,
            place.end,
            column.day,
            frame,
            what=place,
            forms=("urgent",) if place.held_until else tuple(dict.fromkeys(kind.modality for kind in kinds)),
            label=", ".join(dict.fromkeys(map(short_name, kinds))),
            url=url_of(place),
        )


def _people(column: Column, frame: _Frame) -> Iterator[Tile]:
    """Who is booked and where else the clinician is: what overlaps stands side by side."""
    things = sorted(
        [
            *((each.appointment.start, each.appointment.end, each.appointment.pk, each) for each in column.booked),
            *((each.start, each.end, 0, each) for each in column.elsewhere),
        ],
        key=lambda thing: thing[:3],
    )
    beside = side_by_side([(to_minute(start), to_minute(end)) for start, end, _, _ in things])
    for (start, end, pk, each), (nth, width) in zip(things, beside, strict=True):
        booked = isinstance(each, Booked)
        yield _tile(
            "booked" if booked else "elsewhere",
            f"a{pk}" if booked else f"e{to_minute(start)}",
            start,
            end,
            column.day,
            frame,
            what=each,
            forms=(each.appointment.modality,) if isinstance(each, Booked) else (),
            label=short_name(each.appointment.type) if isinstance(each, Booked) else "",
            nth=nth,
            beside=width,
        )


def _now_line(column: Column, frame: _Frame, now: datetime) -> Tile | None:
    begins = wall_minutes(to_minute(now), AMSTERDAM)
    if not frame.first * HOUR <= begins < frame.last * HOUR:
        return None
    row = (begins - frame.first * HOUR) // ROW_MINUTES + 1
    return Tile("now", "now", row, 1, now, now, 1)


def _tile(kind: str, key: str, start: datetime, end: datetime, day: date, frame: _Frame, **more: object) -> Tile:
    row, rows = frame.place(start, end, day)
    return Tile(kind, f"{day:%m%d}{key}", row, rows, start, end, frame.lines(rows), **more)  # type: ignore[arg-type]
