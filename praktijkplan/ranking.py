"""Which of many free starts to propose first, and why: the clerk chooses, with the reasons in view."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from praktijkplan.localtime import HalfDay, from_instant, half_day, local_date
from praktijkplan.slots import FreeStart


class ReasonId(StrEnum):
    """Why a start is proposed early or late."""

    OWN_CLINICIAN = "own_clinician"
    PREFERRED_HALF_DAY = "preferred_half_day"
    IN_WINDOW = "in_window"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    SOON = "soon"
    FILLS_GAP = "fills_gap"
    ADJOINS = "adjoins"
    LEAVES_UNUSABLE_REST = "leaves_unusable_rest"
    SAME_DAY = "same_day"


# What weighs against what: the patient's own clinician before a half-day, both before a tidy clinic. A day
# too early or late costs little, a week as much as a half-day.
_OWN_CLINICIAN = 40
_PREFERRED_HALF_DAY = 30
_IN_WINDOW = 20
_DAY_OUTSIDE = -5
_FAR_OUTSIDE = -60
_SOONEST = 20  # less one for each day later
_FILLS_GAP = 15
_ADJOINS = 8
_LEAVES_UNUSABLE_REST = -20
_SAME_DAY = -25  # for each better proposal on that day


@dataclass(frozen=True, slots=True)
class Reason:
    """What a start gains or loses, and on what facts (days, minutes, ids)."""

    id: ReasonId
    points: int
    facts: Mapping[str, int] = field(default_factory=dict)


_OWN = Reason(ReasonId.OWN_CLINICIAN, _OWN_CLINICIAN)
_PREFERRED = Reason(ReasonId.PREFERRED_HALF_DAY, _PREFERRED_HALF_DAY)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for; a wish that is None does not count."""

    tz: ZoneInfo
    step: int  # minutes: the grid of the candidates, not longer than the consult
    shortest: int  # minutes: free time shorter than this is of no use to anyone
    clinician: int | None = None  # the one the patient knows
    half_day: HalfDay | None = None
    earliest: date | None = None
    latest: date | None = None
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A start worth proposing; `score` is the sum of the points of its reasons."""

    start: int
    clinician: int
    block: int
    score: int
    reasons: tuple[Reason, ...]


class _Judged(NamedTuple):
    """A candidate with its reasons; the best sorts first."""

    lost: int  # the score, negated
    candidate: FreeStart
    reasons: tuple[Reason, ...]


def rank(candidates: Sequence[FreeStart], wishes: Wishes) -> list[Proposal]:
    """The best candidates, at most `wishes.limit`, best first, spread over days; the earlier of equals first.

    `candidates` are all free starts of a window as `free_starts` lists them: how much is left of a gap is
    read from the starts around a candidate.
    """
    if not candidates:
        return []
    by_day: defaultdict[date, list[_Judged]] = defaultdict(list)
    for day, judged in _judge(candidates, wishes):
        by_day[day].append(judged)
    for of_day in by_day.values():
        of_day.sort(reverse=True)
    chosen: list[Proposal] = []
    per_day: Counter[date] = Counter()
    while by_day and len(chosen) < wishes.limit:
        best, day = min((_spread(of_day[-1], per_day[day]), day) for day, of_day in by_day.items())
        chosen.append(Proposal(*best.candidate, -best.lost, best.reasons))
        per_day[day] += 1
        by_day[day].pop()
        if not by_day[day]:
            del by_day[day]
    return chosen


def _spread(judged: _Judged, better_on_day: int) -> _Judged:
    if not better_on_day:
        return judged
    reason = Reason(ReasonId.SAME_DAY, _SAME_DAY * better_on_day, {"better": better_on_day})
    return _Judged(judged.lost - reason.points, judged.candidate, (*judged.reasons, reason))


def _judge(candidates: Sequence[FreeStart], wishes: Wishes) -> Iterator[tuple[date, _Judged]]:
    soonest = wishes.earliest or local_date(min(candidates)[0], wishes.tz)
    rests = _rests(candidates, wishes.step)
    of_starts: dict[int, tuple[date, tuple[Reason, ...]]] = {}
    for candidate in candidates:
        start, clinician, _ = candidate
        if start not in of_starts:
            of_starts[start] = _of_start(start, soonest, wishes)
        day, reasons = of_starts[start]
        if clinician == wishes.clinician:
            reasons = (*reasons, _OWN)
        reasons += _of_rest(*rests[candidate], wishes.shortest)
        yield day, _Judged(-sum([reason.points for reason in reasons]), candidate, reasons)


def _of_start(start: int, soonest: date, wishes: Wishes) -> tuple[date, tuple[Reason, ...]]:
    moment = from_instant(start, wishes.tz)
    reasons = _of_day(moment.date(), soonest, wishes.earliest, wishes.latest)
    if wishes.half_day is not None and half_day(moment.time()) is wishes.half_day:
        reasons = (*reasons, _PREFERRED)
    return moment.date(), reasons


# Thousands of candidates share a few dozen reasons; hence the caches.
@lru_cache(maxsize=1024)
def _of_day(day: date, soonest: date, earliest: date | None, latest: date | None) -> tuple[Reason, ...]:
    reasons = []
    wait = (day - soonest).days
    if 0 <= wait < _SOONEST:
        reasons.append(Reason(ReasonId.SOON, _SOONEST - wait, {"days": wait}))
    if earliest is not None and day < earliest:
        reasons.append(_outside(ReasonId.BEFORE_WINDOW, (earliest - day).days))
    elif latest is not None and day > latest:
        reasons.append(_outside(ReasonId.AFTER_WINDOW, (day - latest).days))
    elif earliest is not None or latest is not None:
        reasons.append(Reason(ReasonId.IN_WINDOW, _IN_WINDOW))
    return tuple(reasons)


def _outside(where: ReasonId, days: int) -> Reason:
    return Reason(where, max(_FAR_OUTSIDE, _DAY_OUTSIDE * days), {"days": days})


@lru_cache(maxsize=1024)
def _of_rest(before: int, after: int, shortest: int) -> tuple[Reason, ...]:
    unusable = sum(rest for rest in (before, after) if 0 < rest < shortest)
    if unusable:
        return (Reason(ReasonId.LEAVES_UNUSABLE_REST, _LEAVES_UNUSABLE_REST, {"minutes": unusable}),)
    if before == after == 0:
        return (Reason(ReasonId.FILLS_GAP, _FILLS_GAP),)
    if before == 0 or after == 0:
        return (Reason(ReasonId.ADJOINS, _ADJOINS),)
    return ()


def _rests(candidates: Sequence[FreeStart], step: int) -> dict[FreeStart, tuple[int, int]]:
    """The free minutes before and after each candidate: the starts of one gap follow each other by `step`."""
    rests: dict[FreeStart, tuple[int, int]] = {}
    gap: list[FreeStart] = []

    def close_gap() -> None:
        for candidate in gap:
            rests[candidate] = candidate[0] - gap[0][0], gap[-1][0] - candidate[0]

    for candidate in sorted(candidates, key=itemgetter(1, 2, 0)):
        if gap and (candidate[1:] != gap[-1][1:] or candidate[0] - gap[-1][0] != step):
            close_gap()
            gap = []
        gap.append(candidate)
    close_gap()
    return rests
