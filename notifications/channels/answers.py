"""What the other side said of one message: every channel answers in these words."""

from dataclasses import dataclass


class OutOfReach(Exception):
    """No connection, or none we may use: nothing was offered to anyone."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has taken the message over; `reference` is its own name for it, for later receipts."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will never take this message for this address. `code` holds nothing personal."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The other side asks to try again later."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection was lost midway: whether the message arrived, nobody knows."""

    text: str


Answer = Accepted | Refused | Deferred | Broken
