import json

import pytest

from benchmarks.simulation import main


def printed(capsys, *arguments: str) -> dict[str, float]:
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_json_holds_the_four_values_in_units_of_the_mean_service_time(capsys):
    values = printed(capsys, "--n", "10", "--service", "gamma", "--cv", "0.5", "--no-show", "0.1")
    assert set(values) == {"mean_wait", "total_idle", "mean_end", "seconds"}
    assert values["mean_wait"] == pytest.approx(0.428, rel=0.02)
    assert values["total_idle"] == pytest.approx(1.563, rel=0.02)
    assert values["mean_end"] == pytest.approx(9 + 1.563, rel=0.02)  # 10 % less work, and the idle time


def test_bailey_welch_plans_two_at_the_start(capsys):
    values = printed(capsys, "--rule", "bailey-welch", "--service", "lognormal", "--cv", "0", "--sessions", "1")
    assert (values["mean_wait"], values["total_idle"], values["mean_end"]) == (0.9, 0, 10)


def test_exponential_service_ignores_the_cv(capsys):
    one, other = (printed(capsys, "--cv", cv, "--sessions", "500") for cv in ("0.5", "2"))
    assert one["mean_wait"] == other["mean_wait"]


def test_warm_up_leaves_the_first_patients_out(capsys):
    calm = "--rule", "bailey-welch", "--service", "gamma", "--cv", "0", "--sessions", "1"
    assert printed(capsys, *calm, "--n", "2", "--warm-up", "1")["mean_wait"] == 1


def test_table_tells_the_tardiness_too(capsys):
    main(["--service", "gamma", "--cv", "0", "--slot", "0.5", "--sessions", "1"])
    assert "mean_tardiness     5.0000" in capsys.readouterr().out


def test_half_day_meets_every_assumption_in_minutes(capsys):
    values = printed(capsys, "--half-day", "--sessions", "2000")
    assert 225 < values["mean_end"] < 300  # 20 consults of 10 minutes, a break, start-up time, and what goes wrong
    assert values["mean_wait"] > 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--n", "0"], "argument --n: a whole number from 1, not '0'"),
        (["--n", "ten"], "argument --n: a whole number from 1, not 'ten'"),
        (["--no-show", "10"], "argument --no-show: a number from 0 to 1, not '10'"),
        (["--cv", "-1"], "argument --cv: a number from 0 to 10, not '-1'"),
        (["--slot", "nan"], "argument --slot: a number from 0, not 'nan'"),
        (["--seed", "1.5"], "argument --seed: a whole number from 0, not '1.5'"),
        (["--service", "normal"], "argument --service: invalid choice: 'normal'"),
        (["--n", "5", "--warm-up", "5"], "argument --warm-up: leave someone in: less than --n 5, not 5"),
    ],
)
def test_wrong_parameter_is_refused_with_what_to_give(capsys, arguments, says):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert says in capsys.readouterr().err
