"""A raster's week simulated: per half-day what the draft does beside what was published last (PP-31)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from praktijkplan.simulation import Result, simulate
from scheduling.queries.simulation import HalfDayOfWeek, Prepared, Question

Progress = Callable[[int], None]  # half-days done, of all together


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the simulated days of one half-day were like. Its times count from `zero`, minutes after midnight."""

    zero: int
    planned_end: int  # minutes after midnight
    breaks: tuple[tuple[float, float], ...]
    result: Result

    @property
    def end_p90(self) -> float:
        """In 9 of 10 half-days the last consult is over by then; minutes after midnight."""
        return self.zero + self.result.end.p90

    @property
    def longest_median(self) -> float:
        return max(slot.median for slot in self.result.slots)

    @property
    def longest_p90(self) -> float:
        return max(slot.p90 for slot in self.result.slots)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One half-day as drafted and as published; None where it is not held, or was not asked for."""

    name: HalfDayOfWeek
    draft: Outcome | None
    current: Outcome | None

    @property
    def unchanged(self) -> bool:
        return self.draft is not None and self.draft == self.current


@dataclass(frozen=True, slots=True)
class Answer:
    """Per half-day of the week, in order. The same question, days and seed give the same answer."""

    days: int
    seed: int
    version: int  # that `current` is; 0 when nothing was published
    half_days: tuple[Comparison, ...]

    def about(self, name: HalfDayOfWeek) -> Comparison | None:
        return next((each for each in self.half_days if each.name == name), None)


def answer(question: Question, *, days: int, seed: int, progress: Progress | None = None) -> Answer:
    """Draft and published version meet the same patients. What `progress` raises ends it."""
    outcomes: dict[tuple[HalfDayOfWeek, Prepared], Outcome] = {}
    for number, (name, prepared) in enumerate(question.to_hold):
        so_far = number * days
        tell = None if progress is None else _counting_from(so_far, progress)
        result = simulate(prepared.session, question.assumptions, runs=days, seed=seed, progress=tell)
        outcomes[name, prepared] = Outcome(prepared.zero, prepared.planned_end, prepared.session.breaks, result)

    def outcome(name: HalfDayOfWeek, week: Mapping[HalfDayOfWeek, Prepared]) -> Outcome | None:
        return outcomes[name, week[name]] if name in week else None

    compared = (
        Comparison(name, outcome(name, question.drafted), outcome(name, question.published))
        for name in question.half_days
    )
    return Answer(days, seed, question.version, tuple(compared))


def _counting_from(so_far: int, progress: Progress) -> Callable[[int, int], None]:
    return lambda done, _total: progress(so_far + done)
