"""How long a consult lasts, and chance by seed: the same seed gives the same patients (PP-31)."""

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

Minutes: TypeAlias = NDArray[np.float64]  # one value per simulated half-day
Yes: TypeAlias = NDArray[np.bool_]


MOST_CV = 10  # beyond it, no number of half-days gives a steady mean
_NEGLIGIBLE_CV = 1e-6


class Family(StrEnum):
    """The shape of a distribution of durations."""

    EXPONENTIAL = "exponential"
    GAMMA = "gamma"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something lasts: `mean` in minutes, `cv` its standard deviation as a share of the mean.

    A cv of 0 always lasts the mean. Raises ValueError for what is no distribution: an exponential one
    always has a cv of 1.
    """

    family: Family
    mean: float
    cv: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and self.mean >= 0):
            raise ValueError(f"the mean of a duration is a number of minutes from 0, not {self.mean}")
        if not 0 <= self.cv <= MOST_CV:
            raise ValueError(f"the cv of a duration is a number from 0 to {MOST_CV}, not {self.cv}")
        if self.family is Family.EXPONENTIAL and self.cv != 1:
            raise ValueError(f"an exponential duration has a cv of 1, not {self.cv}: choose gamma or lognormal")


class Quantity(IntEnum):
    """What is left to chance for each consult. The numbers are part of the seed: do not renumber."""

    LENGTH = 0
    COMES = 1
    LATENESS = 2
    FAILS = 3
    LOSS = 4
    TO_PHONE = 5
    FILLED = 6


class Draws:
    """Random numbers for any number of half-days in a row, one stream per consult and quantity.

    Because of the streams an answer depends on the seed alone, and not on how many half-days are drawn at
    a time; and a changed assumption leaves all other numbers as they were, so that two rasters or two
    assumptions are compared on the same patients.
    """

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"a seed is a whole number from 0, not {seed}")
        self._seed = seed
        self._streams: dict[tuple[int, Quantity], Generator] = {}

    def happens(self, consult: int, quantity: Quantity, share: float, size: int) -> Yes:
        """Whether something with this probability happens, for the next `size` half-days."""
        if share in (0, 1):
            return np.full(size, share == 1)
        return self._stream(consult, quantity).random(size) < share

    def normal(self, consult: int, quantity: Quantity, mean: float, sd: float, size: int) -> Minutes:
        if sd == 0:
            return np.full(size, mean, dtype=np.float64)
        return mean + sd * self._stream(consult, quantity).standard_normal(size)

    def lasts(self, consult: int, quantity: Quantity, duration: Duration, size: int) -> Minutes:
        """Minutes that something lasts, for the next `size` half-days."""
        mean, cv = duration.mean, duration.cv
        if cv < _NEGLIGIBLE_CV or mean == 0:
            return np.full(size, mean, dtype=np.float64)
        stream = self._stream(consult, quantity)
        if duration.family is Family.EXPONENTIAL:
            return mean * stream.standard_exponential(size)
        if duration.family is Family.GAMMA:
            return mean * cv**2 * stream.standard_gamma(1 / cv**2, size)
        spread = math.log1p(cv**2)
        scaled = stream.standard_normal(size)
        return mean * np.exp(math.sqrt(spread) * scaled - spread / 2)

    def _stream(self, consult: int, quantity: Quantity) -> Generator:
        key = consult, quantity
        if key not in self._streams:
            self._streams[key] = Generator(SFC64(SeedSequence(self._seed, spawn_key=(consult, int(quantity)))))
        return self._streams[key]
