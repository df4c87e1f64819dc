"""Which of many free starts to propose first, and why: the clerk chooses, with the reasons in view."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from praktijkplan.localtime import AFTERNOON_FROM, HalfDay, from_instant, half_day, local_date, steady_stretches
from praktijkplan.slots import Candidate, Gap


class ReasonId(StrEnum):
    """Why a start is proposed early or late."""

    OWN_CLINICIAN = "own_clinician"
    KNOWN_CLINICIAN = "known_clinician"
    PREFERRED_FORM = "preferred_form"
    AGREED_FORM = "agreed_form"
    PREFERRED_HALF_DAY = "preferred_half_day"
    IN_WINDOW = "in_window"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    SOON = "soon"
    TIGHT = "tight"
    FILLS_GAP = "fills_gap"
    ADJOINS = "adjoins"
    LEAVES_UNUSABLE_REST = "leaves_unusable_rest"
    USES_URGENT_PLACE = "uses_urgent_place"
    SAME_DAY = "same_day"


# What weighs against what: the patient's own clinician before the form, the form before a half-day, all of them
# before a tidy clinic. A day too early or late costs little, a week as much as a half-day.
_OWN_CLINICIAN = 40
_PREFERRED_FORM = 35
_PREFERRED_HALF_DAY = 30
_KNOWN_CLINICIAN = 20
_AGREED_FORM = 20
_IN_WINDOW = 20
_DAY_OUTSIDE = -5
_FAR_OUTSIDE = -60
_SOONEST = 20  # less one for each day later
_TIGHT = -10
_TIGHT_DAYS = 2
_FILLS_GAP = 15
_ADJOINS = 8
_LEAVES_UNUSABLE_REST = -20
_USES_URGENT_PLACE = -30
_MADE_FOR_IT = -1  # for an urgent consult: only before a place that is as good and not held
_SAME_DAY = -25  # for each better proposal on that day
_AFTERNOON = AFTERNOON_FROM.hour * 60 + AFTERNOON_FROM.minute


@dataclass(frozen=True, slots=True)
class Reason:
    """What a start gains or loses, and on what facts (days, minutes, ids)."""

    id: ReasonId
    points: int
    facts: Mapping[str, int] = field(default_factory=dict)


_OWN = Reason(ReasonId.OWN_CLINICIAN, _OWN_CLINICIAN)
_KNOWN = Reason(ReasonId.KNOWN_CLINICIAN, _KNOWN_CLINICIAN)
_FORM = Reason(ReasonId.PREFERRED_FORM, _PREFERRED_FORM)
_AGREED = Reason(ReasonId.AGREED_FORM, _AGREED_FORM)
_HALF_DAY = Reason(ReasonId.PREFERRED_HALF_DAY, _PREFERRED_HALF_DAY)
_URGENT = Reason(ReasonId.USES_URGENT_PLACE, _USES_URGENT_PLACE)
_URGENT_FOR_URGENT = Reason(ReasonId.USES_URGENT_PLACE, _MADE_FOR_IT)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for; a wish that is None or empty does not count. Dates are local."""

    tz: ZoneInfo
    shortest: int  # minutes: free time shorter than this is of no use to anyone
    forms: frozenset[int] = frozenset()  # types in the form that the patient prefers
    agreed: frozenset[int] = frozenset()  # types in the form that the department agreed on
    continuity: tuple[int, ...] = ()  # clinicians the patient knows, the own one first
    half_day: HalfDay | None = None
    earliest: date | None = None
    latest: date | None = None
    due: date | None = None  # the last day that the order allows
    hard: bool = False  # nothing is proposed after `due`
    urgent: bool = False  # PP-32: what is held is there for it
    limit: int = 5

    @property
    def closes(self) -> date | None:
        """The last day of the window."""
        return min((day for day in (self.latest, self.due) if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A start worth proposing; `score` is the sum of the points of its reasons."""

    start: int
    clinician: int
    block: int
    type: int
    score: int
    reasons: tuple[Reason, ...]


# The score, negated, and the candidate: the best sorts first, the earlier of equals before the later.
Scored: TypeAlias = tuple[int, Candidate]


class _Judged(NamedTuple):
    """A candidate with its reasons; the best sorts first."""

    lost: int  # the score, negated
    candidate: Candidate
    reasons: tuple[Reason, ...]


def rank(candidates: Sequence[Candidate], wishes: Wishes) -> list[Proposal]:
    """The best candidates, at most `wishes.limit`, best first, spread over days; the earlier of equals first.

    `candidates` may be of several types: the preferred form is one reason among others.
    """
    return Ranking(candidates, wishes).best()


def rank_gaps(gaps: Sequence[Gap], wishes: Wishes) -> list[Proposal]:
    """What `rank` answers to all candidates in these gaps, without looking at each.

    Within a gap, starts of one half-day that leave no different rest have the same points; the earlier are better.
    """
    soonest = wishes.earliest or local_date(min((gap.starts[0] for gap in gaps), default=0), wishes.tz)
    by_day: defaultdict[date, list[tuple[tuple[int, ...], Gap, range]]] = defaultdict(list)
    half_days: dict[tuple[date, HalfDay], int] = {}
    for gap in gaps:
        points = _points((*_of_clinician(gap.clinician, wishes), *_of_type(gap.type, wishes)))
        points += _points(_of_hold(gap.held, wishes))
        for starts in _alike(gap, wishes):
            first = starts[0]
            when = _when(first, wishes.tz)
            if when not in half_days:
                half_days[when] = _points(_of_half_day(*when, soonest, wishes))
            rest = _rest_points(first - gap.first, gap.last - first, gap.lost, wishes.shortest)
            # In the order of what is scored: the points, then the candidate.
            order = -points - half_days[when] - rest, first, gap.clinician, gap.block, gap.type
            by_day[when[0]].append((order, gap, starts))
    some: list[Candidate] = []
    for of_day in by_day.values():
        # No day gives more than is proposed in all.
        for _, gap, starts in nsmallest(wishes.limit, of_day, key=itemgetter(0)):
            some += gap.candidates(starts[: wishes.limit])
    return Ranking(some, wishes, soonest).best()


def _alike(gap: Gap, wishes: Wishes) -> Iterator[range]:
    """Its starts, cut where their points may change."""
    starts, shortest = gap.starts, wishes.shortest
    cuts = {gap.first + 1, gap.first + shortest, gap.last - shortest + 1, gap.last}
    for since, _, midnight in steady_stretches((starts[0], starts[-1] + 1), wishes.tz):
        cuts.add(since)
        if wishes.half_day is not None:
            cuts.add(midnight + _AFTERNOON)
    at = 0
    for cut in sorted(cuts):
        until = min(max(-((starts[0] - cut) // starts.step), at), len(starts))
        if until > at:
            yield starts[at:until]
            at = until
    if at < len(starts):
        yield starts[at:]


class Ranking:
    """Candidates with their points; reasons are made only for those that are proposed.

    The reasons of tens of thousands would take longer than reading these from the database.
    """

    def __init__(self, candidates: Sequence[Candidate], wishes: Wishes, soonest: date | None = None) -> None:
        """`soonest`: the first day of all, where `candidates` are not all there are."""
        self._wishes = wishes
        first = soonest or wishes.earliest
        self._soonest = first or local_date(min(candidates).start if candidates else 0, wishes.tz)
        self._by_day = _scored(candidates, self._soonest, wishes)

    def best(self) -> list[Proposal]:
        """What `rank` answers."""
        # No day gives more than is proposed in all. The best stands last, where it is taken.
        by_day = {
            day: [self._judged(each) for _, each in nsmallest(self._wishes.limit, of_day)][::-1]
            for day, of_day in self._by_day.items()
        }
        chosen: list[Proposal] = []
        per_day: Counter[date] = Counter()
        while by_day and len(chosen) < self._wishes.limit:
            best, day = min((_spread(of_day[-1], per_day[day]), day) for day, of_day in by_day.items())
            chosen.append(_proposal(best))
            per_day[day] += 1
            by_day[day].pop()
            if not by_day[day]:
                del by_day[day]
        return chosen

    def in_order(self) -> list[Scored]:
        """Every candidate that may be proposed, best first, not spread over days."""
        return sorted(chain.from_iterable(self._by_day.values()))

    def explained(self, candidate: Candidate) -> Proposal:
        """One of the candidates with its reasons."""
        return _proposal(self._judged(candidate))

    def _judged(self, candidate: Candidate) -> _Judged:
        wishes = self._wishes
        reasons = (
            *_of_half_day(*_when(candidate.start, wishes.tz), self._soonest, wishes),
            *_of_clinician(candidate.clinician, wishes),
            *_of_type(candidate.type, wishes),
            *_of_rest(candidate.before, candidate.after, candidate.lost, wishes.shortest),
            *_of_hold(candidate.held, wishes),
        )
        return _Judged(-_points(reasons), candidate, reasons)


def _proposal(judged: _Judged) -> Proposal:
    start, clinician, block, type_id, *_ = judged.candidate
    return Proposal(start, clinician, block, type_id, -judged.lost, judged.reasons)


def _spread(judged: _Judged, better_on_day: int) -> _Judged:
    if not better_on_day:
        return judged
    reason = Reason(ReasonId.SAME_DAY, _SAME_DAY * better_on_day, {"better": better_on_day})
    return _Judged(judged.lost - reason.points, judged.candidate, (*judged.reasons, reason))


def _scored(candidates: Sequence[Candidate], soonest: date, wishes: Wishes) -> dict[date, list[Scored]]:
    """Every candidate that may be proposed, with the points of its reasons; what is shared is asked once."""
    by_day: defaultdict[date, list[Scored]] = defaultdict(list)
    starts: dict[int, tuple[list[Scored] | None, int]] = {}
    half_days: dict[tuple[date, HalfDay], tuple[list[Scored] | None, int]] = {}
    rests: dict[tuple[int, int, int], int] = {}
    clinicians = {candidate.clinician: 0 for candidate in candidates}
    types = {candidate.type: 0 for candidate in candidates}
    for clinician in clinicians:
        clinicians[clinician] = _points(_of_clinician(clinician, wishes))
    for type_id in types:
        types[type_id] = _points(_of_type(type_id, wishes))
    hold = _points(_of_hold(True, wishes))
    for candidate in candidates:
        start, clinician, _, type_id, before, after, lost, held = candidate
        if start not in starts:
            when = _when(start, wishes.tz)
            if when not in half_days:
                day, _half = when
                too_late = wishes.hard and wishes.due is not None and day > wishes.due
                half_days[when] = None if too_late else by_day[day], _points(_of_half_day(*when, soonest, wishes))
            starts[start] = half_days[when]
        rest = before, after, lost
        if rest not in rests:
            rests[rest] = _points(_of_rest(*rest, wishes.shortest))
        of_day, points = starts[start]
        if of_day is not None:
            points += clinicians[clinician] + types[type_id] + rests[rest]
            of_day.append((-points - hold if held else -points, candidate))
    return by_day


def _points(reasons: Iterable[Reason]) -> int:
    return sum([reason.points for reason in reasons])


# The same thousands of starts are weighed for each of many patients.
@lru_cache(maxsize=32_768)
def _when(start: int, tz: ZoneInfo) -> tuple[date, HalfDay]:
    moment = from_instant(start, tz)
    return moment.date(), half_day(moment.time())


def _of_half_day(day: date, half: HalfDay, soonest: date, wishes: Wishes) -> tuple[Reason, ...]:
    reasons = _of_day(day, soonest, wishes.earliest, wishes.closes, wishes.due)
    return (*reasons, _HALF_DAY) if half is wishes.half_day else reasons


# Thousands of starts lie on a few dozen days.
@lru_cache(maxsize=1024)
def _of_day(
    day: date, soonest: date, opens: date | None, closes: date | None, due: date | None
) -> tuple[Reason, ...]:
    reasons = []
    wait = (day - soonest).days
    if 0 <= wait < _SOONEST:
        reasons.append(Reason(ReasonId.SOON, _SOONEST - wait, {"days": wait}))
    if opens is not None and day < opens:
        reasons.append(_outside(ReasonId.BEFORE_WINDOW, (opens - day).days))
    elif closes is not None and day > closes:
        reasons.append(_outside(ReasonId.AFTER_WINDOW, (day - closes).days))
    elif opens is not None or closes is not None:
        reasons.append(Reason(ReasonId.IN_WINDOW, _IN_WINDOW))
    if due is not None and 0 <= (left := (due - day).days) <= _TIGHT_DAYS:
        reasons.append(Reason(ReasonId.TIGHT, _TIGHT, {"days": left}))
    return tuple(reasons)


def _outside(where: ReasonId, days: int) -> Reason:
    return Reason(where, max(_FAR_OUTSIDE, _DAY_OUTSIDE * days), {"days": days})


def _of_clinician(clinician: int, wishes: Wishes) -> tuple[Reason, ...]:
    if clinician not in wishes.continuity:
        return ()
    return (_OWN,) if clinician == wishes.continuity[0] else (_KNOWN,)


def _of_type(type_id: int, wishes: Wishes) -> tuple[Reason, ...]:
    if type_id in wishes.forms:
        return (_FORM,)
    return (_AGREED,) if type_id in wishes.agreed else ()


def _of_rest(before: int, after: int, lost: int, shortest: int) -> tuple[Reason, ...]:
    unusable = lost + sum(rest for rest in (before, after) if 0 < rest < shortest)
    if unusable:
        return (Reason(ReasonId.LEAVES_UNUSABLE_REST, _LEAVES_UNUSABLE_REST, {"minutes": unusable}),)
    if before == after == 0:
        return (Reason(ReasonId.FILLS_GAP, _FILLS_GAP),)
    if before == 0 or after == 0:
        return (Reason(ReasonId.ADJOINS, _ADJOINS),)
    return ()


# A few hundred rests for thousands of gaps.
@lru_cache(maxsize=4096)
def _rest_points(before: int, after: int, lost: int, shortest: int) -> int:
    return _points(_of_rest(before, after, lost, shortest))


def _of_hold(held: bool, wishes: Wishes) -> tuple[Reason, ...]:
    if not held:
        return ()
    return (_URGENT_FOR_URGENT,) if wishes.urgent else (_URGENT,)
