"""A raster as a picture: a column per weekday, rows of five minutes. Places are classes, so no inline styles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from pages.templatetags.look import KINDS, MODALITIES
from praktijkplan.contact import Modality
from praktijkplan.slots import BlockMode
from scheduling.models import AppointmentType, RasterBlock

ROW_MINUTES = 5
ROWS_PER_HOUR = 60 // ROW_MINUTES
USUAL_HOURS = (8, 17)
WORKDAYS = 5
FORMS = [form.value for form in Modality]
# Below this many rows there is room for one line of text.
ROWS_OF_ONE_LINE = 8
ROWS_OF_TWO_LINES = 12


@dataclass(frozen=True)
class Tile:
    """A block in the picture, and the same in words."""

    row: int
    rows: int
    look: str
    forms: tuple[str, ...]
    label: str
    types: tuple[str, ...]
    start: time
    end: time
    detail: str
    notes: tuple[str, ...]
    usable: bool

    @property
    def is_one_line(self) -> bool:
        return self.rows < ROWS_OF_ONE_LINE

    @property
    def is_two_lines(self) -> bool:
        return self.rows < ROWS_OF_TWO_LINES


@dataclass(frozen=True)
class Weekday:
    name: str | Promise
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Hour:
    row: int
    label: str


@dataclass(frozen=True)
class Week:
    hours: tuple[Hour, ...]
    days: tuple[Weekday, ...]
    rows: int


def picture(blocks: Iterable[RasterBlock]) -> Week:
    """The week from the usual clinic hours, or as early and late as the blocks go. Needs types and workplaces."""
    held = sorted(blocks, key=lambda block: (block.weekday, block.start))
    first = min([USUAL_HOURS[0], *(block.start.hour for block in held)])
    last = max([USUAL_HOURS[1], *(block.end.hour + (block.end.minute > 0) for block in held)])
    columns = max([WORKDAYS - 1, *(block.weekday for block in held)]) + 1
    return Week(
        hours=tuple(Hour((hour - first) * ROWS_PER_HOUR + 1, f"{hour}.00") for hour in range(first, last)),
        days=tuple(
            Weekday(WEEKDAYS[day], tuple(_tile(block, first) for block in held if block.weekday == day))
            for day in range(columns)
        ),
        rows=(last - first) * ROWS_PER_HOUR,
    )


def _tile(block: RasterBlock, first_hour: int) -> Tile:
    types = sorted(block.types.all(), key=lambda kind: (FORMS.index(kind.modality), kind.duration_minutes))
    forms = tuple(dict.fromkeys(kind.modality for kind in types))
    return Tile(
        row=(_minutes(block.start) - first_hour * 60) // ROW_MINUTES + 1,
        rows=max(1, (_minutes(block.end) - _minutes(block.start)) // ROW_MINUTES),
        look=_look(block, forms),
        forms=forms,
        label=_label(block, types),
        types=tuple(kind.name for kind in types),
        start=block.start,
        end=block.end,
        detail=_detail(block, types),
        notes=tuple(_notes(block)),
        usable=block.mode == BlockMode.BREAK or bool(types),
    )


def _look(block: RasterBlock, forms: tuple[str, ...]) -> str:
    if block.mode == BlockMode.BREAK:
        return "break"
    return forms[0] if len(forms) == 1 else "flex"


def _label(block: RasterBlock, types: list[AppointmentType]) -> str:
    if block.mode == BlockMode.BREAK:
        return gettext("Break")
    return ", ".join(dict.fromkeys(map(short_name, types))) or gettext("No type fits")


def short_name(kind: AppointmentType) -> str:
    """ "CP video": what the legend of the whole product calls it, without the length."""
    form = str(MODALITIES[kind.modality])
    return str(KINDS[kind.contact_kind]) % {"form": form} if kind.contact_kind in KINDS else kind.name


def _detail(block: RasterBlock, types: list[AppointmentType]) -> str:
    length = _minutes(block.end) - _minutes(block.start)
    if block.mode == BlockMode.BREAK:
        return gettext("%(minutes)d min") % {"minutes": length}
    if block.mode == BlockMode.FIXED and block.slot_minutes:
        count = (length - block.start_up_minutes) // block.slot_minutes
        return gettext("%(count)d × %(minutes)d min") % {"count": count, "minutes": block.slot_minutes}
    durations = sorted({kind.duration_minutes for kind in types})
    if block.mode == BlockMode.HYBRID:
        return gettext("hybrid: the clinic chooses")
    if not durations:
        return gettext("flexible")
    return gettext("flexible, %(durations)s min") % {"durations": either(map(str, durations))}


def _notes(block: RasterBlock) -> Iterator[str]:
    if block.start_up_minutes:
        yield ngettext(
            "%(minutes)d minute to start up", "%(minutes)d minutes to start up", block.start_up_minutes
        ) % {"minutes": block.start_up_minutes}
    if block.workplace is not None:
        yield block.workplace.name


def either(words: Iterable[str]) -> str:
    """ "10, 15 or 20"."""
    *head, last = words
    return gettext("%(first)s or %(last)s") % {"first": ", ".join(head), "last": last} if head else last


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
