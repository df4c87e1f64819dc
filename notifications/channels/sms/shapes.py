"""What every gateway for text messages has in common; how each says it is told in a module of its own."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from notifications.channels.answers import Accepted, Answer, Deferred, OutOfReach, Refused

# The code of a refusal that is about the number itself, as a mail server's may be about the address.
WRONG_NUMBER = "address"
SHORTEST_LIFE = 60  # seconds
BUSY = {408, 409, 425, 429}
# The key, the account or the address of the gateway is wrong: that is no message's fault.
NOT_LET_IN = {401, 402, 403, 404, 405, 407}

_A_CODE = re.compile(r"(?!.*\d{7})[A-Za-z0-9_.-]{1,30}")


@dataclass(frozen=True, slots=True)
class Sms:
    """Gateways get `to` as +31612345678; `reference` is the message's public id, the same for every attempt.

    After `until` nobody should get it any more: gateways go on trying for two days where a phone is off.
    """

    to: str
    text: str
    reference: str
    until: datetime | None = None

    def seconds_left(self, now: datetime) -> int | None:
        """A minute at least: what is offered now is meant to arrive."""
        if self.until is None:
            return None
        return max(int((self.until - now).total_seconds()), SHORTEST_LIFE)


@dataclass(frozen=True, slots=True)
class Account:
    """What the hospital agreed with its gateway."""

    key: str
    sender: str
    receipts_url: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One POST of JSON."""

    headers: dict[str, str]
    document: dict[str, Any]


class Outcome(Enum):
    DELIVERED = "delivered"
    FAILED = "failed"
    # On its way, or waiting for the phone to be switched on.
    BUFFERED = "buffered"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway tells afterwards. `at` is its own clock; None where it says nothing we understand."""

    reference: str
    outcome: Outcome
    code: str = ""
    provider_id: str = ""
    at: datetime | None = None
    # The number will never take a message, however often we try.
    wrong_number: bool = False


class Misunderstood(Exception):
    """This is no receipt of that gateway."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one gateway speaks. `url` is where it lives when the settings name no other place.

    `understand` gets the status and document of an answer and raises OutOfReach where the gateway does not let us
    in; `read_receipts` gets a query and a body and raises Misunderstood. What it understands but we have no use for
    (a kind of status that came up later) is left out: gateways repeat for days what is refused.
    """

    name: str
    url: str
    offer: Callable[[Sms, Account, datetime], Offer]
    understand: Callable[[int, Mapping[str, Any]], Answer]
    read_receipts: Callable[[Mapping[str, str], Mapping[str, Any]], Sequence[Receipt]]


def by_status(status: int, reference: str = "", code: str = "") -> Answer:
    """What the status alone says. Raises OutOfReach."""
    if 200 <= status < 300:
        return Accepted(reference)
    told = f"{status} {code}".strip()
    if status >= 500 or status in BUSY:
        return Deferred(str(status), f"{told}: the SMS gateway asks to try again later")
    if status in NOT_LET_IN or status < 400:
        raise OutOfReach(f"the SMS gateway does not let us in: {told}")
    return Refused(code or str(status), f"{told}: the SMS gateway refused the message")


def refused_number(status: int, code: str) -> Refused:
    return Refused(WRONG_NUMBER, f"{status} {code}: this number cannot receive text messages")


def as_code(given: Any) -> str:
    """A gateway's code, if it looks like one: what is kept and logged holds no number and no words of a message."""
    text = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
    return text if _A_CODE.fullmatch(text) else ""


def as_text(given: Any, *, longest: int = 100) -> str:
    return str(given)[:longest] if isinstance(given, (str, int)) and not isinstance(given, bool) else ""


def as_moment(given: Any) -> datetime | None:
    """With an offset only: a local time of nobody knows where would be a guess."""
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def as_document(body: bytes) -> dict[str, Any]:
    """Empty where it is no JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
