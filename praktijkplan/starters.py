"""The three example rasters of the praktijkplan, as data to start from (PP-21, PP-22, PP-23)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time

from praktijkplan.contact import Modality
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode

WORKDAYS = range(5)
_VIDEO = frozenset({Modality.VIDEO})


def fixed_hour(valid_from: date, weekdays: Iterable[int] = WORKDAYS) -> RasterPlan:
    """Every afternoon, or on chosen days, one fixed hour: 4 x 15 minutes of video (PP-21)."""
    hour = BlockPlan(
        0,
        0,
        time(13),
        time(14),
        BlockMode.FIXED,
        slot_minutes=15,
        modalities=_VIDEO,
        durations=frozenset({15}),
    )
    return _repeated(valid_from, weekdays, [hour])


def video_block(valid_from: date, weekdays: Iterable[int] = WORKDAYS) -> RasterPlan:
    """Every morning, or on chosen days, 3 hours of video consults of 10 or 20 minutes (PP-22).

    With the breaks that consults of 10 minutes need (PP-24): none of its runs is over 2 hours, and there is
    a break at least every hour.
    """
    short = frozenset({10, 20})
    return _repeated(
        valid_from,
        weekdays,
        [
            _flexible(time(9), time(10), short),
            _pause(time(10), time(10, 15)),
            _flexible(time(10, 15), time(11, 15), short),
            _pause(time(11, 15), time(11, 20)),
            _flexible(time(11, 20), time(12), short),
        ],
    )


def hybrid_afternoon(valid_from: date, weekdays: Iterable[int] = WORKDAYS) -> RasterPlan:
    """Every afternoon, or on chosen days, video and phone as the clinic chooses (PP-23).

    With a quarter of an hour of pause halfway, as video consults of 30 minutes need (PP-25), and a mini-break
    in each half, as video consults of 10 minutes need where the clinic chooses these (PP-24).
    """
    return _repeated(
        valid_from,
        weekdays,
        [
            _hybrid(time(13), time(14)),
            _pause(time(14), time(14, 5)),
            _hybrid(time(14, 5), time(15)),
            _pause(time(15), time(15, 15)),
            _hybrid(time(15, 15), time(16, 15)),
            _pause(time(16, 15), time(16, 20)),
            _hybrid(time(16, 20), time(17)),
        ],
    )


def _flexible(start: time, end: time, durations: frozenset[int]) -> BlockPlan:
    return BlockPlan(0, 0, start, end, BlockMode.FLEXIBLE, modalities=_VIDEO, durations=durations)


def _hybrid(start: time, end: time) -> BlockPlan:
    return BlockPlan(0, 0, start, end, BlockMode.HYBRID, modalities=_VIDEO | {Modality.PHONE})


def _pause(start: time, end: time) -> BlockPlan:
    return BlockPlan(0, 0, start, end, BlockMode.BREAK)


def _repeated(valid_from: date, weekdays: Iterable[int], day: Sequence[BlockPlan]) -> RasterPlan:
    """The same day on each weekday, with keys that number the week's blocks from 1."""
    on_weekdays = (replace(block, weekday=weekday) for weekday in weekdays for block in day)
    blocks = tuple(replace(block, key=key) for key, block in enumerate(on_weekdays, start=1))
    return RasterPlan(WeekPattern.EVERY, valid_from, None, blocks)
