"""Arithmetic on half-open spans ``(start, end)`` of whole minutes; an empty span holds nothing."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a minute; spans that only touch do not."""
    return max(one[0], other[0]) < min(one[1], other[1])


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same minutes as disjoint, sorted spans; spans that touch become one."""
    ordered = sorted(spans)
    if not ordered:
        return []
    merged: list[Span] = []
    since, until = ordered[0]
    for start, end in ordered:
        if start > until:
            if since < until:
                merged.append((since, until))
            since, until = start, end
        elif end > until:
            until = end
    if since < until:
        merged.append((since, until))
    return merged


def subtract(span: Span, taken: Sequence[Span]) -> list[Span]:
    """What is left of a span, in order, without what is taken.

    `taken` must be merged: the first span that matters is then found by bisection.
    """
    cursor, end = span
    left: list[Span] = []
    index = bisect_left(taken, span)
    if index and taken[index - 1][1] > cursor:
        cursor = taken[index - 1][1]
    while index < len(taken) and cursor < end:
        taken_from, taken_until = taken[index]
        if taken_from >= end:
            break
        if taken_from > cursor:
            left.append((cursor, taken_from))
        cursor = taken_until
        index += 1
    if cursor < end:
        left.append((cursor, end))
    return left
