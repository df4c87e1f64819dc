"""What is wrong with a document or a sheet, where, and what to do about it, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from scheduling.interchange.mistakes import Mistake, MistakeId
from scheduling.interchange.words import in_dutch

Facts: TypeAlias = Mapping[str, str | int]
Words: TypeAlias = Callable[[Facts], str]

LABELS: Mapping[str, Promise] = {
    "name": _("name"),
    "weeks": _("weeks"),
    "valid_from": _("valid from"),
    "valid_until": _("valid until"),
    "weekday": _("weekday"),
    "start": _("from"),
    "end": _("until"),
    "mode": _("kind of block"),
    "slot_minutes": _("minutes per moment"),
    "start_up_minutes": _("start-up minutes"),
    "types": _("appointment types"),
    "workplace": _("workplace"),
    "release_minutes": _("held for urgent consults"),
    "note": _("note"),
    "blocks": _("blocks"),
    "format": _("format"),
}


def place_text(mistake: Mistake) -> str:
    """Where it stands: line 4, or /blocks/2/start."""
    if mistake.line is not None:
        return gettext("line %(line)d") % {"line": mistake.line}
    return mistake.pointer or gettext("the whole document")


def field_text(mistake: Mistake) -> str:
    label = LABELS.get(mistake.field)
    return str(label) if label else mistake.field


def what_is_wrong(mistake: Mistake) -> str:
    return _WORDS[mistake.id][0](mistake.facts)


def what_to_do(mistake: Mistake) -> str:
    return _WORDS[mistake.id][1](_as_written(mistake))


def _as_written(mistake: Mistake) -> Facts:
    """The choices of a sheet in the words of who reads this; a document has one word for each."""
    facts = mistake.facts
    if mistake.id is MistakeId.NOT_A_CHOICE and mistake.line is not None and get_language() == "nl":
        words = str(facts["known"]).split(", ")
        return {**facts, "known": ", ".join(in_dutch(word) for word in words)}
    return facts


def _known(facts: Facts) -> str:
    return gettext("Choose one of: %(known)s.") % facts if facts["known"] else gettext("Leave it empty.")


_WORDS: Mapping[MistakeId, tuple[Words, Words]] = {
    MistakeId.TOO_LARGE: (
        lambda facts: gettext("This is too much for one raster."),
        lambda facts: gettext("Send at most %(most)d bytes, one raster at a time.") % facts,
    ),
    MistakeId.EMPTY: (
        lambda facts: gettext("There is nothing in it."),
        lambda facts: gettext("Choose the file again, or paste its text."),
    ),
    MistakeId.NOT_TEXT: (
        lambda facts: gettext("This is not a text file."),
        lambda facts: gettext("Save it as CSV (UTF-8) or as JSON. An Excel workbook (.xlsx) cannot be read."),
    ),
    MistakeId.NOT_JSON: (
        lambda facts: gettext("This is not JSON, from character %(column)d of this line on.") % facts,
        lambda facts: gettext("Look for a comma, a quote or a bracket that is missing here or just before."),
    ),
    MistakeId.TOO_DEEP: (
        lambda facts: gettext("This JSON is nested too deeply."),
        lambda facts: gettext("Write the raster as one object with a list of blocks."),
    ),
    MistakeId.QUOTE_OPEN: (
        lambda facts: gettext("The quotation marks in this line do not match."),
        lambda facts: gettext("Close the cell with a quotation mark, or double the mark inside it."),
    ),
    MistakeId.OTHER_FORMAT: (
        lambda facts: gettext("The format is “%(given)s”.") % facts,
        lambda facts: gettext("Only %(known)s can be read.") % facts,
    ),
    MistakeId.TOO_MANY_BLOCKS: (
        lambda facts: gettext("There are too many blocks."),
        lambda facts: gettext("Leave at most %(most)d in one raster.") % facts,
    ),
    MistakeId.TOO_MANY_MISTAKES: (
        lambda facts: gettext("There are more mistakes than these %(most)d.") % facts,
        lambda facts: gettext("Correct these first, then try again."),
    ),
    MistakeId.FIELD_UNKNOWN: (
        lambda facts: gettext("This field is not known, so it would be lost."),
        lambda facts: gettext("Remove it, or use one of these: %(known)s.") % facts,
    ),
    MistakeId.FIELD_TWICE: (
        lambda facts: gettext("This field stands twice in one object."),
        lambda facts: gettext("Keep one of the two."),
    ),
    MistakeId.FIELD_MISSING: (
        lambda facts: gettext("This is not filled in."),
        lambda facts: gettext("Fill it in."),
    ),
    MistakeId.COLUMN_UNKNOWN: (
        lambda facts: gettext("This column is not known, so it would be lost."),
        lambda facts: gettext("Remove it, or use one of these: %(known)s.") % facts,
    ),
    MistakeId.COLUMN_TWICE: (
        lambda facts: gettext("This column stands there twice."),
        lambda facts: gettext("Keep one of the two."),
    ),
    MistakeId.COLUMN_MISSING: (
        lambda facts: gettext("This column is missing."),
        lambda facts: gettext("Add it to the first line, and fill it in."),
    ),
    MistakeId.CELLS_BEYOND: (
        lambda facts: gettext("This line has more cells than there are columns."),
        lambda facts: gettext("Remove what stands after the last column."),
    ),
    MistakeId.DIFFERS: (
        lambda facts: gettext("Here it says “%(given)s”, in line %(first)d something else.") % facts,
        lambda facts: gettext("A sheet holds one raster: write the same in each line, or only in the first."),
    ),
    MistakeId.NOT_AN_OBJECT: (
        lambda facts: gettext("This is not a JSON object."),
        lambda facts: gettext("Write it between braces: { … }."),
    ),
    MistakeId.NOT_A_LIST: (
        lambda facts: gettext("This is not a list, or too long a list."),
        lambda facts: gettext("Write it between square brackets, with at most %(most)d items.") % facts,
    ),
    MistakeId.NOT_A_TEXT: (
        lambda facts: gettext("This is not a text."),
        lambda facts: gettext("Write it between quotation marks."),
    ),
    MistakeId.TOO_LONG: (
        lambda facts: gettext("This is too long."),
        lambda facts: gettext("Use at most %(most)d characters.") % facts,
    ),
    MistakeId.STRANGE_CHARACTERS: (
        lambda facts: gettext("This contains characters that cannot be shown."),
        lambda facts: gettext("Type it again."),
    ),
    MistakeId.NOT_A_NUMBER: (
        lambda facts: gettext("“%(given)s” is not a whole number.") % facts,
        lambda facts: gettext("Write minutes in figures, such as 15."),
    ),
    MistakeId.OUT_OF_RANGE: (
        lambda facts: gettext("%(given)s minutes cannot be.") % facts,
        lambda facts: gettext("Choose from %(least)d to %(most)d minutes.") % facts,
    ),
    MistakeId.OFF_STEP: (
        lambda facts: gettext("“%(given)s” does not lie on the grid of the raster.") % facts,
        lambda facts: gettext("Times and minutes go by steps of %(step)d.") % facts,
    ),
    MistakeId.NOT_A_CHOICE: (
        lambda facts: gettext("“%(given)s” is not known here.") % facts,
        _known,
    ),
    MistakeId.NOT_A_TIME: (
        lambda facts: gettext("“%(given)s” is not a time of day.") % facts,
        lambda facts: gettext("Write it as 09:00, from 00:00 to 23:59."),
    ),
    MistakeId.NOT_A_DATE: (
        lambda facts: gettext("“%(given)s” is not a date.") % facts,
        lambda facts: gettext("Write it as 2026-01-31, with a year of this century."),
    ),
    MistakeId.UNKNOWN_TYPE: (
        lambda facts: gettext("This department has no appointment type “%(given)s”.") % facts,
        _known,
    ),
    MistakeId.UNKNOWN_WORKPLACE: (
        lambda facts: gettext("This department has no workplace “%(given)s”.") % facts,
        _known,
    ),
    MistakeId.WORKPLACE_NAMED_TWICE: (
        lambda facts: gettext("Several workplaces are called “%(given)s”.") % facts,
        lambda facts: gettext("Leave it empty and choose the workplace afterwards."),
    ),
    MistakeId.ENDS_FIRST: (
        lambda facts: gettext("The block ends before it begins."),
        lambda facts: gettext("Choose an end after the start, on the same day."),
    ),
    MistakeId.VALIDITY_ENDS_FIRST: (
        lambda facts: gettext("The raster ends before it begins."),
        lambda facts: gettext("Choose a last day on or after the first, or leave it empty."),
    ),
    MistakeId.NO_SLOT_LENGTH: (
        lambda facts: gettext("A block with fixed moments says how long each of them takes."),
        lambda facts: gettext("Fill in the minutes per moment, %(least)d or more.") % facts,
    ),
    MistakeId.TYPES_IN_BREAK: (
        lambda facts: gettext("Nothing can be booked in a break."),
        lambda facts: gettext("Remove the types, or choose another kind of block."),
    ),
}
