"""Rasters for the tests of the block rules: short to write down, and any that hypothesis can think of."""

from dataclasses import replace
from datetime import date, time

from hypothesis import strategies as st

from praktijkplan.contact import Modality
from praktijkplan.findings import OtherRaster, Surroundings, Workplace, WorkplaceKind
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode

MONDAY = date(2026, 12, 7)
FORMS = {"video": Modality.VIDEO, "phone": Modality.PHONE, "visit": Modality.VISIT}
TYPES = frozenset({10, 15, 20, 30, 45})


def block(text, **extra) -> BlockPlan:
    """A block such as "9.00-12.20 flexible video 10 20", "13.00-14.00 fixed video 15" or "10.00-10.15 break"."""
    span, mode, *words = text.split()
    start, end = (time(*map(int, clock.split("."))) for clock in span.split("-"))
    numbers = [int(word) for word in words if word.isdigit()]
    forms = frozenset(FORMS[word] for word in words if word in FORMS)
    made = BlockPlan(
        key=0,
        weekday=0,
        start=start,
        end=end,
        mode=BlockMode(mode),
        slot_minutes=numbers[0] if mode == "fixed" else 0,
        modalities=forms or None,
        durations=frozenset(numbers) or None,
    )
    return replace(made, **extra)


def raster(*blocks, weeks=WeekPattern.EVERY, valid_from=MONDAY, valid_until=None) -> RasterPlan:
    """A raster of blocks, or of their texts, numbered from 1."""
    made = (block(each) if isinstance(each, str) else each for each in blocks)
    numbered = tuple(replace(each, key=key) for key, each in enumerate(made, start=1))
    return RasterPlan(weeks, valid_from, valid_until, numbered)


CABIN, ROOM, FAR_CABIN, HOME, OLD_ROOM = 1, 2, 3, 4, 5
PLACES = {
    CABIN: Workplace(WorkplaceKind.CABIN, walking_minutes=5),
    ROOM: Workplace(WorkplaceKind.CONSULTING_ROOM),
    FAR_CABIN: Workplace(WorkplaceKind.CABIN, walking_minutes=6),
    HOME: Workplace(WorkplaceKind.HOME),
    OLD_ROOM: Workplace(WorkplaceKind.CONSULTING_ROOM, video_ready=False),
}

moments = st.integers(6 * 12, 21 * 12).map(lambda fives: time(fives // 12, fives % 12 * 5))
lengths = st.none() | st.frozensets(st.sampled_from([5, 10, 15, 20, 30, 40, 45, 60]), min_size=1, max_size=3)
modalities = st.none() | st.just(frozenset({Modality.VIDEO})) | st.frozensets(st.sampled_from(Modality), min_size=1)
validity = st.dates(date(2026, 9, 1), date(2027, 3, 1))


@st.composite
def blocks(draw) -> BlockPlan:
    start, end = sorted([draw(moments), draw(moments)])
    mode = draw(st.sampled_from(BlockMode))
    if mode is BlockMode.BREAK:
        return BlockPlan(0, draw(st.integers(0, 1)), start, end, mode)
    return BlockPlan(
        key=0,
        weekday=draw(st.integers(0, 1)),
        start=start,
        end=end,
        mode=mode,
        slot_minutes=draw(st.sampled_from([0, 10, 15, 20, 60])) if mode is BlockMode.FIXED else 0,
        start_up_minutes=draw(st.sampled_from([0, 0, 5, 15, 60])),
        modalities=draw(modalities),
        durations=draw(lengths),
        workplace=draw(st.none() | st.sampled_from([*PLACES, 99])),
    )


@st.composite
def days(draw) -> list[BlockPlan]:
    """Blocks and pauses one after the other, as a clerk draws them: seldom wrong in themselves."""
    weekday, at = draw(st.integers(0, 1)), draw(st.integers(8 * 12, 10 * 12))
    drawn = []
    for _ in range(draw(st.integers(1, 7))):
        end = min(at + draw(st.sampled_from([1, 2, 3, 6, 12, 13, 18, 24, 25, 30, 36, 37])), 20 * 12)
        if end > at:
            start, until = (time(fives // 12, fives % 12 * 5) for fives in (at, end))
            made = replace(draw(blocks()), weekday=weekday, start=start, end=until)
            drawn.append(made)
        at = end + draw(st.sampled_from([0, 0, 0, 1, 2, 3, 6]))
    return drawn


anything = st.lists(blocks(), max_size=5) | days()


@st.composite
def plans(draw, shape=anything) -> RasterPlan:
    first, last = draw(validity), draw(st.none() | validity)
    return raster(*draw(shape), weeks=draw(st.sampled_from(WeekPattern)), valid_from=first, valid_until=last)


others = st.builds(OtherRaster, st.integers(1, 3), st.integers(1, 3), plans())
surroundings = st.builds(
    Surroundings,
    workplaces=st.just(PLACES) | st.just({}),
    neighbours=st.lists(others, max_size=2, unique_by=lambda other: other.raster).map(tuple),
    occupants=st.lists(others, max_size=2, unique_by=lambda other: other.raster).map(tuple),
    failure_share=st.none() | st.sampled_from([0.0, 0.19, 0.2, 0.4]),
    durations=st.none() | st.sampled_from([frozenset(), frozenset({20}), TYPES]),
)
