import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.plan import Plan, Process
from tests.demo.processes import PROJECT, Running, alive, await_death, below, eventually

PY = sys.executable
# Starts a child of its own and, like a worker in the middle of something, does not listen to a polite request.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"])
time.sleep(600)
"""


def sleeper(name: str, **more: Any) -> Process:
    return Process(name, [PY, "-c", f"import time; time.sleep(600)  # {name}"], **more)


def job(name: str, code: str) -> Process:
    return Process(name, [PY, "-u", "-c", code], is_job=True)


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started = []

    def start(*stages: list[Process]) -> Running:
        plan = Plan(str(tmp_path / "logs"), list(stages))
        command = [PY, "-m", "tests.demo.launched", plan.to_json()]
        running = Running(command, log=tmp_path / "out")
        started.append(running)
        return running

    yield start
    for running in started:
        running.clear()


def events(running: Running) -> list[dict[str, Any]]:
    return [json.loads(line) for line in running.output.splitlines() if line.startswith("{")]


def await_event(running: Running, name: str, event: str) -> dict[str, Any]:
    def told() -> dict[str, Any] | None:
        return next((e for e in events(running) if (e["name"], e["event"]) == (name, event)), None)

    return eventually(told, patience=30, what=f"{event} of {name} in {running.output}")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_however_the_command_ends(launch: Callable[..., Running], how: signal.Signals) -> None:
    running = launch([sleeper("ella"), Process("stubborn", [PY, "-c", STUBBORN])])
    await_event(running, "", "ready")
    eventually(lambda: sum("600" in command for command in running.processes().values()) >= 3)

    running.end(how)

    assert not alive(running.seen)


def test_without_the_warden_an_orphan_is_left(tmp_path: Path) -> None:
    """What the warden is for: the same end, without it."""
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    parent = subprocess.Popen([PY, "-c", f"{code}; time.sleep(600)"])
    orphans = eventually(lambda: below(parent.pid))
    parent.kill()
    parent.wait()
    try:
        assert alive(orphans) == set(orphans)
    finally:
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)


def test_nothing_is_left_when_the_warden_itself_is_killed(launch: Callable[..., Running]) -> None:
    running = launch([sleeper("ella")])
    await_event(running, "", "ready")
    os.kill(eventually(lambda: running.pid_of("demo.warden")), signal.SIGKILL)

    running.await_line("warden lost")

    await_death(running.seen)


def test_nothing_is_left_when_uv_above_the_command_is_killed(tmp_path: Path) -> None:
    """`uv run` stands between the shell and the command, and cannot pass on its own kill -9."""
    uv = tmp_path / "uv"
    # A program of that name, for what ps shows: a copy, since a link would show its target.
    shutil.copy(shutil.which("sh") or "/bin/sh", uv)
    plan = Plan(str(tmp_path / "logs"), [[sleeper("ella")]])
    inner = f"{PY} -m tests.demo.launched '{plan.to_json()}'; true"
    running = Running([str(uv), "-c", inner], log=tmp_path / "out", PYTHONPATH=str(PROJECT))
    try:
        await_event(running, "", "ready")
        running.end(signal.SIGKILL)
    finally:
        running.clear()

    assert "ended" in running.output


def test_a_process_that_dies_is_reported_and_started_again(launch: Callable[..., Running]) -> None:
    running = launch([sleeper("ella"), sleeper("bea")])
    await_event(running, "", "ready")
    first = await_event(running, "ella", "started")["pid"]

    os.kill(first, signal.SIGKILL)

    died = await_event(running, "ella", "died")
    assert (died["code"], died["again_in"]) == (-signal.SIGKILL, 0.5)
    again = eventually(
        lambda: [e["pid"] for e in events(running) if e["event"] == "started" and e["name"] == "ella"][1:],
        patience=30,
    )
    assert alive(again) == set(again)
    assert not alive([first])


def test_what_a_dead_process_had_started_does_not_live_on(launch: Callable[..., Running]) -> None:
    running = launch([Process("stubborn", [PY, "-c", STUBBORN])])
    leader = await_event(running, "stubborn", "started")["pid"]
    child = eventually(lambda: below(leader))

    os.kill(leader, signal.SIGKILL)

    await_death(child)


def test_a_process_that_keeps_dying_is_started_less_and_less_often(launch: Callable[..., Running]) -> None:
    running = launch([Process("broken", [PY, "-c", "raise SystemExit('no such clinic')"])])

    def pauses() -> list[float] | None:
        found = [e["again_in"] for e in events(running) if e["event"] == "died"]
        return found if len(found) >= 3 else None

    assert eventually(pauses, patience=30)[:3] == [0.5, 1.0, 2.0]
    assert await_event(running, "broken", "died")["tail"] == "no such clinic"


def test_a_stage_waits_for_the_jobs_of_the_one_before(launch: Callable[..., Running]) -> None:
    running = launch([job("fill", "print('half'); print('whole')")], [sleeper("web")])
    await_event(running, "", "ready")

    told = [(e["event"], e["name"], e.get("line")) for e in events(running)]

    assert told == [
        ("started", "fill", None),
        ("said", "fill", "half"),
        ("said", "fill", "whole"),
        ("done", "fill", None),
        ("started", "web", None),
        ("up", "web", None),
        ("ready", "", None),
    ]


def test_a_job_that_fails_ends_everything_and_tells_why(launch: Callable[..., Running]) -> None:
    running = launch([sleeper("valkey"), job("fill", "raise SystemExit('no room')")], [sleeper("web")])

    assert await_event(running, "fill", "failed")["tail"] == "no room"
    running.await_line("ended")

    assert [e["name"] for e in events(running) if e["event"] == "started"] == ["valkey", "fill"]
    await_death(running.seen)


def test_a_program_that_does_not_exist_is_reported(launch: Callable[..., Running]) -> None:
    running = launch([Process("ghost", ["/no/such/program"])])

    assert "/no/such/program" in await_event(running, "ghost", "died")["tail"]
