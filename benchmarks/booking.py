"""How many bookings a second, by eight at once, and what becomes of them when all want the same places.

    python -m benchmarks.booking --json [--repeats 5 --random 1200 --same 800]

On the database that DATABASE_URL names. Eight processes book at random in the free time of 40 clinicians, and then
all at the same 30 places of one of them. Three ways, in one run, each after the other in every repeat:

floor     a lock, a look, an insert under an exclusion constraint (SQLite: an IMMEDIATE transaction): no rules at all
action    `book_appointment`: all rules, the change written down, a fact, links and messages
http      POST /api/v1/appointments at two server processes that keep their connections (DATABASE_POOL), with session,
          permission, access log and OpenAPI types; who is refused is offered five other places

The floor is one look and one row. The action is six looks and ten rows or more: the appointment, what it occupies,
who takes part, its history, a fact, each message. Clients, servers and the database share the machine: on one that
has other work, compare the rates of one run with each other, never those of two runs.
`ok_per_second` counts what was booked at random; milliseconds are of one attempt at a same place, booked or refused.
An overlap is two appointments of one clinician at one time; a fault is any end but booked, refused or busy.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from time import perf_counter, sleep
from typing import Any
from urllib.request import urlopen

from benchmarks.worlds import environment, scratch_database

CLIENTS = 8
CLINICIANS = 40
WORKDAYS = 40
SERVERS = 2
WAYS = ("floor", "action", "http")
SERVER_STARTS_WITHIN = 60


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--random", type=int, default=1200, help="bookings at random, in all")
    options.add_argument("--same", type=int, default=800, help="bookings at the same places, in all")
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    with scratch_database():
        from benchmarks.booking_world import make_world

        asked = json.dumps(make_world(clinicians=CLINICIANS, days=workdays(WORKDAYS), clients=CLIENTS))
        result = _measure(asked, given.repeats, (given.random // CLIENTS, given.same // CLIENTS))
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


def workdays(count: int) -> list[date]:
    """From tomorrow on."""
    from django.utils import timezone

    found: list[date] = []
    day = timezone.localdate()
    while len(found) < count:
        day += timedelta(days=1)
        if day.isoweekday() <= 5:
            found.append(day)
    return found


def _measure(asked: str, repeats: int, counts: tuple[int, int]) -> dict[str, Any]:
    from benchmarks.booking_world import begin_anew, overlaps

    found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for repeat in range(repeats):
        for way in WAYS:
            begin_anew()
            spread, crowded = _together(way, asked, counts, repeat)
            found[way].append({"random": spread, "same": crowded, "overlaps": overlaps(way)})
            print(f"repeat {repeat + 1}: {way}", file=sys.stderr, flush=True)
    return {way: _summed(rows) for way, rows in found.items()}


def _together(way: str, asked: str, counts: tuple[int, int], repeat: int) -> list[dict[str, Any]]:
    """Eight clients, in rounds that all begin at the same moment: how each attempt ended, and how long it took."""
    server, url = _servers() if way == "http" else (None, "")
    command = [sys.executable, "-m", "benchmarks.booking_client", way]
    try:
        clients = [
            _Client([*command, str(repeat * CLIENTS + n), url, *map(str, counts)], asked) for n in range(CLIENTS)
        ]
        for client in clients:
            client.hear()
        return [_round(clients) for _ in counts]
    finally:
        if server is not None:
            server.terminate()
            server.wait()


def _round(clients: list["_Client"]) -> dict[str, Any]:
    began = perf_counter()
    for client in clients:
        client.say("go")
    told = [json.loads(client.hear()) for client in clients]
    seconds = perf_counter() - began
    ends = sum((Counter(each["ends"]) for each in told), Counter())
    return {"seconds": seconds, "ends": dict(ends), "ms": [ms for each in told for ms in each["ms"]]}


class _Client:
    def __init__(self, command: list[str], asked: str) -> None:
        self._process = subprocess.Popen(
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.say(asked)

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _servers() -> tuple[subprocess.Popen[str], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "uvicorn", "config.asgi:application", "--lifespan", "off", "--log-level", "warning"]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", *command, "--port", str(port), "--workers", str(SERVERS)],
        env={**environment(), "BASE_URL": f"http://127.0.0.1:{port}", "DATABASE_POOL": str(CLIENTS)},
        stdout=subprocess.DEVNULL,
        text=True,
    )
    until = perf_counter() + SERVER_STARTS_WITHIN
    while perf_counter() < until:
        try:
            # Often enough that each process has answered one.
            for _ in range(4 * SERVERS):
                urlopen(f"http://127.0.0.1:{port}/api/schema/", timeout=30).close()
        except OSError:
            sleep(0.2)
        else:
            return server, f"http://127.0.0.1:{port}"
    server.terminate()
    sys.exit(f"the server did not start within {SERVER_STARTS_WITHIN} s")


def _summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    ends = sum((Counter(row[where]["ends"]) for row in rows for where in ("random", "same")), Counter())
    waits = sorted(ms for row in rows for ms in row["same"]["ms"])
    return {
        "ok_per_second": round(
            statistics.median(row["random"]["ends"].get("booked", 0) / row["random"]["seconds"] for row in rows), 1
        ),
        "same_p50_ms": round(statistics.median(waits), 1),
        "same_p99_ms": round(waits[int(len(waits) * 0.99)], 1),
        "booked": ends["booked"],
        "refused": ends["refused"],
        "busy": ends["busy"],
        "faults": ends.total() - ends["booked"] - ends["refused"] - ends["busy"],
        "overlaps": sum(row["overlaps"] for row in rows),
    }


def _table(result: dict[str, Any]) -> None:
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    names = list(next(iter(result.values())))
    print(f"{engine:10}" + "".join(f"{name:>15}" for name in names))
    for way, row in result.items():
        print(f"{way:10}" + "".join(f"{row[name]:>15}" for name in names))


if __name__ == "__main__":
    main()
