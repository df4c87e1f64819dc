from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.contact import Modality
from praktijkplan.pathways import (
    DIABETES,
    Step,
    StepProblem,
    StepProblemId,
    step_problems,
    steps_of,
    windows,
)

CONTROL_AT_CLINIC, CONTROL_BY_VIDEO = 31, 32
TYPES = {Modality.VISIT: CONTROL_AT_CLINIC, Modality.VIDEO: CONTROL_BY_VIDEO}


def test_diabetes_controls_are_four_a_year_two_at_the_clinic_and_two_by_video():  # PP-19
    found = windows(steps_of(DIABETES, TYPES), date(2027, 1, 4))
    assert [(w.step.position, w.step.type, w.earliest, w.latest) for w in found] == [
        (1, CONTROL_AT_CLINIC, date(2027, 1, 4), date(2027, 1, 18)),
        (2, CONTROL_BY_VIDEO, date(2027, 3, 22), date(2027, 4, 19)),
        (3, CONTROL_AT_CLINIC, date(2027, 6, 21), date(2027, 7, 19)),
        (4, CONTROL_BY_VIDEO, date(2027, 9, 20), date(2027, 10, 18)),
    ]
    assert found[-1].latest < date(2028, 1, 4)


def test_pattern_needs_a_type_for_each_of_its_forms():
    with pytest.raises(KeyError):
        steps_of(DIABETES, {Modality.VIDEO: CONTROL_BY_VIDEO})


def test_pathway_without_steps_has_no_windows():
    assert windows([], date(2027, 1, 4)) == ()


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([], [StepProblem(StepProblemId.NO_STEPS, 0)]),
        ([(0, 14)], []),
        ([(0, 14), (30, 15)], []),
        ([(0, 14), (29, 14)], []),
        ([(0, 14), (28, 14)], [StepProblem(StepProblemId.OVERLAPS, 2, 1)]),
        ([(0, 14), (0, 0)], [StepProblem(StepProblemId.OUT_OF_ORDER, 2)]),
        ([(91, 0), (30, 0), (60, 7)], [StepProblem(StepProblemId.OUT_OF_ORDER, 2)]),
    ],
)
def test_steps_that_are_no_pattern(steps, wrong):  # PP-19
    numbered = [Step(n, CONTROL_AT_CLINIC, after, margin) for n, (after, margin) in enumerate(steps, start=1)]
    assert step_problems(numbered) == wrong
    assert step_problems(steps_of(DIABETES, TYPES)) == []


steps = st.lists(
    st.tuples(st.integers(1, 9), st.just(31), st.integers(0, 800), st.integers(0, 60)).map(lambda step: Step(*step)),
    unique_by=lambda step: step.position,
)
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@given(steps, days)
def test_windows_hold_the_wanted_day_and_open_no_sooner_than_the_pathway(planned, begins):
    found = windows(planned, begins)
    assert [window.step.position for window in found] == sorted(step.position for step in planned)
    for step, earliest, latest in found:
        assert begins <= earliest <= begins + timedelta(days=step.after_days) <= latest
        assert latest - earliest <= timedelta(days=2 * step.margin_days)


@given(steps, days, st.integers(1, 60))
def test_step_does_not_move_when_another_slips(planned, begins, slip):
    slipped = [planned[0]._replace(after_days=planned[0].after_days + slip), *planned[1:]] if planned else []
    kept = {window.step.position: window for window in windows(planned, begins)}
    for window in windows(slipped, begins):
        if window.step in planned:
            assert window == kept[window.step.position]


@given(steps, days, st.integers(0, 400))
def test_later_beginning_moves_every_last_day_by_as_much(planned, begins, later):
    moved = windows(planned, begins + timedelta(days=later))
    assert [w.latest - timedelta(days=later) for w in moved] == [w.latest for w in windows(planned, begins)]
