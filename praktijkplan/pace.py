"""The pace of a day: clinicians differ, and so do their days; what was held today tells how this one goes (PP-52).

The pace is the length of consults as a share of what is usual. It is estimated by credibility: what was measured
today counts more the more there is (Bühlmann 1967, with the analysis of variance for what days differ).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from praktijkplan.chances import Chances
from praktijkplan.lengths import learned

LEAST_DAYS = 10  # with fewer, how days differ is a guess: then they are taken to be alike
_SLIGHT = 0.05  # days that deviate by less are alike
_LEAST_CREDIBLE = 0.1  # consults: even where all of a day last the same, one of them does not tell all
_SLOWEST, _FASTEST = 4.0, 0.25
# A normal distribution in three points, exact up to its fifth moment (Gauss and Hermite).
_POINTS = ((1, -math.sqrt(3)), (4, 0.0), (1, math.sqrt(3)))


class Pace(NamedTuple):
    """A pace that the rest of the day may have; out of several each is as likely as its weight."""

    weight: int
    factor: float


USUAL = (Pace(1, 1.0),)


@dataclass(frozen=True, slots=True)
class Habit:
    """What consults of a kind were like on many days.

    `lasts`: chances per minute at the usual pace; `mean` in minutes. `spread`: by how much the pace of days
    deviates, as a share. `credible_after`: so many consults of today count as much as all that was known before.
    """

    lasts: Chances
    mean: float
    spread: float = 0.0
    credible_after: float = math.inf


def habit_of(days: Sequence[Sequence[float]], otherwise: Chances) -> Habit:
    """From how many minutes the consults of each day lasted; `otherwise` as in `lengths.learned`."""
    days = [day for day in days if day]
    count = sum(map(len, days))
    if not count:
        return Habit(otherwise, otherwise.mean)
    mean = sum(map(sum, days)) / count
    between, within = _variances(days, count, mean) if len(days) >= LEAST_DAYS else (0.0, 0.0)
    if between <= (_SLIGHT * mean) ** 2:
        return Habit(learned((lasted for day in days for lasted in day), otherwise), mean)
    habit = Habit(otherwise, mean, math.sqrt(between) / mean, max(_LEAST_CREDIBLE, within / between))
    steady = (lasted / _factor([each / mean for each in day], habit) for day in days for lasted in day)
    return Habit(learned(steady, otherwise), mean, habit.spread, habit.credible_after)


def paces_of(shares: Iterable[float], habit: Habit) -> tuple[Pace, ...]:
    """How the rest of a day may go; `shares`: of what is usual for its kind, how long each consult so far lasted."""
    if not habit.spread:
        return USUAL
    held = list(shares)
    factor = _factor(held, habit)
    unsure = habit.spread * math.sqrt(habit.credible_after / (len(held) + habit.credible_after))
    return tuple(Pace(weight, _bounded(factor + unsure * point)) for weight, point in _POINTS)


def _factor(shares: Sequence[float], habit: Habit) -> float:
    known = habit.credible_after
    return _bounded((sum(shares) + known) / (len(shares) + known))


def _bounded(factor: float) -> float:
    """In hundredths, so that lengths at a pace are computed once."""
    return round(min(_SLOWEST, max(_FASTEST, factor)), 2)


def _variances(days: Sequence[Sequence[float]], count: int, mean: float) -> tuple[float, float]:
    """Between days and within them, in square minutes."""
    means = [sum(day) / len(day) for day in days]
    groups = len(days)
    if count == groups:
        return 0.0, 0.0
    inside = sum((lasted - own) ** 2 for day, own in zip(days, means, strict=True) for lasted in day)
    within = inside / (count - groups)
    across = sum(len(day) * (own - mean) ** 2 for day, own in zip(days, means, strict=True)) / (groups - 1)
    typical = (count - sum(len(day) ** 2 for day in days) / count) / (groups - 1)
    return (across - within) / typical, within
