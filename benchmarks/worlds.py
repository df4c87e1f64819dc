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


def environment() -> dict[str, str]:
    """For a process of its own on the scratch database."""
    from urllib.parse import quote

    from django.db import connection

    told = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{told['NAME']}"
    else:
        who = quote(told["USER"], safe="") + (f":{quote(told['PASSWORD'], safe='')}" if told["PASSWORD"] else "")
        url = f"postgres://{who}@{told['HOST']}:{told['PORT'] or 5432}/{told['NAME']}"
    return {**os.environ, "DATABASE_URL": url}
