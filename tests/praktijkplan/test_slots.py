from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from praktijkplan.contact import Modality
from praktijkplan.localtime import from_instant, midnight, to_instant
from praktijkplan.placing import Need, NeedKind, Placement, Refusal, RefusalId, Request, Snapshot, place
from praktijkplan.policy import Policy
from praktijkplan.slots import Block, BlockMode, Candidate, booking_horizon, free_starts, free_with_rests

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 12, 7)
SPRING = date(2027, 3, 28)  # 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00
DR_BEEKMAN, DR_OYELARAN = 7, 8
NEW_VIDEO, FOLLOW_UP_VIDEO = 101, 102


def at(hour: int, minute: int = 0, day: date = MONDAY) -> int:
    return to_instant(day, time(hour, minute), AMSTERDAM)


def block(starts, ends, mode=BlockMode.FLEXIBLE, *, who=DR_BEEKMAN, key=1, **more) -> Block:
    return Block(who, who * 10, key, starts, ends, mode, **more)


def clock(starts) -> list[str]:
    return [from_instant(start, AMSTERDAM).strftime("%H.%M") for start, _, _ in starts]


def free(blocks, busy=(), duration=20, **more):
    return free_starts(blocks, busy, duration, step=5, tz=AMSTERDAM, **more)


# Free starts


def test_a_flexible_block_starts_every_five_minutes_while_the_consult_fits():
    assert clock(free([block(at(14), at(14, 30))])) == ["14.00", "14.05", "14.10"]


def test_a_consult_that_is_longer_than_the_block_has_no_start():
    assert free([block(at(14), at(14, 15))]) == []


def test_a_fixed_block_starts_once_per_slot():  # PP-20
    blocks = [block(at(14), at(15), BlockMode.FIXED, slot_minutes=20)]
    assert clock(free(blocks, duration=20)) == ["14.00", "14.20", "14.40"]
    assert clock(free(blocks, duration=10)) == ["14.00", "14.20", "14.40"]
    assert free(blocks, duration=25) == []


def test_a_fixed_block_need_not_start_on_the_grid_of_the_day():
    blocks = [block(at(14, 7), at(14, 40), BlockMode.FIXED, slot_minutes=15)]
    assert clock(free(blocks, duration=15)) == ["14.07", "14.22"]


def test_a_rest_shorter_than_a_slot_is_no_slot():
    blocks = [block(at(14), at(14, 50), BlockMode.FIXED, slot_minutes=20)]
    assert clock(free(blocks, duration=10)) == ["14.00", "14.20"]


@pytest.mark.parametrize(
    ("mode", "slot_minutes", "expected"),
    [
        (BlockMode.FIXED, 15, ["14.10", "14.25", "14.40"]),
        (BlockMode.FLEXIBLE, 0, ["14.10", "14.15", "14.20", "14.25", "14.30", "14.35", "14.40", "14.45"]),
    ],
)
def test_start_up_time_is_not_bookable(mode, slot_minutes, expected):  # PP-26
    blocks = [block(at(14), at(15), mode, slot_minutes=slot_minutes, start_up_minutes=10)]
    assert clock(free(blocks, duration=15)) == expected


def test_the_grid_of_the_day_stays_when_a_block_starts_beside_it():
    assert clock(free([block(at(14, 3), at(14, 33))])) == ["14.05", "14.10"]


def test_the_grid_of_the_day_does_not_move_with_what_is_booked():
    busy = [(DR_BEEKMAN, at(14), at(14, 12))]
    assert clock(free([block(at(14), at(14, 40))], busy)) == ["14.15", "14.20"]


def test_breaks_inside_and_beside_a_block_stay_free():  # PP-25
    blocks = [
        block(at(14), at(15)),
        block(at(14, 20), at(14, 35), BlockMode.BREAK, key=2),
        block(at(15), at(15, 15), BlockMode.BREAK, key=3),
    ]
    assert clock(free(blocks)) == ["14.00", "14.35", "14.40"]


def test_a_break_of_one_clinician_does_not_stop_another():
    blocks = [
        block(at(14), at(14, 20)),
        block(at(14), at(15), BlockMode.BREAK, who=DR_OYELARAN, key=2),
    ]
    assert clock(free(blocks)) == ["14.00"]


def test_a_consult_stays_inside_one_block():
    blocks = [block(at(14), at(14, 15)), block(at(14, 15), at(14, 35), key=2)]
    assert free(blocks) == [(at(14, 15), DR_BEEKMAN, 2)]


def test_starts_are_sorted_by_time_then_clinician():
    blocks = [
        block(at(14, 5), at(14, 30), who=DR_OYELARAN, key=2),
        block(at(14), at(14, 25), who=DR_BEEKMAN, key=1),
    ]
    assert free(blocks) == [
        (at(14), DR_BEEKMAN, 1),
        (at(14, 5), DR_BEEKMAN, 1),
        (at(14, 5), DR_OYELARAN, 2),
        (at(14, 10), DR_OYELARAN, 2),
    ]


def test_overlapping_and_unsorted_busy_spans_are_all_kept_free():
    busy = [
        (DR_BEEKMAN, at(14, 40), at(14, 50)),
        (DR_OYELARAN, at(13), at(18)),
        (DR_BEEKMAN, at(14), at(14, 30)),
        (DR_BEEKMAN, at(14, 5), at(14, 10)),
    ]
    assert clock(free([block(at(14), at(15, 15))], busy, 10)) == ["14.30", "14.50", "14.55", "15.00", "15.05"]


def test_a_gap_of_five_minutes_between_two_consults_can_be_filled():
    busy = [(DR_BEEKMAN, at(14), at(14, 15)), (DR_BEEKMAN, at(14, 20), at(15))]
    assert clock(free([block(at(14), at(15))], busy, 5)) == ["14.15"]


def test_a_window_takes_its_first_start_and_leaves_its_last():
    blocks = [block(at(14), at(15))]
    assert clock(free(blocks, not_before=at(14, 8), before=at(14, 20))) == ["14.10", "14.15"]


def test_only_blocks_that_allow_the_type_count():  # PP-20
    blocks = [
        block(at(9), at(9, 20), types=frozenset({NEW_VIDEO})),
        block(at(10), at(10, 20), key=2),
        block(at(11), at(11, 20), key=3, types=frozenset()),
    ]
    assert clock(free(blocks, type_id=NEW_VIDEO)) == ["09.00", "10.00"]
    assert clock(free(blocks, type_id=FOLLOW_UP_VIDEO)) == ["10.00"]
    assert clock(free(blocks)) == ["09.00", "10.00", "11.00"]


def test_a_consult_of_no_length_is_a_bug():
    with pytest.raises(ValueError, match="at least a minute"):
        free([block(at(14), at(15))], duration=0)


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_starts_on_the_day_of_the_clock_change_are_those_of_any_sunday(sunday):
    def starts_on(day):
        morning = block(at(9, 3, day), at(12, day=day))
        fixed = block(at(13, day=day), at(14, day=day), BlockMode.FIXED, slot_minutes=15, key=2)
        return clock(free_starts([morning, fixed], [], 15, step=20, tz=AMSTERDAM))

    assert starts_on(sunday) == starts_on(sunday + timedelta(weeks=1))
    assert starts_on(sunday)[:2] == ["09.20", "09.40"]


def test_a_block_across_the_missing_hour_goes_from_two_to_three():
    starts = free_starts([block(at(1, 20, SPRING), at(3, 50, SPRING))], [], 10, step=20, tz=AMSTERDAM)
    assert clock(starts) == ["01.20", "01.40", "03.00", "03.20", "03.40"]


def test_a_block_across_the_doubled_hour_shows_it_twice():
    starts = free_starts([block(at(1, 40, AUTUMN), at(3, 30, AUTUMN))], [], 20, step=20, tz=AMSTERDAM)
    assert clock(starts) == [
        *("01.40", "02.00", "02.20", "02.40"),
        *("02.00", "02.20", "02.40", "03.00"),
    ]


def test_a_step_that_does_not_divide_an_hour_is_counted_from_local_midnight():
    # 45 minutes: 00.00, 00.45, 01.30, 02.15, 03.00, 03.45 on the clock, though an hour is missing.
    starts = free_starts([block(midnight(SPRING, AMSTERDAM), at(4, day=SPRING))], [], 5, step=45, tz=AMSTERDAM)
    assert clock(starts) == ["00.00", "00.45", "01.30", "03.00", "03.45"]


def test_the_grid_is_that_of_the_local_clock_where_it_is_half_an_hour_off():
    kolkata = ZoneInfo("Asia/Kolkata")
    opens = to_instant(MONDAY, time(9), kolkata)
    blocks = [block(opens, opens + 150)]
    starts = free_starts(blocks, [], 30, step=60, tz=kolkata)
    assert [start for start, _, _ in starts] == [opens, opens + 60, opens + 120]
    snapshot = Snapshot(blocks, [], [], [], opens, kolkata)
    placed = [place(snapshot, ask(opens + late, 30), Policy(grid_minutes=60)) for late in (0, 30, 60)]
    assert [isinstance(answer, Placement) for answer in placed] == [True, False, True]


# What a free start leaves of its gap


def rests(blocks, busy=(), duration=20, **more) -> list[tuple[str, int, int, int]]:
    kinds = [(FOLLOW_UP_VIDEO, duration)]
    found = free_with_rests(blocks, busy, kinds, step=5, tz=AMSTERDAM, **{"asked_at": at(8), **more})
    return [(*clock([each[:3]]), each.before, each.after, each.lost) for each in found]


def test_rests_of_a_flexible_block_are_the_minutes_around_the_consult():
    busy = [(DR_BEEKMAN, at(14, 30), at(14, 40))]
    assert rests([block(at(14), at(15))], busy) == [
        ("14.00", 0, 10, 0),
        ("14.05", 5, 5, 0),
        ("14.10", 10, 0, 0),
        ("14.40", 0, 0, 0),
    ]


def test_rests_of_a_fixed_block_are_whole_slots_and_what_its_own_slot_loses():  # PP-20
    blocks = [block(at(14), at(15, 10), BlockMode.FIXED, slot_minutes=20)]
    assert rests(blocks) == [("14.00", 0, 40, 0), ("14.20", 20, 20, 0), ("14.40", 40, 0, 0)]
    assert rests(blocks, [(DR_BEEKMAN, at(14, 20), at(14, 30))], duration=10) == [
        ("14.00", 0, 0, 10),
        ("14.40", 0, 0, 10),
    ]


def test_minutes_that_no_start_reaches_count_for_no_rest():
    assert rests([block(at(14, 3), at(14, 33))]) == [("14.05", 0, 5, 0), ("14.10", 5, 0, 0)]


def test_held_place_is_a_candidate_for_an_urgent_consult_only():  # PP-32
    blocks = [block(at(14), at(14, 20), released=at(12)), block(at(15), at(15, 20), key=2)]
    free_later = Candidate(at(15), DR_BEEKMAN, 2, FOLLOW_UP_VIDEO, before=0, after=0)
    held = Candidate(at(14), DR_BEEKMAN, 1, FOLLOW_UP_VIDEO, before=0, after=0, held=True)

    def found(asked_at: int, *, urgent: bool) -> list[Candidate]:
        kinds = [(FOLLOW_UP_VIDEO, 20)]
        return free_with_rests(blocks, [], kinds, step=5, tz=AMSTERDAM, asked_at=asked_at, urgent=urgent)

    assert found(at(9), urgent=False) == [free_later]
    assert found(at(9), urgent=True) == [held, free_later]
    assert found(at(12), urgent=True) == [held._replace(held=False), free_later]


def test_several_kinds_are_listed_together_in_order_of_time():
    blocks = [block(at(14), at(14, 30), types=frozenset({NEW_VIDEO, FOLLOW_UP_VIDEO}))]
    kinds = [(NEW_VIDEO, 30), (FOLLOW_UP_VIDEO, 20), (999, 10)]
    found = free_with_rests(blocks, [], kinds, step=10, tz=AMSTERDAM, asked_at=at(8))
    assert found == [
        Candidate(at(14), DR_BEEKMAN, 1, NEW_VIDEO, before=0, after=0),
        Candidate(at(14), DR_BEEKMAN, 1, FOLLOW_UP_VIDEO, before=0, after=10),
        Candidate(at(14, 10), DR_BEEKMAN, 1, FOLLOW_UP_VIDEO, before=10, after=0),
    ]


# Placing

NOW = at(8, day=date(2026, 12, 1))
TWO_BLOCKS_AND_A_BREAK = [
    block(at(13), at(14), start_up_minutes=10, types=frozenset({FOLLOW_UP_VIDEO})),
    block(at(14), at(14, 15), BlockMode.BREAK, key=2),
    block(at(14, 15), at(15, 15), BlockMode.FIXED, slot_minutes=20, key=3),
]


def ask(start, duration=20, *, who=DR_BEEKMAN, type_id=FOLLOW_UP_VIDEO, modality=Modality.VIDEO, overbook=False):
    return Request(who, start, duration, type_id, modality, overbook)


def answer(request, *, blocks=TWO_BLOCKS_AND_A_BREAK, busy=(), absences=(), patient_busy=(), now=NOW):
    return place(Snapshot(blocks, busy, absences, patient_busy, now, AMSTERDAM), request, Policy())


def test_a_free_start_is_placed_in_its_block():
    assert answer(ask(at(13, 10))) == Placement(DR_BEEKMAN, 70, 1, at(13, 10), at(13, 30), overbooked=False)
    assert answer(ask(at(14, 35))) == Placement(DR_BEEKMAN, 70, 3, at(14, 35), at(14, 55), overbooked=False)


@pytest.mark.parametrize(
    ("request_", "known", "expected"),
    [
        (ask(at(13, 20)), {"now": at(13, 21)}, [("in_past", {"now": at(13, 21)})]),
        (
            ask(at(13, 10, date(2027, 6, 2))),
            {},
            [("beyond_horizon", {"horizon": at(0, day=date(2027, 6, 2))}), ("no_session", {})],
        ),
        (ask(at(13, 20, date(2026, 12, 8))), {}, [("no_session", {})]),
        (ask(at(13, 20), who=DR_OYELARAN), {}, [("no_session", {})]),
        (ask(at(9)), {}, [("outside_block", {"from": at(13), "until": at(15, 15)})]),
        (ask(at(15, 15)), {}, [("outside_block", {"from": at(13), "until": at(15, 15)})]),
        (ask(at(13, 20), type_id=NEW_VIDEO), {}, [("type_not_allowed", {"type": NEW_VIDEO, "block": 1})]),
        (ask(at(13, 5)), {}, [("in_start_up", {"until": at(13, 10)})]),
        (ask(at(14), 15), {}, [("in_break", {"from": at(14), "until": at(14, 15)})]),
        (ask(at(13, 23)), {}, [("off_grid", {"earlier": at(13, 20), "later": at(13, 25)})]),
        (ask(at(14, 40)), {}, [("off_grid", {"earlier": at(14, 35), "later": at(14, 55)})]),
        (ask(at(14, 15), 30), {}, [("does_not_fit", {"minutes": 20})]),
        (
            ask(at(13, 45)),
            {},
            [("in_break", {"from": at(14), "until": at(14, 15)}), ("does_not_fit", {"minutes": 15})],
        ),
        (
            ask(at(13, 20)),
            {"absences": [(DR_BEEKMAN, at(0), at(23)), (DR_OYELARAN, at(0), at(23))]},
            [("absent", {"from": at(0), "until": at(23)})],
        ),
        (
            ask(at(13, 20)),
            {"busy": [(DR_BEEKMAN, at(13, 35), at(13, 45)), (DR_BEEKMAN, at(13, 40), at(13, 50))]},
            [("taken", {"from": at(13, 35), "until": at(13, 45)})],
        ),
        (
            ask(at(13, 20)),
            {"patient_busy": [(at(13), at(13, 30)), (at(13, 40), at(14))]},
            [("patient_busy", {"from": at(13), "until": at(13, 30)})],
        ),
    ],
)
def test_a_start_that_is_not_free_is_refused_with_the_reason(request_, known, expected):
    assert answer(request_, **known) == tuple(Refusal(RefusalId(id_), facts) for id_, facts in expected)


def test_all_reasons_are_told_in_a_fixed_order():
    refused = answer(
        ask(at(13, 3), 60, type_id=NEW_VIDEO),
        now=at(13, 30),
        busy=[(DR_BEEKMAN, at(13), at(13, 20))],
        absences=[(DR_BEEKMAN, at(13), at(17))],
        patient_busy=[(at(13, 30), at(13, 45))],
    )
    assert [refusal.id for refusal in refused] == [
        "in_past",
        "type_not_allowed",
        "in_start_up",
        "in_break",
        "off_grid",
        "does_not_fit",
        "absent",
        "taken",
        "patient_busy",
    ]


@pytest.mark.parametrize(("reason", "rule"), [("in_start_up", "PP-26"), ("off_grid", "PP-20"), ("taken", "")])
def test_a_refusal_names_its_rule_in_the_plan(reason, rule):
    assert Refusal(RefusalId(reason)).rule == rule


def test_overbooking_lifts_only_that_the_time_is_taken():
    busy = [(DR_BEEKMAN, at(13, 20), at(13, 40))]
    placed = answer(ask(at(13, 20), overbook=True), busy=busy)
    assert placed == Placement(DR_BEEKMAN, 70, 1, at(13, 20), at(13, 40), overbooked=True)
    refused = answer(ask(at(13, 21), overbook=True), busy=busy, absences=[(DR_BEEKMAN, at(13), at(14))])
    assert [refusal.id for refusal in refused] == ["off_grid", "absent"]


def test_overbooking_a_free_start_is_a_plain_booking():
    placed = answer(ask(at(13, 20), overbook=True))
    assert isinstance(placed, Placement)
    assert not placed.overbooked


def test_a_written_contact_does_not_need_the_patient_to_be_free():
    written = ask(at(13, 20), modality=Modality.WRITTEN)
    assert isinstance(answer(written, patient_busy=[(at(13), at(14))]), Placement)


RAMDIN = Need(NeedKind.CLINICIAN, 8)
ROOM = Need(NeedKind.WORKPLACE, 8)
NURAY = Need(NeedKind.INTERPRETER, 8)


AFTERNOON = ((at(13), at(15)),)


def with_others(*needs, busy=None, present=AFTERNOON, overbook=False, taken=()):
    """At 13.20 for twenty minutes."""
    request = replace(ask(at(13, 20), overbook=overbook), needs=frozenset(needs))
    known = Snapshot(
        TWO_BLOCKS_AND_A_BREAK,
        taken,
        (),
        (),
        NOW,
        AMSTERDAM,
        others_busy=busy or {},
        others_present={RAMDIN: present},
    )
    return place(known, request, Policy())


def test_all_who_are_needed_are_free_together():
    busy = {RAMDIN: [(at(13), at(13, 20))], ROOM: [(at(13, 40), at(14))]}
    assert isinstance(with_others(RAMDIN, ROOM, NURAY, busy=busy), Placement)


@pytest.mark.parametrize(
    ("need", "reason"), [(RAMDIN, "second_taken"), (ROOM, "place_taken"), (NURAY, "interpreter_taken")]
)
def test_whoever_is_needed_and_taken_is_named(need, reason):
    busy = {need: [(at(13, 35), at(13, 50))]}
    expected = (Refusal(RefusalId(reason), {"id": 8, "from": at(13, 35), "until": at(13, 50)}),)
    assert with_others(need, busy=busy) == expected
    assert with_others(need, busy=busy, overbook=True, taken=[(DR_BEEKMAN, at(13, 20), at(13, 40))]) == expected
    assert isinstance(with_others(busy=busy), Placement)


@pytest.mark.parametrize(
    "present", [(), ((at(13), at(13, 30)),), ((at(13, 25), at(14)),), ((at(13), at(13, 25)), (at(13, 30), at(14)))]
)
def test_second_clinician_is_there_for_the_whole_consult(present):
    assert with_others(RAMDIN, present=present) == (Refusal(RefusalId.SECOND_ABSENT, {"id": 8}),)


def test_clinics_of_the_second_clinician_that_touch_are_one():
    assert isinstance(with_others(RAMDIN, present=((at(13, 30), at(14)), (at(13), at(13, 30)))), Placement)


def test_of_overlapping_blocks_the_one_that_fits_is_taken():
    blocks = [
        block(at(13), at(14), types=frozenset({NEW_VIDEO})),
        block(at(13), at(14), BlockMode.FIXED, key=2, slot_minutes=30),
    ]
    placed = answer(ask(at(13, 30)), blocks=blocks)
    assert isinstance(placed, Placement)
    assert placed.block == 2
    assert [refusal.id for refusal in answer(ask(at(13, 20)), blocks=blocks)] == ["type_not_allowed"]


def test_the_horizon_is_the_end_of_the_last_day_also_over_the_clock_change():
    for now in (at(0, 0, date(2026, 9, 30)), at(23, 59, date(2026, 9, 30))):
        horizon = booking_horizon(now, Policy(horizon_weeks=26), AMSTERDAM)
        assert horizon == midnight(date(2027, 4, 1), AMSTERDAM)
