"""One weekday of a raster as spans of minutes past midnight, so that the rules can count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from praktijkplan.contact import Modality
from praktijkplan.findings import Surroundings
from praktijkplan.intervals import Span, merge, subtract
from praktijkplan.rasters import BlockPlan
from praktijkplan.slots import BlockMode


@dataclass(frozen=True, slots=True)
class TimedBlock:
    """A block for consults."""

    plan: BlockPlan
    span: Span
    pieces: Sequence[Span]  # the span without pauses
    video: frozenset[int] | None  # minutes that a video consult may take; None: any; empty: no video

    @property
    def allows_video(self) -> bool:
        return self.video is None or bool(self.video)

    @property
    def shortest_video(self) -> int:
        """In minutes; 0 if any length is allowed. The block allows video."""
        return 0 if self.video is None else min(self.video)


@dataclass(frozen=True, slots=True)
class Day:
    """What is planned on one weekday. Every list of spans is merged.

    Start-up time (PP-26) is work on the technique and no pause, so that it counts as part of its block.
    """

    weekday: int
    blocks: tuple[TimedBlock, ...]  # in order of time
    pauses: Sequence[Span]
    worked: Sequence[Span]
    video: Sequence[Span]  # the part of `worked` in which video is allowed

    def video_up_to(self, minutes: int) -> list[Span]:
        """When video consults of so many minutes or less are allowed."""
        return merge(
            piece
            for block in self.blocks
            if block.allows_video and block.shortest_video <= minutes
            for piece in block.pieces
        )

    def keys_in(self, span: Span, *, video: bool = False) -> tuple[int, ...]:
        """The blocks that share a minute with a span, or only those in which video is allowed."""
        return tuple(
            b.plan.key
            for b in self.blocks
            if max(b.span[0], span[0]) < min(b.span[1], span[1]) and (b.allows_video or not video)
        )


def day_of(blocks: Iterable[BlockPlan], weekday: int, around: Surroundings) -> Day:
    """The weekday's blocks, without those that end before they start: a rule of their own finds these."""
    own = sorted((b for b in blocks if b.weekday == weekday and b.minutes > 0), key=lambda b: (b.start, b.key))
    pauses = merge(span_of(b) for b in own if b.mode is BlockMode.BREAK)
    timed = tuple(_timed(b, pauses, around) for b in own if b.mode is not BlockMode.BREAK)
    worked = merge(piece for b in timed for piece in b.pieces)
    video = merge(piece for b in timed if b.allows_video for piece in b.pieces)
    return Day(weekday, timed, pauses, worked, video)


def _timed(block: BlockPlan, pauses: Sequence[Span], around: Surroundings) -> TimedBlock:
    video: frozenset[int] | None = frozenset()
    if block.modalities is None or Modality.VIDEO in block.modalities:
        known = around.durations if around.video_durations is None else around.video_durations
        video = _lengths(block, known) if block.video_durations is None else block.video_durations
    span = span_of(block)
    return TimedBlock(block, span, subtract(span, pauses), video)


def _lengths(block: BlockPlan, existing: frozenset[int] | None) -> frozenset[int] | None:
    """What a consult in the block may take. In a fixed block that names no duration the slot is the consult."""
    if block.durations is not None:
        return block.durations
    if block.mode is BlockMode.FIXED:
        return frozenset({block.slot_minutes})
    return existing


def span_of(block: BlockPlan) -> Span:
    return minutes(block.start), minutes(block.end)


def minutes(at: time) -> int:
    """Minutes past midnight on the local clock."""
    return at.hour * 60 + at.minute


def clock(at: int) -> time:
    """The local time so many minutes past midnight."""
    return time(at // 60, at % 60)


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """What is left of merged spans; `taken` is merged too."""
    return [left for span in spans for left in subtract(span, taken)]


def within(spans: Iterable[Span], bounds: Span) -> list[Span]:
    """The parts of spans that lie inside the bounds."""
    low, high = bounds
    return [
        (start if start > low else low, end if end < high else high)
        for start, end in spans
        if start < high and end > low
    ]


def stretches(spans: Iterable[Span], ends_after: int) -> list[Span]:
    """Merged spans, taken together over interruptions that last less than `ends_after` minutes."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start - joined[-1][1] < ends_after:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def minutes_in(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
