from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.localtime import HalfDay, from_instant, to_instant
from praktijkplan.ranking import Proposal, Reason, ReasonId, Wishes, rank, rank_gaps
from praktijkplan.slots import Block, BlockMode, Candidate, Gap, candidates_of, free_with_rests

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
TUESDAY = date(2026, 12, 8)
DR_BEEKMAN, DR_OYELARAN = 7, 8
BY_VIDEO, BY_PHONE = 31, 32


def at(hour: int, minute: int = 0, day: date = MONDAY) -> int:
    return to_instant(day, time(hour, minute), AMSTERDAM)


def wishes(**more) -> Wishes:
    return Wishes(**{"tz": AMSTERDAM, "shortest": 10, **more})


def alone(start: int, who=DR_BEEKMAN, block=1, *, kind=BY_VIDEO, before=0, after=0, **more) -> Candidate:
    """A start that fills its gap, unless minutes are given."""
    return Candidate(start, who, block, kind, before, after, **more)


def gap(first: int, last: int) -> list[Candidate]:
    return [alone(start, before=start - first, after=last - start) for start in range(first, last + 1, 5)]


def reasons_of(proposal: Proposal) -> dict[str, int]:
    return {reason.id.value: reason.points for reason in proposal.reasons}


def test_nothing_free_means_nothing_to_propose():
    assert rank([], wishes()) == []


def test_a_proposal_carries_its_reasons_and_their_sum():
    asked = wishes(continuity=(DR_BEEKMAN,), half_day=HalfDay.AFTERNOON, forms=frozenset({BY_VIDEO}))
    [proposal] = rank([alone(at(14), block=3)], asked)
    assert proposal == Proposal(
        start=at(14),
        clinician=DR_BEEKMAN,
        block=3,
        type=BY_VIDEO,
        score=140,
        reasons=(
            Reason(ReasonId.SOON, 20, {"days": 0}),
            Reason(ReasonId.PREFERRED_HALF_DAY, 30),
            Reason(ReasonId.OWN_CLINICIAN, 40),
            Reason(ReasonId.PREFERRED_FORM, 35),
            Reason(ReasonId.FILLS_GAP, 15),
        ),
    )


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        ({}, (at(9), DR_BEEKMAN)),
        ({"half_day": HalfDay.AFTERNOON}, (at(14), DR_BEEKMAN)),
        ({"continuity": (DR_OYELARAN,)}, (at(15), DR_OYELARAN)),
        ({"continuity": (DR_OYELARAN,), "half_day": HalfDay.MORNING}, (at(15), DR_OYELARAN)),
        ({"continuity": (DR_BEEKMAN,), "half_day": HalfDay.AFTERNOON}, (at(14), DR_BEEKMAN)),
    ],
)
def test_wishes_decide_what_comes_first(wish, first):
    candidates = [alone(at(9)), alone(at(14)), alone(at(15), DR_OYELARAN)]
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


@pytest.mark.parametrize(
    ("duration", "busy", "expected"),
    [
        # An hour of slots of twenty minutes: whole slots are left, whatever the consult.
        (20, [], [{"adjoins": 8}, {}, {"adjoins": 8}]),
        (20, [(at(14), at(14, 20))], [{"adjoins": 8}, {"adjoins": 8}]),
        (20, [(at(14), at(14, 20)), (at(14, 40), at(15))], [{"fills_gap": 15}]),
        (10, [], [{"leaves_unusable_rest": -20}] * 3),
    ],
)
def test_fixed_slot_is_judged_by_the_slots_around_it(duration, busy, expected):  # PP-20
    blocks = [Block(DR_BEEKMAN, 1, 1, at(14), at(15), BlockMode.FIXED, slot_minutes=20)]
    candidates = free_with_rests(
        blocks,
        [(DR_BEEKMAN, *span) for span in busy],
        [(BY_VIDEO, duration)],
        step=5,
        tz=AMSTERDAM,
        asked_at=at(8),
    )
    found = sorted(rank(candidates, wishes()), key=lambda proposal: proposal.start)
    assert [without(reasons_of(proposal), "soon", "same_day") for proposal in found] == expected


def without(reasons: dict[str, int], *names: str) -> dict[str, int]:
    return {name: points for name, points in reasons.items() if name not in names}


def test_form_that_the_patient_prefers_comes_first_at_the_same_moment():  # PP-01
    candidates = [alone(at(9), kind=BY_PHONE), alone(at(9), kind=BY_VIDEO)]
    best, other = rank(candidates, wishes(forms=frozenset({BY_VIDEO})))
    assert (best.type, reasons_of(best)["preferred_form"]) == (BY_VIDEO, 35)
    assert other.type == BY_PHONE
    assert "preferred_form" not in reasons_of(other)


def test_form_that_was_agreed_counts_for_less_than_what_the_patient_said():  # PP-17
    candidates = [alone(at(9), kind=BY_PHONE), alone(at(9), kind=BY_VIDEO)]
    agreed = wishes(agreed=frozenset({BY_PHONE}))
    assert [(p.type, "agreed_form" in reasons_of(p)) for p in rank(candidates, agreed)] == [
        (BY_PHONE, True),
        (BY_VIDEO, False),
    ]
    both = wishes(agreed=frozenset({BY_PHONE}), forms=frozenset({BY_VIDEO}))
    assert rank(candidates, both)[0].type == BY_VIDEO


def test_clinician_from_before_counts_for_half_the_own_one():
    dr_haddad = 9
    asked = wishes(continuity=(DR_OYELARAN, DR_BEEKMAN))
    found = rank([alone(at(9), dr_haddad), alone(at(9), DR_BEEKMAN), alone(at(9), DR_OYELARAN)], asked)
    assert [(p.clinician, without(reasons_of(p), "soon", "fills_gap", "same_day")) for p in found] == [
        (DR_OYELARAN, {"own_clinician": 40}),
        (DR_BEEKMAN, {"known_clinician": 20}),
        (dr_haddad, {}),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY, {"in_window": 20}),
        (MONDAY + timedelta(days=2), {"in_window": 20, "tight": -10}),
        (MONDAY + timedelta(days=4), {"in_window": 20, "tight": -10}),
        (MONDAY + timedelta(days=5), {"after_window": -5}),
    ],
)
def test_last_days_before_an_order_is_due_are_tight(day, expected):
    asked = wishes(due=MONDAY + timedelta(days=4), latest=MONDAY + timedelta(days=20))
    [proposal] = rank([alone(at(14, 0, day))], asked)
    assert without(reasons_of(proposal), "soon", "fills_gap") == expected


def test_nothing_is_proposed_after_a_hard_due_date():
    candidates = [alone(at(9)), alone(at(9, 0, TUESDAY))]
    assert [p.start for p in rank(candidates, wishes(due=MONDAY, hard=True))] == [at(9)]
    assert rank(candidates[1:], wishes(due=MONDAY, hard=True)) == []


def test_urgent_place_is_used_last():  # PP-32
    first, last = rank([alone(at(9), held=True), alone(at(10))], wishes())
    assert (first.start, last.start) == (at(10), at(9))
    assert Reason(ReasonId.USES_URGENT_PLACE, -30) in last.reasons


def test_urgent_place_today_comes_before_any_other_tomorrow_for_who_cannot_wait():  # PP-32
    candidates = [alone(at(10), held=True), alone(at(9, 0, TUESDAY))]
    assert [p.start for p in rank(candidates, wishes())] == [at(9, 0, TUESDAY), at(10)]
    assert [p.start for p in rank(candidates, wishes(urgent=True))] == [at(10), at(9, 0, TUESDAY)]
    side_by_side = [alone(at(9), held=True), alone(at(9), DR_OYELARAN)]
    assert rank(side_by_side, wishes(urgent=True))[0].clinician == DR_OYELARAN


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
    [proposal] = rank([alone(at(14, 0, day))], asked)
    found = reasons_of(proposal)
    found.pop("fills_gap")
    assert found == expected


def test_proposals_spread_over_days():
    candidates = [alone(at(hour, 0, day)) for day in (MONDAY, TUESDAY) for hour in (9, 11, 13)]
    proposals = rank(candidates, wishes(limit=4))
    assert [p.start for p in proposals] == [at(9), at(9, 0, TUESDAY), at(11), at(11, 0, TUESDAY)]
    assert reasons_of(proposals[2])["same_day"] == -25


def test_equals_are_ordered_by_time_then_clinician_whatever_the_order_given():
    candidates = [alone(at(9), DR_OYELARAN), alone(at(9)), alone(at(11))]
    for given_order in (candidates, candidates[::-1]):
        assert [(p.start, p.clinician) for p in rank(given_order, wishes())] == [
            (at(9), DR_BEEKMAN),
            (at(9), DR_OYELARAN),
            (at(11), DR_BEEKMAN),
        ]


candidate = st.builds(
    Candidate,
    start=st.integers(0, 12 * 20).map(lambda step: at(9) + step // 12 * 1440 + step % 12 * 5),
    clinician=st.sampled_from([DR_BEEKMAN, DR_OYELARAN]),
    block=st.integers(1, 2),
    type=st.sampled_from([BY_VIDEO, BY_PHONE]),
    before=st.sampled_from([0, 5, 20]),
    after=st.sampled_from([0, 5, 20]),
    lost=st.sampled_from([0, 10]),
    held=st.booleans(),
)
several = st.lists(candidate, unique_by=lambda each: each[:4])
days = st.none() | st.integers(-2, 20).map(lambda later: MONDAY + timedelta(days=later))
asked_for = st.builds(
    wishes,
    forms=st.sets(st.sampled_from([BY_VIDEO, BY_PHONE]), max_size=1).map(frozenset),
    continuity=st.permutations([DR_BEEKMAN, DR_OYELARAN]).map(tuple) | st.just((DR_OYELARAN,)) | st.just(()),
    half_day=st.none() | st.sampled_from(HalfDay),
    earliest=days,
    latest=days,
    due=days,
    hard=st.booleans(),
    limit=st.integers(0, 8),
)


def place_of(found: Candidate | Proposal) -> tuple[int, int, int, int]:
    return found.start, found.clinician, found.block, found.type


@given(several, asked_for)
def test_proposals_are_candidates_in_order_of_their_points(candidates, asked):
    proposals = rank(candidates, asked)
    possible = [each for each in candidates if not (asked.hard and asked.due) or local_date_of(each) <= asked.due]
    assert len(proposals) == min(asked.limit, len(possible))
    assert len({place_of(p) for p in proposals}) == len(proposals)
    assert {place_of(p) for p in proposals} <= {place_of(each) for each in possible}
    assert all(p.score == sum(reason.points for reason in p.reasons) for p in proposals)
    assert all(better.score >= worse.score for better, worse in pairwise(proposals))
    assert rank(candidates[::-1], asked) == proposals


def local_date_of(candidate: Candidate) -> date:
    return from_instant(candidate.start, AMSTERDAM).date()


@given(several, asked_for)
def test_few_proposals_are_the_first_of_many(candidates, asked):
    """What is cut before reasons are made would not have been proposed."""
    everything = rank(candidates, replace(asked, limit=len(candidates)))
    assert rank(candidates, asked) == everything[: asked.limit]


@given(several, asked_for)
def test_first_proposal_is_the_best_of_all_taken_one_by_one(candidates, asked):
    asked = replace(asked, limit=1, earliest=MONDAY)
    alone_each = [proposal for each in candidates for proposal in rank([each], asked)]
    assert rank(candidates, asked) == sorted(alone_each, key=lambda p: (-p.score, place_of(p)))[:1]


@st.composite
def gaps(draw) -> Gap:
    """Over noon, over midnight, in the night of the winter clock; also with the patient taken at its edges."""
    step, count = draw(st.sampled_from([5, 20])), draw(st.integers(1, 60))
    day = draw(st.sampled_from([MONDAY, TUESDAY, date(2026, 10, 24), date(2026, 10, 25)]))
    first = at(draw(st.sampled_from([0, 8, 11, 20])), 0, day)
    since, until = sorted([draw(st.integers(0, count - 1)), draw(st.integers(1, count))])
    return Gap(
        clinician=draw(st.sampled_from([DR_BEEKMAN, DR_OYELARAN])),
        block=draw(st.integers(1, 1000)),
        type=draw(st.sampled_from([BY_VIDEO, BY_PHONE])),
        first=first,
        last=first + (count - 1) * step,
        starts=range(first, first + count * step, step)[since : max(until, since + 1)],
        lost=draw(st.sampled_from([0, 10])),
        held=draw(st.booleans()),
    )


some_gaps = st.lists(gaps(), max_size=6, unique_by=lambda each: each.block)


@given(some_gaps, asked_for, st.sampled_from([10, 15, 30]))
def test_gaps_are_ranked_as_if_each_of_their_starts_were_looked_at(found, asked, shortest):
    asked = replace(asked, shortest=shortest)
    assert rank_gaps(found, asked) == rank(candidates_of(found), asked)
