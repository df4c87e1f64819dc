"""The proofs that nothing is booked double and no message lost, stale or double, by the numbers of the test plan.

python -m checks.chaos             the long ones, on the database and Redis that the environment names
python -m checks.chaos --short     the same tests as they run with every commit
python -m checks.chaos -k outage   those whose line has this word
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = "tests/notifications"
FAULTS, CLOCKS = f"{FOLDER}/chaos/test_faults.py", f"{FOLDER}/chaos/test_clocks.py"
BROKER, RACES = f"{FOLDER}/chaos/test_broker_and_beats.py", f"{FOLDER}/test_sending_races.py"
KILLED, NIGHTS = f"{FOLDER}/test_killed_workers.py", f"{FOLDER}/test_clock_changes.py"


@dataclass(frozen=True)
class Proof:
    name: str
    number: str  # as in the test plan; the short ones are in the tests
    holds: str
    tests: str


PROOFS = (
    *(
        Proof(
            f"booking race, {slots} slot{'' if slots == 1 else 's'}",
            "200 clients, 50 rounds",
            "0 overlaps; 201, 409, 503 only; min(N, M) booked",
            f"tests/api/test_bookings_at_once.py::test_as_many_are_booked_as_there_are_places[{slots}-",
        )
        for slots in (1, 20, 200)
    ),
    Proof(
        "book, move, change, cancel mix",
        "20,000 by 50 clients",
        "explained by the database; no orphan messages",
        f"{FOLDER}/test_many_operations.py::test_history_is_explained_by_the_database",
    ),
    Proof(
        "desk beside a model of it",
        "300 times 50 steps",
        "both say the same after every step",
        f"{FOLDER}/test_desk_model.py::test_desk_does_what_the_model_does",
    ),
    Proof(
        "kill -9 a worker while it sends",
        "200 kills, 5,000 messages",
        "0 lost; duplicates <= kills, same Message-ID",
        f"{KILLED}::test_killed_at_any_moment_loses_nothing",
    ),
    Proof("Redis FLUSHALL", "20", "0 lost, 0 double", f"{BROKER}::test_broker_that_forgets_everything"),
    Proof("two beats", "10 minutes", "0 double", f"{BROKER}::test_two_beats"),
    *(
        Proof(f"SMTP {kind} around DATA", "500", "right final state", f"{FAULTS}::test_mail_server[{kind}-")
        for kind in ("4xx", "5xx", "hang", "reset")
    ),
    *(
        Proof(f"SMS gateway: {name}", "500", "right final state", f"{FAULTS}::test_sms_gateway[{kind}-")
        for name, kind in (("wait", "4xx"), ("no", "5xx"), ("hang", "hang"), ("reset", "reset"))
    ),
    *(
        Proof(
            f"outage of {how_long}",
            "1,000 appointments",
            "at most 1 reminder each, none after the start",
            f"{CLOCKS}::test_outage[{how_long}-",
        )
        for how_long in ("30 minutes", "6 hours", "3 days")
    ),
    *(
        Proof(f"{how} against sending", "2,500 with barriers", "no stale message", f"{RACES}::{test}[{how}-")
        for how in ("move", "cancel")
        for test in ("test_what_was_told_last_is_true",)
    ),
    *(
        Proof(
            f"undo of a {how} against sending",
            "2,500 with barriers",
            "told or undone, never both",
            f"{FOLDER}/test_undo_races.py::test_told_or_undone_and_never_both[{how}-",
        )
        for how in ("move", "cancel")
    ),
    Proof(
        "nights of the clock change",
        "every 5 minutes, to 2030",
        "one row per kind, right instant",
        f"{NIGHTS}::test_reminders_around_a_clock_change",
    ),
    Proof("clock of a worker +-2 h", "20", "no duplicates", f"{CLOCKS}::test_clock_that_jumps_two_hours"),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m checks.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="in the sizes of every commit")
    parser.add_argument("-k", default="", metavar="WORD", help="those whose line has this word")
    given = parser.parse_args()
    proofs = [proof for proof in PROOFS if given.k.lower() in proof.name.lower()]
    print(f"on {_database()}\n", flush=True)
    print(f"{'test':34}{'number':28}{'must hold':48}held", flush=True)
    held = [_prove(proof, short=given.short) for proof in proofs]
    print(f"\n{held.count(True)} of {len(held)} held")
    return 0 if held and all(held) else 1


def _prove(proof: Proof, *, short: bool) -> bool:
    began = perf_counter()
    done = subprocess.run(  # noqa: S603  the words are ours
        [sys.executable, "-m", "pytest", "-q", "-m", "slow or not slow", "--tb=short", _node(proof, short=short)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    # Also when there was nothing to run: a proof that is not there does not hold.
    held = done.returncode == 0
    number = "short" if short else proof.number
    words = "yes" if held else "NO"
    print(f"{proof.name:34}{number:28}{proof.holds:48}{words:5}{perf_counter() - began:7.0f} s", flush=True)
    if not held:
        print(done.stdout[-4000:] + done.stderr[-1000:], flush=True)
    return held


def _node(proof: Proof, *, short: bool) -> str:
    size = "short]" if short else "long]"
    return f"{proof.tests}{size}" if "[" in proof.tests else f"{proof.tests}[{size}"


def _database() -> str:
    return "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"


if __name__ == "__main__":
    sys.exit(main())
