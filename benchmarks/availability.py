"""How long it takes to answer "when is there room?", through the API view, with every rule in force.

    python -m benchmarks.availability --data DIR --json

DIR holds the data.json of a seeded polyclinic. It is loaded through the models into a database of its own. Q1: the
first 20 distinct starts within 28 days; Q1F: every (clinician, start) pair in 28 days; Q2: clinician 7, second week.
`floor` is the bare values_list read with the subtraction done in Python, in the same run: no types, breaks, start-up
time, absences, policy or permission. CPU milliseconds, client plus database, are the median of the runs.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks.worlds import scratch_database

if TYPE_CHECKING:
    from benchmarks.polyclinic import Polyclinic

CONSULT = 20
WINDOW = timedelta(days=28)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder with data.json")
    options.add_argument("--runs", type=int, default=15)
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    data = json.loads((given.data / "data.json").read_text())
    with scratch_database():
        from benchmarks.polyclinic import load

        result = measure(load(data, consult=CONSULT), given.runs)
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


def measure(clinic: "Polyclinic", runs: int) -> dict[str, Any]:
    first, last = clinic.first_day, clinic.first_day + WINDOW - timedelta(days=1)
    week = first + timedelta(days=7), first + timedelta(days=13)
    questions: dict[str, tuple[dict[str, Any], tuple[date, date], int | None, int | None]] = {
        "q1": ({"first": 20}, (first, last), None, 20),
        "q1f": ({}, (first, last), None, None),
        "q2": ({"clinician": clinic.clinicians[7]}, week, clinic.clinicians[7], None),
    }
    result: dict[str, Any] = {"floor": {}}
    for name, (extra, window, clinician, limit) in questions.items():
        view = _through_the_view(clinic, window, extra)
        bare = _bare(clinic, window, clinician, limit)
        result[name] = _timed(view, runs)
        result["floor"][name] = _timed(bare, runs)
    return result


def _through_the_view(
    clinic: "Polyclinic", window: tuple[date, date], extra: dict[str, Any]
) -> Callable[[], tuple[int, int]]:
    from rest_framework.test import APIRequestFactory, force_authenticate

    from api.views.slots import Slots
    from scheduling.localtime import AMSTERDAM

    morning = datetime.combine(clinic.first_day, time.min, AMSTERDAM)
    view = Slots.as_view(clock=lambda: morning)
    query = {"type": clinic.type_id, "from": window[0].isoformat(), "until": window[1].isoformat(), **extra}

    def ask() -> tuple[int, int]:
        request = APIRequestFactory().get("/api/v1/slots", query)
        force_authenticate(request, user=clinic.planner)
        response = view(request)
        response.render()
        if response.status_code != 200:
            sys.exit(f"the view answered {response.status_code}: {response.content!r}")
        slots = json.loads(response.content)["slots"]
        pairs = len(slots) if "first" in extra else sum(len(slot["clinicians"]) for slot in slots)
        return pairs, len(slots)

    return ask


def _bare(
    clinic: "Polyclinic", window: tuple[date, date], clinician: int | None, limit: int | None
) -> Callable[[], tuple[int, int]]:
    from scheduling.localtime import day_span
    from scheduling.models import Occupancy, Resource, SessionBlock

    low, high = day_span(*window)

    def ask() -> tuple[int, int]:
        held = SessionBlock.objects.filter(starts__gte=low, starts__lt=high)
        taken = Occupancy.objects.filter(resource=Resource.CLINICIAN, starts__gte=low, starts__lt=high, active=True)
        if clinician is not None:
            held, taken = held.filter(clinician_id=clinician), taken.filter(resource_id=clinician)
        busy: dict[int, list[tuple[int, int]]] = {}
        for who, start, end in taken.order_by("starts").values_list("resource_id", "starts", "ends"):
            busy.setdefault(who, []).append((start, end))
        pairs = []
        for who, start, end in held.order_by("starts").values_list("clinician_id", "starts", "ends"):
            at = start
            for gone, back in [*((a, b) for a, b in busy.get(who, ()) if a < end and b > start), (end, end)]:
                pairs += [(t, who) for t in range(at, gone - CONSULT + 1, 5)]
                at = max(at, back)
        distinct = sorted({start for start, _ in pairs})
        return (len(pairs), len(distinct)) if limit is None else (len(distinct[:limit]), len(distinct[:limit]))

    return ask


def _timed(ask: Callable[[], tuple[int, int]], runs: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    count, distinct = ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    spent = []
    for _ in range(runs):
        began = process_time() + database_seconds()
        ask()
        spent.append(process_time() + database_seconds() - began)
    return {
        "count": count,
        "distinct_starts": distinct,
        "cpu_ms": round(statistics.median(spent) * 1000, 2),
        "queries": len(captured),
    }


def database_seconds() -> float:
    """CPU time of the database's own process: nothing for SQLite, the backend's for PostgreSQL on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    try:
        # Nanoseconds on the processor, of the backend that serves this connection.
        return int(Path(f"/proc/{_backend_pid()}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _backend_pid() -> int:
    from django.db import connection

    pid: int = connection.connection.info.backend_pid
    return pid


def _table(result: dict[str, Any]) -> None:
    print(f"measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    print(f"{'':6}{'count':>8}{'cpu ms':>10}{'queries':>9}{'floor ms':>10}")
    for name in ("q1", "q1f", "q2"):
        row = result[name]
        floor = result["floor"][name]["cpu_ms"]
        print(f"{name:6}{row['count']:>8}{row['cpu_ms']:>10}{row['queries']:>9}{floor:>10}")


if __name__ == "__main__":
    main()
