"""Several who must be free at the same time: patient, interpreter, second clinician, workplace."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeVar

from praktijkplan.intervals import Span, merge

# A free start or a candidate: a tuple that begins with the instant.
_Start = TypeVar("_Start", bound=tuple[int, ...])


def free_together(found: Sequence[_Start], duration: int, busy: Iterable[Sequence[Span]]) -> list[_Start]:
    """The starts, in the order given, at which all others are free for the whole consult of `duration` minutes.

    `busy` holds for each of the others when they are taken, in any order; spans may overlap.
    """
    taken = merge(chain.from_iterable(busy))
    if not taken:
        return list(found)
    ends = [end for _, end in taken]

    def is_clear(start: int) -> bool:
        following = bisect_right(ends, start)
        return following == len(taken) or start + duration <= taken[following][0]

    return [free for free in found if is_clear(free[0])]
