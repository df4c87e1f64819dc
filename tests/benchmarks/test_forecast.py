import json

import pytest

from benchmarks.forecast import main

AHEAD = ("1", "3", "5")


def printed(capsys, *arguments: str) -> dict:
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def written(tmp_path, text: str) -> str:
    path = tmp_path / "held.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def reaches_the_goals(found: dict) -> bool:
    return all(
        score["forecast"] < min(score["plan"], score["carried"]) and 75 <= score["inside"] <= 90
        for score in found["ahead"].values()
    )


@pytest.mark.parametrize("slot", ["10", "15", "20"])
def test_forecast_beats_both_simple_estimators_on_simulated_sessions(capsys, slot):
    found = printed(capsys, "--slot", slot, "--sessions", "40", "--patients", "12")
    assert (found["sessions"], found["consults"]) == (40, 480)
    assert tuple(found["ahead"]) == AHEAD
    assert reaches_the_goals(found)


def test_same_seed_gives_the_same_numbers(capsys):
    one, other = (printed(capsys, "--sessions", "5")["ahead"] for _ in range(2))
    assert one == other


def test_file_of_equal_consults_is_forecast_by_hand(capsys, tmp_path):
    """Each takes 15 minutes in slots of 10: the delay grows by 5 each time. Other columns are of no matter."""
    rows = "".join(f"{session},x,900\n" for session in "abcde" for _ in range(8))
    found = printed(capsys, "--csv", written(tmp_path, f"session,who,service_seconds\n{rows}"), "--slot", "10")
    assert (found["sessions"], found["consults"]) == (5, 40)
    ahead = found["ahead"]
    assert [ahead[key]["forecasts"] for key in AHEAD] == [35, 25, 15]
    assert [ahead[key]["plan"] for key in AHEAD] == [20, 25, 30]
    assert [ahead[key]["carried"] for key in AHEAD] == [5, 15, 25]
    assert all(ahead[key]["forecast"] < ahead[key]["carried"] / 3 for key in AHEAD)


def test_forecast_learned_from_other_sessions_only(capsys, tmp_path):
    """Of a single session it knows nothing beforehand: a consult of 2 hours is expected as planned."""
    rows = "".join("only,7200\n" for _ in range(3))
    found = printed(capsys, "--csv", written(tmp_path, f"session,service_seconds\n{rows}"), "--slot", "10")
    assert found["ahead"]["1"]["forecast"] > 105
    assert found["ahead"]["5"] == {"forecasts": 0, "plan": 0, "carried": 0, "forecast": 0, "inside": 0}


def test_table_for_people(capsys):
    main(["--sessions", "3", "--patients", "4"])
    shown = capsys.readouterr().out
    assert "12 consults in 3 sessions, slots of 15 minutes" in shown
    assert "carried" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column session and no column service_seconds; the columns are none"),
        ("session,seconds\na,5\n", "no column service_seconds; the columns are session, seconds"),
        ("session,service_seconds\n", "no session of two consults or more"),
        ("session,service_seconds\na,5\nb,5\n", "no session of two consults or more"),
        ("session,service_seconds\na,5\na,-1\n", "line 3: service_seconds is '-1'"),
        ("session,service_seconds\na,5\na,\n", "line 3: service_seconds is ''"),
        ("session,service_seconds\na,5\na\n", "line 3: service_seconds is None"),
        ("session,service_seconds\na,nan\n", "line 2: service_seconds is 'nan'"),
        ("session,service_seconds\na,1e9\n", "line 2: service_seconds is '1e9'"),
        ("session,service_seconds\n ,60\n", "line 2: session is empty"),
    ],
)
def test_file_that_cannot_be_replayed_is_refused_with_its_place(capsys, tmp_path, text, says):
    with pytest.raises(SystemExit) as left:
        main(["--csv", written(tmp_path, text)])
    assert left.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--csv", "/nowhere/held.csv"], "/nowhere/held.csv cannot be read: No such file"),
        (["--slot", "0"], "argument --slot: a whole number from 1 to 240, not '0'"),
        (["--slot", "13.4"], "argument --slot: a whole number from 1 to 240, not '13.4'"),
        (["--cv", "nan"], "argument --cv: a number from 0.05 to 3, not 'nan'"),
    ],
)
def test_wrong_parameter_is_refused_with_what_to_give(capsys, arguments, says):
    with pytest.raises(SystemExit):
        main(arguments)
    assert says in capsys.readouterr().err


def test_file_that_is_no_text_is_refused(capsys, tmp_path):
    path = tmp_path / "held.csv"
    path.write_bytes(b"session,service_seconds\n\xff\xfe,5\n")
    with pytest.raises(SystemExit):
        main(["--csv", str(path)])
    assert "is no CSV in UTF-8" in capsys.readouterr().err
