"""Free starts are computed, never stored, and a booking is placed by the same rules (PP-20, PP-26)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from praktijkplan.contact import Modality
from praktijkplan.intervals import Span, overlaps, subtract
from praktijkplan.localtime import local_date, midnight, steady_stretches, wall_minutes
from praktijkplan.policy import Policy

FreeStart: TypeAlias = tuple[int, int, int]  # (start, clinician, block): sorting sorts by time
Busy: TypeAlias = tuple[int, int, int]  # (clinician, start, end)


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
    if duration <= 0:
        raise ValueError(f"a consult lasts at least a minute, not {duration}")
    taken = _taken(blocks, busy)
    found: list[FreeStart] = []
    for block in blocks:
        if block.mode is BlockMode.BREAK or not block.allows(type_id):
            continue
        if asked_at is not None and asked_at < block.released:
            continue
        if block.mode is BlockMode.FIXED and duration > block.slot_minutes:
            continue
        clinician, block_id = block.clinician, block.block
        gaps = subtract((max(block.starts, not_before), block.ends), taken.get(clinician, ()))
        for first, last, anchor, every in _grid(block, step, tz):
            stop = last if before is None else min(last, before - 1)
            for gap_start, gap_end in gaps:
                if gap_end - gap_start < duration:
                    continue
                start = gap_start if gap_start > first else first
                start += (anchor - start) % every
                end = min(stop, gap_end - duration) + 1
                found += [(at, clinician, block_id) for at in range(start, end, every)]
    found.sort()
    return found


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


class RefusalId(StrEnum):
    """Why a consult cannot be placed, in the order in which reasons are told."""

    IN_PAST = "in_past"
    BEYOND_HORIZON = "beyond_horizon"
    NO_SESSION = "no_session"
    OUTSIDE_BLOCK = "outside_block"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    HELD_FOR_URGENT = "held_for_urgent"
    IN_START_UP = "in_start_up"
    IN_BREAK = "in_break"
    OFF_GRID = "off_grid"
    DOES_NOT_FIT = "does_not_fit"
    ABSENT = "absent"
    TAKEN = "taken"
    PATIENT_BUSY = "patient_busy"


_RULES = {
    RefusalId.TYPE_NOT_ALLOWED: "PP-20",
    RefusalId.HELD_FOR_URGENT: "PP-32",
    RefusalId.IN_START_UP: "PP-26",
    RefusalId.IN_BREAK: "PP-25",
    RefusalId.OFF_GRID: "PP-20",
    RefusalId.DOES_NOT_FIT: "PP-20",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a consult cannot be placed; `facts` are ids, instants and minutes."""

    id: RefusalId
    facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The id of the rule in the praktijkplan, or empty where plain sense refuses."""
        return _RULES.get(self.id, "")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at the moment of booking: the blocks and spans around the day in question."""

    blocks: Sequence[Block]
    busy: Sequence[Busy]  # active appointments of clinicians
    absences: Sequence[Busy]
    patient_busy: Sequence[Span]
    now: int
    tz: ZoneInfo


@dataclass(frozen=True, slots=True)
class Request:
    """A consult that someone wants to book; `start` is an instant, `duration` in minutes."""

    clinician: int
    start: int
    duration: int
    type_id: int
    modality: Modality
    overbook: bool = False  # on purpose beside an appointment that is there already
    urgent: bool = False  # PP-32: may use what is held for urgent consults

    @property
    def span(self) -> Span:
        return self.start, self.start + self.duration


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a consult goes."""

    clinician: int
    session: int
    block: int
    start: int
    end: int
    overbooked: bool


def place(snapshot: Snapshot, request: Request, policy: Policy) -> Placement | tuple[Refusal, ...]:
    """Where the requested consult goes, or every reason why it cannot.

    Accepts exactly the starts that `free_starts` lists from now up to the horizon. Overbooking lifts one
    refusal only, that the clinician's time is taken; every other agreement still holds.
    """
    if request.duration <= 0:
        raise ValueError(f"a consult lasts at least a minute, not {request.duration}")
    taken = [*_overlapping(RefusalId.TAKEN, request, snapshot.busy)]
    refusals = [*_when(snapshot, request, policy), *_absent_or_elsewhere(snapshot, request)]
    if not request.overbook:
        refusals += taken
    block, misfits = _best_block(snapshot, request, policy)
    refusals += misfits
    if block is None or refusals:
        order = list(RefusalId)
        return tuple(sorted(refusals, key=lambda refusal: order.index(refusal.id)))
    start, end = request.span
    return Placement(request.clinician, block.session, block.block, start, end, overbooked=bool(taken))


def booking_horizon(now: int, policy: Policy, tz: ZoneInfo) -> int:
    """The first instant that is too far ahead to book: bookable days are whole days."""
    return midnight(local_date(now, tz) + timedelta(weeks=policy.horizon_weeks, days=1), tz)


def _when(snapshot: Snapshot, request: Request, policy: Policy) -> Iterator[Refusal]:
    if request.start < snapshot.now:
        yield Refusal(RefusalId.IN_PAST, {"now": snapshot.now})
    horizon = booking_horizon(snapshot.now, policy, snapshot.tz)
    if request.start >= horizon:
        yield Refusal(RefusalId.BEYOND_HORIZON, {"horizon": horizon})


def _absent_or_elsewhere(snapshot: Snapshot, request: Request) -> Iterator[Refusal]:
    yield from _overlapping(RefusalId.ABSENT, request, snapshot.absences)
    if request.modality.is_live:
        for start, end in snapshot.patient_busy:
            if overlaps(request.span, (start, end)):
                yield Refusal(RefusalId.PATIENT_BUSY, {"from": start, "until": end})


def _overlapping(reason: RefusalId, request: Request, spans: Iterable[Busy]) -> Iterator[Refusal]:
    for clinician, start, end in spans:
        if clinician == request.clinician and overlaps(request.span, (start, end)):
            yield Refusal(reason, {"from": start, "until": end})


def _best_block(snapshot: Snapshot, request: Request, policy: Policy) -> tuple[Block | None, list[Refusal]]:
    """The clinician's block at the requested start in which least is wrong, and what is wrong."""
    own = [block for block in snapshot.blocks if block.clinician == request.clinician]
    breaks = [
        Refusal(RefusalId.IN_BREAK, {"from": block.starts, "until": block.ends})
        for block in own
        if block.mode is BlockMode.BREAK and overlaps(request.span, (block.starts, block.ends))
    ]
    misfits = [
        (block, [*_held(block, request, snapshot.now), *_misfits(block, request, policy.grid_minutes, snapshot.tz)])
        for block in own
        if block.mode is not BlockMode.BREAK and block.starts <= request.start < block.ends
    ]
    if misfits:
        block, wrong = min(misfits, key=lambda pair: (len(pair[1]), pair[0].block))
        return block, wrong + breaks
    return None, breaks or [_nowhere(own, request, snapshot.tz)]


def _nowhere(own: Iterable[Block], request: Request, tz: ZoneInfo) -> Refusal:
    day = local_date(request.start, tz)
    today = midnight(day, tz), midnight(day + timedelta(days=1), tz)
    held = [block for block in own if overlaps((block.starts, block.ends), today)]
    if not held:
        return Refusal(RefusalId.NO_SESSION)
    first, last = min(block.starts for block in held), max(block.ends for block in held)
    return Refusal(RefusalId.OUTSIDE_BLOCK, {"from": first, "until": last})


def _held(block: Block, request: Request, now: int) -> Iterator[Refusal]:
    if now < block.released and not request.urgent:
        yield Refusal(RefusalId.HELD_FOR_URGENT, {"until": block.released})


def _misfits(block: Block, request: Request, step: int, tz: ZoneInfo) -> Iterator[Refusal]:
    start, end = request.span
    if not block.allows(request.type_id):
        yield Refusal(RefusalId.TYPE_NOT_ALLOWED, {"type": request.type_id, "block": block.block})
    if start < block.opens:
        yield Refusal(RefusalId.IN_START_UP, {"until": block.opens})
    if block.mode is BlockMode.FIXED:
        every, beyond = block.slot_minutes, (start - block.opens) % block.slot_minutes
        room = min(block.slot_minutes, block.ends - start)
        fits = request.duration <= room == block.slot_minutes
    else:
        every, beyond = step, wall_minutes(start, tz) % step
        room = block.ends - start
        fits = end <= block.ends
    if beyond:
        yield Refusal(RefusalId.OFF_GRID, {"earlier": start - beyond, "later": start - beyond + every})
    if not fits:
        yield Refusal(RefusalId.DOES_NOT_FIT, {"minutes": room})
