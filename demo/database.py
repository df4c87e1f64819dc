"""Whose database this is. A demo fills and empties only a database that is its own, or nobody's."""

from datetime import date
from enum import Enum
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from events.catalogue import DemoBegun, DemoFilled
from events.log import record
from events.models import Event
from people.models import Patient, User


class Holds(Enum):
    NOTHING = "nothing"
    HALF_A_DEMO = "half a demo"
    A_DEMO = "a demo"
    SOMETHING_ELSE = "something else"


def what_it_holds() -> Holds:
    tables = set(connection.introspection.table_names())
    facts = Event.objects.filter(kind__in=[DemoBegun.kind, DemoFilled.kind])
    kinds = set(facts.values_list("kind", flat=True)) if Event._meta.db_table in tables else set()
    if kinds:
        return Holds.A_DEMO if DemoFilled.kind in kinds else Holds.HALF_A_DEMO
    people = (model for model in (User, Patient) if model._meta.db_table in tables)
    return Holds.SOMETHING_ELSE if any(model._default_manager.exists() for model in people) else Holds.NOTHING


def empty() -> None:
    """Only after what_it_holds() said that it is a demo's."""
    if connection.vendor != "sqlite":
        call_command("flush", interactive=False, verbosity=0)
        return
    # A file is thrown away whole, with whatever an older version left in it.
    file = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


@transaction.atomic
def mark_begun() -> None:
    record(DemoBegun(), at=timezone.now(), actor="system")


@transaction.atomic
def mark_filled(*, through: date) -> None:
    record(DemoFilled(through=through.isoformat()), at=timezone.now(), actor="system")


def filled_through() -> date:
    newest = Event.objects.filter(kind=DemoFilled.kind).latest("id")
    return date.fromisoformat(newest.data["through"])
