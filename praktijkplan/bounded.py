"""Values with bounds: a frozen dataclass that refuses a wrong value, and reads and writes itself as JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document."""

    field: str
    id: str  # unknown_field, wrong_value
    expected: str  # what to write instead
    found: str


class InvalidDocument(ValueError):
    """A document that cannot be used; `problems` names every field and what to do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.field}: expected {p.expected}, found {p.found}" for p in problems))


class WrongValue(Exception):
    """Carries what a field expects."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one field is read from a document and written to it; `read` raises WrongValue."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValue("true or false")
    return value


FLAG = {"kind": Kind(read_flag, bool)}


class Bounded:
    """Base of a frozen dataclass in which the metadata of each field holds its Kind."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    invalid: ClassVar[type[InvalidDocument]] = InvalidDocument

    def __post_init__(self) -> None:
        problems = []
        for item in fields(self):
            value = getattr(self, item.name)
            try:
                object.__setattr__(self, item.name, item.metadata["kind"].read(value))
            except WrongValue as wrong:
                problems.append(Problem(item.name, "wrong_value", str(wrong), repr(value)))
        if problems or (problems := [*self.contradictions()]):
            raise self.invalid(tuple(problems))

    def contradictions(self) -> Iterator[Problem]:
        """What is wrong between fields that are each right."""
        yield from ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """From a JSON document; a field left out keeps its default.

        Raises `invalid` with every problem found: a field that does not exist, a wrong type, a value out of bounds.
        """
        known = [item.name for item in fields(cls)]
        problems = [
            Problem(name, "unknown_field", f"one of {', '.join(known)}", repr(name))
            for name in document
            if name not in known
        ]
        try:
            made = cls(**{name: value for name, value in document.items() if name in known})
        except InvalidDocument as invalid:
            raise cls.invalid((*problems, *invalid.problems)) from None
        if problems:
            raise cls.invalid(tuple(problems))
        return made

    def to_document(self) -> dict[str, Any]:
        """The JSON document that `from_document` reads back to an equal value."""
        return {item.name: item.metadata["kind"].write(getattr(self, item.name)) for item in fields(self)}
