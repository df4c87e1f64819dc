"""How long the block rules take while a clerk edits a raster: every finding, and a fix that is sure.

    python -m benchmarks.rules --json

A raster of two weeks (even and odd) with 30 blocks in each, so that 10 weekdays are full; 10 other rasters of the
clinician, 40 of colleagues in the same 12 workplaces. `sound` keeps the rules, `broken` breaks many of them. CPU
milliseconds for both weeks together are the median of the runs; nothing is read from a database.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import Any

from praktijkplan.blocks import Finding, OtherRaster, Surroundings, Workplace, WorkplaceKind, findings
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode

MONDAY = date(2026, 12, 7)
PLACES = 12
NEIGHBOURS = 10
OCCUPANTS = 40
_ENDED = MONDAY - timedelta(days=1)
_VIDEO = frozenset({Modality.VIDEO})
_SHORT = frozenset({10, 20})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=25)
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    result = {name: measure(day, given.runs) for name, day in (("sound", sound_day), ("broken", broken_day))}
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


def measure(day: Callable[[int], list[BlockPlan]], runs: int) -> dict[str, Any]:
    weeks = [raster(day, pattern, place=1) for pattern in (WeekPattern.EVEN, WeekPattern.ODD)]
    around, policy = surroundings(), Policy()
    spent = []
    found: list[Finding] = []
    for _ in range(runs):
        began = process_time()
        found = [finding for week in weeks for finding in findings(week, policy, around)]
        spent.append(process_time() - began)
    return {
        "blocks": sum(len(week.blocks) for week in weeks),
        "findings": len(found),
        "fixes": sum(finding.fix is not None for finding in found),
        "cpu_ms": round(statistics.median(spent) * 1000, 2),
        "most_ms": round(max(spent) * 1000, 2),
    }


def sound_day(place: int) -> list[BlockPlan]:
    """A morning of short video as the plan has it, and an afternoon of visits."""
    return [
        _block(time(9), time(10), place),
        _block(time(10), time(10, 15), place, mode=BlockMode.BREAK),
        _block(time(10, 15), time(11, 15), place),
        _block(time(11, 15), time(11, 20), place, mode=BlockMode.BREAK),
        _block(time(11, 20), time(12), place),
        replace(_block(time(13), time(17), place), modalities=frozenset({Modality.VISIT})),
    ]


def broken_day(place: int) -> list[BlockPlan]:
    """Short video from early to late with hardly a pause, some of it twice."""
    return [
        _block(time(6, 30), time(9, 30), place),
        _block(time(9, 30), time(12, 40), place),
        _block(time(11), time(11, 5), place, mode=BlockMode.BREAK),
        _block(time(12, 30), time(15), place),
        replace(_block(time(15, 5), time(16, 10), place), mode=BlockMode.FIXED, slot_minutes=15),
        replace(_block(time(16, 15), time(20, 15), place), durations=frozenset({20, 30})),
    ]


def _block(start: time, end: time, place: int, *, mode: BlockMode = BlockMode.FLEXIBLE) -> BlockPlan:
    return BlockPlan(0, 0, start, end, mode, modalities=_VIDEO, durations=_SHORT, workplace=place)


def raster(day: Callable[[int], list[BlockPlan]], weeks: WeekPattern, *, place: int, later: int = 0) -> RasterPlan:
    drawn = (replace(block, weekday=weekday) for weekday in range(5) for block in day(place))
    blocks = tuple(replace(block, key=key) for key, block in enumerate(drawn, start=1))
    return RasterPlan(weeks, MONDAY + timedelta(weeks=later), None, blocks)


def surroundings() -> Surroundings:
    """Rasters that are looked at but seldom in the way: the neighbours have ended, the colleagues sit elsewhere."""
    other = (WeekPattern.EVERY, WeekPattern.EVEN, WeekPattern.ODD)
    return Surroundings(
        workplaces={
            key: Workplace(WorkplaceKind.CABIN if key % 3 else WorkplaceKind.CONSULTING_ROOM, walking_minutes=key % 8)
            for key in range(1, PLACES + 1)
        },
        neighbours=tuple(
            OtherRaster(n, 1, replace(raster(sound_day, other[n % 3], place=1, later=-9 * n), valid_until=_ENDED))
            for n in range(1, NEIGHBOURS + 1)
        ),
        occupants=tuple(
            OtherRaster(100 + n, 2 + n, raster(sound_day, other[n % 3], place=2 + n % (PLACES - 1)))
            for n in range(OCCUPANTS)
        ),
        failure_share=0.3,
        durations=frozenset({10, 15, 20, 30, 45}),
    )


def _table(result: dict[str, dict[str, Any]]) -> None:
    print(f"measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    print(f"{'':8}{'blocks':>8}{'findings':>10}{'fixes':>7}{'cpu ms':>9}{'most ms':>9}")
    for name, row in result.items():
        print(
            f"{name:8}{row['blocks']:>8}{row['findings']:>10}{row['fixes']:>7}{row['cpu_ms']:>9}{row['most_ms']:>9}"
        )


if __name__ == "__main__":
    main()
