"""Which activity code (verrichtingencode) a contact has (PP-10 to PP-14). The table is data, not code."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from praktijkplan.contact import ContactKind, Modality

# PP-11: durations are multiples of this many minutes.
DURATION_STEP = 5


@dataclass(frozen=True, slots=True)
class ActivityCode:
    """One line of the table: what a code stands for, on the dates `valid_from` through `valid_until`."""

    code: str
    contact_kind: ContactKind
    modality: Modality | None  # None: any form
    valid_from: date
    valid_until: date | None
    description: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ActivityCode":
        """One line of the reference data. Raises KeyError or ValueError if it is not one."""
        modality, valid_until = document["modality"], document["valid_until"]
        return cls(
            code=document["code"],
            contact_kind=ContactKind(document["contact_kind"]),
            modality=None if modality is None else Modality(modality),
            valid_from=date.fromisoformat(document["valid_from"]),
            valid_until=None if valid_until is None else date.fromisoformat(valid_until),
            description=document["description"],
        )

    def covers(self, modality: Modality) -> bool:
        return self.modality is None or self.modality is modality

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class NoCodeReason(StrEnum):
    """Why a contact has no code."""

    UNKNOWN_KIND = "unknown_kind"  # the table knows no code for this kind of contact
    UNKNOWN_FORM = "unknown_form"  # nor, for this kind, this form
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"


@dataclass(frozen=True, slots=True)
class NoCode:
    """There is no code for a contact, and why."""

    reason: NoCodeReason
    contact_kind: ContactKind
    modality: Modality
    on: date


def code_for(
    table: Iterable[ActivityCode], contact_kind: ContactKind, modality_as_held: Modality, on: date
) -> ActivityCode | NoCode:
    """The code of a contact as it was held on a local date, whatever was planned and however long (PP-12).

    A code for the form itself goes before one for any form, then the one that came into force last.
    """
    of_kind = [line for line in table if line.contact_kind is contact_kind]
    of_form = [line for line in of_kind if line.covers(modality_as_held)]
    valid = [line for line in of_form if line.holds_on(on)]
    if valid:
        return min(valid, key=lambda line: (line.modality is None, -line.valid_from.toordinal(), line.code))
    if not of_kind:
        reason = NoCodeReason.UNKNOWN_KIND
    elif not of_form:
        reason = NoCodeReason.UNKNOWN_FORM
    elif any(line.valid_from > on for line in of_form):
        reason = NoCodeReason.NOT_YET_VALID
    else:
        reason = NoCodeReason.NO_LONGER_VALID
    return NoCode(reason, contact_kind, modality_as_held, on)


class TypeProblemId(StrEnum):
    """What can be wrong with an appointment type."""

    DURATION = "duration"
    UNKNOWN_CODE = "unknown_code"
    WRONG_KIND = "wrong_kind"
    WRONG_FORM = "wrong_form"
    NOT_VALID = "not_valid"


@dataclass(frozen=True, slots=True)
class TypeProblem:
    """One reason why an appointment type is refused; `rule` is its id in the praktijkplan."""

    id: TypeProblemId
    rule: str
    facts: Mapping[str, str | int]


def type_problems(
    table: Iterable[ActivityCode],
    contact_kind: ContactKind,
    modality: Modality,
    duration: int,
    code: str,
    on: date,
) -> tuple[TypeProblem, ...]:
    """What is wrong with an appointment type on a local date; `duration` in minutes (PP-10, PP-11)."""
    return (*_duration_problems(duration), *_code_problems([*table], contact_kind, modality, code, on))


def _duration_problems(duration: int) -> Iterator[TypeProblem]:
    if duration <= 0 or duration % DURATION_STEP:
        yield TypeProblem(TypeProblemId.DURATION, "PP-11", {"duration": duration, "step": DURATION_STEP})


def _code_problems(
    table: list[ActivityCode], contact_kind: ContactKind, modality: Modality, code: str, on: date
) -> Iterator[TypeProblem]:
    """The first thing that is wrong with the code, with the code that would be right if there is one."""
    lines = [line for line in table if line.code == code]
    of_kind = [line for line in lines if line.contact_kind is contact_kind]
    of_form = [line for line in of_kind if line.covers(modality)]
    if any(line.holds_on(on) for line in of_form):
        return
    right = code_for(table, contact_kind, modality, on)
    facts = {"code": code} | ({"right": right.code} if isinstance(right, ActivityCode) else {})
    if not lines:
        wrong = TypeProblemId.UNKNOWN_CODE
    elif not of_kind:
        wrong = TypeProblemId.WRONG_KIND
    elif not of_form:
        wrong = TypeProblemId.WRONG_FORM
    else:
        wrong = TypeProblemId.NOT_VALID
    yield TypeProblem(wrong, "PP-10", facts)
