"""Where things stand in the chart of what went out per hour: a column per hour, its channels on top of each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.models import Channel
from notifications.queries.operations import Hour
from pages.chart_geometry import Label, Scale, Size, upright_axis, upright_labels, upright_ticks

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
GAP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySize(Size):
    every: int  # hours between two labels


LARGE = DaySize(620, 260, 4, left=40, right=6, top=12, every=3)
SMALL = DaySize(294, 150, 3, left=40, right=6, top=12, every=6)


@dataclass(frozen=True, slots=True)
class Column:
    channel: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class HoursChart:
    size: DaySize
    grid: str
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]


def lay_out_hours(hours: Sequence[Hour], size: DaySize) -> HoursChart:
    """Linear from nothing upwards; an empty day has its axis all the same."""
    ticks = upright_ticks(max((hour.total for hour in hours), default=0), size, STEPS)
    y = Scale(0, ticks[-1], *size.y)
    unit = size.plot_height / ticks[-1]
    left, right = size.x
    slot = (right - left) / max(1, len(hours))
    columns: list[Column] = []
    for place, hour in enumerate(hours):
        columns += _columns(hour, left + place * slot, slot, size.y[0], unit)
    return HoursChart(
        size=size,
        grid=upright_axis(ticks, y, size),
        columns=tuple(columns),
        labels=(*upright_labels(ticks, y, size), *_clock_labels(hours, size, slot)),
    )


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


def _clock_labels(hours: Sequence[Hour], size: DaySize, slot: float) -> list[Label]:
    """At whole hours of the day, so that the eye finds noon."""
    return [
        Label(round(size.left + (place + 0.5) * slot, 1), size.height - 6, f"{hour.begins:%H}")
        for place, hour in enumerate(hours)
        if hour.begins.hour % size.every == 0
    ]
