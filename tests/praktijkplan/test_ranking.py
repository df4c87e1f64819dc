from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import HalfDay, to_instant
from praktijkplan.ranking import Proposal, Reason, ReasonId, Wishes, rank

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
TUESDAY = date(2026, 12, 8)
DR_BEEKMAN, DR_OYELARAN = 7, 8


def at(hour: int, minute: int = 0, day: date = MONDAY) -> int:
    return to_instant(day, time(hour, minute), AMSTERDAM)


def wishes(**more) -> Wishes:
    return Wishes(**{"tz": AMSTERDAM, "step": 5, "shortest": 10, **more})


def gap(first: int, last: int, *, who=DR_BEEKMAN, block=1) -> list[tuple[int, int, int]]:
    return [(start, who, block) for start in range(first, last + 1, 5)]


def reasons_of(proposal: Proposal) -> dict[str, int]:
    return {reason.id.value: reason.points for reason in proposal.reasons}


def test_nothing_free_means_nothing_to_propose():
    assert rank([], wishes()) == []


def test_a_proposal_carries_its_reasons_and_their_sum():
    [proposal] = rank([(at(14), DR_BEEKMAN, 3)], wishes(clinician=DR_BEEKMAN, half_day=HalfDay.AFTERNOON))
    assert proposal == Proposal(
        start=at(14),
        clinician=DR_BEEKMAN,
        block=3,
        score=105,
        reasons=(
            Reason(ReasonId.SOON, 20, {"days": 0}),
            Reason(ReasonId.PREFERRED_HALF_DAY, 30),
            Reason(ReasonId.OWN_CLINICIAN, 40),
            Reason(ReasonId.FILLS_GAP, 15),
        ),
    )


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        ({}, (at(9), DR_BEEKMAN)),
        ({"half_day": HalfDay.AFTERNOON}, (at(14), DR_BEEKMAN)),
        ({"clinician": DR_OYELARAN}, (at(15), DR_OYELARAN)),
        ({"clinician": DR_OYELARAN, "half_day": HalfDay.MORNING}, (at(15), DR_OYELARAN)),
        ({"clinician": DR_BEEKMAN, "half_day": HalfDay.AFTERNOON}, (at(14), DR_BEEKMAN)),
    ],
)
def test_wishes_decide_what_comes_first(wish, first):
    candidates = [(at(9), DR_BEEKMAN, 1), (at(14), DR_BEEKMAN, 2), (at(15), DR_OYELARAN, 3)]
    best = rank(candidates, wishes(**wish))[0]
    assert (best.start, best.clinician) == first


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # A gap with starts from 14.00 to 14.30 and consults of ten minutes and longer.
        (at(14, 0), {"adjoins": 8}),
        (at(14, 5), {"leaves_unusable_rest": -20}),
        (at(14, 10), {}),
        (at(14, 20), {}),
        (at(14, 25), {"leaves_unusable_rest": -20}),
        (at(14, 30), {"adjoins": 8}),
    ],
)
def test_a_start_is_judged_by_what_it_leaves_of_its_gap(start, expected):
    proposals = rank(gap(at(14), at(14, 30)), wishes(limit=100))
    [found] = [reasons_of(proposal) for proposal in proposals if proposal.start == start]
    found.pop("soon")
    found.pop("same_day", None)
    assert found == expected


def test_gaps_of_different_blocks_or_clinicians_do_not_run_on():
    candidates = [(at(14), DR_BEEKMAN, 1), (at(14, 5), DR_BEEKMAN, 2), (at(14, 10), DR_OYELARAN, 2)]
    assert all("fills_gap" in reasons_of(proposal) for proposal in rank(candidates, wishes()))


def test_unusable_minutes_on_both_sides_are_counted():
    middle = next(p for p in rank(gap(at(14), at(14, 10)), wishes()) if p.start == at(14, 5))
    assert Reason(ReasonId.LEAVES_UNUSABLE_REST, -20, {"minutes": 10}) in middle.reasons


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY - timedelta(days=2), {"before_window": -10}),
        (MONDAY, {"soon": 20, "in_window": 20}),
        (MONDAY + timedelta(days=4), {"soon": 16, "in_window": 20}),
        (MONDAY + timedelta(days=5), {"soon": 15, "after_window": -5}),
        (MONDAY + timedelta(days=19), {"soon": 1, "after_window": -60}),
        (MONDAY + timedelta(days=40), {"after_window": -60}),
    ],
)
def test_days_count_against_the_window_that_was_asked(day, expected):
    asked = wishes(earliest=MONDAY, latest=MONDAY + timedelta(days=4))
    [proposal] = rank([(at(14, 0, day), DR_BEEKMAN, 1)], asked)
    found = reasons_of(proposal)
    found.pop("fills_gap")
    assert found == expected


def test_proposals_spread_over_days():
    candidates = [(at(hour, 0, day), DR_BEEKMAN, hour) for day in (MONDAY, TUESDAY) for hour in (9, 11, 13)]
    proposals = rank(candidates, wishes(limit=4))
    assert [p.start for p in proposals] == [at(9), at(9, 0, TUESDAY), at(11), at(11, 0, TUESDAY)]
    assert reasons_of(proposals[2])["same_day"] == -25


def test_equals_are_ordered_by_time_then_clinician_whatever_the_order_given():
    candidates = [(at(9), DR_OYELARAN, 2), (at(9), DR_BEEKMAN, 1), (at(11), DR_BEEKMAN, 3)]
    for given_order in (candidates, candidates[::-1]):
        assert [(p.start, p.clinician) for p in rank(given_order, wishes())] == [
            (at(9), DR_BEEKMAN),
            (at(9), DR_OYELARAN),
            (at(11), DR_BEEKMAN),
        ]


candidate = st.tuples(
    st.integers(0, 12 * 20).map(lambda step: at(9) + step // 12 * 1440 + step % 12 * 5),
    st.sampled_from([DR_BEEKMAN, DR_OYELARAN]),
    st.integers(1, 2),
)


@given(
    st.lists(candidate, unique=True),
    st.none() | st.just(DR_OYELARAN),
    st.none() | st.sampled_from(HalfDay),
    st.integers(0, 8),
)
def test_proposals_are_the_best_candidates_in_order(candidates, clinician, half, limit):
    asked = wishes(clinician=clinician, half_day=half, limit=limit)
    proposals = rank(candidates, asked)
    assert len(proposals) == min(limit, len(candidates))
    assert len({(p.start, p.clinician, p.block) for p in proposals}) == len(proposals)
    assert {(p.start, p.clinician, p.block) for p in proposals} <= set(candidates)
    assert all(p.score == sum(reason.points for reason in p.reasons) for p in proposals)
    assert all(better.score >= worse.score for better, worse in pairwise(proposals))
    assert rank(candidates[::-1], asked) == proposals
