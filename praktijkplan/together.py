"""Several who must be free at the same time: patient, interpreter, second clinician, workplace."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from praktijkplan.intervals import Span, merge, subtract
from praktijkplan.slots import Gap

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


def gaps_together(gaps: Sequence[Gap], duration: int, busy: Iterable[Sequence[Span]]) -> list[Gap]:
    """The gaps with the starts that `free_together` keeps; where nothing is left of one, it is gone."""
    # A start is of no use from `duration` before somebody is taken until they are not.
    never = merge((since - duration + 1, until) for since, until in chain.from_iterable(busy) if since < until)
    if not never:
        return list(gaps)
    return [gap._replace(starts=left) for gap in gaps for left in _left(gap.starts, never)]


def _left(starts: range, never: Sequence[Span]) -> Iterator[range]:
    for since, until in subtract((starts[0], starts[-1] + 1), never):
        left = range(since + (starts[0] - since) % starts.step, until, starts.step)
        if left:
            yield left
