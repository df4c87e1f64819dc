"""What a clerk is told who wanted to change what a colleague has just changed: nothing of either is lost."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext

from pages.planner.raster_editor_grid import span_text
from praktijkplan.rasters import BlockPlan
from scheduling.actions.drafts import Change, ChangedMeanwhile, PutBlock, RemoveBlock
from scheduling.contents import draft_content
from scheduling.draft_changes import write_change
from scheduling.models import Raster


@dataclass(frozen=True)
class Conflict:
    """`again`: the own changes, as they can be made now; empty when nothing of them is left to do."""

    text: str
    again: str


def meanwhile(raster: Raster, refused: ChangedMeanwhile, wanted: Iterable[Change]) -> Conflict:
    """`raster` as it is now."""
    standing = {block.key: block.plan for block in draft_content(raster).blocks}
    told = gettext("%(who)s changed %(what)s just before you. You now see what it has become.")
    who = refused.by.name if refused.by else gettext("A colleague")
    what = ", ".join(_place(standing, key) for key in refused.keys) or gettext("the fields of this raster")
    again = [each for each in (_again(change, standing) for change in wanted) if each is not None]
    return Conflict(told % {"who": who, "what": what}, json.dumps(again) if again else "")


def busy(wanted: Iterable[Change]) -> Conflict:
    """Others hold the raster for too long, such as a publication; nothing was written."""
    text = gettext("This raster is being published or changed right now. Nothing was saved. Try again.")
    return Conflict(text, json.dumps([write_change(change) for change in wanted]))


def place_text(plan: BlockPlan) -> str:
    """Monday 9.00–10.00, within a sentence."""
    return f"{str(WEEKDAYS[plan.weekday]).lower()} {span_text(plan)}"


def _place(standing: Mapping[int, BlockPlan], key: int) -> str:
    return place_text(standing[key]) if key in standing else gettext("a block that is gone now")


def _again(change: Change, standing: Mapping[int, BlockPlan]) -> Mapping[str, Any] | None:
    """A block that the colleague removed comes back as a new one; what is gone need not be removed."""
    match change:
        case PutBlock(block) if block.key > 0 and block.key not in standing:
            document = write_change(change)
            return {"put": {**document["put"], "key": -block.key}}
        case RemoveBlock(key) if key not in standing:
            return None
    return write_change(change)
