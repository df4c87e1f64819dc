"""A list page by page, by the place of a row and not by a number of rows: page hundred costs what the first does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from notifications.models import Message
from notifications.queries.conversation import WHOM

BACK, ON = "back", "on"
EPOCH = datetime.fromtimestamp(0, UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list a page begins: just after this message, or just before it when going back."""

    due_at: datetime
    pk: int
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    messages: list[Message]
    earlier: Place | None  # towards the begin of the list
    further: Place | None


def page_of(rows: QuerySet[Message], *, next_first: bool, place: Place | None, size: int) -> Page:
    back = place is not None and place.back
    upwards = next_first is not back
    if place:
        rows = rows.filter(_beyond(place, upwards))
    order = ("due_at", "id") if upwards else ("-due_at", "-id")
    found = _with_whom(rows.order_by(*order).values_list("pk", flat=True)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    earlier = bool(found) and (more if back else place is not None)
    further = bool(found) and (True if back else more)
    return Page(found, _place(found[0], back=True) if earlier else None, _place(found[-1]) if further else None)


def _with_whom(keys: Iterable[int]) -> list[Message]:
    """Read by themselves: asked for in one, PostgreSQL joins every message before it picks a page of them."""
    keys = list(keys)
    messages = Message.objects.select_related("patient", "representative", "appointment", *WHOM).in_bulk(keys)
    return [messages[key] for key in keys if key in messages]


def write_place(place: Place) -> str:
    """For an address: microseconds, id, and which way to go."""
    return f"{(place.due_at - EPOCH) // MICROSECOND}.{place.pk}.{BACK if place.back else ON}"


def read_place(text: str) -> Place | None:
    """None for what is no place."""
    moment, _dot, rest = text.partition(".")
    key, _dot, way = rest.partition(".")
    if not _is_number(moment, 16) or not _is_number(key, 18) or way not in (BACK, ON):
        return None
    return Place(EPOCH + int(moment) * MICROSECOND, int(key), way == BACK)


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most


def _place(message: Message, *, back: bool = False) -> Place:
    return Place(message.due_at, message.pk, back)


def _beyond(place: Place, upwards: bool) -> Q:
    # The first condition says nothing new; it is what an index can begin at.
    if upwards:
        return Q(due_at__gte=place.due_at) & (Q(due_at__gt=place.due_at) | Q(pk__gt=place.pk))
    return Q(due_at__lte=place.due_at) & (Q(due_at__lt=place.due_at) | Q(pk__lt=place.pk))
