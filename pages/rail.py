"""Where things stand on the patient's rail: the appointment, now, and the band in which the consult will begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH = 308
EDGE = 12
LETTER = 8.6
GAP = 8
LEAST_BAND = 24


@dataclass(frozen=True)
class Label:
    """A word of the rail: its middle and its text. Nothing is drawn for a label that found no room."""

    x: float
    text: str

    @property
    def half(self) -> float:
        return len(self.text) * LETTER / 2

    def clear_of(self, other: "Label | None") -> bool:
        return other is None or abs(self.x - other.x) >= self.half + other.half + GAP


@dataclass(frozen=True)
class Rail:
    appointment: float
    now: float
    band_from: float
    band_to: float
    above: tuple[Label, ...]
    below: tuple[Label, ...]

    @property
    def band_width(self) -> float:
        return round(self.band_to - self.band_from, 1)


@dataclass(frozen=True)
class RailWords:
    appointment: str
    probably: str
    now: str
    earliest: str
    latest: str


def lay_out_rail(
    *, appointment: datetime, now: datetime, earliest: datetime, latest: datetime, words: RailWords
) -> Rail:
    """Places on a rail 308 units wide, linear in time from the first to the last of the four moments."""
    first = min(appointment, now, earliest)
    span = max(latest, now, appointment) - first or timedelta(minutes=1)

    def place(moment: datetime) -> float:
        return round(EDGE + (moment - first) / span * (WIDTH - 2 * EDGE), 1)

    band_from, band_to = place(earliest), place(latest)
    if band_to - band_from < LEAST_BAND:
        middle = min(max((band_from + band_to) / 2, EDGE + LEAST_BAND / 2), WIDTH - EDGE - LEAST_BAND / 2)
        band_from, band_to = middle - LEAST_BAND / 2, middle + LEAST_BAND / 2
    above = _with_room([(place(appointment), words.appointment), ((band_from + band_to) / 2, words.probably)])
    # "now" is said nowhere else on the page, the two ends of the band are: they give way.
    below = _with_room([(place(now), words.now), (band_to, words.latest), (band_from, words.earliest)])
    return Rail(place(appointment), place(now), band_from, band_to, above, below)


def _with_room(wanted: list[tuple[float, str]]) -> tuple[Label, ...]:
    placed: list[Label] = []
    for x, text in wanted:
        half = Label(x, text).half
        label = Label(round(min(max(x, half), WIDTH - half), 1), text)
        if all(label.clear_of(other) for other in placed):
            placed.append(label)
    return tuple(placed)
