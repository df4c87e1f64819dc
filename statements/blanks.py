"""What is filled in when a statement runs that the ORM put together before."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model
from django.db.models.sql.compiler import SQLCompiler

Made = TypeVar("Made")
# What a busy day asks for is a few dozen; a shape that was not met for long is put together again.
SHAPES_KEPT = 200


class Blank(Expression):
    """A value that is filled in when the statement runs. `field` says how it is written for the database."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


def blank(model: type[Model], field: str, name: str = "") -> Blank:
    return Blank(name or field, column_of(model, field))


def blanks(model: type[Model], field: str, name: str, count: int) -> list[Any]:
    """For an `__in` of so many values; `named` fills them in."""
    return [Blank(each, column_of(model, field)) for each in _names(name, count)]


def named(name: str, values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_names(name, len(values)), values, strict=True))


def _names(name: str, count: int) -> list[str]:
    return [f"{name}.{at}" for at in range(count)]


def column_of(model: type[Model], field: str) -> "Field[Any, Any]":
    column = model._meta.get_field(field)
    assert isinstance(column, Field)  # noqa: S101  for the type checker
    return column


def written(parts: Sequence[Any], filled_in: Mapping[str, Any]) -> list[Any]:
    """As the database takes them."""
    return [
        part.output_field.get_db_prep_save(filled_in[part.name], connection) if isinstance(part, Blank) else part
        for part in parts
    ]


class Once(Generic[Made]):
    """One statement for each of its shapes, in the words of each vendor of databases, made when first needed."""

    def __init__(self, make: Callable[..., Made]) -> None:
        def make_for(_vendor: str, *shape: Any) -> Made:
            return make(*shape)

        self._made = lru_cache(maxsize=SHAPES_KEPT)(make_for)

    def of(self, *shape: Any) -> Made:
        return self._made(connection.vendor, *shape)
