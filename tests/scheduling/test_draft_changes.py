"""Changes of a draft as JSON: what is written can be read, and what is wrong is told per change and field."""

from datetime import date, time

import pytest
from django.utils import translation

from praktijkplan.rasters import WeekPattern
from scheduling.actions.drafts import PutBlock, RemoveBlock, SetFields
from scheduling.contents import draft_content
from scheduling.draft_changes import CHANGES_MOST, Problem, read_changes, vocabulary_of, write_change
from tests import factories as make


@pytest.fixture
def raster(db):
    with translation.override("en"):
        yield make.starter_raster("PP-23", weekdays=[0])


def test_what_is_written_is_read_as_it_was(raster):
    content = draft_content(raster)
    changes = (
        *(PutBlock(block) for block in content.blocks[1:]),
        RemoveBlock(content.blocks[0].key),
        SetFields("Winter", WeekPattern.EVEN, date(2027, 1, 4), None),
    )
    assert read_changes([write_change(each) for each in changes], vocabulary_of(raster)) == (changes, ())


def test_times_and_numbers_are_read_as_people_type_them(raster):
    block = {
        "key": -1,
        "weekday": "1",
        "start": "9",
        "end": "10.05",
        "mode": "fixed",
        "slot_minutes": " 15 ",
        "types": [],
        "workplace": "",
    }
    (change,), problems = read_changes([{"put": block}], vocabulary_of(raster))
    assert not problems
    plan = change.block.plan
    assert (plan.weekday, plan.start, plan.end, plan.slot_minutes, plan.workplace) == (
        1,
        time(9),
        time(10, 5),
        15,
        None,
    )


def test_minutes_per_patient_belong_to_a_fixed_block_only(raster):
    block = {
        "key": -1,
        "weekday": 0,
        "start": "9.00",
        "end": "10.00",
        "mode": "hybrid",
        "slot_minutes": 15,
        "types": [],
    }
    (change,), _ = read_changes([{"put": block}], vocabulary_of(raster))
    assert change.block.plan.slot_minutes == 0


def test_all_that_is_wrong_is_told_at_once(raster):
    wrong = {"key": -1, "weekday": 9, "start": "9.03", "end": "10.00", "mode": "break", "types": [0]}
    changes, problems = read_changes([{"remove": 1}, {"put": wrong}], vocabulary_of(raster))
    assert changes == ()
    assert problems == (
        Problem(1, "weekday", "Choose a day from Monday (0) to Sunday (6)."),
        Problem(1, "start", "Times go by steps of 5 minutes."),
        Problem(1, "types", "This department has no such type of appointment."),
    )


def test_types_and_workplaces_of_another_department_are_unknown(raster):
    elsewhere = make.department("cardiologie")
    kind = make.AppointmentTypeFactory(department=elsewhere)
    place = make.WorkplaceFactory(department=elsewhere)
    block = {"key": -1, "weekday": 0, "start": "9.00", "end": "10.00", "mode": "flexible"}
    named = [
        {"put": {**block, "types": [kind.pk]}},
        {"put": {**block, "key": -2, "types": [], "workplace": place.pk}},
    ]
    _, problems = read_changes(named, vocabulary_of(raster))
    assert [(problem.change, problem.field) for problem in problems] == [(0, "types"), (1, "workplace")]


def test_too_many_changes_are_refused(raster):
    _, problems = read_changes([{"remove": 1}] * (CHANGES_MOST + 1), vocabulary_of(raster))
    assert [problem.message for problem in problems] == ["These are too many changes at once: at most 500."]
