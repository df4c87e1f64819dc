"""Insert statements that run for every booking and every fact: put together once, filled in and run many times."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model

from statements.blanks import Once


def insert(*rows: Model) -> None:
    """Write new rows of one model, and give them their numbers: `bulk_create` for what nothing listens to."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.of(type(rows[0]), len(rows)), _values(rows))
        numbers = cursor.fetchall()
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_new(rows: Sequence[Model]) -> None:
    """Leave out those that a unique constraint knows already. They are not given their numbers."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENT.of(type(rows[0]), len(rows), True), _values(rows))


def _values(rows: Sequence[Model]) -> list[Any]:
    fields = _fields(type(rows[0]))
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]


@cache
def _fields(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.local_concrete_fields if not field.primary_key]


def _compose(model: type[Model], rows: int, only_new: bool = False) -> str:
    quote = connection.ops.quote_name
    fields = _fields(model)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    end = "ON CONFLICT DO NOTHING" if only_new else f"RETURNING {quote(str(model._meta.pk.column))}"
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {values} {end}"  # noqa: S608  names of models


_STATEMENT = Once(_compose)
