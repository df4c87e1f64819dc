"""How people write in a sheet what a document writes one way: ma for monday, 9.00 for 09:00, 5-1-2026."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from scheduling.interchange.form import FIELDS, MODES, WEEKDAYS, WEEKS

# Dutch first: that is what a Dutch sheet is written with.
DUTCH: Mapping[str, tuple[str, ...]] = {
    "monday": ("maandag", "ma"),
    "tuesday": ("dinsdag", "di"),
    "wednesday": ("woensdag", "wo"),
    "thursday": ("donderdag", "do"),
    "friday": ("vrijdag", "vr"),
    "saturday": ("zaterdag", "za"),
    "sunday": ("zondag", "zo"),
    "every": ("elke", "elke week", "iedere", "iedere week", "every week"),
    "even": ("even", "even weken", "even weeks"),
    "odd": ("oneven", "oneven weken", "odd weeks"),
    "fixed": ("vast", "vaste momenten", "vaste tijden"),
    "flexible": ("flexibel", "flex"),
    "hybrid": ("hybride",),
    "break": ("pauze",),
}
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.,uh]([0-9]{2}))?(?::00)?(?: ?uur| ?u| ?h)?")
_ISO_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T]0?0:00(?::00)?)?")
_DUTCH_DATE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})(?: 0?0:00(?::00)?)?")
_WHOLE = re.compile(r"(-?[0-9]{1,9})(?:[.,]0+)?(?: ?min(?:uten|utes|\.)?)?")
_BETWEEN_TYPES = re.compile(r"[\s,;|]+")


def canonical(field: str, cell: str) -> object:
    """What the cell means, as a document writes it; a cell that means nothing known stays what it is."""
    return _READ.get(field, str)(cell)


def in_dutch(word: str) -> str:
    return DUTCH[word][0]


def _choice(cell: str) -> str:
    return _MEANT.get(" ".join(cell.casefold().split()), cell)


def _clock(cell: str) -> str:
    """A lone digit after the point stays: 9.3 may be 9.30 of which a spreadsheet dropped the nought, or 9.03."""
    match = _CLOCK.fullmatch(cell.casefold())
    return f"{int(match[1]):02d}:{match[2] or '00'}" if match else cell


def _day(cell: str) -> str:
    """Day first, as it is written here."""
    if match := _ISO_DATE.fullmatch(cell):
        year, month, day = match[1], match[2], match[3]
    elif match := _DUTCH_DATE.fullmatch(cell):
        day, month, year = match[1], match[2], match[3]
    else:
        return cell
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return cell


def _whole(cell: str) -> int | str:
    match = _WHOLE.fullmatch(cell.casefold())
    return int(match[1]) if match else cell


def _types(cell: str) -> list[str]:
    return [code for code in _BETWEEN_TYPES.split(cell) if code]


def _meanings() -> Iterator[tuple[str, str]]:
    for word in (*WEEKDAYS, *WEEKS, *MODES):
        yield word, word
        for dutch in DUTCH[word]:
            yield dutch, word
    for word in WEEKDAYS:
        yield word[:3], word


_MEANT = dict(_meanings())
_READ: Mapping[str, Callable[[str], object]] = {
    "weekday": _choice,
    "weeks": _choice,
    "mode": _choice,
    "start": _clock,
    "end": _clock,
    "valid_from": _day,
    "valid_until": _day,
    "slot_minutes": _whole,
    "start_up_minutes": _whole,
    "release_minutes": _whole,
    "types": _types,
}
HEADINGS = {heading: field for field in FIELDS for heading in field.headings}


def heading_key(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold()).strip("_")
