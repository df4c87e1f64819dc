"""SQLite's stand-in for the exclusion constraint: two triggers that abort an overlapping occupancy.

SQLite drops a table's triggers with every remake of the table, so they are made again after each migrate.
"""

from typing import Any

from django.db import connections

MESSAGE = "occupancy_no_overlap"
_OVERLAP = f"""
    WHEN NEW.active AND NOT NEW.overbooked
    BEGIN
        SELECT RAISE(ABORT, '{MESSAGE}') WHERE EXISTS (
            SELECT 1 FROM scheduling_occupancy AS other
            WHERE other.resource = NEW.resource AND other.resource_id = NEW.resource_id
              AND other.active AND NOT other.overbooked AND other.id IS NOT NEW.id
              AND other.starts < NEW.ends AND other.ends > NEW.starts);
    END
"""  # noqa: S608  the only value put in is the constant above
TRIGGERS = {
    "occupancy_no_overlap_insert": f"BEFORE INSERT ON scheduling_occupancy {_OVERLAP}",
    "occupancy_no_overlap_update": f"BEFORE UPDATE ON scheduling_occupancy {_OVERLAP}",
}


def make_triggers(*, using: str, **kwargs: Any) -> None:
    connection = connections[using]
    if connection.vendor != "sqlite" or "scheduling_occupancy" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for name, body in TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {body}")
