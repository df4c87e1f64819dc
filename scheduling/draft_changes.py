"""Changes of a draft as JSON, read and checked: what the editor posts and what the API takes.

    {"put": {"key": -1, "weekday": 0, "start": "9:00", "end": "10:00", "mode": "fixed", "slot_minutes": 10,
             "start_up_minutes": 0, "types": [4], "workplace": null, "release_minutes": 0, "note": ""}}
    {"remove": 12}
    {"set": {"name": …, "weeks": "odd", "valid_from": "2027-01-04", "valid_until": null}}   any of the four

A block is as `contents.write_block` writes it; a negative key is a new block. Either all of it can be read, or what
is wrong comes back per change and field, and nothing is done.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext

from praktijkplan.rasters import WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.actions.drafts import Change, PutBlock, RemoveBlock, SetFields
from scheduling.contents import Types, read_block, types_of, write_block
from scheduling.models import Raster, Workplace

STEP = 5  # minutes: the grid that a raster is drawn on
SLOT_MOST = START_UP_MOST = 240
RELEASE_MOST = 28 * 24 * 60
NOTE_MOST = 200
NAME_MOST = 120
CHANGES_MOST = 500
KEY_MOST = 10**9
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in the change at position `change`; an empty `field` is the change as a whole."""

    change: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a change of this raster may name."""

    raster: Raster
    types: Types
    workplaces: Mapping[int, Workplace]


class _Wrong(Exception):
    """Caught per field, so that all that is wrong is told at once."""


def vocabulary_of(raster: Raster) -> Vocabulary:
    """Two selects."""
    places = Workplace.objects.filter(department=raster.department_id)
    return Vocabulary(raster, types_of(raster.department_id), {place.pk: place for place in places})


def read_changes(document: object, known: Vocabulary) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """The changes, or what is wrong with them: one of the two is empty."""
    if not isinstance(document, list) or not document:
        return (), (Problem(0, "", gettext("Name at least one change.")),)
    if len(document) > CHANGES_MOST:
        told = gettext("These are too many changes at once: at most %(most)d.") % {"most": CHANGES_MOST}
        return (), (Problem(0, "", told),)
    changes: list[Change] = []
    problems: list[Problem] = []
    named: set[int] = set()
    for at, each in enumerate(document):
        change, wrong = _read_change(each, known)
        problems += [Problem(at, field, message) for field, message in wrong.items()]
        if change is None:
            continue
        key = _key_of(change)
        if key in named:
            problems.append(Problem(at, "key", gettext("This block is changed twice. Change it once.")))
        named |= {key} - {0}
        changes.append(change)
    return ((), tuple(problems)) if problems else (tuple(changes), ())


def _key_of(change: Change) -> int:
    match change:
        case PutBlock(block):
            return block.key
        case RemoveBlock(key):
            return key
    return 0


def _read_change(document: object, known: Vocabulary) -> tuple[Change | None, dict[str, str]]:
    match document:
        case {"put": dict() as block, **rest} if not rest:
            return _read_put(block, known)
        case {"remove": int() as key, **rest} if not rest and not isinstance(key, bool) and 0 < key <= KEY_MOST:
            return RemoveBlock(key), {}
        case {"set": dict() as fields, **rest} if not rest:
            return _read_set(fields, known.raster)
    return None, {"": gettext("A change is one of put, remove or set.")}


def _read_put(document: Mapping[str, Any], known: Vocabulary) -> tuple[Change | None, dict[str, str]]:
    read, wrong = _read_fields(document, _BLOCK_FIELDS, known)
    for name in document:
        if name not in _BLOCK_FIELDS:
            wrong[name] = gettext("A block has no such field.")
    if not wrong:
        wrong = _contradictions(read)
    if wrong:
        return None, wrong
    if read["mode"] != BlockMode.FIXED:
        read["slot_minutes"] = 0
    return PutBlock(read_block(read, known.types)), {}


def _contradictions(read: Mapping[str, Any]) -> dict[str, str]:
    """What each field alone cannot know."""
    wrong = {}
    if read["start"] >= read["end"]:
        wrong["end"] = gettext("The end is not after the start. Choose a later time.")
    if read["mode"] == BlockMode.FIXED and not read["slot_minutes"]:
        wrong["slot_minutes"] = gettext("Say how many minutes each patient gets.")
    if read["mode"] == BlockMode.BREAK and read["types"]:
        wrong["types"] = gettext("A break has no types of appointment. Leave them out.")
    return wrong


def _read_set(document: Mapping[str, Any], raster: Raster) -> tuple[Change | None, dict[str, str]]:
    """What is not named stays as it is."""
    wrong = {name: gettext("A raster has no such field.") for name in document if name not in _RASTER_FIELDS}
    standing = {
        "name": raster.name,
        "weeks": raster.weeks,
        "valid_from": raster.valid_from.isoformat(),
        "valid_until": raster.valid_until.isoformat() if raster.valid_until else None,
    }
    read, more = _read_fields({**standing, **document}, _RASTER_FIELDS, None)
    wrong |= more
    if not wrong and read["valid_until"] is not None and read["valid_until"] < read["valid_from"]:
        wrong["valid_until"] = gettext("The raster ends before it begins. Choose a later day.")
    return (None, wrong) if wrong else (SetFields(**read), {})


def _read_fields(
    document: Mapping[str, Any], fields: Mapping[str, Callable[[Any, Any], Any]], known: Vocabulary | None
) -> tuple[dict[str, Any], dict[str, str]]:
    read, wrong = {}, {}
    for name, reader in fields.items():
        try:
            read[name] = reader(document.get(name), known)
        except _Wrong as problem:
            wrong[name] = str(problem)
    return read, wrong


def _whole(value: Any) -> int:
    """A whole number, also as people type it."""
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        value = int(value.strip()[:12])
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Wrong(gettext("Write a whole number."))
    return value


def _read_key(value: Any, known: Vocabulary) -> int:
    key = _whole(value)
    if key == 0 or abs(key) > KEY_MOST:
        raise _Wrong(gettext("This is no key of a block."))
    return key


def _read_weekday(value: Any, known: Vocabulary) -> int:
    weekday = _whole(value)
    if not 0 <= weekday <= 6:
        raise _Wrong(gettext("Choose a day from Monday (0) to Sunday (6)."))
    return weekday


def _read_clock(value: Any, known: Vocabulary) -> str:
    """9.05, 9:05 or 9, as ISO."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise _Wrong(gettext("This is no time. Write it as 9.05."))
    at = time(int(match[1]), int(match[2] or 0))
    if at.minute % STEP:
        raise _Wrong(gettext("Times go by steps of 5 minutes."))
    return at.isoformat("minutes")


def _read_mode(value: Any, known: Vocabulary) -> str:
    try:
        return BlockMode(value).value
    except ValueError:
        modes = ", ".join(mode.value for mode in BlockMode)
        raise _Wrong(gettext("Choose one of: %(choices)s.") % {"choices": modes}) from None


def _minutes_up_to(most: int, step: int = STEP) -> Callable[[Any, Any], int]:
    def read(value: Any, known: Vocabulary) -> int:
        minutes = 0 if value in (None, "") else _whole(value)
        if not 0 <= minutes <= most:
            raise _Wrong(gettext("Choose 0 to %(most)d minutes.") % {"most": most})
        if minutes % step:
            raise _Wrong(gettext("Minutes go by steps of 5."))
        return minutes

    return read


def _read_types(value: Any, known: Vocabulary) -> list[int]:
    if not isinstance(value, list):
        raise _Wrong(gettext("Name the types of appointment as a list."))
    types = sorted({_whole(each) for each in value})
    if any(key not in known.types for key in types):
        raise _Wrong(gettext("This department has no such type of appointment."))
    return types


def _read_workplace(value: Any, known: Vocabulary) -> int | None:
    if value in (None, ""):
        return None
    place = _whole(value)
    if place not in known.workplaces:
        raise _Wrong(gettext("This department has no such workplace."))
    return place


def _read_text(most: int, required: bool) -> Callable[[Any, Any], str]:
    def read(value: Any, known: Any) -> str:
        text = "" if value is None else value
        if not isinstance(text, str) or not _can_be_kept(text):
            raise _Wrong(gettext("Write a text here."))
        text = text.strip()
        if required and not text:
            raise _Wrong(gettext("Give it a name."))
        if len(text) > most:
            raise _Wrong(gettext("This is too long: at most %(most)d characters.") % {"most": most})
        return text

    return read


def _can_be_kept(text: str) -> bool:
    """Half a character, or a null, is something that a database refuses."""
    return "\x00" not in text and text.encode(errors="replace").decode() == text


def _read_weeks(value: Any, known: Any) -> WeekPattern:
    try:
        return WeekPattern(value)
    except ValueError:
        raise _Wrong(gettext("Choose every, even or odd weeks.")) from None


def _read_day(value: Any, known: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Wrong(gettext("This is no date. Write it as 2026-11-24.")) from None


def _read_day_or_none(value: Any, known: Any) -> date | None:
    return None if value in (None, "") else _read_day(value, known)


_BLOCK_FIELDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "key": _read_key,
    "weekday": _read_weekday,
    "start": _read_clock,
    "end": _read_clock,
    "mode": _read_mode,
    "slot_minutes": _minutes_up_to(SLOT_MOST),
    "start_up_minutes": _minutes_up_to(START_UP_MOST),
    "types": _read_types,
    "workplace": _read_workplace,
    "release_minutes": _minutes_up_to(RELEASE_MOST),
    "note": _read_text(NOTE_MOST, required=False),
}
_RASTER_FIELDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "name": _read_text(NAME_MOST, required=True),
    "weeks": _read_weeks,
    "valid_from": _read_day,
    "valid_until": _read_day_or_none,
}


def write_change(change: Change) -> dict[str, Any]:
    """A change as `read_changes` reads it."""
    match change:
        case PutBlock(block):
            return {"put": write_block(block)}
        case RemoveBlock(key):
            return {"remove": key}
        case SetFields(name, weeks, valid_from, valid_until):
            until = valid_until.isoformat() if valid_until else None
            fields = {"name": name, "weeks": weeks.value, "valid_from": valid_from.isoformat(), "valid_until": until}
            return {"set": fields}
