"""The week of a draft as the editor draws it: tiles by class, what is beside and beneath, where a finding stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext

from pages.planner.raster_editor_findings import Told
from pages.planner.raster_editor_places import look_of, moments_in
from pages.planner.week import (
    ROW_MINUTES,
    ROWS_PER_HOUR,
    USUAL_HOURS,
    WORKDAYS,
    Hour,
    either,
    short_name,
)
from pages.templatetags.look import MODALITIES
from praktijkplan.days import span_of
from praktijkplan.findings import OtherRaster
from praktijkplan.rasters import BlockPlan, WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent, Types, write_block
from scheduling.draft_changes import Vocabulary
from scheduling.finding_sentences import minute_text
from scheduling.models import AppointmentType
from scheduling.vocabulary import WEEK_PATTERNS

# What a bubble takes up, and from where on its pointer would hang out of the picture.
BUBBLE_ROWS = 34
# As static/css/raster.css draws them.
ROW_PIXELS, LINE_PIXELS, EDGE_PIXELS = 5, 18, 4
# Below this the smallest text does not fit.
LEAST_ROWS_OF_TEXT = 3


@dataclass(frozen=True)
class Tile:
    """A block of the draft, in the picture and in words."""

    key: int
    row: int
    rows: int
    look: str
    forms: tuple[str, ...]
    label: str
    span: str
    detail: str
    notes: tuple[str, ...]
    usable: bool
    marks: Sequence[Told]
    chosen: bool
    document: Mapping[str, Any]

    @property
    def severity(self) -> str:
        """The gravest; empty without any."""
        return self.marks[0].severity.value if self.marks else ""

    @property
    def lines(self) -> int:
        """Of text, that can be read in it."""
        return (self.rows * ROW_PIXELS - EDGE_PIXELS) // LINE_PIXELS

    @property
    def is_tiny(self) -> bool:
        return self.rows < LEAST_ROWS_OF_TEXT

    @property
    def notes_shown(self) -> tuple[str, ...]:
        """As many as have room below the name, the time and what it holds."""
        return self.notes[: max(0, self.lines - 3)]


@dataclass(frozen=True)
class Beside:
    """A block of another raster: of the other weeks, or laid under the week to compare."""

    row: int
    rows: int
    look: str
    label: str
    span: str
    detail: str


@dataclass(frozen=True)
class Column:
    weekday: int
    name: str
    tiles: tuple[Tile, ...]
    ghosts: tuple[Beside, ...]
    under: tuple[Beside, ...]


@dataclass(frozen=True)
class Grid:
    first: int  # minute past midnight of the first row
    rows: int
    hours: tuple[Hour, ...]
    columns: tuple[Column, ...]

    @property
    def has_tiles(self) -> bool:
        return any(column.tiles for column in self.columns)

    def tile(self, key: int) -> Tile | None:
        return next((tile for column in self.columns for tile in column.tiles if tile.key == key), None)


@dataclass(frozen=True)
class BubblePlace:
    """`weekday` and `row` of the block that it points at; `side` is where its pointer is."""

    weekday: int
    row: int
    side: str


def grid_of(
    content: RasterContent,
    known: Vocabulary,
    *,
    marks: Mapping[int, Sequence[Told]],
    chosen: int | None,
    ghosts: Iterable[OtherRaster] = (),
    under: Iterable[tuple[str, BlockPlan]] = (),
) -> Grid:
    """From the usual clinic hours, or as early and late as any block goes; the weekend where it is used."""
    beside = [(other, block) for other in ghosts for block in other.plan.blocks]
    beneath = list(under)
    plans = [*(b.plan for b in content.blocks), *(b for _, b in beside), *(b for _, b in beneath)]
    spans = [span_of(plan) for plan in plans]
    first = min([USUAL_HOURS[0], *(start // 60 for start, _ in spans)])
    last = max([USUAL_HOURS[1], *(-(-end // 60) for _, end in spans)])
    count = max([WORKDAYS - 1, *(plan.weekday for plan in plans)]) + 1
    in_time = sorted(content.blocks, key=lambda block: (block.plan.start, block.key))
    return Grid(
        first=first * 60,
        rows=(last - first) * ROWS_PER_HOUR,
        hours=tuple(Hour((hour - first) * ROWS_PER_HOUR + 1, f"{hour}.00") for hour in range(first, last)),
        columns=tuple(
            Column(
                weekday=day,
                name=capfirst(str(WEEKDAYS[day])),
                tiles=tuple(
                    _tile(block, content, known, first * 60, marks.get(block.key, ()), block.key == chosen)
                    for block in in_time
                    if block.plan.weekday == day
                ),
                ghosts=tuple(_ghost(other, plan, first * 60) for other, plan in beside if plan.weekday == day),
                under=tuple(_beside(plan, first * 60, name, "") for name, plan in beneath if plan.weekday == day),
            )
            for day in range(count)
        ),
    )


def bubble_place(grid: Grid, key: int) -> BubblePlace | None:
    """Beside its block, over the neighbour day that has most room, and never out of the picture."""
    column = next((c for c in grid.columns if any(tile.key == key for tile in c.tiles)), None)
    if column is None:
        return None
    tile = next(tile for tile in column.tiles if tile.key == key)
    row = max(1, min(tile.row, grid.rows - BUBBLE_ROWS))
    before, after = column.weekday - 1, column.weekday + 1
    if before < 0 or (after < len(grid.columns) and _busy(grid, after, row) <= _busy(grid, before, row)):
        return BubblePlace(column.weekday, row, "left")
    return BubblePlace(column.weekday, row, "right")


def _busy(grid: Grid, weekday: int, row: int) -> int:
    tiles = grid.columns[weekday].tiles
    return sum(max(0, min(t.row + t.rows, row + BUBBLE_ROWS) - max(t.row, row)) for t in tiles)


def _tile(
    block: BlockContent, content: RasterContent, known: Vocabulary, first: int, marks: Sequence[Told], chosen: bool
) -> Tile:
    types = types_in_order(block, known.types)
    start, end = span_of(block.plan)
    look = look_of(block, known.types)
    return Tile(
        key=block.key,
        row=(start - first) // ROW_MINUTES + 1,
        rows=max(1, (end - start) // ROW_MINUTES),
        look=look,
        forms=tuple(dict.fromkeys(kind.modality for kind in types)),
        label=label_of(block, types),
        span=span_text(block.plan),
        detail=_detail(block, content, types),
        notes=tuple(_notes(block, known)),
        usable=look == "break" or bool(types),
        marks=marks,
        chosen=chosen,
        document=write_block(block),
    )


def types_in_order(block: BlockContent, types: Types) -> list[AppointmentType]:
    allowed = [types[key] for key in block.types if key in types]
    return sorted(allowed, key=lambda kind: (kind.modality != "video", kind.modality, kind.duration_minutes, kind.pk))


def label_of(block: BlockContent, types: Iterable[AppointmentType]) -> str:
    """NP and CP tell video consults apart; of other forms, and where the clinic chooses, the form says it."""
    if block.plan.mode is BlockMode.BREAK:
        return gettext("Break")
    if block.plan.release_minutes:
        return _form_word("urgent")
    kinds = list(types)
    forms = list(dict.fromkeys(kind.modality for kind in kinds))
    if forms == ["video"]:
        return capfirst(", ".join(dict.fromkeys(map(short_name, kinds))))
    return capfirst(" / ".join(str(MODALITIES[form]) for form in forms)) or gettext("No type fits")


def span_text(plan: BlockPlan) -> str:
    start, end = span_of(plan)
    return f"{minute_text(start)}–{minute_text(end)}"


def _detail(block: BlockContent, content: RasterContent, types: Sequence[AppointmentType]) -> str:
    plan = block.plan
    if plan.mode is BlockMode.BREAK:
        return gettext("%(minutes)d min") % {"minutes": plan.minutes}
    if plan.mode is BlockMode.FIXED and plan.slot_minutes:
        count = moments_in(block, content.blocks)
        return gettext("%(count)d × %(minutes)d min") % {"count": count, "minutes": plan.slot_minutes}
    if plan.mode is BlockMode.HYBRID:
        return gettext("hybrid: the clinic chooses")
    durations = sorted({kind.duration_minutes for kind in types})
    if not durations:
        return gettext("flexible")
    return gettext("flexible, %(durations)s min") % {"durations": either(map(str, durations))}


def _notes(block: BlockContent, known: Vocabulary) -> Iterable[str]:
    plan = block.plan
    if plan.start_up_minutes:
        yield gettext("%(minutes)d min to start up") % {"minutes": plan.start_up_minutes}
    if plan.workplace is not None and plan.workplace in known.workplaces:
        yield known.workplaces[plan.workplace].name
    if plan.note:
        yield plan.note


def _ghost(other: OtherRaster, plan: BlockPlan, first: int) -> Beside:
    weeks = dict(WEEK_PATTERNS)[other.plan.weeks.value]
    told = str(weeks)
    if other.plan.weeks is not WeekPattern.EVERY:
        told = gettext("only %(weeks)s") % {"weeks": weeks}
    return _beside(plan, first, "", told)


def _beside(plan: BlockPlan, first: int, label: str, detail: str) -> Beside:
    start, end = span_of(plan)
    if plan.mode is BlockMode.BREAK:
        look = "break"
    else:
        look = min(plan.modalities).value if plan.modalities and len(plan.modalities) == 1 else "flex"
    return Beside(
        row=(start - first) // ROW_MINUTES + 1,
        rows=max(1, (end - start) // ROW_MINUTES),
        look=look,
        label=label or _form_word(look),
        span=span_text(plan),
        detail=detail,
    )


def _form_word(look: str) -> str:
    return capfirst(str(MODALITIES[look]))
