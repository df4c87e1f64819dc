"""One field at a time: what it may say, and which mistake it is when it says something else."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from scheduling.interchange.form import FIRST_YEAR, LAST_YEAR, MINUTES, MOST_TYPES, STEP
from scheduling.interchange.known import Known
from scheduling.interchange.mistakes import Found, MistakeId, Place, quoted

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Control characters, and halves of characters: no database keeps them.
NO_TEXT = ("Cc", "Cs")


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in one object. A field that is wrong is noted and read as None, or as what stands for nothing."""

    said: Mapping[str, Any]
    place: Callable[[str], Place]
    found: Found

    def wrong(self, kind: MistakeId, name: str, **facts: str | int) -> None:
        self.found.add(kind, self.place(name), name, **facts)

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        """Runs of white space count as one space."""
        value = self.said.get(name, "")
        if not isinstance(value, str):
            self.wrong(MistakeId.NOT_A_TEXT, name)
            return ""
        # A bound before the work: what is far too long is not looked at.
        kept = " ".join(value.split()) if len(value) <= most * 4 else value
        if len(kept) > most:
            self.wrong(MistakeId.TOO_LONG, name, most=most)
        elif any(unicodedata.category(char) in NO_TEXT for char in kept):
            self.wrong(MistakeId.STRANGE_CHARACTERS, name)
        elif required and not kept:
            self.wrong(MistakeId.FIELD_MISSING, name)
        return kept

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str | None:
        value = self.said.get(name, default)
        if value is None and name not in self.said:
            self.wrong(MistakeId.FIELD_MISSING, name)
            return None
        if not isinstance(value, str) or value not in choices:
            self.wrong(MistakeId.NOT_A_CHOICE, name, given=quoted(value), known=", ".join(choices))
            return None
        return str(value)

    def clock(self, name: str) -> time | None:
        value = self.said.get(name)
        if name not in self.said:
            self.wrong(MistakeId.FIELD_MISSING, name)
        elif not isinstance(value, str) or not CLOCK.fullmatch(value):
            self.wrong(MistakeId.NOT_A_TIME, name, given=quoted(value))
        else:
            at = time.fromisoformat(value)
            if at.minute % STEP:
                self.wrong(MistakeId.OFF_STEP, name, given=value, step=STEP)
            return at
        return None

    def day(self, name: str, *, required: bool) -> date | None:
        value = self.said.get(name)
        if value is None and (not required or name not in self.said):
            if required:
                self.wrong(MistakeId.FIELD_MISSING, name)
            return None
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.wrong(MistakeId.NOT_A_DATE, name, given=quoted(value))
            return None
        return day

    def minutes(self, name: str) -> int:
        value = self.said.get(name, 0)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # 15.0 is a whole number in JSON Schema
        least, most = MINUTES[name]
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(MistakeId.NOT_A_NUMBER, name, given=quoted(value))
        elif not least <= value <= most:
            self.wrong(MistakeId.OUT_OF_RANGE, name, given=_number(value), least=least, most=most)
        elif value % STEP:
            self.wrong(MistakeId.OFF_STEP, name, given=str(value), step=STEP)
        else:
            return value
        return 0

    def types(self, name: str, known: Known) -> list[int]:
        value = self.said.get(name, [])
        if not isinstance(value, list) or len(value) > MOST_TYPES:
            self.wrong(MistakeId.NOT_A_LIST, name, most=MOST_TYPES)
            return []
        return [key for code in value if (key := self._type(name, code, known)) is not None]

    def _type(self, name: str, code: object, known: Known) -> int | None:
        if not isinstance(code, str):
            self.wrong(MistakeId.NOT_A_TEXT, name)
            return None
        key = known.type_named(code)
        if key is None:
            self.wrong(MistakeId.UNKNOWN_TYPE, name, given=quoted(code), known=known.codes)
        return key

    def workplace(self, name: str, known: Known) -> int | None:
        value = self.said.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(MistakeId.NOT_A_TEXT, name)
            return None
        key = known.workplace_named(value)
        if key is None and known.is_ambiguous(value):
            self.wrong(MistakeId.WORKPLACE_NAMED_TWICE, name, given=quoted(value))
        elif key is None:
            self.wrong(MistakeId.UNKNOWN_WORKPLACE, name, given=quoted(value), known=known.places)
        return key


def _number(value: int) -> str:
    """Python refuses to write numbers of thousands of digits."""
    return quoted(value) if value.bit_length() < 100 else "…"
