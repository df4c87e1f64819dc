"""What the charts share: their size and margins, from what is measured to where it is drawn, and the upright axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Of the chart and its margins, in units of the drawing; a letter is 14 high in every size."""

    width: int
    height: int
    lines: int  # most steps of the upright axis
    left: int
    right: int
    top: int
    bottom: int = 26

    @property
    def x(self) -> tuple[int, int]:
        return self.left, self.width - self.right

    @property
    def y(self) -> tuple[int, int]:
        """From nothing upwards."""
        return self.height - self.bottom, self.top

    @property
    def plot_height(self) -> int:
        return self.height - self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str = "middle"
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """From what is measured to where it is drawn; it also runs backwards."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.first) / (self.last - self.first)
        return round(self.start + share * (self.end - self.start), 1)


def upright_ticks(most: float, size: Size, steps: Sequence[int]) -> range:
    """From nothing to at least `most`, at equal steps: the smallest of `steps` with which no more lines are needed
    than the size has, or the largest of all. There is always one step, also when there is nothing to measure.
    """
    step = next((step for step in steps if most <= step * size.lines), steps[-1])
    return range(0, step * max(1, math.ceil(most / step)) + 1, step)


def upright_axis(ticks: range, y: Scale, size: Size) -> str:
    """A line across the chart at each tick, as SVG reads a path."""
    left, right = size.x
    return "".join(f"M{left} {y(tick)}H{right}" for tick in ticks)


def upright_labels(ticks: range, y: Scale, size: Size) -> tuple[Label, ...]:
    return tuple(Label(size.left - 6, round(y(tick) + 4.5, 1), str(tick), "end") for tick in ticks)
