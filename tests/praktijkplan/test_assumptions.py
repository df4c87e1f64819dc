import json
from dataclasses import fields

import pytest

from praktijkplan.assumptions import Assumptions, Bounds, InvalidAssumptions, bounds
from praktijkplan.bounded import Problem


def problems_of(document) -> tuple[...]:
    with pytest.raises(InvalidAssumptions) as refused:
        Assumptions.from_document(document)
    return refused.value.problems


def test_technique_fails_as_often_as_the_plan_says():  # PP-62
    assert 0.2 <= Assumptions().failure <= 0.4


def test_an_empty_document_is_the_default():
    assert Assumptions.from_document({}) == Assumptions()


def test_assumptions_survive_the_way_over_json():
    assumed = Assumptions(no_show=0.1, early_start=True, patient_late_mean=-2.5)
    assert Assumptions.from_document(json.loads(json.dumps(assumed.to_document()))) == assumed


def test_whole_numbers_are_read_as_numbers():
    assert Assumptions.from_document({"phone_minutes": 3}).to_document()["phone_minutes"] == 3.0


@pytest.mark.parametrize("name", bounds())
def test_number_holds_up_to_its_bounds(name):
    kind = bounds()[name]
    for value in (kind.low, kind.high):
        assert getattr(Assumptions.from_document({name: value}), name) == value
    for value in (kind.low - 0.01, kind.high + 0.01, float("nan"), True, "0.1", None):
        [problem] = problems_of({name: value})
        assert (problem.field, problem.id, problem.found) == (name, "wrong_value", repr(value))
        assert f"from {kind.low:g} to {kind.high:g}" in problem.expected


def test_switch_is_true_or_false():
    assert problems_of({"early_start": 1}) == (Problem("early_start", "wrong_value", "true or false", "1"),)


def test_every_problem_is_told_at_once():
    found = problems_of({"no_shows": 0.1, "failure": 30, "phone": -1})
    assert [(problem.field, problem.id) for problem in found] == [
        ("no_shows", "unknown_field"),
        ("failure", "wrong_value"),
        ("phone", "wrong_value"),
    ]
    assert "no_show, " in found[0].expected
    assert found[1].expected == "a share from 0 to 1"


def test_every_number_has_bounds_to_show():
    assert [*bounds(), "early_start"] == sorted(
        (item.name for item in fields(Assumptions)), key=[*bounds(), "early_start"].index
    )
    assert bounds()["failure"] == Bounds(0, 1, "share", "PP-62")


def test_undisturbed_is_calm_but_for_what_is_given():
    calm = Assumptions.undisturbed(no_show=0.2).to_document()
    assert {name: value for name, value in calm.items() if value} == {"no_show": 0.2, "urgent_fill": 1}
