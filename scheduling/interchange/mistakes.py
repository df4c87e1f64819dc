"""What can be wrong with a document or a sheet, as values; sentences.py puts them in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from scheduling.interchange.form import MOST_MISTAKES

LONGEST_QUOTE = 40


class MistakeId(StrEnum):
    """With the facts of each."""

    # The file as a whole
    TOO_LARGE = "too_large"  # most (bytes)
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"  # column
    TOO_DEEP = "too_deep"
    QUOTE_OPEN = "quote_open"
    OTHER_FORMAT = "other_format"  # given, known
    TOO_MANY_BLOCKS = "too_many_blocks"  # most
    TOO_MANY_MISTAKES = "too_many_mistakes"  # most
    # Fields and columns
    FIELD_UNKNOWN = "field_unknown"  # known
    FIELD_TWICE = "field_twice"
    FIELD_MISSING = "field_missing"
    COLUMN_UNKNOWN = "column_unknown"  # known
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    CELLS_BEYOND = "cells_beyond"
    DIFFERS = "differs"  # given, first
    # What a field says
    NOT_AN_OBJECT = "not_an_object"
    NOT_A_LIST = "not_a_list"  # most
    NOT_A_TEXT = "not_a_text"
    TOO_LONG = "too_long"  # most
    STRANGE_CHARACTERS = "strange_characters"
    NOT_A_NUMBER = "not_a_number"  # given
    OUT_OF_RANGE = "out_of_range"  # given, least, most
    OFF_STEP = "off_step"  # given, step (minutes)
    NOT_A_CHOICE = "not_a_choice"  # given, known
    NOT_A_TIME = "not_a_time"  # given
    NOT_A_DATE = "not_a_date"  # given
    UNKNOWN_TYPE = "unknown_type"  # given, known
    UNKNOWN_WORKPLACE = "unknown_workplace"  # given, known
    WORKPLACE_NAMED_TWICE = "workplace_named_twice"  # given
    # What fields say together
    ENDS_FIRST = "ends_first"
    VALIDITY_ENDS_FIRST = "validity_ends_first"
    NO_SLOT_LENGTH = "no_slot_length"  # least
    TYPES_IN_BREAK = "types_in_break"


# A line of a sheet or of JSON that cannot be read (from 1), or a JSON pointer (RFC 6901).
Place: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Mistake:
    id: MistakeId
    at: Place
    field: str  # empty: the file, or all of the block
    facts: Mapping[str, str | int]

    @property
    def line(self) -> int | None:
        return self.at if isinstance(self.at, int) else None

    @property
    def pointer(self) -> str | None:
        return self.at if isinstance(self.at, str) else None


Mistakes: TypeAlias = tuple[Mistake, ...]


class Found:
    """The mistakes so far, each once. Of a file that is nothing but mistakes not all are told: enough is enough."""

    def __init__(self) -> None:
        self._mistakes: dict[tuple[object, ...], Mistake] = {}

    def add(self, kind: MistakeId, at: Place, field: str = "", **facts: str | int) -> None:
        if len(self._mistakes) < MOST_MISTAKES:
            self._mistakes.setdefault((kind, at, field, facts.get("given")), Mistake(kind, at, quoted(field), facts))
        else:
            end = MistakeId.TOO_MANY_MISTAKES
            self._mistakes.setdefault((end,), Mistake(end, at, "", {"most": MOST_MISTAKES}))

    def __bool__(self) -> bool:
        return bool(self._mistakes)

    @property
    def all(self) -> Mistakes:
        return tuple(self._mistakes.values())


def quoted(value: object) -> str:
    """What stood there, short enough to repeat and safe to show: half a character is no text."""
    text = value if isinstance(value, str) else str(value)
    text = text[: LONGEST_QUOTE + 1].encode("utf-8", "replace").decode()
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
