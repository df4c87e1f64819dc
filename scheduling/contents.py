"""What a raster says, apart from where it is kept: of a draft's rows or of a published version's document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from praktijkplan.contact import Modality
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.models import AppointmentType, Raster, RasterBlock, RasterVersion, Workplace


@dataclass(frozen=True, slots=True)
class BlockContent:
    """A block with the department's types that it allows; a break allows none."""

    plan: BlockPlan
    types: frozenset[int]

    @property
    def key(self) -> int:
        return self.plan.key


@dataclass(frozen=True, slots=True)
class RasterContent:
    name: str
    weeks: WeekPattern
    valid_from: date
    valid_until: date | None
    blocks: tuple[BlockContent, ...]

    @property
    def plan(self) -> RasterPlan:
        blocks = tuple(block.plan for block in self.blocks)
        return RasterPlan(self.weeks, self.valid_from, self.valid_until, blocks)

    def block(self, key: int) -> BlockContent:
        return next(block for block in self.blocks if block.key == key)


Types = Mapping[int, AppointmentType]


def types_of(department: int) -> Types:
    """All of a department's types, the retired too: an old version may still name them."""
    return {kind.pk: kind for kind in AppointmentType.objects.filter(department=department)}


def draft_content(raster: Raster, blocks: Iterable[RasterBlock] | None = None) -> RasterContent:
    """The draft as it stands. `blocks`, when given, come with their types prefetched."""
    rows = raster.blocks.prefetch_related("types") if blocks is None else blocks
    return RasterContent(
        name=raster.name,
        weeks=WeekPattern(raster.weeks),
        valid_from=raster.valid_from,
        valid_until=raster.valid_until,
        blocks=tuple(map(_block_of_row, rows)),
    )


def _block_of_row(row: RasterBlock) -> BlockContent:
    types = list(row.types.all())
    plan = BlockPlan(
        key=row.key,
        weekday=row.weekday,
        start=row.start,
        end=row.end,
        mode=BlockMode(row.mode),
        slot_minutes=row.slot_minutes,
        start_up_minutes=row.start_up_minutes,
        workplace=row.workplace_id,
        release_minutes=row.release_minutes,
        note=row.note,
    )
    return _with_types(plan, types)


def _with_types(plan: BlockPlan, types: Iterable[AppointmentType]) -> BlockContent:
    """The rules know types by form and length."""
    allowed = list(types)
    forms = frozenset(Modality(kind.modality) for kind in allowed)
    lengths = frozenset(kind.duration_minutes for kind in allowed)
    by_video = frozenset(kind.duration_minutes for kind in allowed if kind.modality == Modality.VIDEO)
    return BlockContent(
        replace(plan, modalities=forms, durations=lengths, video_durations=by_video),
        frozenset(kind.pk for kind in allowed),
    )


def version_content(version: RasterVersion, types: Types | None = None) -> RasterContent:
    """What was published. A type or a workplace that was taken away since is left out; one or two selects."""
    known = types_of(version.raster.department_id) if types is None else types
    content = read_content(version.content, known)
    named = {block.plan.workplace for block in content.blocks if block.plan.workplace is not None}
    there = set(Workplace.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    if named == there:
        return content
    blocks = (
        block if block.plan.workplace in there else replace(block, plan=replace(block.plan, workplace=None))
        for block in content.blocks
    )
    return replace(content, blocks=tuple(blocks))


def published_content(raster: Raster) -> RasterContent:
    """What is in force, or the draft of a raster that was never published."""
    version = raster.versions.filter(number=raster.version).select_related("raster").first()
    return draft_content(raster) if version is None else version_content(version)


def write_content(content: RasterContent) -> dict[str, Any]:
    """As JSON, with ids; for inside the house. What goes out and comes in has names, see scheduling.interchange."""
    return {
        "name": content.name,
        "weeks": content.weeks.value,
        "valid_from": content.valid_from.isoformat(),
        "valid_until": content.valid_until.isoformat() if content.valid_until else None,
        "blocks": [write_block(block) for block in content.blocks],
    }


def read_content(document: Mapping[str, Any], types: Types) -> RasterContent:
    until = document["valid_until"]
    return RasterContent(
        name=document["name"],
        weeks=WeekPattern(document["weeks"]),
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        blocks=tuple(read_block(block, types) for block in document["blocks"]),
    )


def write_block(block: BlockContent) -> dict[str, Any]:
    plan = block.plan
    return {
        "key": plan.key,
        "weekday": plan.weekday,
        "start": plan.start.isoformat("minutes"),
        "end": plan.end.isoformat("minutes"),
        "mode": plan.mode.value,
        "slot_minutes": plan.slot_minutes,
        "start_up_minutes": plan.start_up_minutes,
        "types": sorted(block.types),
        "workplace": plan.workplace,
        "release_minutes": plan.release_minutes,
        "note": plan.note,
    }


def read_block(document: Mapping[str, Any], types: Types) -> BlockContent:
    plan = BlockPlan(
        key=document["key"],
        weekday=document["weekday"],
        start=time.fromisoformat(document["start"]),
        end=time.fromisoformat(document["end"]),
        mode=BlockMode(document["mode"]),
        slot_minutes=document["slot_minutes"],
        start_up_minutes=document["start_up_minutes"],
        workplace=document["workplace"],
        release_minutes=document["release_minutes"],
        note=document["note"],
    )
    return _with_types(plan, (types[key] for key in document["types"] if key in types))
