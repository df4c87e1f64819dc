"""Writing a fact with a statement that the ORM put together once.

Each booking, each message writes one: composing the same INSERT takes longer than the database needs to carry it out.
"""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field
from django.db.models.sql import InsertQuery

from events.models import Event

_FIELDS: list["Field[Any, Any]"] = [field for field in Event._meta.local_concrete_fields if not field.primary_key]


def insert(event: Event) -> Event:
    """Write it, and give it its number; what `save` does for a new row that nothing listens to."""
    values = [field.get_db_prep_save(field.pre_save(event, add=True), connection) for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor), values)
        (event.pk,) = cursor.fetchone()
    event._state.adding, event._state.db = False, DEFAULT_DB_ALIAS
    return event


@cache
def _statement(vendor: str) -> str:
    """The same for all facts, in the words of this `vendor` of databases."""
    query = InsertQuery(Event)
    query.insert_values(_FIELDS, [Event(data={})])
    compiler: Any = query.get_compiler(connection=connection)
    compiler.returning_fields = [Event._meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return str(sql)
