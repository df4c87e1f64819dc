"""How good the forecast of the delay is on sessions that were really held, beside two simple estimators.

    python -m benchmarks.forecast --csv FILE --slot 15 --json

The file has a row per consult with at least the columns session and service_seconds, the rows of a session in the
order in which its consults were held. A session is replayed in a raster of equal slots: nobody begins before their
time, nobody is late. Each time a consult begins, three estimators say when the patients with 1, 3 and 5 others ahead
of them will begin, the one in consult included: `plan` says as planned, `carried` adds the delay of this moment to
it, `forecast` is what the product does. Printed are their mean absolute errors in minutes, and in percent how many
starts lie `inside` the forecast's range of 10 to 90 %.

No peeking: the sessions are dealt into ten parts (fewer sessions: as many parts), and for those of one part the
forecast has learned from the other parts only. Of the session itself it knows what is over at that moment. Without a
file it replays simulated sessions; --mean, --cv, --shape, --sessions, --patients and --seed count only then.
"""

import argparse
import csv
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any, TypeAlias

from praktijkplan.delay import ClinicDay, Consult, Expected, Stage, forecast
from praktijkplan.lengths import LONGEST, assumed
from praktijkplan.pace import Habit, habit_of, paces_of
from praktijkplan.policy import Policy

Session: TypeAlias = Sequence[float]  # minutes of service, in order

PARTS = 10  # learned from all but one in turn
AHEAD = (1, 3, 5)
DAY = 24 * 60 * 60  # seconds
COLUMNS = ("session", "service_seconds")


class BadFile(Exception):
    """A file that cannot be replayed, with the place and what to change."""


@dataclass(slots=True)
class Score:
    """Of one number of patients ahead, over all moments at which it could be asked."""

    forecasts: int = 0
    errors: dict[str, float] = field(default_factory=lambda: {"plan": 0.0, "carried": 0.0, "forecast": 0.0})
    inside: int = 0

    def add(self, began: float, said: dict[str, float], expected: Expected) -> None:
        self.forecasts += 1
        for name, moment in said.items():
            self.errors[name] += abs(moment - began)
        self.inside += expected.low <= began <= expected.high

    def shown(self) -> dict[str, float]:
        of = max(1, self.forecasts)
        means = {name: round(error / of, 3) for name, error in self.errors.items()}
        return {"forecasts": self.forecasts, **means, "inside": round(100 * self.inside / of, 1)}


def main(arguments: list[str] | None = None) -> None:
    options = _options()
    given = options.parse_args(arguments)
    try:
        sessions = simulated(given) if given.csv is None else read(given.csv)
    except BadFile as wrong:
        options.error(str(wrong))
    found = measure(sessions, given.slot)
    print(json.dumps(found) if given.json else _table(found))


def measure(sessions: Sequence[Session], slot: int) -> dict[str, Any]:
    scores = {ahead: Score() for ahead in AHEAD}
    moments, before = 0, process_time()
    parts = min(PARTS, len(sessions))
    for part in range(parts):
        others = [session for number, session in enumerate(sessions) if number % parts != part]
        habit = habit_of(others, assumed(slot))
        moments += sum(replay(session, slot, habit, scores) for session in sessions[part::parts])
    seconds = process_time() - before
    return {
        "slot": slot,
        "sessions": len(sessions),
        "consults": sum(map(len, sessions)),
        "ahead": {str(ahead): score.shown() for ahead, score in scores.items()},
        "milliseconds": round(1000 * seconds / max(1, moments), 3),  # of CPU per forecast, of the next five starts
    }


def replay(session: Session, slot: int, habit: Habit, scores: dict[int, Score]) -> int:
    """Ask at the start of each consult; returns how often."""
    planned = [number * slot for number in range(len(session))]
    begins: list[float] = [0.0]
    for start, service in zip(planned[1:], session, strict=False):
        begins.append(max(start, begins[-1] + service))
    for number, now in enumerate(begins[:-1]):
        starts = _forecast(planned[number : number + AHEAD[-1] + 1], now, slot, habit, session[:number])
        delay = now - planned[number]
        for ahead in AHEAD:
            if (theirs := number + ahead) < len(session):
                start, expected = planned[theirs], starts[ahead]
                said = {"plan": start, "carried": start + delay, "forecast": expected.median}
                scores[ahead].add(begins[theirs], said, expected)
    return len(session) - 1


def _forecast(planned: Sequence[int], now: float, slot: int, habit: Habit, held: Session) -> dict[int, Expected]:
    """By the number of patients ahead. Consults beyond the last one asked for change nothing for those before."""
    consults = (
        Consult(key, start, slot, Stage.WAITING if key else Stage.RUNNING, None if key else now, None, habit.lasts)
        for key, start in enumerate(planned)
    )
    day = ClinicDay(tuple(consults), paces=paces_of((lasted / habit.mean for lasted in held), habit))
    return forecast(day, now, Policy()).starts


def read(path: Path) -> list[Session]:
    """Raises BadFile with the line and what to change."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _sessions(csv.DictReader(file))
    except OSError as wrong:
        raise BadFile(f"{path} cannot be read: {wrong.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise BadFile(f"{path} is no CSV in UTF-8: {wrong}") from None


def _sessions(rows: "csv.DictReader[str]") -> list[Session]:
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        there = ", ".join(rows.fieldnames or ()) or "none"
        raise BadFile(f"no column {' and no column '.join(missing)}; the columns are {there}")
    sessions: dict[str, list[float]] = {}
    for row in rows:
        session = (row["session"] or "").strip()
        if not session:
            raise BadFile(f"line {rows.line_num}: session is empty; give each row the name of its session")
        sessions.setdefault(session, []).append(_minutes(row["service_seconds"], rows.line_num))
    if not any(len(session) > 1 for session in sessions.values()):
        raise BadFile("no session of two consults or more: there is nothing to forecast")
    return list(sessions.values())


def _minutes(text: str | None, line: int) -> float:
    try:
        seconds = float(text or "")
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= DAY:
        raise BadFile(f"line {line}: service_seconds is {text!r}; give a number of seconds from 0 to {DAY}")
    return seconds / 60


def simulated(given: argparse.Namespace) -> list[Session]:
    chance, variance = random.Random(given.seed), math.log1p(given.cv**2)

    def gamma() -> float:
        return chance.gammavariate(1 / given.cv**2, given.mean * given.cv**2)

    def lognormal() -> float:
        return chance.lognormvariate(math.log(given.mean) - variance / 2, math.sqrt(variance))

    service = {"gamma": gamma, "lognormal": lognormal}[given.shape]
    return [[service() for _ in range(given.patients)] for _ in range(given.sessions)]


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['consults']} consults in {found['sessions']} sessions, slots of {found['slot']} minutes"]
    lines.append(f"{'ahead':>5}{'plan':>9}{'carried':>9}{'forecast':>10}{'inside':>9}")
    for ahead, score in found["ahead"].items():
        errors = f"{score['plan']:9.2f}{score['carried']:9.2f}{score['forecast']:10.2f}"
        lines.append(f"{ahead:>5}{errors}{score['inside']:8.1f}%")
    return "\n".join(lines)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--csv", type=Path, help="sessions that were held")
    options.add_argument("--slot", type=_number(int, 1, LONGEST), default=15, help="whole minutes per consult")
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    options.add_argument("--mean", type=_number(float, 1, 120), default=13.4, help="minutes of service")
    options.add_argument("--cv", type=_number(float, 0.05, 3), default=0.72)
    options.add_argument("--shape", choices=("gamma", "lognormal"), default="gamma")
    options.add_argument("--sessions", type=_number(int, 1, 100_000), default=200)
    options.add_argument("--patients", type=_number(int, 2, 200), default=16, help="per session")
    options.add_argument("--seed", type=int, default=1)
    return options


def _number(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read_number(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"a {'whole ' * (kind is int)}number from {low} to {high}, not {text!r}")
        return number

    return read_number


if __name__ == "__main__":
    main()
