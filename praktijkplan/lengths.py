"""How long a consult lasts, as chances per minute: assumed, or learned from consults that were held (PP-52)."""

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from praktijkplan.chances import NEGLIGIBLE, WHOLE, Chances

ASSUMED_CV = 0.5  # an estimate of our own, until a department has measured
LONGEST = 240  # minutes; what lasts longer was forgotten to be ended
ASSUMED_COUNTS = 10  # what is assumed counts as so many consults beside those that were measured
_RARE = 0.001  # what lasts longer than all but so many is no longer a matter of the usual length


@lru_cache(maxsize=256)
def assumed(mean: float, cv: float = ASSUMED_CV) -> Chances:
    """Lognormal, as lengths of consults mostly are found to be; mean in minutes, `cv` its deviation as a share of it.

    Raises ValueError for what is no length.
    """
    if not 0 < mean <= LONGEST:
        raise ValueError(f"a consult lasts more than 0 and at most {LONGEST} minutes on average, not {mean}")
    if not 0 < cv <= 5:
        raise ValueError(f"the cv of a length is a number above 0 up to 5, not {cv}")
    variance = math.log1p(cv**2)
    middle, spread = math.log(mean) - variance / 2, math.sqrt(2 * variance)
    ends = (minute + 0.5 for minute in range(LONGEST))
    return _length([math.erfc((middle - math.log(end)) / spread) / 2 for end in ends])


def learned(minutes: Iterable[float], otherwise: Chances) -> Chances:
    """As measured, beside what would be assumed, which counts less the more there is; in minutes."""
    counts = [0] * (LONGEST + 1)
    for lasted in minutes:
        counts[min(LONGEST, max(0, math.floor(lasted + 0.5)))] += 1
    total = sum(counts) + ASSUMED_COUNTS
    return _length(
        [
            (measured + ASSUMED_COUNTS * otherwise.by(minute + 0.5) / WHOLE) / total
            for minute, measured in enumerate(accumulate(counts[:-1]))
        ]
    )


def end_of(lasts: Chances, began_at: float, now: float) -> Chances:
    """When a consult that began then and is not over yet ends. Instants; a fact may hold parts of a minute."""
    earliest = math.ceil(now)
    gone = lasts.by(now - began_at)
    left = WHOLE - gone
    if left < NEGLIGIBLE:
        return _as_long_again(lasts.mean).later(earliest)
    last = math.ceil(began_at) + lasts.first + len(lasts.masses)
    by_then = (int((lasts.by(minute - began_at + 0.5) - gone) / left * WHOLE) for minute in range(earliest, last + 1))
    return Chances.of(earliest, by_then)


def _length(by_then: list[float]) -> Chances:
    """With a tail: of who lasts longer than nearly everybody, nothing is known but that it goes on."""
    mean = sum(1 - share for share in by_then) + 0.5
    usual = next((n for n, share in enumerate(by_then) if share > 1 - _RARE), LONGEST)
    rare = 1 - (by_then[usual - 1] if usual else 0)
    goes_on = 1 - 1 / max(1.0, mean)
    tail = (1 - rare * goes_on**n for n in range(1, LONGEST))
    return Chances.of(0, [int(share * WHOLE) for share in (*by_then[:usual], *tail)] + [WHOLE])


@lru_cache(maxsize=256)
def _as_long_again(mean: float) -> Chances:
    goes_on = 1 - 1 / max(1.0, mean)
    return Chances.of(0, [int((1 - goes_on**n) * WHOLE) for n in range(1, 12 * LONGEST)] + [WHOLE])
