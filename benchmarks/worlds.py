"""A database of its own for a measurement, on whatever engine the environment names; gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scratch_database() -> Iterator[None]:
    """Must be entered before any model is imported: the settings are read inside."""
    with tempfile.TemporaryDirectory(prefix="videopoli-bench-") as folder:
        os.environ["VIDEOPOLI_DATA"] = folder
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django
        from django.db import connection

        django.setup()
        name = connection.creation.create_test_db(verbosity=0, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
