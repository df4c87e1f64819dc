"""Where things stand in the chart of waiting per slot: the band of the draft, its median, and the raster of now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pages.chart_geometry import Label, Scale, Size, upright_axis, upright_labels, upright_ticks
from praktijkplan.simulation import SlotWaiting
from scheduling.simulations import Outcome

HOUR = 60
# Fewer half-days say nothing about a slot.
CAME_AT_LEAST = 10
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 960)  # minutes between two lines
LETTER = 7.4
LINE = 15
POINT_WIDTH = 6


SMALL = Size(294, 150, 3, left=26, right=36, top=10)
LARGE = Size(760, 280, 5, left=26, right=36, top=10)


@dataclass(frozen=True, slots=True)
class ChartWords:
    """`now` stands at the dashed line; the rest explains the picture to who cannot see it."""

    title: str
    description: str
    now: str
    median: str = "P50"
    p90: str = "P90"


@dataclass(frozen=True, slots=True)
class Chart:
    """Points are written as SVG reads them; empty where there is nothing to draw."""

    size: Size
    title: str
    description: str
    grid: str
    breaks: tuple[tuple[float, float], ...]  # x and width
    band: str
    edges: tuple[str, str]
    median: str
    now: str
    labels: tuple[Label, ...]


def lay_out_chart(
    *, draft: Outcome | None, now: Outcome | None, words: ChartWords, size: Size = LARGE
) -> Chart | None:
    """Linear in time from the first to the last slot of both; None when nobody waits in either."""
    drafted = [*_told(draft)] if draft else []
    standing = [*_told(now)] if now else []
    points = [*drafted, *standing]
    if not points:
        return None
    times = [at for at, _ in points]
    x = Scale(min(times), max(max(times), min(times) + 1), *size.x)
    ticks = upright_ticks(max(slot.p90 for _, slot in points), size, STEPS)
    y = Scale(0, ticks[-1], *size.y)
    return Chart(
        size=size,
        title=words.title,
        description=words.description,
        grid=upright_axis(ticks, y, size),
        breaks=_breaks(draft or now, x, size),
        band=_written(_band(drafted, x, y)),
        edges=(_line(drafted, "p90", x, y), _line(drafted, "p10", x, y)),
        median=_line(drafted, "median", x, y),
        now=_line(standing, "p90", x, y),
        labels=(
            *upright_labels(ticks, y, size),
            *_clocks(min(times), max(times), x, size),
            *_ends(drafted, standing, y, words, size),
        ),
    )


Point = tuple[float, SlotWaiting]


def _told(outcome: Outcome) -> Iterator[Point]:
    """Each slot with its time after midnight, where patients come and wait: a letter that is written keeps nobody."""
    for slot in outcome.result.slots:
        if slot.came >= min(CAME_AT_LEAST, outcome.result.runs):
            yield outcome.zero + slot.at, slot


def _line(points: Iterable[Point], what: str, x: Scale, y: Scale) -> str:
    return _written(_widened([(x(at), y(getattr(slot, what))) for at, slot in points]))


def _band(points: list[Point], x: Scale, y: Scale) -> list[tuple[float, float]]:
    above = _widened([(x(at), y(slot.p90)) for at, slot in points])
    below = _widened([(x(at), y(slot.p10)) for at, slot in points])
    return [*above, *reversed(below)]


def _widened(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """One slot alone is drawn as a short line."""
    if len(line) != 1:
        return line
    [(at, height)] = line
    return [(at, height), (at + POINT_WIDTH, height)]


def _written(line: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{at:.1f},{height:.1f}" for at, height in line)


def _breaks(outcome: Outcome | None, x: Scale, size: Size) -> tuple[tuple[float, float], ...]:
    """As far as they lie between the first and the last slot."""
    if outcome is None:
        return ()
    left, right = size.x
    found = []
    for start, end in outcome.breaks:
        begins, ends = max(x(outcome.zero + start), left), min(x(outcome.zero + end), right)
        if ends > begins:
            found.append((round(begins, 1), round(ends - begins, 1)))
    return tuple(found)


def _clocks(first: float, last: float, x: Scale, size: Size) -> Iterator[Label]:
    """The first and the last slot, and the hours between them that find room."""
    left, right = size.x
    y = size.height - 4
    labels = [Label(left, y, clock(first), "start")]
    if last > first:
        labels.append(Label(right, y, clock(last), "end"))
    taken = [(left, left + _wide(clock(first))), (right - _wide(clock(last)), right)]
    for hour in range(int(first // HOUR + 1) * HOUR, int(last) + 1, HOUR):
        half = _wide(clock(hour)) / 2
        if all(x(hour) + half + LETTER <= start or x(hour) - half - LETTER >= end for start, end in taken):
            labels.append(Label(x(hour), y, clock(hour)))
            taken.append((x(hour) - half, x(hour) + half))
    yield from sorted(labels, key=lambda label: label.x)


def _ends(drafted: list[Point], standing: list[Point], y: Scale, words: ChartWords, size: Size) -> list[Label]:
    """What each line is, at its end; moved apart where they end together."""
    ends = [(y(slot.p90), words.now, False) for _, slot in standing[-1:]]
    ends += [(y(slot.p90), words.p90, True) for _, slot in drafted[-1:]]
    ends += [(y(slot.median), words.median, True) for _, slot in drafted[-1:]]
    heights = _apart(sorted(ends), size)
    return [
        Label(size.x[1] + 4, round(height + 4.5, 1), text, "start", strong)
        for height, (_, text, strong) in zip(heights, sorted(ends), strict=True)
    ]


def _apart(ends: list[tuple[float, str, bool]], size: Size) -> list[float]:
    heights = [height for height, _, _ in ends]
    for number in range(1, len(heights)):
        heights[number] = max(heights[number], heights[number - 1] + LINE)
    too_low = max(0.0, heights[-1] - size.y[0]) if heights else 0.0
    for number in reversed(range(len(heights))):
        limit = heights[number] - too_low if number == len(heights) - 1 else heights[number + 1] - LINE
        heights[number] = min(heights[number], limit)
    return heights


def _wide(text: str) -> float:
    return len(text) * LETTER


def clock(minutes: float) -> str:
    """Minutes after midnight as a time: 9.05."""
    whole = round(minutes)
    return f"{whole // HOUR}.{whole % HOUR:02d}"
