import json
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.contact import ContactKind, Modality
from praktijkplan.policy import InvalidPolicy, Policy


def problems_of(document) -> tuple[...]:
    with pytest.raises(InvalidPolicy) as refused:
        Policy.from_document(document)
    return refused.value.problems


def test_default_policy_follows_the_example_agreements():  # PP-17
    policy = Policy()
    assert policy.default_modality[ContactKind.NEW] is Modality.VISIT
    assert policy.default_modality[ContactKind.FOLLOW_UP] is Modality.VIDEO
    assert set(policy.default_modality) == set(ContactKind)


def test_an_empty_document_is_the_default_policy():
    assert Policy.from_document({}) == Policy()


def test_a_policy_survives_the_way_over_json():
    policy = Policy(
        grid_minutes=10,
        quiet_from=time(22, 30),
        default_modality={ContactKind.NEW: Modality.VIDEO},
        default_by_purpose={"uitleg": Modality.VIDEO},
        hour_before_minutes=1440,
        opens_at=time(6, 30),
        video_without_pause={15: 90, 30: 120},
    )
    assert Policy.from_document(json.loads(json.dumps(policy.to_document()))) == policy


def test_a_default_modality_left_out_keeps_its_default():  # PP-17
    policy = Policy.from_document({"default_modality": {"new": "video"}})
    assert policy.default_modality == {**Policy().default_modality, ContactKind.NEW: Modality.VIDEO}


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("horizon_weeks", 1, 104),
        ("link_opens_minutes", 15, 30),  # PP-51
        ("delay_told_minutes", 5, 60),  # PP-51
        ("undo_minutes", 0, 30),
        ("hour_before_minutes", 60, 1440),  # PP-42
        ("start_up_minutes", 0, 60),  # PP-26
        ("run_ends_after_minutes", 5, 60),  # PP-24
        ("mini_break_minutes", 5, 30),  # PP-24
        ("mini_break_every_minutes", 15, 240),  # PP-24
        ("video_block_most_minutes", 30, 480),  # PP-22
        ("video_pause_minutes", 5, 60),  # PP-25
        ("pause_after_consult_from_minutes", 15, 120),  # PP-25
        ("start_up_from_failure_percent", 1, 100),  # PP-26
        ("start_up_advised_minutes", 5, 60),  # PP-26
        ("start_up_up_to_minutes", 5, 120),  # PP-33
        ("variation_from_minutes", 60, 720),  # PP-27
        ("video_share_most_percent", 1, 100),  # PP-27
        ("video_without_variation_minutes", 30, 480),  # PP-27
        ("cabin_walking_minutes", 0, 60),  # PP-28
        ("overbooks_most", 0, 10),
        ("request_answer_days", 1, 30),
        ("freed_place_offers", 0, 10),
        ("freed_place_notice_hours", 1, 168),
        ("freed_place_answer_minutes", 15, 1440),
    ],
)
def test_numbers_hold_up_to_their_bounds(field, lowest, highest):
    for value in (lowest, highest):
        assert getattr(Policy.from_document({field: value}), field) == value
    for value in (lowest - 1, highest + 1):
        [problem] = problems_of({field: value})
        assert (problem.field, problem.id, problem.found) == (field, "wrong_value", str(value))
        assert f"from {lowest} to {highest}" in problem.expected


@pytest.mark.parametrize("grid", [7, 8, 25, 40, 4, 0, -5])
def test_a_grid_that_does_not_divide_an_hour_is_refused(grid):
    [problem] = problems_of({"grid_minutes": grid})
    assert problem.field == "grid_minutes"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grid_minutes", "5"),
        ("grid_minutes", 5.0),
        ("undo_minutes", True),
        ("undo_minutes", None),
        ("quiet_from", "25:00"),
        ("quiet_from", "8:00"),
        ("quiet_from", "08:00:30"),
        ("quiet_from", "0800Z"),
        ("quiet_from", "24:00"),
        ("quiet_from", time(8, 0, 30)),
        ("quiet_from", 21),
        ("default_modality", ["video"]),
        ("default_modality", {"new": "telepathy"}),
        ("default_modality", {"old": "video"}),
        ("default_by_purpose", ["uitleg"]),
        ("default_by_purpose", {"uitleg": "telepathy"}),
        ("default_by_purpose", {"Slecht nieuws": "visit"}),
        ("default_by_purpose", {"": "visit"}),
        ("default_by_purpose", {"u" * 31: "visit"}),
        ("video_without_pause", [[20, 120]]),
        ("video_without_pause", {}),
        ("video_without_pause", {"long": 120}),
        ("video_without_pause", {"4": 120}),
        ("video_without_pause", {"121": 120}),
        ("video_without_pause", {"20": 29}),
        ("video_without_pause", {"20": 481}),
        ("video_without_pause", {"20": "120"}),
        ("video_without_pause", {"20": True}),
    ],
)
def test_a_wrong_type_names_the_field_and_what_to_write(field, value):
    [problem] = problems_of({field: value})
    assert (problem.field, problem.id) == (field, "wrong_value")
    assert problem.expected


def test_all_problems_of_a_document_are_told_at_once():
    problems = problems_of({"grid_minuts": 5, "horizon_weeks": 0, "quiet_until": "later"})
    assert {(problem.field, problem.id) for problem in problems} == {
        ("grid_minuts", "unknown_field"),
        ("horizon_weeks", "wrong_value"),
        ("quiet_until", "wrong_value"),
    }


def test_a_policy_made_in_code_keeps_the_same_bounds():
    with pytest.raises(InvalidPolicy, match="link_opens_minutes: expected a whole number of minutes from 15 to 30"):
        Policy(link_opens_minutes=31)


def test_default_bounds_of_video_are_those_of_the_plan():  # PP-22, PP-24, PP-25, PP-28
    policy = Policy()
    assert (policy.short_run_warning_minutes, policy.short_run_error_minutes) == (120, 180)
    assert (policy.mini_break_minutes, policy.mini_break_every_minutes) == (5, 60)
    assert (policy.medium_video_minutes, policy.video_block_most_minutes) == (20, 180)
    assert (policy.video_without_pause, policy.pause_after_consult_from_minutes) == ({20: 120, 30: 135}, 45)
    assert policy.cabin_walking_minutes == 5


@pytest.mark.parametrize(
    ("document", "named", "expected"),
    [
        ({"short_run_warning_minutes": 181}, "short_run_warning_minutes", "at most short_run_error_minutes"),
        ({"short_run_error_minutes": 119}, "short_run_error_minutes", "at least short_run_warning_minutes"),
        ({"short_video_minutes": 21}, "short_video_minutes", "at most medium_video_minutes, which is 20"),
        ({"opens_at": "20:00"}, "opens_at", "before closes_at, which is 20:00"),
        ({"closes_at": "07:00"}, "closes_at", "after opens_at, which is 07:00"),
    ],
)
def test_bounds_that_contradict_each_other_name_the_one_that_was_chosen(document, named, expected):
    [problem] = problems_of(document)
    assert (problem.field, problem.id) == (named, "wrong_value")
    assert problem.expected.startswith(expected)


@pytest.mark.parametrize(
    "document",
    [
        {"short_run_warning_minutes": 180},
        {"short_run_error_minutes": 120},
        {"short_video_minutes": 20},
        {"opens_at": "19:59"},
        {"short_run_warning_minutes": 300, "short_run_error_minutes": 300},
    ],
    ids=str,
)
def test_bounds_may_meet_but_not_cross(document):
    assert Policy.from_document(document)


words = st.text("abc:0123456789", max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from([*Policy().to_document(), "other"]), json_values))
def test_any_document_is_a_policy_or_names_its_problems(document):
    problems = ()
    try:
        policy = Policy.from_document(document)
    except InvalidPolicy as refused:
        problems = refused.problems
    else:
        assert Policy.from_document(policy.to_document()) == policy
    assert {problem.field for problem in problems} <= set(document)
