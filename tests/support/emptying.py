"""Tests that commit leave an empty database behind: emptied row by row, for there are few.

Django truncates all tables and then notes all its models and permissions anew. On PostgreSQL that takes longer than
most tests.
"""

from functools import cache
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test import TransactionTestCase

from scheduling.reference import load_activity_codes
from scheduling.sqlite_guard import make_triggers

# What Django itself wrote when it migrated, of which no test changes anything.
KEPT = {model._meta.db_table for model in (ContentType, Permission)}


def empty(using: str) -> None:
    """Foreign keys are looked at when it is done, so the order does not matter; then as after a migration."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for table in _tables(using):
            cursor.execute(f"DELETE FROM {connections[using].ops.quote_name(table)}")
    make_triggers(using=using)
    load_activity_codes()


@cache
def _tables(using: str) -> list[str]:
    return [table for table in connections[using].introspection.django_table_names() if table not in KEPT]


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_deleting() -> None:
    def empty_all(self: Any) -> None:
        empty(DEFAULT_DB_ALIAS)

    # TestCase has one of its own, which rolls back.
    TransactionTestCase._fixture_teardown = empty_all  # type: ignore[method-assign]
