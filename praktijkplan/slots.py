"""Free starts are computed, never stored (PP-20, PP-26); `placing` puts a booking in one by the same rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from praktijkplan.intervals import Span, subtract
from praktijkplan.localtime import local_date, midnight, steady_stretches
from praktijkplan.policy import Policy

FreeStart: TypeAlias = tuple[int, int, int]  # (start, clinician, block): sorting sorts by time
Busy: TypeAlias = tuple[int, int, int]  # (clinician, start, end)
Kind: TypeAlias = tuple[int, int]  # (type, minutes): what one consult asks of free time


class BlockMode(StrEnum):
    """How strict a stretch of a raster is (PP-20)."""

    FIXED = "fixed"  # n slots of m minutes
    FLEXIBLE = "flexible"  # the allowed types, each with its own duration
    HYBRID = "hybrid"  # the clinic chooses type and duration
    BREAK = "break"


# A named tuple, not a dataclass: a window of four weeks makes a thousand of these for one question.
class Block(NamedTuple):
    """A stretch of one dated session; `starts` and `ends` are instants."""

    clinician: int
    session: int
    block: int
    starts: int
    ends: int
    mode: BlockMode
    slot_minutes: int = 0  # FIXED only
    start_up_minutes: int = 0  # PP-26: not bookable
    types: frozenset[int] | None = None  # None: every type
    released: int = 0  # PP-32: an instant; before it, only urgent consults are booked here

    @property
    def opens(self) -> int:
        """The first instant that can be booked."""
        return self.starts + self.start_up_minutes

    def allows(self, type_id: int | None) -> bool:
        return self.types is None or type_id is None or type_id in self.types


def free_starts(
    blocks: Sequence[Block],
    busy: Iterable[Busy],
    duration: int,
    *,
    step: int,
    tz: ZoneInfo,
    not_before: int = 0,
    before: int | None = None,
    type_id: int | None = None,
    asked_at: int | None = None,
) -> list[FreeStart]:
    """Every (start, clinician, block) at which `duration` minutes are free, sorted by start, then clinician.

    A consult lies inside one block that allows its type, after the block's start-up time (PP-26), clear of
    breaks and of what is `busy` (absences and appointments, in any order). It starts on the block's grid: in
    a fixed block every `slot_minutes` from where it opens, elsewhere every `step` minutes of the local clock
    from midnight, whatever the duration. Starts are instants, from `not_before` up to but not at `before`. A block
    that is held for urgent consults at the instant `asked_at` gives none (PP-32); without `asked_at` it does.
    """
    found: list[FreeStart] = []
    taken = _taken(blocks, busy)
    for block, starts in _free_ranges(blocks, taken, duration, step, tz, not_before, before, type_id, asked_at):
        clinician, block_id = block.clinician, block.block
        found += [(at, clinician, block_id) for at in starts]
    found.sort()
    return found


# A named tuple for the reason that a block is one: several forms over four weeks are tens of thousands of these.
class Candidate(NamedTuple):
    """A free start, and what a consult of this type leaves of its gap, in minutes: sorting sorts by time."""

    start: int
    clinician: int
    block: int
    type: int
    before: int  # free from the first start of the gap
    after: int  # free until the end of the last consult that the gap can hold
    lost: int = 0  # of a fixed slot that is longer than the consult
    held: bool = False  # PP-32: kept for urgent consults when it was asked for


class Gap(NamedTuple):
    """Free time within one block that holds a consult of this type: `starts` are the instants at which it may begin.

    `first` and `last` are those of the clinician's own gap: `starts` may be fewer, where others must be free too.
    """

    clinician: int
    block: int
    type: int
    first: int
    last: int
    starts: range
    lost: int
    held: bool

    def candidates(self, starts: range | None = None) -> list[Candidate]:
        """All of them, or those at some of its `starts`."""
        clinician, block, kind, first, last, own, lost, held = self
        return [
            Candidate(at, clinician, block, kind, at - first, last - at, lost, held)
            for at in (own if starts is None else starts)
        ]


def free_with_rests(
    blocks: Sequence[Block],
    busy: Iterable[Busy],
    kinds: Iterable[Kind],
    *,
    step: int,
    tz: ZoneInfo,
    asked_at: int,
    urgent: bool = False,
    not_before: int = 0,
    before: int | None = None,
) -> list[Candidate]:
    """The starts that `free_starts` lists for each kind, in order of time, each with what is left of its gap."""
    gaps = free_gaps(
        blocks,
        busy,
        kinds,
        step=step,
        tz=tz,
        asked_at=asked_at,
        urgent=urgent,
        not_before=not_before,
        before=before,
    )
    return candidates_of(gaps)


def candidates_of(gaps: Iterable[Gap]) -> list[Candidate]:
    """In order of time."""
    return sorted(chain.from_iterable(gap.candidates() for gap in gaps))


def free_gaps(
    blocks: Sequence[Block],
    busy: Iterable[Busy],
    kinds: Iterable[Kind],
    *,
    step: int,
    tz: ZoneInfo,
    asked_at: int,
    urgent: bool = False,
    not_before: int = 0,
    before: int | None = None,
) -> list[Gap]:
    """Where the starts lie that `free_starts` lists for each kind, in no order.

    A gap is free time within one block. Minutes that no start on its grid can reach are lost whatever is chosen, and
    count for none. What is held for urgent consults at the instant `asked_at` (PP-32) is listed only if `urgent`.
    """
    found: list[Gap] = []
    taken = _taken(blocks, busy)
    held_until = None if urgent else asked_at
    for type_id, duration in kinds:
        ranges = _free_ranges(blocks, taken, duration, step, tz, not_before, before, type_id, held_until)
        for block, starts in ranges:
            lost = block.slot_minutes - duration if block.mode is BlockMode.FIXED else 0
            held = asked_at < block.released
            found.append(Gap(block.clinician, block.block, type_id, starts[0], starts[-1], starts, lost, held))
    return found


def _free_ranges(
    blocks: Sequence[Block],
    taken: Mapping[int, Sequence[Span]],
    duration: int,
    step: int,
    tz: ZoneInfo,
    not_before: int,
    before: int | None,
    type_id: int | None,
    asked_at: int | None,
) -> Iterator[tuple[Block, range]]:
    """Each gap that holds the consult: its block, and the starts in it, at least one."""
    if duration <= 0:
        raise ValueError(f"a consult lasts at least a minute, not {duration}")
    for block in blocks:
        if block.mode is BlockMode.BREAK or not block.allows(type_id):
            continue
        if asked_at is not None and asked_at < block.released:
            continue
        if block.mode is BlockMode.FIXED and duration > block.slot_minutes:
            continue
        gaps = subtract((max(block.starts, not_before), block.ends), taken.get(block.clinician, ()))
        for first, last, anchor, every in _grid(block, step, tz):
            stop = last if before is None else min(last, before - 1)
            for gap_start, gap_end in gaps:
                if gap_end - gap_start < duration:
                    continue
                start = gap_start if gap_start > first else first
                start += (anchor - start) % every
                end = min(stop, gap_end - duration) + 1
                if start < end:
                    yield block, range(start, end, every)


def _taken(blocks: Iterable[Block], busy: Iterable[Busy]) -> dict[int, list[Span]]:
    """Per clinician, merged: what is busy, and the breaks of the clinician's own sessions."""
    breaks = ((block.clinician, block.starts, block.ends) for block in blocks if block.mode is BlockMode.BREAK)
    merged: dict[int, list[Span]] = {}
    whose, since, until = None, 0, 0
    # One sort of plain tuples: sorting and merging per clinician takes half as long again.
    for clinician, start, end in sorted([*busy, *breaks]):
        if start >= end:
            continue
        if clinician != whose:
            whose, since, until = clinician, start, end
            spans = merged[clinician] = [(start, end)]
        elif start > until:
            since, until = start, end
            spans.append((start, end))
        elif end > until:
            until = end
            spans[-1] = (since, end)
    return merged


def _grid(block: Block, step: int, tz: ZoneInfo) -> Iterator[tuple[int, int, int, int]]:
    """The starts that a block knows when nothing is booked, as (first, last, anchor, every)."""
    if block.mode is BlockMode.FIXED:
        # n whole slots: a rest at the end that is shorter than a slot is not one.
        yield block.opens, block.ends - block.slot_minutes, block.opens, block.slot_minutes
    else:
        for start, end, anchor in steady_stretches((block.opens, block.ends), tz):
            yield start, end - 1, anchor, step


def booking_horizon(now: int, policy: Policy, tz: ZoneInfo) -> int:
    """The first instant that is too far ahead to book: bookable days are whole days."""
    return midnight(local_date(now, tz) + timedelta(weeks=policy.horizon_weeks, days=1), tz)
