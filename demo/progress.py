"""How the job that fills the hospital tells how far it is: JSON lines on standard output, read by the console."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], None]
# The terminal needs no more than a hundred changes of a bar.
STEPS = 100


def to_stdout(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def silently(message: dict[str, Any]) -> None:
    """For tests and other callers that show nothing."""


def counted(items: Iterable[T], tell: Tell, step: str, total: int) -> Iterator[T]:
    """The items, telling from time to time how many are done."""
    every = max(1, total // STEPS)
    tell({"step": step, "done": 0, "total": total})
    for done, item in enumerate(items, start=1):
        yield item
        if done % every == 0 or done == total:
            tell({"step": step, "done": done, "total": total})
