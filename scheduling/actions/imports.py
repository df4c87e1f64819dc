"""A file over a draft that stands: the blocks that stay where they were keep their keys."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from itertools import count
from typing import TypeAlias

from people.models import User
from praktijkplan.slots import BlockMode
from scheduling.actions.drafts import ChangedMeanwhile, Saved, last_key, replace_draft
from scheduling.contents import BlockContent, RasterContent, draft_content
from scheduling.models import Raster

# What makes a block the same one: the same weekday and start, and a break or not.
Stand: TypeAlias = tuple[int, time, bool]


def replace_by_file(
    *, raster: Raster, content: RasterContent, base: int, by: User, now: datetime
) -> Saved | ChangedMeanwhile:
    """The draft as it was shown at revision `base` becomes what was read; names of blocks hold through versions.

    Raises scheduling.locks.Busy.
    """
    return replace_draft(raster=raster, content=with_standing_keys(raster, content), base=base, by=by, now=now)


def with_standing_keys(raster: Raster, content: RasterContent) -> RasterContent:
    """What was read, with the keys that its blocks get in this raster."""
    standing = draft_content(raster).blocks
    last = last_key(raster, [block.key for block in standing])
    return replace(content, blocks=_with_keys(content.blocks, standing, last))


def _with_keys(
    blocks: Iterable[BlockContent], standing: Iterable[BlockContent], last: int
) -> tuple[BlockContent, ...]:
    keys = {_stand(block): block.key for block in reversed(list(standing))}
    fresh = count(last + 1)
    return tuple(
        replace(block, plan=replace(block.plan, key=keys.pop(_stand(block), 0) or next(fresh))) for block in blocks
    )


def _stand(block: BlockContent) -> Stand:
    return block.plan.weekday, block.plan.start, block.plan.mode is BlockMode.BREAK
