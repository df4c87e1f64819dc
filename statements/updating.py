"""Update statements that run for every message: put together by the ORM once, filled in and run many times.

Composing a statement of four subqueries takes the ORM longer than the database needs to carry it out.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from statements.blanks import written


class Updating:
    """`rows` and `values` may hold blanks; a filled-in None is no value to compare with: that needs `__isnull`."""

    def __init__(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> None:
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        self._sql, self._parts = query.get_compiler(connection=connection).as_sql()

    def run(self, filled_in: Mapping[str, Any]) -> int:
        """The number of rows that were changed."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, written(self._parts, filled_in))
            changed: int = cursor.rowcount
        return changed
