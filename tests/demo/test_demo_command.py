"""The whole command with its real processes. On SQLite and the embedded Valkey, whatever the rest of the run has."""

import os
import re
import signal
import socket
import sqlite3
import stat
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.demo.processes import Running, alive, eventually

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

OPEN = "Stop everything with Ctrl-C"
KINDS = ("uvicorn", "celery", "valkey-server", "demo.mailserver", "demo.smsgateway", "play_demo", "demo.warden")
Start = Callable[..., Running]


def address_of(running: Running) -> str:
    found = re.search(r"http://localhost:\d+", running.await_line("Staff"))
    assert found, running.output
    return found[0]


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())


def rows(folder: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "videopoli.sqlite3")) as database:
        return database.execute(question).fetchall()


def booked(folder: Path) -> set[tuple]:
    return set(rows(folder, "SELECT id, patient_id, clinician_id, start FROM scheduling_appointment"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_the_demo_opens_and_leaves_nothing(run_demo: Start, demo_folder: Path, how: signal.Signals) -> None:
    running = run_demo(demo_folder)
    running.await_line(OPEN)
    assert "<form" in page(address_of(running) + "/account/login/")
    eventually(lambda: all(running.pid_of(kind) for kind in KINDS), what=str(KINDS))
    # The worker's own children must not be forgotten either.
    eventually(lambda: sum("celery" in command for command in running.processes().values()) >= 4)

    code = running.end(how)

    assert code == (0 if how == signal.SIGINT else -signal.SIGKILL)
    assert not alive(running.seen)
    assert not (demo_folder / "valkey.sock").exists()


def test_a_web_server_that_dies_is_started_again_on_its_port(run_demo: Start, demo_folder: Path) -> None:
    running = run_demo(demo_folder)
    running.await_line(OPEN)
    address, first = address_of(running), running.pid_of("uvicorn")

    os.kill(first, signal.SIGKILL)

    running.await_line("web died (signal 9)")
    running.await_line("web is running again")
    assert "<form" in page(address + "/account/login/")
    assert running.pid_of("uvicorn") != first


def test_the_mails_and_the_next_start_find_what_was_there(run_demo: Start, demo_folder: Path) -> None:
    first = run_demo(demo_folder)
    first.await_line(OPEN)
    link = re.search(r"http\S+/demo/mail/\?to=\S+", first.await_line("The mail with the personal link"))
    assert link
    eventually(lambda: 'class="rowlink"' in page(link[0]), what="the visitor's mail")
    first.end(signal.SIGINT)
    kept, password = booked(demo_folder), (demo_folder / "demo-password").read_text()

    second = run_demo(demo_folder)
    second.await_line(OPEN)

    assert kept <= booked(demo_folder)
    assert password.strip() in second.output
    assert "rowlink" in page(address_of(second) + "/demo/mail/")
    assert stat.S_IMODE((demo_folder / "demo-password").stat().st_mode) == 0o600


def test_a_reset_starts_over(run_demo: Start, demo_folder: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "videopoli.sqlite3")) as database:
        database.execute("UPDATE people_department SET name = 'Oude naam'")
        database.commit()

    running = run_demo(demo_folder, "--reset", "--weeks", "0")
    running.await_line(OPEN)

    assert ("Oude naam",) not in rows(demo_folder, "SELECT name FROM people_department")
    assert rows(demo_folder, "SELECT count(*) FROM people_patient") == [(400,)]


def test_a_second_demo_on_one_folder_says_so_and_stops(run_demo: Start, demo_folder: Path) -> None:
    first = run_demo(demo_folder)
    first.await_line(OPEN)

    for arguments in ((), ("--reset",)):
        second = run_demo(demo_folder, *arguments)
        assert second.popen.wait(60) == 1
        assert f"already runs on {demo_folder} at {address_of(first)}" in second.output
        assert "VIDEOPOLI_DATA" in second.output
    assert first.popen.poll() is None


def test_a_port_that_was_asked_for_and_is_busy_is_an_error(run_demo: Start, short_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = run_demo(short_folder, "--port", str(port))
        assert running.popen.wait(60) == 1

    assert f"Port {port} is in use" in running.output
    assert "--port" in running.output


def test_a_busy_port_that_nobody_asked_for_is_passed_over(run_demo: Start, demo_folder: Path) -> None:
    try:
        other = socket.create_server(("127.0.0.1", 8000))
    except OSError:
        other = None  # Somebody else keeps it busy already.
    try:
        running = run_demo(demo_folder)
        running.await_line(OPEN)
    finally:
        if other is not None:
            other.close()

    taken = address_of(running)
    assert taken != "http://localhost:8000"
    assert f"Port 8000 is in use: taking {taken.rpartition(':')[2]}." in running.output


def test_the_addresses_follow_the_port(run_demo: Start, demo_folder: Path) -> None:
    port = free_port()
    running = run_demo(demo_folder, "--port", str(port))
    running.await_line(OPEN)
    outbox = demo_folder / "mail" / "new"
    eventually(lambda: list(outbox.glob("*")), what="mail")

    assert address_of(running) == f"http://localhost:{port}"
    assert any(f"http://localhost:{port}/v/" in mail.read_text(errors="replace") for mail in outbox.glob("*"))


def test_a_database_with_other_data_is_left_alone(run_demo: Start, demo_folder: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "videopoli.sqlite3")) as database:
        database.execute("DELETE FROM events_event WHERE kind LIKE 'demo.%'")
        database.commit()
    before = booked(demo_folder)

    for arguments in ((), ("--reset",)):
        running = run_demo(demo_folder, *arguments)
        assert running.popen.wait(60) == 1
        assert "holds data that is not a demo's" in running.output
    assert booked(demo_folder) == before


def test_a_demo_that_was_interrupted_while_filling_starts_over(run_demo: Start, demo_folder: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "videopoli.sqlite3")) as database:
        database.execute("DELETE FROM events_event WHERE kind = 'demo.filled'")
        database.execute("UPDATE people_department SET name = 'Half'")
        database.commit()

    running = run_demo(demo_folder, "--weeks", "0")
    running.await_line(OPEN)

    assert ("Half",) not in rows(demo_folder, "SELECT name FROM people_department")


def test_services_that_do_not_answer_are_named(run_demo: Start, short_folder: Path) -> None:
    redis = run_demo(short_folder, REDIS_URL="redis://127.0.0.1:1/0")
    assert redis.popen.wait(60) == 1
    assert "Redis does not answer" in redis.output

    postgres = run_demo(short_folder, DATABASE_URL="postgres://demo@127.0.0.1:1/none")
    assert postgres.popen.wait(60) == 1
    assert "The database does not answer" in postgres.output
    assert "Traceback" not in redis.output + postgres.output
