"""Locks on what an appointment takes: one per resource and local day, in sorted order (reliability, Booking).

With them, nobody deadlocks on the exclusion constraint, and what is read after the lock stays true until the commit.
SQLite needs none: its write transactions are IMMEDIATE, so there is one writer at a time.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, OperationalError, connection, transaction

from scheduling.models import Resource

LOCK_TIMEOUT = "3s"
OVERLAP = "occupancy_no_overlap"
# lock_not_available, deadlock_detected, serialization_failure
_BUSY_STATES = {"55P03", "40P01", "40001"}


class Busy(Exception):
    """Others hold what this write needs; nothing was written. Trying again in a moment makes sense."""


class Taken(Exception):
    """The database refused an overlap that the rules had not seen; nothing was written."""


@dataclass(frozen=True, order=True)
class DayLock:
    resource: Resource
    resource_id: int
    day: date

    @property
    def key(self) -> int:
        """A signed 64-bit number: 3 bits of kind, 40 of id, 20 of day."""
        return (int(self.resource) << 60) | (self.resource_id << 20) | self.day.toordinal()


@contextmanager
def planning(locks: Iterable[DayLock]) -> Iterator[None]:
    """A transaction that holds these locks. Raises Busy or Taken, and then has written nothing."""
    try:
        with transaction.atomic():
            take(locks)
            yield
    except OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise Taken from error
        raise


def take(locks: Iterable[DayLock]) -> None:
    if connection.vendor != "postgresql":
        return
    patience = "SET LOCAL lock_timeout = %s"
    with connection.cursor() as cursor:
        if keys := [lock.key for lock in sorted(set(locks))]:
            # One by one, in the order of the array.
            cursor.execute(
                patience + "; SELECT pg_advisory_xact_lock(key) "
                "FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (key, at) ORDER BY at",
                [LOCK_TIMEOUT, keys],
            )
        else:
            cursor.execute(patience, [LOCK_TIMEOUT])


def is_busy(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _BUSY_STATES or "database is locked" in str(error)
