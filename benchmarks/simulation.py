"""What the raster simulation says of n equal slots, through the code that the raster editor calls.

    python -m benchmarks.simulation --rule bailey-welch --n 10 --service gamma --cv 0.5 --sessions 200000 --json

All times are in units of the mean service time. `mean_wait` is over those who came; `total_idle` is the clinician's
idle time between the start and the end of the last consult that is held; `mean_end` is that end; `seconds` is the
wall time of the simulation. The individual rule plans one patient per slot, Bailey and Welch's two at the start and
one in each slot but the last. An exponential service has a cv of 1, whatever --cv says. For a stationary wait take a
large n and leave the first patients out: --n 1500 --slot 1.25 --warm-up 700.

With --half-day it holds a morning of 20 video consults of 10 minutes and a break instead, as the editor does: all
assumptions in force, in minutes. --sessions and --seed count, the other parameters do not.
"""

import argparse
import json
import math
from collections.abc import Callable
from datetime import date, time
from time import perf_counter
from zoneinfo import ZoneInfo

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import MOST_CV, Duration, Family
from praktijkplan.filling import SimulatedSession, consults_of, regular
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern, sessions
from praktijkplan.simulation import Result, simulate
from praktijkplan.slots import BlockMode

AT_START = {"individual": 1, "bailey-welch": 2}


def main(arguments: list[str] | None = None) -> None:
    options = _options()
    given = options.parse_args(arguments)
    if given.warm_up >= given.n:
        options.error(f"argument --warm-up: leave someone in: less than --n {given.n}, not {given.warm_up}")
    result, seconds = measure(given)
    skipped = 0 if given.half_day else given.warm_up
    values = {
        "mean_wait": _mean_wait(result, skipped),
        "total_idle": result.idle,
        "mean_end": result.end.mean,
        "seconds": seconds,
    }
    if given.json:
        print(json.dumps(values))
    else:
        values["mean_tardiness"] = result.overrun.mean  # after the last slot
        print("\n".join(f"{name:<15}{value:10.4f}" for name, value in values.items()))


def measure(given: argparse.Namespace) -> tuple[Result, float]:
    session, assumptions = _half_day() if given.half_day else _regular(given)
    before = perf_counter()
    result = simulate(session, assumptions, runs=given.sessions, seed=given.seed)
    return result, perf_counter() - before


def _half_day() -> tuple[SimulatedSession, Assumptions]:
    monday = date(2027, 1, 4)
    video = frozenset({Modality.VIDEO})
    blocks = (
        BlockPlan(1, 0, time(8, 20), time(10, 50), BlockMode.FIXED, 10, start_up_minutes=10, modalities=video),
        BlockPlan(2, 0, time(10, 50), time(11, 5), BlockMode.BREAK),
        BlockPlan(3, 0, time(11, 5), time(12, 5), BlockMode.FIXED, 10, modalities=video),
    )
    raster = RasterPlan(WeekPattern.EVERY, monday, None, blocks)
    [planned] = sessions(raster, monday, monday, ZoneInfo("Europe/Amsterdam"))
    return consults_of(planned), Assumptions()


def _regular(given: argparse.Namespace) -> tuple[SimulatedSession, Assumptions]:
    family = Family(given.service)
    service = Duration(family, 1, 1 if family is Family.EXPONENTIAL else given.cv)
    session = regular(given.n, given.slot, service, at_start=AT_START[given.rule])
    return session, Assumptions.undisturbed(no_show=given.no_show)


def _mean_wait(result: Result, warm_up: int) -> float:
    slots = result.slots[warm_up:]
    return sum(slot.mean * slot.came for slot in slots) / max(1, sum(slot.came for slot in slots))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--rule", choices=AT_START, default="individual")
    options.add_argument("--n", type=_whole(1), default=10, help="patients")
    options.add_argument("--service", choices=[family.value for family in Family], default="exponential")
    options.add_argument("--cv", type=_number(0, MOST_CV), default=0.5, help="of gamma and lognormal service")
    options.add_argument("--slot", type=_number(0), default=1.0, help="length of a slot")
    options.add_argument("--no-show", type=_number(0, 1), default=0.0, help="share of patients, from 0 to 1")
    options.add_argument("--sessions", type=_whole(1), default=200_000, help="how often it is simulated")
    options.add_argument("--warm-up", type=_whole(0), default=0, help="first patients left out of mean_wait")
    options.add_argument("--seed", type=_whole(0), default=1)
    options.add_argument("--half-day", action="store_true", help="a realistic morning instead of equal slots")
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    return options


def _whole(low: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low:
            raise argparse.ArgumentTypeError(f"a whole number from {low}, not {text!r}")
        return int(text)

    return read


def _number(low: float, high: float = math.inf) -> Callable[[str], float]:
    bounds = f"from {low:g}" if high == math.inf else f"from {low:g} to {high:g}"

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and low <= number <= high):
            raise argparse.ArgumentTypeError(f"a number {bounds}, not {text!r}")
        return number

    return read


if __name__ == "__main__":
    main()
