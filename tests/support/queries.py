"""Count what a page asks of the database."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


class Counted(CaptureQueriesContext):
    """Within `with count_queries() as queries:`, `queries.count` and the statements in `str(queries)`."""

    @property
    def count(self) -> int:
        return len(self)

    def __str__(self) -> str:
        return "\n".join(query["sql"] for query in self.captured_queries)


@pytest.fixture
def count_queries(db: None) -> Callable[[], Counted]:
    return lambda: Counted(connection)
