"""How long it takes to find places for sixty patients of a clinician who is ill, all at once.

    python -m benchmarks.assigning --json

Sixty patients, who may come by video or phone, and the free time of eight clinicians in a week, of which 30 % or 90 %
is taken. CPU milliseconds are the median of the runs; nothing is read from a database.
"""

import argparse
import json
import statistics
from datetime import date, timedelta
from time import process_time
from typing import Any

from praktijkplan.assigning import Case, assign
from praktijkplan.localtime import midnight
from praktijkplan.ranking import Wishes
from praktijkplan.slots import Block, BlockMode, Candidate, Kind, free_with_rests
from scheduling.localtime import AMSTERDAM

MONDAY = date(2026, 12, 7)
PATIENTS, CLINICIANS, DAYS, MINUTES, STEP = 60, 8, 5, 20, 5
VIDEO, PHONE = 1, 2
OPENS, LASTS = 9 * 60, 7 * 60


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    result = {f"{taken:.0%} taken": measure(taken, given.runs) for taken in (0.3, 0.9)}
    if given.json:
        print(json.dumps(result))
        return
    for name, row in result.items():
        print(f"{name:12} {row['placed']:3} placed {row['candidates']:6} candidates {row['cpu_ms']:8.1f} ms of CPU")


def measure(taken: float, runs: int) -> dict[str, Any]:
    free, cases = _free(taken), _cases()
    spent = []
    placed = 0
    for _ in range(runs):
        began = process_time()
        found = assign(cases, free)
        spent.append(process_time() - began)
        placed = sum(each.proposal is not None for each in found.values())
    return {
        "placed": placed,
        "candidates": sum(map(len, free.values())),
        "cpu_ms": round(statistics.median(spent) * 1000, 1),
    }


def _free(taken: float) -> dict[Kind, list[Candidate]]:
    blocks, busy = [], []
    for number in range(CLINICIANS * DAYS):
        who = number % CLINICIANS
        opens = midnight(MONDAY + timedelta(days=number // CLINICIANS), AMSTERDAM) + OPENS
        blocks.append(Block(who, number, number, opens, opens + LASTS, BlockMode.FLEXIBLE))
        slots = range(opens, opens + LASTS, MINUTES)
        busy += [(who, at, at + MINUTES) for n, at in enumerate(slots) if (n * 7 + number) % 10 < taken * 10]
    asked_at = midnight(MONDAY, AMSTERDAM)
    return {
        (kind, MINUTES): free_with_rests(blocks, busy, [(kind, MINUTES)], step=STEP, tz=AMSTERDAM, asked_at=asked_at)
        for kind in (VIDEO, PHONE)
    }


def _cases() -> list[Case]:
    return [
        Case(
            key=key,
            patient=key,
            minutes={VIDEO: MINUTES, PHONE: MINUTES},
            wishes=Wishes(
                tz=AMSTERDAM,
                shortest=MINUTES,
                continuity=(key % CLINICIANS,),
                forms=frozenset({VIDEO}),
                earliest=MONDAY,
            ),
        )
        for key in range(PATIENTS)
    ]


if __name__ == "__main__":
    main()
