"""Record a fact, and tell whoever subscribed, in the same transaction.

A subscriber only writes rows. What must happen outside the database (a live screen, a sent message) follows from
those rows after the commit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from events import live
from events.catalogue import Fact
from events.models import Event
from statements.inserting import insert

F = TypeVar("F", bound=Fact)
_subscribers: dict[type[Fact], list[Callable[..., None]]] = defaultdict(list)
OWN_COLUMNS = ("appointment", "session")


class NotInTransaction(RuntimeError):
    pass


def subscribe(*facts: type[Fact]) -> Callable[[Callable[[F, Event], None]], Callable[[F, Event], None]]:
    """Decorate `handler(fact, event)`; it runs inside the transaction that records the fact."""

    def register(handler: Callable[[F, Event], None]) -> Callable[[F, Event], None]:
        for fact in facts:
            _subscribers[fact].append(handler)
        return handler

    return register


def record(fact: Fact, *, at: datetime, actor: str) -> Event:
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("a fact is recorded in the transaction of what it tells")
    values = asdict(fact)
    event = Event(
        kind=fact.kind,
        at=at,
        actor=actor,
        appointment_id=values.get("appointment"),
        session_id=values.get("session"),
        data={name: value for name, value in values.items() if name not in OWN_COLUMNS},
    )
    insert(event)
    for handler in _subscribers[type(fact)]:
        handler(fact, event)
    topics = list(_topics(values))
    transaction.on_commit(lambda: live.changed(*topics))
    return event


def _topics(values: dict[str, object]) -> Iterator[str]:
    for name in ("department", "session", "from_session", "appointment", "raster"):
        if values.get(name) is not None:
            yield f"{name.removeprefix('from_')}:{values[name]}"
