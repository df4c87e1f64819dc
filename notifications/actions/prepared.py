"""Update statements that run for every message: put together by the ORM once, filled in and run many times.

Composing a statement of four subqueries takes the ORM longer than the database needs to carry it out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler


class Blank(Expression):
    """A value that is filled in when the statement runs. `field` says how it is written for the database."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


def blank(model: type[Model], field: str, name: str = "") -> Blank:
    column = model._meta.get_field(field)
    assert isinstance(column, Field)  # noqa: S101  for the type checker
    return Blank(name or field, column)


class Prepared:
    """`rows` and `values` may hold blanks; a filled-in None is no value to compare with: that needs `__isnull`."""

    def __init__(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> None:
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        self._sql, self._parts = query.get_compiler(connection=connection).as_sql()

    def run(self, filled_in: Mapping[str, Any]) -> int:
        """The number of rows that were changed."""
        values = [_written(part, filled_in) if isinstance(part, Blank) else part for part in self._parts]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            changed: int = cursor.rowcount
        return changed


def _written(blank: Blank, filled_in: Mapping[str, Any]) -> Any:
    return blank.output_field.get_db_prep_save(filled_in[blank.name], connection)


class PreparedOnce:
    """One statement for each of its shapes, made when it is first needed."""

    def __init__(self, prepare: Callable[..., Prepared]) -> None:
        self._prepare = prepare
        self._made: dict[tuple[Any, ...], Prepared] = {}

    def of(self, *shape: Any) -> Prepared:
        key = (connection.vendor, *shape)
        if key not in self._made:
            self._made[key] = self._prepare(*shape)
        return self._made[key]
