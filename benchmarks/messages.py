"""How fast messages are sent, and whether a message costs more when there are more of them.

    python -m benchmarks.messages --json [--mails 20000 --naive 1000 --rows 10000 30000 100000]

On the database and Redis that DATABASE_URL and REDIS_URL name, to a mail server in a process of its own. Three
ways, in one run, of the same mails (text, HTML, invitation, personal link):

engine    the product: `send_due`, in one worker, in two and in four
loop      no database at all: one connection, make a mail, send it, make the next
naive     a Celery task for every mail, in a real worker, with a connection and a transaction of its own

All ways make their mails in the same way, each in one process. Then, with so many rows planned: what it costs to plan
the messages of one booking more, and to claim one message when all of them are due. Milliseconds for one message.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING, Any

from benchmarks.availability import database_seconds
from benchmarks.worlds import environment, scratch_database

if TYPE_CHECKING:
    from benchmarks.message_rows import Hospital

SWEEP = "import django; django.setup(); from notifications.tasks import send_due; print(); input(); send_due()"
BOOKINGS = 200
PATIENCE_SECONDS = 60


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mails", type=int, default=20_000)
    options.add_argument("--naive", type=int, default=1_000, help="mails sent the naive way")
    options.add_argument("--rows", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    with _Sink() as sink, scratch_database():
        from benchmarks.message_rows import Hospital

        hospital = Hospital()
        result = {"ways": _ways(hospital, sink, given.mails, given.naive), "rows": _growth(hospital, given.rows)}
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


class _Sink:
    """The mail server: `taken` asks it how many mails it has."""

    def __enter__(self) -> "_Sink":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mail_sink", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    @property
    def taken(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def await_taken(self, count: int) -> None:
        taken, since = self.taken, perf_counter()
        while taken < count:
            sleep(0.01)
            taken, before = self.taken, taken
            since = since if taken == before else perf_counter()
            if perf_counter() - since > PATIENCE_SECONDS:
                sys.exit(f"{taken} of {count} mails came: does somebody else empty this Redis?")


def _ways(hospital: "Hospital", sink: _Sink, mails: int, naive: int) -> dict[str, Any]:
    from django.utils import timezone

    from benchmarks.message_rows import write_rows
    from notifications.models import Channel

    def due(count: int) -> None:
        past = timezone.now() - timedelta(minutes=1)
        write_rows(hospital.appointments(count), due=past, channels=(Channel.EMAIL,))

    result = {}
    # The loop before and after: a machine that others use as well is not the same all the time.
    due(mails)
    _progress(f"{mails} messages written")
    first = _loop(sink, mails // 2)
    _progress("half of the loop")
    for workers in (1, 2, 4):
        if workers > 1:
            due(mails)
        result[f"engine, {workers} worker{'s' * (workers > 1)}"] = _engine(sink, mails, workers)
        _progress(f"{mails} mails by {workers}")
    due(naive)
    last = _loop(sink, mails // 2)
    result["loop"] = {name: round(first[name] + last[name], 2) for name in first}
    result["naive"] = _naive(sink, naive)
    for row in result.values():
        row["per_second"] = round(row["mails"] / row["seconds"], 1)
    for row in result.values():
        row["to_loop"] = round(row["per_second"] / result["loop"]["per_second"], 2)
        row["to_naive"] = round(row["per_second"] / result["naive"]["per_second"], 2)
    return result


def _progress(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _loop(sink: _Sink, count: int) -> dict[str, Any]:
    import secrets

    from django.utils import timezone

    from notifications.actions.reading import share_rows
    from notifications.carriers import MailCarrier
    from notifications.models import Message
    from notifications.texts import TextsOf
    from praktijkplan.policy import Policy

    rows = Message.objects.select_related("department", "patient", "appointment", "participant__representative")
    messages = list(rows.order_by("-id")[:1000])
    texts, policy = TextsOf({message.department_id for message in messages}), Policy()
    for message in messages:
        share_rows(message)
    before = sink.taken
    began, cpu = perf_counter(), process_time()
    with MailCarrier() as carrier:
        carrier.connect()
        for n in range(count):
            link = f"http://localhost:8000/v/{secrets.token_urlsafe(16)}"
            message = messages[n % len(messages)]
            carrier.send(carrier.make(message, now=timezone.now(), link=link, policy=policy, texts=texts))
    assert sink.taken == before + count
    return {"mails": count, "seconds": perf_counter() - began, "cpu_s": process_time() - cpu}


def _engine(sink: _Sink, count: int, workers: int) -> dict[str, Any]:
    from notifications.models import Message, MessageState

    before, sent_before = sink.taken, Message.objects.filter(state=MessageState.SENT).count()
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SWEEP], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(workers)
    ]
    for sender in senders:
        assert sender.stdout is not None
        sender.stdout.readline()
    began, cpu = perf_counter(), os.times().children_user + os.times().children_system
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write(b"\n")
        sender.stdin.flush()
    for sender in senders:
        sender.communicate()
    seconds = perf_counter() - began
    times = os.times()
    assert sink.taken == before + count
    assert Message.objects.filter(state=MessageState.SENT).count() == sent_before + count
    return {"mails": count, "seconds": round(seconds, 2), "cpu_s": times.children_user + times.children_system - cpu}


def _naive(sink: _Sink, count: int) -> dict[str, Any]:
    from benchmarks.mail_worker import send_one
    from notifications.models import Message, MessageState

    waiting = list(Message.objects.filter(state=MessageState.PLANNED).values_list("pk", flat=True)[:count])
    # With one task done first, so that starting the worker is not counted.
    command = ["-m", "celery", "-A", "config.celery", "worker", "--concurrency=1", "--loglevel=ERROR"]
    include = ["--include=benchmarks.mail_worker", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", *command, *include],
        env=environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        before = sink.taken
        send_one.delay(waiting.pop())
        sink.await_taken(before + 1)
        cpu = _cpu_of(worker.pid)
        began = perf_counter()
        for pk in waiting:
            send_one.delay(pk)
        sink.await_taken(before + 1 + len(waiting))
        seconds = perf_counter() - began
        return {"mails": len(waiting), "seconds": seconds, "cpu_s": _cpu_of(worker.pid) - cpu}
    finally:
        # Nothing of it is needed any more, and a warm shutdown may take a while.
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def _cpu_of(pid: int) -> float:
    """Of a worker's processes, in seconds."""
    from pathlib import Path

    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Its session is that of the worker.
        if int(fields[3]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _growth(hospital: "Hospital", sizes: list[int]) -> dict[int, dict[str, float]]:
    from django.utils import timezone

    from benchmarks.message_rows import write_rows
    from notifications.models import Channel, Message, MessageState

    result = {}
    Message.objects.filter(state=MessageState.PLANNED).delete()
    planned = 0
    for size in sizes:
        later = timezone.now() + timedelta(days=2)
        whom = hospital.appointments((size - planned) // 2)
        planned += write_rows(whom, due=later, channels=(Channel.EMAIL, Channel.INBOX))
        result[size] = {"planning": _planning(hospital), "few_due": _few_due(hospital), "all_due": _all_due()}
    return result


def _planning(hospital: "Hospital") -> float:
    """As a booking does it: the messages of one appointment, in a transaction of their own."""
    from django.utils import timezone

    from notifications.actions.planning import plan_messages
    from notifications.models import Message

    bookings = [whom.appointment for whom in hospital.appointments(BOOKINGS)]
    before = Message.objects.count()
    began = process_time() + database_seconds()
    for appointment in bookings:
        plan_messages(appointment=appointment, now=timezone.now())
    spent = process_time() + database_seconds() - began
    made = Message.objects.filter(appointment__in=bookings)
    cost = spent * 1000 / (Message.objects.count() - before)
    made.delete()
    return round(cost, 3)


def _few_due(hospital: "Hospital") -> float:
    """Claiming a hundred that are due among all that are not."""
    from django.utils import timezone

    from benchmarks.message_rows import write_rows
    from notifications.models import Channel, Message

    now = timezone.now()
    whom = hospital.appointments(100)
    write_rows(whom, due=now, channels=(Channel.EMAIL,))
    cost = _claiming(now + timedelta(seconds=1), 100)
    Message.objects.filter(participant__in=whom).delete()
    return cost


def _all_due() -> float:
    from django.utils import timezone

    from notifications.models import PENDING, Channel, Message, MessageState

    due = Message.objects.filter(state__in=PENDING, channel=Channel.EMAIL).count()
    cost = _claiming(timezone.now() + timedelta(days=3), due)
    Message.objects.filter(state=MessageState.CLAIMED).update(
        state=MessageState.PLANNED, attempt=0, leased_until=None
    )
    return cost


def _claiming(now: Any, expected: int) -> float:
    from notifications.actions.claiming import Turns
    from notifications.models import Channel

    turns, claimed = Turns(Channel.EMAIL), 0
    began = process_time() + database_seconds()
    while claims := turns.claim(now=now):
        claimed += len(claims)
    assert claimed == expected, (claimed, expected)
    return round((process_time() + database_seconds() - began) * 1000 / claimed, 3)


def _table(result: dict[str, Any]) -> None:
    print(f"{'':20}{'mails':>8}{'seconds':>9}{'cpu s':>8}{'per s':>8}{'x loop':>8}{'x naive':>9}")
    for name, row in result["ways"].items():
        print(
            f"{name:20}{row['mails']:>8}{row['seconds']:>9.1f}{row['cpu_s']:>8.1f}{row['per_second']:>8.0f}"
            f"{row['to_loop']:>8.2f}{row['to_naive']:>9.1f}"
        )
    print(f"\n{'rows planned':20}{'planning':>10}{'claiming, few due':>19}{'all due':>9}   ms of CPU per message")
    for size, row in result["rows"].items():
        print(f"{size:<20}{row['planning']:>10.3f}{row['few_due']:>19.3f}{row['all_due']:>9.3f}")


if __name__ == "__main__":
    main()
