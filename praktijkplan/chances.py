"""Chances per whole minute: how long a consult lasts, when it begins (PP-52).

Chances are whole numbers, in parts of WHOLE. So the same facts give the same answer on every machine, and what is
true on paper is true to the last bit: more delay never gives an earlier start. A sum is one product of two long
integers, which is as fast as numpy on lists of this length.
"""

import math
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import sub

_BITS = 30  # the sum of two is counted in 60 bits, which is what a word of 64 can hold
WHOLE = 1 << _BITS
NEGLIGIBLE = WHOLE >> 17  # less than one in a hundred thousand: left out, so that the lists stay short


@dataclass(frozen=True, slots=True)
class Chances:
    """`masses[n]` is the chance of minute `first + n`, by which the half minute before and after it is meant."""

    first: int
    masses: tuple[int, ...]

    @classmethod
    def sure(cls, minute: int) -> "Chances":
        return cls(minute, (WHOLE,))

    @classmethod
    def of(cls, first: int, by_then: Iterable[int]) -> "Chances":
        """From the chance that it has been by the end of each minute, `first` on. It never falls, and ends at WHOLE.

        Leaving out what is negligible keeps the order of any two chances.
        """
        rising = list(by_then)
        begins, ends = bisect_left(rising, NEGLIGIBLE), bisect_right(rising, WHOLE - NEGLIGIBLE)
        kept = [*rising[begins:ends], WHOLE]
        return cls(first + begins, (kept[0], *map(sub, kept[1:], kept)))

    @classmethod
    def mixed(cls, parts: Sequence[tuple[int, "Chances"]]) -> "Chances":
        """One of them, nobody knows which; each has its weight."""
        if len(parts) == 1:
            return parts[0][1]
        first = min(part.first for _, part in parts)
        last = max(part.first + len(part.masses) for _, part in parts)
        summed = [0] * (last - first)
        for weight, part in parts:
            for place, mass in enumerate(part.masses, part.first - first):
                summed[place] += weight * mass
        whole = sum(weight for weight, _ in parts)
        return cls.of(first, (share // whole for share in accumulate(summed)))

    @property
    def mean(self) -> float:
        return self.first + sum(n * mass for n, mass in enumerate(self.masses)) / WHOLE

    def not_before(self, minute: int) -> "Chances":
        """What would be earlier is at this minute."""
        early = minute - self.first
        if early <= 0:
            return self
        if early >= len(self.masses):
            return Chances.sure(minute)
        return Chances(minute, (sum(self.masses[: early + 1]), *self.masses[early + 1 :]))

    def later(self, minutes: int) -> "Chances":
        return Chances(self.first + minutes, self.masses)

    def times(self, factor: float) -> "Chances":
        """A length of which each minute takes `factor` minutes."""
        return self if factor == 1 else _times(self, factor)

    def plus(self, other: "Chances") -> "Chances":
        """Both together; they do not depend on each other."""
        sums = accumulate(_products(self.masses, other.masses))
        return Chances.of(self.first + other.first, (share >> _BITS for share in sums))

    def by(self, minute: float) -> float:
        """The chance that it has been, in parts of WHOLE, also within a minute."""
        place = minute + 0.5 - self.first
        whole = int(place)
        if place <= 0:
            return 0
        if whole >= len(self.masses):
            return WHOLE
        return sum(self.masses[:whole]) + (place - whole) * self.masses[whole]

    def quantile(self, percent: int) -> int:
        """The first minute by which it has been with this chance."""
        return self.first + bisect_left(list(accumulate(self.masses)), -(-percent * WHOLE // 100))


@lru_cache(maxsize=1024)
def _times(length: Chances, factor: float) -> Chances:
    last = math.ceil((length.first + len(length.masses)) * factor)
    return Chances.of(0, [int(length.by((minute + 0.5) / factor)) for minute in range(last)] + [WHOLE])


def _products(one: Sequence[int], other: Sequence[int]) -> "array[int]":
    """The convolution, by Kronecker substitution: a long integer with a word for each share."""
    words = len(one) + len(other) - 1
    product = _packed(one) * _packed(other)
    found = array("Q")
    found.frombytes(product.to_bytes(8 * words, sys.byteorder))
    return found


def _packed(shares: Sequence[int]) -> int:
    return int.from_bytes(array("Q", shares).tobytes(), sys.byteorder)
