"""How long a staff page takes at the scale of a clinic: 40 clinicians, a year around today, 100,000 appointments.

    python gen.py DIR --weeks 52 --start <a Monday half a year ago>
    python -m benchmarks.pages --data DIR [--only berichten] [--json]

DIR holds the data.json of a seeded polyclinic, as for benchmarks.availability; it is loaded through the models into a
database of its own, with messages of every state. Each page is asked for through the whole of Django (middleware,
permissions, access log, template). Milliseconds for one page: CPU of the web process and the database together and by
the clock, the median of the runs, and the number of queries. The goal is 100.
"""

import argparse
import json
import random
import statistics
import sys
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.availability import CONSULT, database_seconds
from benchmarks.worlds import scratch_database

if TYPE_CHECKING:
    from django.test import Client

    from benchmarks.polyclinic import Polyclinic


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder with data.json")
    options.add_argument("--only", default="", help="pages whose address has this word")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    data = json.loads((given.data / "data.json").read_text())
    with scratch_database():
        from django.conf import settings

        from benchmarks.polyclinic import load

        settings.ALLOWED_HOSTS.append("testserver")
        result = measure(load(data, consult=CONSULT), given.only, given.runs)
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


def measure(clinic: "Polyclinic", only: str, runs: int) -> dict[str, dict[str, Any]]:
    from django.test import Client

    _send_messages(clinic)
    _employ(clinic)
    _settle()
    client = Client()
    client.force_login(clinic.planner)
    return {address: _timed(client, address, runs) for address in _addresses(clinic) if only in address}


def _addresses(clinic: "Polyclinic") -> list[str]:
    from django.utils import timezone

    from scheduling.models import Appointment

    coming = Appointment.objects.filter(start__gt=timezone.now()).select_related("patient").order_by("start").first()
    if coming is None:
        sys.exit("nothing is booked after today: make the data with --weeks 52 --start <half a year ago>")
    patient, appointment = coming.patient.public_id, coming.public_id
    day = timezone.localdate(coming.start).isoformat()
    boxes = ("problems", "all", "planned", "late", "sent", "delivered", "read", "failed", "expired")
    return [
        "/vandaag/",
        f"/vandaag/afdrukken/?datum={day}",
        f"/agenda/?datum={day}",
        f"/agenda/?datum={day}&weergave=week",
        "/bellijst/",
        "/boeken/",
        f"/boeken/{patient}/",
        f"/boeken/{patient}/?soort={clinic.type_id}",
        f"/afspraken/{appointment}/",
        f"/afspraken/{appointment}/verzetten/",
        f"/afspraken/{appointment}/afzeggen/",
        f"/patienten/{patient}/",
        f"/patienten/{patient}/berichten/",
        *(f"/berichten/?bak={box}" for box in boxes),
        "/berichten/?bak=all&soort=hour_before",
        "/berichten/teksten/",
        "/berichten/afspraken/",
        "/berichten/uitleg/",
        "/rasters/",
        "/beheer/berichten/",
        "/helpdesk/",
    ]


def _employ(clinic: "Polyclinic") -> None:
    """One person with every role but the clinician's: each page asks for its own."""
    from people.models import Membership, Role

    roles = [role for role in Role if role not in (Role.PLANNER, Role.CLINICIAN)]
    Membership.objects.bulk_create(
        Membership(user=clinic.planner, department=clinic.department, role=role) for role in roles
    )


def _send_messages(clinic: "Polyclinic") -> None:
    """A confirmation of every appointment, and both reminders of a third of them; what became of them differs."""
    from benchmarks.message_rows import BATCH
    from notifications.models import Channel, Message, MessageKind
    from notifications.rows import Planned, rows_for
    from scheduling.models import Appointment, Participant, ParticipantRole

    chance, after, rows = random.Random(4), 0, []
    while booked := list(Appointment.objects.select_related("patient").filter(pk__gt=after).order_by("pk")[:BATCH]):
        after = booked[-1].pk
        whom = Participant.objects.bulk_create(
            Participant(appointment=appointment, role=ParticipantRole.PATIENT) for appointment in booked
        )
        for one in whom:
            start = one.appointment.start
            plan = [Planned(MessageKind.CONFIRMATION, start - timedelta(days=chance.randint(5, 60)), start)]
            if chance.random() < 1 / 3:
                plan += [
                    Planned(MessageKind.DAY_BEFORE, start - timedelta(days=1), start - timedelta(hours=2)),
                    Planned(MessageKind.HOUR_BEFORE, start - timedelta(hours=1), start),
                ]
            rows += rows_for(one.appointment, one, plan, (Channel.EMAIL,))
        for row in rows:
            _happen(row, chance)
        Message.objects.bulk_create(rows, batch_size=BATCH)
        rows = []


def _happen(row: Any, chance: random.Random) -> None:
    import uuid

    from django.utils import timezone

    from notifications.models import MessageState

    if row.due_at > timezone.now():
        return
    states = {MessageState.SENT: 950, MessageState.SUPERSEDED: 46, MessageState.FAILED: 2, MessageState.EXPIRED: 2}
    [row.state] = chance.choices(list(states), list(states.values()))
    if row.state != MessageState.SENT:
        return
    row.sent_at, row.link_ref, row.body = row.due_at, uuid.UUID(int=chance.getrandbits(128)), "Beste patiënt," * 40
    if chance.random() < 0.3:
        row.read_at = row.due_at
    if chance.random() < 0.002:
        row.bounced_at = row.due_at


def _settle() -> None:
    """What a running database does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _timed(client: "Client", address: str, runs: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    # Read now: the next request empties the list.
    queries = len(captured)
    if response.status_code != 200:
        sys.exit(f"{address} answered {response.status_code}")
    spent, lasted = [], []
    for _ in range(runs):
        began, at = process_time() + database_seconds(), perf_counter()
        client.get(address)
        spent.append(process_time() + database_seconds() - began)
        lasted.append(perf_counter() - at)
    return {
        "cpu_ms": round(statistics.median(spent) * 1000, 1),
        "clock_ms": round(statistics.median(lasted) * 1000, 1),
        "queries": queries,
        "kilobytes": len(response.content) // 1000,
    }


def _table(result: dict[str, dict[str, Any]]) -> None:
    print(f"{'':60}{'cpu ms':>8}{'clock':>8}{'queries':>9}{'kB':>6}")
    for address, row in result.items():
        print(
            f"{_short(address):60}{row['cpu_ms']:>8.1f}{row['clock_ms']:>8.1f}{row['queries']:>9}{row['kilobytes']:>6}"
        )


def _short(address: str) -> str:
    import re

    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", address)


if __name__ == "__main__":
    main()
