"""Where a consult goes, or every reason why it cannot: by the rules that list the free starts (PP-20, PP-26)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from praktijkplan.contact import Modality
from praktijkplan.intervals import Span, merge, overlaps, subtract
from praktijkplan.localtime import local_date, midnight, wall_minutes
from praktijkplan.policy import Policy
from praktijkplan.slots import Block, BlockMode, Busy, booking_horizon


class NeedKind(IntEnum):
    """What a consult may take besides its clinician and its patient."""

    CLINICIAN = 1
    WORKPLACE = 3
    INTERPRETER = 4


class Need(NamedTuple):
    """Someone or something besides, that must be free for the whole consult; `resource` is a NeedKind."""

    resource: int
    resource_id: int


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
    OVERBOOKED_ENOUGH = "overbooked_enough"
    SECOND_ABSENT = "second_absent"
    SECOND_TAKEN = "second_taken"
    PLACE_TAKEN = "place_taken"
    INTERPRETER_TAKEN = "interpreter_taken"
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
    others_busy: Mapping[Need, Sequence[Span]] = field(default_factory=dict)
    # When a second clinician holds a clinic: at other times nobody can count on them, taken or not.
    others_present: Mapping[Need, Sequence[Span]] = field(default_factory=dict)


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
    needs: frozenset[Need] = frozenset()

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
    refusals += _others(snapshot, request)
    if not request.overbook:
        refusals += taken
    block, misfits = _best_block(snapshot, request, policy)
    refusals += misfits
    if block is None or refusals:
        order = list(RefusalId)
        return tuple(sorted(refusals, key=lambda refusal: order.index(refusal.id)))
    start, end = request.span
    return Placement(request.clinician, block.session, block.block, start, end, overbooked=bool(taken))


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


_TAKEN_BESIDES = {
    NeedKind.CLINICIAN: RefusalId.SECOND_TAKEN,
    NeedKind.WORKPLACE: RefusalId.PLACE_TAKEN,
    NeedKind.INTERPRETER: RefusalId.INTERPRETER_TAKEN,
}


def _others(snapshot: Snapshot, request: Request) -> Iterator[Refusal]:
    """Overbooking lifts none of these: somebody else's time is not the clinician's to give."""
    for need in sorted(request.needs):
        who = {"id": need.resource_id}
        present = snapshot.others_present.get(need, ())
        if need.resource == NeedKind.CLINICIAN and subtract(request.span, merge(present)):
            yield Refusal(RefusalId.SECOND_ABSENT, who)
        for start, end in snapshot.others_busy.get(need, ()):
            if overlaps(request.span, (start, end)):
                yield Refusal(_TAKEN_BESIDES[NeedKind(need.resource)], {**who, "from": start, "until": end})


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
