"""Places for many patients at once, that can all be had together: after illness, or for a list of orders."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from praktijkplan.intervals import Span, overlaps
from praktijkplan.localtime import DAY
from praktijkplan.ranking import Proposal, Ranking, Wishes
from praktijkplan.slots import Candidate, Kind
from praktijkplan.together import free_together

_Resource: TypeAlias = tuple[str | int, int]

# Points less for each who was given a place in the same block, so that many do not fill one clinic to the brim.
_SAME_BLOCK = 2
# To make room for one, at most so many are moved: a consult rarely lies across more.
_MOST_MOVED = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One patient who needs a place; `wishes.limit` is how many alternatives are wanted."""

    key: int
    patient: int
    minutes: Mapping[int, int]  # each type that will do, and how long this consult lasts then
    wishes: Wishes
    busy: Sequence[Span] = ()  # when the patient, or another who is needed, is elsewhere
    needs: frozenset[tuple[int, int]] = frozenset()  # others who are needed, as (resource, id)
    urgency: int = 0  # the higher, the sooner served
    clinician: int | None = None  # nobody else will do


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place, and the cases whose place it would take."""

    proposal: Proposal
    clashes_with: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The place of one case, None if there is none beside those of the others, and what else is possible."""

    proposal: Proposal | None
    alternatives: tuple[Alternative, ...] = ()


def assign(cases: Sequence[Case], free: Mapping[Kind, Sequence[Candidate]]) -> dict[int, Assignment]:
    """For each case a place, such that all can be had together: no clinician, patient or other need is taken twice.

    `free` holds the candidates of each kind. The most urgent are served first, then those with the fewest
    possibilities. Who finds everything taken moves others to their next best place, but nobody out of all. With
    places of one length this serves as many cases as can be, and of these the most urgent. The order of the cases
    given does not matter. Alternatives may clash with the places of others, and say so.
    """
    plan = _Plan(cases, free)
    plan.serve()
    return {case.key: plan.assignment(case.key) for case in cases}


def some_of_each_day(candidates: Sequence[Candidate], own: Collection[int], most: int) -> list[Candidate]:
    """All places with the clinicians in `own`; of the others at most `most` a day, spread over that day."""
    kept = [each for each in candidates if each.clinician in own]
    others = sorted(each for each in candidates if each.clinician not in own)
    # Days of UTC do: clinics are held by day.
    for _day, group in groupby(others, key=lambda each: each.start // DAY):
        of_day = list(group)
        kept += of_day[:: -(-len(of_day) // most)]
    return sorted(kept)


def _possible(case: Case, free: Mapping[Kind, Sequence[Candidate]]) -> list[Candidate]:
    return [
        candidate
        for kind in case.minutes.items()
        for candidate in free_together(free.get(kind, ()), kind[1], [case.busy])
        if case.clinician in (None, candidate.clinician)
    ]


class _Plan:
    """Who has which place so far."""

    def __init__(self, cases: Sequence[Case], free: Mapping[Kind, Sequence[Candidate]]) -> None:
        self._cases = {case.key: case for case in cases}
        self._rankings = {case.key: Ranking(_possible(case, free), case.wishes) for case in cases}
        self._options = {key: ranking.in_order() for key, ranking in self._rankings.items()}
        self._given: dict[int, Candidate] = {}
        self._taken: defaultdict[_Resource, dict[int, Span]] = defaultdict(dict)  # by the key of the case
        self._in_block: Counter[int] = Counter()

    def serve(self) -> None:
        """Gives everyone a place for whom there is one; who was moved may have left room for an earlier one."""
        waiting: list[int] = []
        left = sorted(self._cases, key=lambda key: (-self._cases[key].urgency, len(self._options[key]), key))
        while len(left) != len(waiting):
            # Those of whom moving was of no avail once are not asked again: what is free is not near them.
            stuck: set[int] = set()
            waiting, left = left, [key for key in left if not self._serve(key, stuck)]

    def _serve(self, key: int, stuck: set[int]) -> bool:
        looking = set(stuck)
        served = self._find_place(key, looking)
        if not served:
            stuck |= looking
        return served

    def _find_place(self, key: int, looking: set[int]) -> bool:
        """Gives a case its place. `looking` are those who were moved in the same search: nobody is moved twice."""
        looking.add(key)
        free = self._best_free(key)
        if free is not None:
            self._give(key, free)
            return True
        return any(self._make_room(key, candidate, looking) for _, candidate in self._options[key])

    def assignment(self, key: int) -> Assignment:
        ranking, given = self._rankings[key], self._given.get(key)
        own = ranking.explained(given) if given else None
        others = [each for each in ranking.best() if own is None or _place(each) != _place(own)]
        return Assignment(
            own, tuple(Alternative(each, tuple(sorted(self._in_the_way(key, each)))) for each in others)
        )

    def _best_free(self, key: int) -> Candidate | None:
        best, most = None, 0
        for lost, candidate in self._options[key]:
            if best is not None and -lost <= most:
                break
            points = -lost - _SAME_BLOCK * self._in_block[candidate.block]
            if (best is None or points > most) and not self._in_the_way(key, candidate):
                best, most = candidate, points
        return best

    def _make_room(self, key: int, candidate: Candidate, looking: set[int]) -> bool:
        in_the_way = self._in_the_way(key, candidate)
        if len(in_the_way) > _MOST_MOVED or in_the_way & looking:
            return False
        before = dict(self._given)
        for other in in_the_way:
            self._take_back(other)
        self._give(key, candidate)
        if all(self._find_place(other, looking) for other in sorted(in_the_way)):
            return True
        for moved in [moved for moved, given in self._given.items() if before.get(moved) != given]:
            self._take_back(moved)
        for moved in before.keys() - self._given.keys():
            self._give(moved, before[moved])
        return False

    def _in_the_way(self, key: int, place: Candidate | Proposal) -> set[int]:
        """The cases that hold a time of which this one would need a minute."""
        span = self._span(key, place)
        return {
            other
            for resource in self._resources(key, place)
            for other, taken in self._taken[resource].items()
            if other != key and overlaps(taken, span)
        }

    def _give(self, key: int, candidate: Candidate) -> None:
        self._given[key] = candidate
        self._in_block[candidate.block] += 1
        for resource in self._resources(key, candidate):
            self._taken[resource][key] = self._span(key, candidate)

    def _take_back(self, key: int) -> None:
        candidate = self._given.pop(key)
        self._in_block[candidate.block] -= 1
        for resource in self._resources(key, candidate):
            del self._taken[resource][key]

    def _span(self, key: int, place: Candidate | Proposal) -> Span:
        return place.start, place.start + self._cases[key].minutes[place.type]

    def _resources(self, key: int, place: Candidate | Proposal) -> Iterator[_Resource]:
        case = self._cases[key]
        yield "clinician", place.clinician
        yield "patient", case.patient
        yield from case.needs


def _place(proposal: Proposal) -> tuple[int, int, int, int]:
    return proposal.start, proposal.clinician, proposal.block, proposal.type
