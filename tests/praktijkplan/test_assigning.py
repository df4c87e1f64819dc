from dataclasses import replace
from datetime import date, time, timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praktijkplan.assigning import Alternative, Assignment, Case, assign, some_of_each_day
from praktijkplan.localtime import to_instant
from praktijkplan.ranking import Wishes, rank
from praktijkplan.slots import Block, BlockMode, Candidate, free_with_rests

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY, TUESDAY = date(2026, 12, 7), date(2026, 12, 8)
DR_BEEKMAN, DR_OYELARAN = 7, 8
BY_VIDEO, BY_PHONE = 31, 32
VEEN, DEMIR, BAKKER = 1, 2, 3
INTERPRETER = (4, 90)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> int:
    return to_instant(day, time(hour, minute), AMSTERDAM)


def place(start: int, who=DR_BEEKMAN, *, kind=BY_VIDEO, block=1) -> Candidate:
    return Candidate(start, who, block, kind, before=0, after=0)


def case(key: int, *, kinds=(BY_VIDEO,), minutes=20, wishes=None, **more) -> Case:
    asked = {"tz": AMSTERDAM, "shortest": 10, "earliest": MONDAY, **(wishes or {})}
    return Case(
        **{"key": key, "patient": key, "minutes": dict.fromkeys(kinds, minutes), **more, "wishes": Wishes(**asked)}
    )


def free(*places: Candidate, minutes=20) -> dict:
    kinds = {each.type for each in places}
    return {(kind, minutes): [each for each in places if each.type == kind] for kind in kinds}


def starts(found: dict[int, Assignment]) -> dict[int, int | None]:
    return {key: each.proposal.start if each.proposal else None for key, each in found.items()}


def test_one_case_gets_what_ranking_puts_first():
    places = [place(at(9)), place(at(10), DR_OYELARAN, block=2), place(at(9, 0, MONDAY + timedelta(days=1)))]
    only = case(VEEN, wishes={"continuity": (DR_OYELARAN,)})
    best, *others = rank(places, only.wishes)
    assert assign([only], free(*places)) == {VEEN: Assignment(best, tuple(Alternative(each) for each in others))}


def test_two_do_not_get_the_same_place():
    found = assign([case(VEEN), case(DEMIR)], free(place(at(9)), place(at(9, 10)), place(at(9, 20))))
    assert starts(found) == {VEEN: at(9), DEMIR: at(9, 20)}


def test_who_must_see_one_clinician_sees_nobody_else():
    places = free(place(at(9), DR_OYELARAN, block=2), place(at(10)))
    found = assign([case(VEEN, clinician=DR_BEEKMAN), case(DEMIR, clinician=DR_BEEKMAN)], places)
    assert starts(found) == {VEEN: at(10), DEMIR: None}


def test_alternative_says_whose_place_it_would_take():
    found = assign([case(VEEN), case(DEMIR)], free(place(at(9)), place(at(10))))
    assert [(each.proposal.start, each.clashes_with) for each in found[VEEN].alternatives] == [(at(10), (DEMIR,))]
    assert [(each.proposal.start, each.clashes_with) for each in found[DEMIR].alternatives] == [(at(9), (VEEN,))]


def test_who_has_one_possibility_is_not_passed_by_who_has_two():
    only_nine = case(DEMIR, busy=[(at(9, 30), at(12))])
    found = assign([case(VEEN), only_nine], free(place(at(9)), place(at(10))))
    assert starts(found) == {VEEN: at(10), DEMIR: at(9)}


def test_others_move_up_so_that_everyone_has_a_place():
    """Veen is served first and would stay at nine, which is all that Bakker has; Demir must give way in turn."""
    found = assign(
        [
            case(VEEN, urgency=3, busy=[(at(11), at(12))]),
            case(DEMIR, urgency=2, busy=[(at(9), at(10))]),
            case(BAKKER, urgency=1, busy=[(at(10), at(12))]),
        ],
        free(place(at(9)), place(at(10)), place(at(11))),
    )
    assert starts(found) == {VEEN: at(10), DEMIR: at(11), BAKKER: at(9)}


def test_most_urgent_is_served_when_there_is_one_place():
    found = assign([case(VEEN), case(DEMIR, urgency=1)], free(place(at(9))))
    assert starts(found) == {VEEN: None, DEMIR: at(9)}
    assert found[VEEN].alternatives[0].clashes_with == (DEMIR,)


def test_patient_with_two_cases_is_in_one_place_at_a_time():
    places = [place(at(9)), place(at(9, 10), DR_OYELARAN), place(at(10), DR_OYELARAN)]
    found = assign([case(1, patient=VEEN), case(2, patient=VEEN)], free(*places))
    assert starts(found) == {1: at(9), 2: at(10)}


def test_interpreter_is_in_one_place_at_a_time():
    places = [place(at(9)), place(at(9), DR_OYELARAN), place(at(10))]
    needed = frozenset({INTERPRETER})
    assert sorted(starts(assign([case(VEEN), case(DEMIR)], free(*places))).values()) == [at(9), at(9)]
    both = assign([case(VEEN, needs=needed), case(DEMIR, needs=needed)], free(*places))
    assert sorted(starts(both).values()) == [at(9), at(10)]


def test_form_that_lasts_longer_is_given_its_own_length():
    places = {(BY_VIDEO, 30): [place(at(9))], (BY_PHONE, 10): [place(at(9, 20), kind=BY_PHONE)]}
    either = replace(case(DEMIR), minutes={BY_VIDEO: 30, BY_PHONE: 10})
    found = assign([replace(case(VEEN, urgency=1), minutes={BY_VIDEO: 30}), either], places)
    assert starts(found) == {VEEN: at(9), DEMIR: None}
    assert starts(assign([either], places)) == {DEMIR: at(9)}


def test_many_are_spread_over_clinics_of_one_day():
    morning = [
        place(at(hour, minute), who, block=who)
        for hour, who in ((9, DR_BEEKMAN), (11, DR_OYELARAN))
        for minute in (0, 20, 40)
    ]
    found = assign([case(key) for key in range(4)], free(*morning))
    blocks = sorted(each.proposal.block for each in found.values())
    assert blocks == [DR_BEEKMAN, DR_BEEKMAN, DR_OYELARAN, DR_OYELARAN]


def test_of_colleagues_some_places_of_each_day_are_compared_spread_over_it():
    own = [place(at(hour)) for hour in range(9, 12)]
    others = [
        place(at(9 + n // 6, n % 6 * 10, day), who=DR_BEEKMAN + 1) for day in (MONDAY, TUESDAY) for n in range(24)
    ]
    kept = some_of_each_day([*own, *others], {DR_BEEKMAN}, 6)
    assert [each for each in kept if each.clinician == DR_BEEKMAN] == own
    assert [each.start for each in kept if each.clinician != DR_BEEKMAN] == [
        at(9 + n // 6, n % 6 * 10, day) for day in (MONDAY, TUESDAY) for n in range(0, 24, 4)
    ]
    assert some_of_each_day(others, set(), 24) == others


def test_nothing_free_leaves_everyone_without_a_place():
    assert assign([case(VEEN)], {}) == {VEEN: Assignment(None)}
    assert assign([], free(place(at(9)))) == {}


@st.composite
def worlds(draw, lengths=(20,), grid=20, needs=(frozenset(), frozenset({INTERPRETER}))):
    """A few patients for a morning of one or two clinicians."""
    minute = st.integers(0, 5).map(lambda step: at(9) + step * grid)
    places = draw(
        st.lists(
            st.builds(place, minute, st.sampled_from([DR_BEEKMAN, DR_OYELARAN]), block=st.integers(1, 2)),
            max_size=5,
            unique_by=lambda each: (each.start, each.clinician),
        )
    )
    cases = [
        case(
            key,
            minutes=draw(st.sampled_from(lengths)),
            patient=draw(st.sampled_from([key, VEEN])) if len(needs) > 1 else key,
            busy=[(start, start + 20) for start in draw(st.lists(minute, max_size=4))],
            needs=draw(st.sampled_from(needs)),
            urgency=draw(st.integers(0, 2)),
            wishes={"continuity": draw(st.sampled_from([(), (DR_OYELARAN,)])), "limit": draw(st.integers(0, 4))},
        )
        for key in range(1, draw(st.integers(0, 4)) + 1)
    ]
    return cases, {(BY_VIDEO, length): places for length in lengths}


def possibilities(each: Case, free: dict) -> list[Candidate]:
    return [
        candidate
        for kind, minutes in each.minutes.items()
        for candidate in free.get((kind, minutes), ())
        if all(candidate.start + minutes <= start or end <= candidate.start for start, end in each.busy)
    ]


def clash(one: Case, at_one, other: Case, at_other) -> bool:
    minutes, other_minutes = one.minutes[at_one.type], other.minutes[at_other.type]
    together = at_one.start < at_other.start + other_minutes and at_other.start < at_one.start + minutes
    shared = at_one.clinician == at_other.clinician or one.patient == other.patient or one.needs & other.needs
    return bool(together and shared)


@given(worlds(lengths=(10, 20, 30), grid=10))
def test_places_can_be_had_together_and_no_room_is_left_unused(world):
    cases, free_places = world
    found = assign(cases, free_places)
    given_places = {each.key: found[each.key].proposal for each in cases if found[each.key].proposal}
    by_key = {each.key: each for each in cases}
    for key, proposal in given_places.items():
        assert (proposal.start, proposal.clinician, proposal.block) in {
            candidate[:3] for candidate in possibilities(by_key[key], free_places)
        }
    for (one, at_one), (other, at_other) in combinations(given_places.items(), 2):
        assert not clash(by_key[one], at_one, by_key[other], at_other)
    for each in cases:
        if each.key not in given_places:
            for candidate in possibilities(each, free_places):
                assert any(clash(each, candidate, by_key[key], taken) for key, taken in given_places.items())


@given(worlds(lengths=(10, 20, 30), grid=10))
def test_alternatives_name_exactly_those_they_clash_with(world):
    cases, free_places = world
    found = assign(cases, free_places)
    for each in cases:
        for alternative in found[each.key].alternatives:
            assert alternative.proposal != found[each.key].proposal
            assert alternative.clashes_with == tuple(
                other.key
                for other in cases
                if other.key != each.key
                and (taken := found[other.key].proposal)
                and clash(each, alternative.proposal, other, taken)
            )


@given(worlds(lengths=(10, 20, 30), grid=10), st.randoms(use_true_random=False))
def test_order_in_which_cases_are_given_does_not_matter(world, shuffler):
    cases, free_places = world
    shuffled = shuffler.sample(cases, len(cases))
    assert assign(shuffled, free_places) == assign(cases, free_places)


@settings(max_examples=200)
@given(worlds(needs=(frozenset(),)))
def test_as_many_and_as_urgent_as_trying_everything(world):
    """Slots of one length and patients who need nobody else: tried in all ways against the answer."""
    cases, free_places = world
    ways = product(*([None, *possibilities(each, free_places)] for each in cases))
    served = [
        sorted((each.urgency for each, candidate in zip(cases, way, strict=True) if candidate), reverse=True)
        for way in ways
        if not any(one and other and one[:2] == other[:2] for one, other in combinations(way, 2))
    ]
    found = assign(cases, free_places)
    answer = sorted((each.urgency for each in cases if found[each.key].proposal), reverse=True)
    assert len(answer) == max(len(each) for each in served)
    assert answer == max(served)


@pytest.mark.parametrize("booked", [0.3, 0.9])
def test_sixty_cases_on_forty_clinician_days_all_get_a_place(booked):
    blocks, busy = [], []
    for number in range(40):
        clinician, later = number % 8, number // 8
        opens = at(9, 0, MONDAY + timedelta(days=later))
        blocks.append(Block(clinician, number, number, opens, opens + 420, BlockMode.FLEXIBLE))
        busy += [
            (clinician, opens + k * 20, opens + k * 20 + 20) for k in range(21) if (k * 7 + number) % 10 < booked * 10
        ]
    by_kind = {
        (kind, 20): free_with_rests(blocks, busy, [(kind, 20)], step=5, tz=AMSTERDAM, asked_at=at(8))
        for kind in (BY_VIDEO, BY_PHONE)
    }
    cases = [
        case(key, kinds=(BY_VIDEO, BY_PHONE), wishes={"continuity": (key % 8,), "forms": frozenset({BY_VIDEO})})
        for key in range(60)
    ]
    found = assign(cases, by_kind)
    assert sum(each.proposal is not None for each in found.values()) == 60
