"""All that the editor shows of a draft at one revision, gathered in a fixed number of selects."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext

from pages.permissions import Desk
from pages.planner.raster_editor_findings import Told, by_block, told
from pages.planner.raster_editor_forms import BlockForm, RasterFieldsForm, weekday_choices
from pages.planner.raster_editor_grid import Grid, bubble_place, grid_of
from pages.planner.raster_editor_layers import beneath, layers
from pages.planner.raster_editor_notices import Conflict
from pages.planner.raster_editor_palette import Item, palette
from pages.planner.raster_editor_places import FormPlaces, places_per_form
from pages.planner.raster_tabs import raster_tabs
from praktijkplan.findings import OtherRaster, Severity
from praktijkplan.rasters import RasterPlan, WeekPattern, dates_on
from scheduling.contents import BlockContent, RasterContent, Types, draft_content, version_content, write_block
from scheduling.draft_changes import Problem, Vocabulary, vocabulary_of
from scheduling.finding_sentences import names_for
from scheduling.localtime import local_day
from scheduling.models import Raster, RasterPhase
from scheduling.queries.policy import policy_on
from scheduling.queries.surroundings import findings_of, surroundings
from scheduling.vocabulary import WEEK_PATTERNS

DATES_SHOWN = 6
# Odd weeks leave at most 3 weeks between two dates, at the turn of a year with 53 weeks.
LOOK_AHEAD = timedelta(weeks=3 * DATES_SHOWN)


@dataclass(frozen=True)
class Shown:
    """What the clerk looks at: the chosen block, and what is laid under the week."""

    block: int | None = None
    under: str = ""

    def following(self, keys: Mapping[int, int]) -> "Shown":
        """The same once new blocks have got their keys."""
        return Shown(keys.get(self.block, self.block) if self.block else self.block, self.under)


@dataclass(frozen=True)
class Refused:
    """Changes that could not be read, and what is wrong with them."""

    document: object
    problems: tuple[Problem, ...]

    def typed(self, change: int, kind: str) -> Mapping[str, Any] | None:
        """What was sent as the change at this position, if it is of this kind."""
        changes = self.document if isinstance(self.document, list) else []
        sent = changes[change] if change < len(changes) else None
        typed = sent.get(kind) if isinstance(sent, dict) else None
        return typed if isinstance(typed, dict) else None


def editor_context(
    desk: Desk,
    raster: Raster,
    asked: Shown,
    *,
    now: datetime,
    keys: Mapping[int, int] | None = None,
    refused: Refused | None = None,
    conflict: Conflict | None = None,
) -> dict[str, Any]:
    content, known = draft_content(raster), vocabulary_of(raster)
    around, names = surroundings(raster), names_for(raster)
    found = told(findings_of(raster, content, today=local_day(now), around=around), content, names)
    chosen = next((block for block in content.blocks if block.key == asked.block), None)
    grid = grid_of(
        content,
        known,
        marks=by_block(found),
        chosen=chosen.key if chosen else None,
        ghosts=_other_weeks(content.plan, around.neighbours),
        under=beneath(raster, content.plan, asked.under, around, known.types, names),
    )
    items = palette(known.types)
    errors = sum(each.severity is Severity.ERROR for each in found)
    return {
        "desk": desk,
        "raster": raster,
        "grid": grid,
        "items": items,
        "found": found,
        "errors": errors,
        "publish_label": _publish_label(raster, errors),
        "phases": list(RasterPhase),
        "weeks": [(value, label, value == raster.weeks) for value, label in WEEK_PATTERNS],
        "dates": next_dates(content.plan, now),
        "places": _places(raster, content, known.types),
        "layers": layers(raster, asked.under, known, names),
        "days": weekday_choices(),
        "tabs": raster_tabs(raster, desk, "raster"),
        "conflict": conflict,
        **_bubble(grid, found, chosen),
        **_forms(raster, chosen, known, items, refused),
        "draft_document": json.dumps(_document(raster, content, asked, items, grid, keys or {})),
    }


def next_dates(plan: RasterPlan, now: datetime) -> list[date]:
    """The next dates that the raster falls on, today included."""
    first = max(local_day(now), plan.valid_from)
    weekdays = {block.weekday for block in plan.blocks}
    days = (day for weekday in weekdays for day in dates_on(plan, weekday, first, first + LOOK_AHEAD))
    return sorted(days)[:DATES_SHOWN]


def _other_weeks(plan: RasterPlan, neighbours: Iterable[OtherRaster]) -> list[OtherRaster]:
    """The clinician's rasters that hold beside this one, in other weeks."""
    return [other for other in neighbours if _alternates(plan, other.plan)]


def _alternates(plan: RasterPlan, other: RasterPlan) -> bool:
    ends = [until for until in (plan.valid_until, other.valid_until) if until is not None]
    return (
        WeekPattern.EVERY not in (plan.weeks, other.weeks)
        and plan.weeks is not other.weeks
        and (not ends or max(plan.valid_from, other.valid_from) <= min(ends))
    )


def _places(raster: Raster, content: RasterContent, types: Types) -> list[FormPlaces]:
    last = raster.versions.filter(number=raster.version).first()
    step = policy_on(raster.department_id, content.valid_from).grid_minutes
    return places_per_form(content, version_content(last, types) if last else None, types, step=step)


def _publish_label(raster: Raster, errors: int) -> str:
    step = gettext("To trial") if raster.phase == RasterPhase.DRAFT else gettext("Publish again")
    if not errors:
        return step
    first = ngettext("first solve %(count)d error", "first solve %(count)d errors", errors) % {"count": errors}
    return f"{step}: {first}"


def _bubble(grid: Grid, found: Iterable[Told], chosen: BlockContent | None) -> dict[str, Any]:
    """The gravest finding of the chosen block, with none chosen that of the week. Advice stands in the list only."""
    grave = (each for each in found if each.keys and each.severity is not Severity.ADVICE)
    each = next((each for each in grave if chosen is None or chosen.key in each.keys), None)
    place = bubble_place(grid, chosen.key if chosen else each.keys[0]) if each else None
    return {"bubble": each if place else None, "bubble_at": place}


def _forms(
    raster: Raster, chosen: BlockContent | None, known: Vocabulary, items: Iterable[Item], refused: Refused | None
) -> dict[str, Any]:
    """With what was typed and what is wrong with it; what belongs to no field is said above."""
    typed_block: Mapping[str, Any] | None = None
    typed_fields: Mapping[str, Any] | None = None
    wrong_block: dict[str, str] = {}
    wrong_fields: dict[str, str] = {}
    elsewhere: list[str] = []
    for problem in refused.problems if refused else ():
        put, fields = refused.typed(problem.change, "put"), refused.typed(problem.change, "set")  # type: ignore[union-attr]
        if put is not None and chosen is not None and put.get("key") == chosen.key and problem.field:
            typed_block, wrong_block[problem.field] = put, problem.message
        elif fields is not None and problem.field in ("name", "valid_from", "valid_until"):
            typed_fields, wrong_fields[problem.field] = fields, problem.message
        else:
            elsewhere.append(problem.message)
    form = BlockForm(chosen, known, items, typed_block, wrong_block) if chosen else None
    return {
        "chosen": chosen,
        "chosen_day": str(WEEKDAYS[chosen.plan.weekday]).lower() if chosen else "",
        "block_form": form,
        "fields_form": RasterFieldsForm(raster, typed_fields, wrong_fields),
        "refusals": elsewhere,
    }


def _document(
    raster: Raster,
    content: RasterContent,
    asked: Shown,
    items: Iterable[Item],
    grid: Grid,
    keys: Mapping[int, int],
) -> dict[str, Any]:
    """What the editor's script starts from."""
    return {
        "revision": raster.revision,
        "by": raster.edited_by.name if raster.edited_by else "",
        "chosen": asked.block,
        "under": asked.under,
        "first": grid.first,
        "rows": grid.rows,
        "fields": {
            "name": raster.name,
            "weeks": raster.weeks,
            "valid_from": raster.valid_from.isoformat(),
            "valid_until": raster.valid_until.isoformat() if raster.valid_until else None,
        },
        "blocks": {
            block.key: {**write_block(block), "label": tile.label if (tile := grid.tile(block.key)) else ""}
            for block in content.blocks
        },
        "items": [item.document for item in items],
        "keys": keys,
        "days": [str(WEEKDAYS[column.weekday]).lower() for column in grid.columns],
        "url": reverse("raster-draft", args=[raster.pk]),
        "words": _words(),
    }


def _words() -> dict[str, str]:
    """What the script says aloud; names in braces are filled in there."""
    return {
        "block": gettext("{label}, {day} {from} to {until}"),
        "empty": gettext("{day} {from}, empty"),
        "placed": gettext("Placed: {label}, {day} {from} to {until}"),
        "grabbed": gettext("Grabbed. Move with the arrows, Enter drops, Escape cancels. {day} {from} to {until}"),
        "moved": gettext("{day} {from} to {until}"),
        "dropped": gettext("Dropped: {label}, {day} {from} to {until}"),
        "cancelled": gettext("Let go: nothing has changed"),
        "removed": gettext("Removed: {label}, {day} {from} to {until}"),
        "copied": gettext("Copied: {day}"),
        "pasted": gettext("Pasted on {day}"),
        "undone": gettext("Undone"),
        "redone": gettext("Done again"),
        "noRoom": gettext("There is no room here."),
        "nothing": gettext("There is nothing to paste. Copy a day first."),
        "changed": gettext("{who} changed {where}"),
        "fields": gettext("the fields of this raster"),
        "colleague": gettext("A colleague"),
        "gone": gettext("{day} {from}–{until} (removed)"),
        "lost": gettext("Not saved: no connection. Your change is kept, and tried again."),
        "unsure": gettext("The connection was lost while saving. See whether your change is there."),
        "again": gettext("Make my change after all"),
        "failed": gettext("Not saved. Reload the page and try again."),
        "saved": gettext("Saved"),
        "refused": gettext("Not saved. See what is wrong beside the field."),
    }
