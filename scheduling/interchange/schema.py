"""The form of a raster document as JSON Schema (2020-12), for who writes one elsewhere.

What the schema cannot say stays with the reader: names that the department must know, and ends that lie after starts.
"""

from typing import Any

from scheduling.interchange.documents import BLOCKS
from scheduling.interchange.form import (
    BLOCK_FIELDS,
    FORMAT,
    LONGEST_NAME,
    LONGEST_NOTE,
    MINUTES,
    MODES,
    MOST_BLOCKS,
    MOST_TYPES,
    RASTER_FIELDS,
    STEP,
    WEEKDAYS,
    WEEKS,
    Field,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:videopoli:schema:raster:1"
_DATE = {"type": "string", "format": "date", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][05]$"}


def document_schema() -> dict[str, Any]:
    properties = {
        "$schema": {"type": "string", "description": "For editors; not read."},
        "format": {"const": FORMAT, "description": "Another version of this form has another number."},
        "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": r"\S"},
        "weeks": {"enum": list(WEEKS), "default": WEEKS[0], "description": "By the parity of the ISO week number."},
        "valid_from": _DATE,
        "valid_until": {"anyOf": [_DATE, {"type": "null"}], "default": None, "description": "Null: no last day."},
        BLOCKS: {"type": "array", "maxItems": MOST_BLOCKS, "items": {"$ref": "#/$defs/block"}},
    }
    return {
        "$schema": DIALECT,
        "$id": IDENTITY,
        "title": "Raster",
        "description": "The weekly template of a clinician. Times of day are local.",
        "type": "object",
        "required": ["format", *_required(RASTER_FIELDS), BLOCKS],
        "properties": properties,
        "additionalProperties": False,
        "$defs": {"block": _block()},
    }


def _block() -> dict[str, Any]:
    return {
        "type": "object",
        "required": _required(BLOCK_FIELDS),
        "properties": {
            "weekday": {"enum": list(WEEKDAYS)},
            "start": _CLOCK,
            "end": {**_CLOCK, "description": "After the start."},
            "mode": {"enum": list(MODES)},
            "slot_minutes": _minutes("slot_minutes", "Of each moment in a fixed block; elsewhere 0."),
            "start_up_minutes": _minutes("start_up_minutes", "At the start of the block, not bookable."),
            "types": {
                "type": "array",
                "items": {"type": "string"},
                "maxItems": MOST_TYPES,
                "default": [],
                "description": "Short names (code) of the department's appointment types. A break has none.",
            },
            "workplace": {
                "type": ["string", "null"],
                "default": None,
                "description": "The name of one of the department's workplaces.",
            },
            "release_minutes": _minutes(
                "release_minutes", "Held for urgent consults until so long before its start; 0: not held."
            ),
            "note": {"type": "string", "maxLength": LONGEST_NOTE, "default": ""},
        },
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"mode": {"const": "fixed"}}, "required": ["mode"]},
                "then": {
                    "properties": {"slot_minutes": {"minimum": STEP}},
                    "required": ["slot_minutes"],
                },
            },
            {
                "if": {"properties": {"mode": {"const": "break"}}, "required": ["mode"]},
                "then": {"properties": {"types": {"maxItems": 0}}},
            },
        ],
    }


def _minutes(name: str, description: str) -> dict[str, Any]:
    least, most = MINUTES[name]
    bounds = {"type": "integer", "minimum": least, "maximum": most, "multipleOf": STEP}
    return {**bounds, "default": 0, "description": description}


def _required(fields: tuple[Field, ...]) -> list[str]:
    return [field.name for field in fields if field.required]
