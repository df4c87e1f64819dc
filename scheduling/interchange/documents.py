"""A raster as a JSON document, of the form that schema.py describes."""

from collections.abc import Callable
from datetime import date, time
from typing import Any, TypeAlias

from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent, read_content
from scheduling.interchange.fields import Fields
from scheduling.interchange.form import (
    BLOCK_FIELDS,
    FORMAT,
    LONGEST_NAME,
    LONGEST_NOTE,
    MODES,
    MOST_BLOCKS,
    RASTER_FIELDS,
    STEP,
    WEEKDAYS,
    WEEKS,
)
from scheduling.interchange.known import Known, listed
from scheduling.interchange.mistakes import Found, MistakeId, Mistakes, Place, quoted

BLOCKS = "blocks"
OF_DOCUMENT = ("$schema", "format", *(field.name for field in RASTER_FIELDS), BLOCKS)
OF_BLOCK = tuple(field.name for field in BLOCK_FIELDS)

# Where a field stands: of the raster (None) or of the block at this position. Without a field: the block itself.
Places: TypeAlias = Callable[[int | None, str], Place]


def write_document(content: RasterContent, known: Known) -> dict[str, Any]:
    """A type or workplace that the department has no more is left out."""
    return {
        "format": FORMAT,
        "name": content.name,
        "weeks": content.weeks.value,
        "valid_from": content.valid_from.isoformat(),
        "valid_until": content.valid_until.isoformat() if content.valid_until else None,
        BLOCKS: [write_block(block, known) for block in content.blocks],
    }


def write_block(block: BlockContent, known: Known) -> dict[str, Any]:
    plan = block.plan
    return {
        "weekday": WEEKDAYS[plan.weekday],
        "start": plan.start.isoformat("minutes"),
        "end": plan.end.isoformat("minutes"),
        "mode": plan.mode.value,
        "slot_minutes": plan.slot_minutes,
        "start_up_minutes": plan.start_up_minutes,
        "types": sorted(known.types[key].code for key in block.types if key in known.types),
        "workplace": known.workplaces.get(plan.workplace) if plan.workplace else None,
        "release_minutes": plan.release_minutes,
        "note": plan.note,
    }


def read_document(document: object, known: Known) -> RasterContent | Mistakes:
    """What a parsed document says; its blocks get the keys 1, 2, 3 in their order."""
    return read_fields(document, known, pointer)


def pointer(index: int | None, name: str) -> str:
    """A JSON pointer (RFC 6901)."""
    steps = ([] if index is None else [BLOCKS, str(index)]) + ([name] if name else [])
    return "".join("/" + quoted(step).replace("~", "~0").replace("/", "~1") for step in steps)


def read_fields(
    document: object, known: Known, places: Places, found: Found | None = None
) -> RasterContent | Mistakes:
    """`found`: what a sheet was found to have wrong before it was put in this form."""
    found = found or Found()
    if not isinstance(document, dict):
        found.add(MistakeId.NOT_AN_OBJECT, places(None, ""))
        return found.all
    fields = Fields(document, lambda name: places(None, name), found)
    _refuse_unknown(fields, OF_DOCUMENT)
    if document.get("format") != FORMAT:
        fields.wrong(MistakeId.OTHER_FORMAT, "format", given=quoted(document.get("format")), known=FORMAT)
    read: dict[str, Any] = {
        "name": fields.text("name", LONGEST_NAME, required=True),
        "weeks": fields.choice("weeks", WEEKS, WEEKS[0]),
        "valid_from": _iso(first := fields.day("valid_from", required=True)),
        "valid_until": _iso(last := fields.day("valid_until", required=False)),
    }
    if first and last and last < first:
        fields.wrong(MistakeId.VALIDITY_ENDS_FIRST, "valid_until")
    read[BLOCKS] = _read_blocks(fields, known, places)
    return found.all if found else read_content(read, known.types)


def _read_blocks(fields: Fields, known: Known, places: Places) -> list[dict[str, Any]]:
    blocks = fields.said.get(BLOCKS)
    if not isinstance(blocks, list):
        fields.wrong(
            MistakeId.NOT_A_LIST if BLOCKS in fields.said else MistakeId.FIELD_MISSING, BLOCKS, most=MOST_BLOCKS
        )
        return []
    if len(blocks) > MOST_BLOCKS:
        fields.wrong(MistakeId.TOO_MANY_BLOCKS, BLOCKS, most=MOST_BLOCKS)
        return []
    return [_read_block(block, at, fields.found, known, places) for at, block in enumerate(blocks)]


def _read_block(block: object, at: int, found: Found, known: Known, places: Places) -> dict[str, Any]:
    if not isinstance(block, dict):
        found.add(MistakeId.NOT_AN_OBJECT, places(at, ""))
        return {}
    fields = Fields(block, lambda name: places(at, name), found)
    _refuse_unknown(fields, OF_BLOCK)
    weekday, mode = fields.choice("weekday", WEEKDAYS), fields.choice("mode", MODES)
    start, end = fields.clock("start"), fields.clock("end")
    read: dict[str, Any] = {
        "key": at + 1,
        "weekday": WEEKDAYS.index(weekday) if weekday else None,
        "start": _iso(start),
        "end": _iso(end),
        "mode": mode,
        "slot_minutes": fields.minutes("slot_minutes"),
        "start_up_minutes": fields.minutes("start_up_minutes"),
        "types": (types := fields.types("types", known)),
        "workplace": fields.workplace("workplace", known),
        "release_minutes": fields.minutes("release_minutes"),
        "note": fields.text("note", LONGEST_NOTE),
    }
    if start and end and end <= start:
        fields.wrong(MistakeId.ENDS_FIRST, "end")
    if mode == BlockMode.FIXED and block.get("slot_minutes", 0) == 0:
        fields.wrong(MistakeId.NO_SLOT_LENGTH, "slot_minutes", least=STEP)
    if mode == BlockMode.BREAK and types:
        fields.wrong(MistakeId.TYPES_IN_BREAK, "types")
    return read


def _refuse_unknown(fields: Fields, known: tuple[str, ...]) -> None:
    """Left unread it would be lost without a word."""
    names = listed(each for each in known if each != "$schema")
    for name in fields.said:
        if name not in known:
            fields.wrong(MistakeId.FIELD_UNKNOWN, name, known=names)


def _iso(value: date | time | None) -> str | None:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if value else None
