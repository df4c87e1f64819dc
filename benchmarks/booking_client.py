"""One of the processes that `benchmarks.booking` starts: python -m benchmarks.booking_client WAY SEED URL RANDOM SAME

It reads the world as a line of JSON and says that it is ready. A line from above begins each of two rounds, so many
times at random and so many at the same places; it tells how the attempts of each ended.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from random import Random
from time import perf_counter
from typing import Any

Attempt = Callable[[int, int, tuple[int, str]], str]
FLOOR = "bench_floor"
CSRF = "a" * 32
SILENT_AT_MOST = 2  # seconds


def main() -> None:
    way, seed, url, *counts = sys.argv[1:]
    world = json.loads(sys.stdin.readline())
    choose = Random(int(seed))
    attempt = {"floor": _floor, "action": _action, "http": _http}[way](world, url, int(seed))
    print("ready", flush=True)
    for where, count in zip(("random", "same"), counts, strict=True):
        wanted = [_wish(world, where, choose) for _ in range(int(count))]
        sys.stdin.readline()
        print(json.dumps(_round(attempt, wanted)), flush=True)


def _round(attempt: Attempt, wanted: list[tuple[int, int, tuple[int, str]]]) -> dict[str, Any]:
    ends: Counter[str] = Counter()
    spent = []
    for clinician, start, patient in wanted:
        began = perf_counter()
        ends[attempt(clinician, start, patient)] += 1
        spent.append(round((perf_counter() - began) * 1000, 2))
    return {"ends": ends, "ms": spent}


def _wish(world: dict[str, Any], where: str, choose: Random) -> tuple[int, int, tuple[int, str]]:
    patient = choose.choice(world["patients"])
    if where == "same":
        return world["clinicians"][0], choose.choice(world["same"]), patient
    # Not where all come together afterwards.
    return choose.choice(world["clinicians"][1:]), choose.choice(world["starts"]), patient


def _floor(world: dict[str, Any], _url: str, _seed: int) -> Attempt:
    import django

    django.setup()
    from django.db import IntegrityError, OperationalError, connection, transaction

    minutes, on_postgres = world["minutes"], connection.vendor == "postgresql"

    def attempt(clinician: int, start: int, _patient: tuple[int, str]) -> str:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                if on_postgres:
                    cursor.execute("SET LOCAL lock_timeout = '3s'")
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [(clinician << 20) | start // 1440])
                told = [clinician, start + minutes, start]
                cursor.execute(f"SELECT 1 FROM {FLOOR} WHERE clinician = %s AND starts < %s AND ends > %s", told)
                if cursor.fetchone():
                    return "refused"
                cursor.execute(f"INSERT INTO {FLOOR} VALUES (%s, %s, %s)", [clinician, start, start + minutes])
                return "booked"
        except IntegrityError:
            return "refused"
        except OperationalError as error:
            return "busy" if "lock timeout" in str(error) or "locked" in str(error) else "fault"

    connection.ensure_connection()
    return attempt


def _action(world: dict[str, Any], _url: str, _seed: int) -> Attempt:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from people.models import Clinician, Patient
    from scheduling.actions.booking import book_appointment
    from scheduling.actions.placing import Plan
    from scheduling.locks import Busy
    from scheduling.models import Appointment, AppointmentType
    from scheduling.models.minutes import from_minute

    kind = AppointmentType.objects.get(pk=world["type"])

    def attempt(clinician: int, start: int, patient: tuple[int, str]) -> str:
        try:
            done = book_appointment(
                patient=Patient.objects.get(pk=patient[0]),
                plan=Plan(from_minute(start), Clinician.objects.get(pk=clinician), kind),
                by="user:1",
                now=timezone.now(),
            )
        except Busy:
            return "busy"
        except Exception as error:
            return type(error).__name__
        return "booked" if isinstance(done, Appointment) else "refused"

    connection.ensure_connection()
    return attempt


def _http(world: dict[str, Any], url: str, seed: int) -> Attempt:
    from datetime import UTC, datetime

    host = url.removeprefix("http://")
    connection = HTTPConnection(host, timeout=60)
    session = world["sessions"][seed % len(world["sessions"])]
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"{world['cookie']}={session}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
    }

    used = 0.0

    def attempt(clinician: int, start: int, patient: tuple[int, str]) -> str:
        nonlocal used
        # The server hangs up on who is silent for five seconds.
        if perf_counter() - used > SILENT_AT_MOST:
            connection.close()
        wanted = {
            "type": world["type"],
            "clinician": clinician,
            "patient": patient[1],
            "start": datetime.fromtimestamp(start * 60, UTC).isoformat(),
        }
        connection.request("POST", "/api/v1/appointments", json.dumps(wanted), headers)
        answer = connection.getresponse()
        answer.read()
        used = perf_counter()
        return {201: "booked", 409: "refused", 503: "busy"}.get(answer.status, f"status {answer.status}")

    return attempt


if __name__ == "__main__":
    main()
