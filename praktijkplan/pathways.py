"""Care pathways: fixed patterns of contacts, such as four diabetes controls a year (PP-19)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from praktijkplan.contact import Modality


class Step(NamedTuple):
    """One contact of a pathway, counted in days from the day on which the pathway begins."""

    position: int
    type: int
    after_days: int
    margin_days: int  # as much too early or too late is all right


class Window(NamedTuple):
    """The local dates, both included, within which a step must be planned."""

    step: Step
    earliest: date
    latest: date


class StepProblemId(StrEnum):
    """What is wrong with a step of a pattern."""

    NO_STEPS = "no_steps"
    OUT_OF_ORDER = "out_of_order"
    OVERLAPS = "overlaps"


class StepProblem(NamedTuple):
    """`position`: of the step, 0 for the pattern as a whole; `days`: how many it shares with the one before."""

    id: StepProblemId
    position: int
    days: int = 0


class PatternStep(NamedTuple):
    """A step of a pattern that no department has filled in with its own types yet; days as in `Step`."""

    modality: Modality
    after_days: int
    margin_days: int


# PP-19: four controls a year, two physical and two by video.
DIABETES = (
    PatternStep(Modality.VISIT, 0, 14),
    PatternStep(Modality.VIDEO, 91, 14),
    PatternStep(Modality.VISIT, 182, 14),
    PatternStep(Modality.VIDEO, 273, 14),
)


def steps_of(pattern: Iterable[PatternStep], types: Mapping[Modality, int]) -> tuple[Step, ...]:
    """A pattern with a department's types, numbered from 1. Raises KeyError for a form that has no type."""
    return tuple(
        Step(position, types[step.modality], step.after_days, step.margin_days)
        for position, step in enumerate(pattern, start=1)
    )


def step_problems(steps: Sequence[Step]) -> list[StepProblem]:
    """Why these steps are no pattern (PP-19): each comes after the one before, and their windows share no day.

    Where they did, the later control could be planned before the earlier one.
    """
    if not steps:
        return [StepProblem(StepProblemId.NO_STEPS, 0)]
    found = []
    for before, step in pairwise(sorted(steps)):
        shared = (before.after_days + before.margin_days) - (step.after_days - step.margin_days) + 1
        if step.after_days <= before.after_days:
            found.append(StepProblem(StepProblemId.OUT_OF_ORDER, step.position))
        elif shared > 0:
            found.append(StepProblem(StepProblemId.OVERLAPS, step.position, shared))
    return found


def windows(steps: Iterable[Step], begins: date) -> tuple[Window, ...]:
    """When each step of a pathway that begins on a local date must be planned, in order of position (PP-19).

    Every step is counted from the beginning and not from the one before it, so that four controls a year stay four
    when one of them slips. No window opens before the pathway begins.
    """
    return tuple(_window(step, begins) for step in sorted(steps))


def _window(step: Step, begins: date) -> Window:
    wanted = begins + timedelta(days=step.after_days)
    margin = timedelta(days=step.margin_days)
    return Window(step, max(begins, wanted - margin), wanted + margin)
