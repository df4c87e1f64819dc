"""Changing a draft: small changes, each saved at once, so that two clerks in one draft lose nothing.

A change names the blocks it touches. What two clerks change in different blocks goes together; what both change in
the same block is refused to the second, who is shown what the first made of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import TypeAlias

from events.catalogue import RasterDraftChanged
from events.log import record
from people.models import User
from praktijkplan.rasters import WeekPattern
from scheduling.contents import BlockContent, RasterContent
from scheduling.locks import planning
from scheduling.models import Raster, RasterBlock, Workplace


@dataclass(frozen=True, slots=True)
class PutBlock:
    """Replaces the block with this key. A negative key is a new block, or one that comes back after a removal."""

    block: BlockContent


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    key: int


@dataclass(frozen=True, slots=True)
class SetFields:
    name: str
    weeks: WeekPattern
    valid_from: date
    valid_until: date | None


Change: TypeAlias = PutBlock | RemoveBlock | SetFields


@dataclass(frozen=True)
class Saved:
    revision: int
    keys: Mapping[int, int]  # the keys that new blocks got


@dataclass(frozen=True)
class ChangedMeanwhile:
    """Somebody else was there first; nothing was written. `keys` are the blocks in question, none for the fields."""

    revision: int
    keys: tuple[int, ...]
    by: User | None


def change_draft(
    *, raster: Raster, base: int, changes: Sequence[Change], by: User, now: datetime
) -> Saved | ChangedMeanwhile:
    """Apply changes to the draft as it was shown at revision `base`: all of them, in this order, or none.

    Raises scheduling.locks.Busy while somebody publishes it.
    """
    with planning(()):
        current = Raster.objects.select_for_update(of=("self",)).get(pk=raster.pk)
        if not changes:
            return Saved(current.revision, {})
        standing = {block.key: block for block in current.blocks.all()}
        if (conflict := _conflict(current, standing, base, changes)) is not None:
            return conflict
        current.revision += 1
        keys = _apply(current, standing, changes)
        current.edited_by, current.edited_at = by, now
        current.save()
        record(RasterDraftChanged(raster=current.pk, revision=current.revision), at=now, actor=by.actor)
        return Saved(current.revision, keys)


def replace_draft(
    *, raster: Raster, content: RasterContent, by: User, now: datetime, base: int | None = None
) -> Saved | ChangedMeanwhile:
    """The whole draft anew: an earlier version brought back, or a file read in.

    With `base`, only over the draft as it was shown at that revision. Raises scheduling.locks.Busy.
    """
    with planning(()):
        current = Raster.objects.select_for_update(of=("self",)).get(pk=raster.pk)
        if base is not None and current.revision != base:
            return ChangedMeanwhile(current.revision, (), current.edited_by)
        current.revision += 1
        current.fields_revision = current.revision
        _set_fields(current, SetFields(content.name, content.weeks, content.valid_from, content.valid_until))
        current.edited_by, current.edited_at = by, now
        current.save()
        current.blocks.all().delete()
        write_blocks(current, content.blocks)
        record(RasterDraftChanged(raster=current.pk, revision=current.revision), at=now, actor=by.actor)
        return Saved(current.revision, {})


def write_blocks(raster: Raster, blocks: Iterable[BlockContent], *, workplace: Workplace | None = None) -> None:
    """New rows for these blocks, each with its own key. `workplace` for those that name none."""
    contents = list(blocks)
    rows = [_row(raster, content) for content in contents]
    for row in rows:
        if workplace is not None and row.workplace_id is None:
            row.workplace = workplace
    made = RasterBlock.objects.bulk_create(rows)
    through = RasterBlock.types.through
    through.objects.bulk_create(
        through(rasterblock_id=row.pk, appointmenttype_id=kind)
        for row, content in zip(made, contents, strict=True)
        for kind in sorted(content.types)
    )


def _row(raster: Raster, content: BlockContent) -> RasterBlock:
    plan = content.plan
    return RasterBlock(
        raster=raster,
        key=plan.key,
        weekday=plan.weekday,
        start=plan.start,
        end=plan.end,
        mode=plan.mode.value,
        slot_minutes=plan.slot_minutes,
        start_up_minutes=plan.start_up_minutes,
        workplace_id=plan.workplace,
        release_minutes=plan.release_minutes,
        note=plan.note,
        revision=raster.revision,
    )


def _conflict(
    raster: Raster, standing: Mapping[int, RasterBlock], base: int, changes: Iterable[Change]
) -> ChangedMeanwhile | None:
    keys = []
    for change in changes:
        match change:
            case SetFields():
                if raster.fields_revision > base:
                    return ChangedMeanwhile(raster.revision, (), raster.edited_by)
            case PutBlock(block):
                # A key that is gone was removed meanwhile.
                if block.key > 0 and (block.key not in standing or standing[block.key].revision > base):
                    keys.append(block.key)
            case RemoveBlock(key):
                if key in standing and standing[key].revision > base:
                    keys.append(key)
    return ChangedMeanwhile(raster.revision, tuple(keys), raster.edited_by) if keys else None


def _apply(raster: Raster, standing: Mapping[int, RasterBlock], changes: Iterable[Change]) -> dict[int, int]:
    """The keys that new blocks got. A key that comes twice is the same block twice: the last word counts."""
    last: dict[int, BlockContent | None] = {}
    for change in changes:
        match change:
            case SetFields() as fields:
                _set_fields(raster, fields)
                raster.fields_revision = raster.revision
            case RemoveBlock(key):
                last[key] = None
            case PutBlock(block):
                last[block.key] = block
    new = [key for key, block in last.items() if key <= 0 and block is not None]
    keys = dict(zip(new, count(1 + last_key(raster, standing)), strict=False)) if new else {}
    raster.blocks.filter(key__in=[key for key in last if key > 0]).delete()
    written = [(keys.get(key, key), block) for key, block in last.items() if block is not None]
    write_blocks(raster, [replace(block, plan=replace(block.plan, key=key)) for key, block in written])
    return keys


def last_key(raster: Raster, standing: Iterable[int]) -> int:
    """Keys name blocks through all versions, so that two versions can be compared: none is used again."""
    contents = raster.versions.values_list("content", flat=True)
    published: list[int] = [block["key"] for content in contents for block in content["blocks"]]
    return max([0, *standing, *published])


def _set_fields(raster: Raster, fields: SetFields) -> None:
    raster.name = fields.name
    raster.weeks = fields.weeks.value
    raster.valid_from, raster.valid_until = fields.valid_from, fields.valid_until
