"""Select statements that run for every booking: put together by the ORM once, filled in and run many times."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from statements.blanks import written

Row = TypeVar("Row")


class Reading(Generic[Row]):
    """Tuples for `values_list`, and models for all else, with what `select_related` names.

    `rows` may hold blanks; a filled-in None is no value to compare with. No annotations, no `flat`.
    """

    def __init__(self, rows: QuerySet[Any, Row]) -> None:
        compiler: Any = rows.query.get_compiler(connection=connection)
        self._sql, self._parts = compiler.as_sql()
        self._columns = [column[0] for column in compiler.select]
        self._make: Callable[[Sequence[Any]], Any] = tuple
        if not rows.query.values_select:
            self._make = _maker(compiler.klass_info, compiler.select)

    def run(self, filled_in: Mapping[str, Any]) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, written(self._parts, filled_in))
            rows = cursor.fetchall()
        # Those of this connection: each thread has its own.
        converted = _converters(self._columns) if rows else []
        return [self._make(_converted(row, converted)) for row in rows]


def _maker(info: dict[str, Any], select: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
    """What Django's own querysets do with a row."""
    model, own = info["model"], info["select_fields"]
    first, last = own[0], own[-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    # Django 6 asks for one argument more, and so do the stubs.
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def make(row: Sequence[Any]) -> Any:
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for each in related:
            each.populate(row, found)
        return found

    return make


def _converters(columns: Sequence[Any]) -> list[tuple[int, Any, Sequence[Any]]]:
    found: list[tuple[int, Any, Sequence[Any]]] = []
    for at, column in enumerate(columns):
        needed = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if needed:
            found.append((at, column, needed))
    return found


def _converted(row: Sequence[Any], converters: Sequence[tuple[int, Any, Sequence[Any]]]) -> Sequence[Any]:
    if not converters:
        return row
    values = list(row)
    for at, column, needed in converters:
        for convert in needed:
            values[at] = convert(values[at], column, connection)
    return values
