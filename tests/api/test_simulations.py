"""A raster is simulated over the API: at once, in the background, and with assumptions of one's own (PP-31)."""

import pytest

from scheduling.models import SimulationRun
from scheduling.queries.simulation import MOST_DAYS
from scheduling.tasks import carry_out_simulation
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def raster():
    made = make.starter_raster("PP-21", weekdays=[0, 2])
    make.publish(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def program(raster, staff):
    return staff(make.member("planner", raster.department))


def simulate(program, raster, **body):
    return program.post("api-raster-simulations", {"days": 200, **body}, pk=raster.pk)


def half_days(response):
    assert response.status_code == 200, response.content
    return response.json()["result"]["half_days"]


def test_week_is_answered_at_once(program, raster):
    response = simulate(program, raster)
    told = half_days(response)
    assert [(each["weekday"], each["half_day"], each["unchanged"]) for each in told] == [
        (0, "afternoon", True),
        (2, "afternoon", True),
    ]
    outcome = told[0]["draft"]
    assert (outcome["zero"], outcome["planned_end"]) == (13 * 60, 14 * 60)
    assert [slot["at"] for slot in outcome["result"]["slots"]] == [0, 15, 30, 45]
    assert {name: response.json()[name] for name in ("id", "state", "done", "total")} == {
        "id": None,
        "state": "done",
        "done": 400,
        "total": 400,
    }


def test_seed_repeats_the_answer(program, raster):
    first, again, other = (half_days(simulate(program, raster, seed=seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_one_half_day_and_one_side_of_it(program, raster):
    [told] = half_days(simulate(program, raster, half_day="2-afternoon", which="current"))
    assert (told["weekday"], told["draft"], told["unchanged"]) == (2, None, False)
    assert told["current"]["result"]["runs"] == 200


def test_assumptions_and_durations_change_the_answer(program, raster):
    kind = raster.blocks.get(weekday=0).types.get(duration_minutes=15)
    calm = {
        "no_show": 0,
        "failure": 0,
        "patient_late_sd": 0,
        "clinician_late_mean": 0,
    }
    exact = {"type": kind.pk, "mean": 12, "cv": 0}
    told = half_days(simulate(program, raster, assumptions=calm, durations=[exact]))
    result = told[0]["draft"]["result"]
    assert (result["mean_wait"], result["in_time"], result["end"]["p90"]) == (0, 1, 57)


def test_every_wrong_assumption_is_named(program, raster):
    response = simulate(program, raster, assumptions={"no_show": 3, "phone": "yes", "nonsense": 1})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    errors = response.json()["errors"]["assumptions"]
    assert set(errors) == {"no_show", "phone", "nonsense"}
    assert "0" in errors["no_show"][0]
    assert "1" in errors["no_show"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": MOST_DAYS + 1}, "days"),
        ({"seed": -1}, "seed"),
        ({"half_day": "8-morning"}, "half_day"),
        ({"half_day": "4-morning"}, "half_day"),
        ({"which": "yesterday"}, "which"),
        ({"assumptions": [1]}, "assumptions"),
        ({"durations": [{"type": 10**9, "mean": 10, "cv": 0.5}]}, "durations"),
        ({"durations": [{"type": 1, "mean": 0, "cv": 0.5}]}, "durations"),
        ({"durations": [{"type": 1, "mean": 9, "cv": 0.5}, {"type": 1, "mean": 9, "cv": 0.5}]}, "durations"),
    ],
)
def test_wrong_field_is_named(program, raster, body, field):
    response = simulate(program, raster, **body)
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {field}


def test_large_simulation_goes_on_in_the_background(program, raster):
    response = simulate(program, raster, days=200_000)
    assert response.status_code == 202
    told = response.json()
    assert (told["state"], told["done"], told["total"], told["result"]) == ("waiting", 0, 400_000, None)
    SimulationRun.objects.update(days=300, total=600)
    carry_out_simulation(told["id"])
    later = program.get(response["Location"].removeprefix("http://testserver")).json()
    assert (later["state"], later["done"], len(later["result"]["half_days"])) == ("done", 600, 2)


def test_background_simulation_is_stopped(program, raster):
    run = simulate(program, raster, days=200_000).json()["id"]
    stopped = program.post("api-raster-simulation-stop", pk=raster.pk, run=run)
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")


def test_run_of_another_raster_does_not_exist_here(program, raster):
    run = simulate(program, raster, days=200_000).json()["id"]
    other = make.starter_raster("PP-22", department=raster.department)
    assert program.get("api-raster-simulation", pk=other.pk, run=run).status_code == 404


def test_raster_without_consults_answers_with_nothing(staff):
    raster = make.RasterFactory()
    program = staff(make.member("lead", raster.department))
    assert half_days(simulate(program, raster)) == []
