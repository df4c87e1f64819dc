"""Where things stand in the chart of what went out per hour: a column per hour, its channels on top of each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.models import Channel
from notifications.queries.operations import Hour

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
GAP = 3


@dataclass(frozen=True, slots=True)
class Size:
    """Of the chart and its margins, in units of the drawing; a letter is 14 high in every size."""

    width: int
    height: int
    lines: int  # most steps of the upright axis
    every: int  # hours between two labels
    left: int = 40
    right: int = 6
    top: int = 12
    bottom: int = 26


LARGE = Size(620, 260, 4, 3)
SMALL = Size(294, 150, 3, 6)


@dataclass(frozen=True, slots=True)
class Column:
    channel: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class HoursChart:
    size: Size
    grid: str
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]


def lay_out_hours(hours: Sequence[Hour], size: Size) -> HoursChart:
    """Linear from nothing upwards; an empty day has its axis all the same."""
    step, top = _scale(max((hour.total for hour in hours), default=0), size.lines)
    floor = size.height - size.bottom
    unit = (floor - size.top) / top
    slot = (size.width - size.left - size.right) / max(1, len(hours))
    columns: list[Column] = []
    for place, hour in enumerate(hours):
        columns += _columns(hour, size.left + place * slot, slot, floor, unit)
    ticks = range(0, top + 1, step)
    return HoursChart(
        size=size,
        grid="".join(f"M{size.left} {round(floor - tick * unit, 1)}H{size.width - size.right}" for tick in ticks),
        columns=tuple(columns),
        labels=(
            *(Label(size.left - 6, round(floor - tick * unit + 5, 1), str(tick), "end") for tick in ticks),
            *_clock_labels(hours, size, slot),
        ),
    )


def _scale(most: int, lines: int) -> tuple[int, int]:
    """The distance between two lines, and what stands at the highest of them."""
    step = next((step for step in STEPS if step * lines >= most), STEPS[-1])
    return step, step * max(1, math.ceil(most / step))


def _columns(hour: Hour, x: float, slot: float, floor: float, unit: float) -> list[Column]:
    columns, y = [], floor
    for channel in Channel:
        height = hour.sent[channel] * unit
        if height:
            y -= height
            columns.append(
                Column(channel, round(x + GAP / 2, 1), round(y, 1), round(slot - GAP, 1), round(height, 1))
            )
    return columns


def _clock_labels(hours: Sequence[Hour], size: Size, slot: float) -> list[Label]:
    """At whole hours of the day, so that the eye finds noon."""
    return [
        Label(round(size.left + (place + 0.5) * slot, 1), size.height - 6, f"{hour.begins:%H}")
        for place, hour in enumerate(hours)
        if hour.begins.hour % size.every == 0
    ]
