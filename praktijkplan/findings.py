"""What the rules find in a raster, what they look at around it, and a fix that can be applied and undone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from typing import TypeAlias

from praktijkplan.rasters import BlockPlan, RasterPlan


class Severity(StrEnum):
    """An error blocks publishing, a warning needs a reason, advice is free."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class FindingId(StrEnum):
    """What a rule can find. The facts that a finding carries stand beside it.

    Facts are minutes, counts and ids; `first` and `last` are dates as `date.toordinal()`; `opens`, `closes`
    and `at` are minutes past midnight.
    """

    # The raster makes no sense: see `raster_problems`
    VALIDITY_ENDS_FIRST = "validity_ends_first"
    ENDS_FIRST = "ends_first"
    START_UP_FILLS_BLOCK = "start_up_fills_block"  # minutes
    NO_SLOT_LENGTH = "no_slot_length"
    SLOTS_LEAVE_REST = "slots_leave_rest"  # minutes
    OVERLAPS = "overlaps"  # minutes
    NOTHING_BOOKABLE = "nothing_bookable"
    # Video
    VIDEO_BLOCK_TOO_LONG = "video_block_too_long"  # minutes, most, pause
    SHORT_RUN_TOO_LONG = "short_run_too_long"  # minutes, most, pause
    SHORT_RUN_LONG = "short_run_long"  # minutes, most, pause
    MINI_BREAK_MISSING = "mini_break_missing"  # minutes, most, pause
    PAUSE_MISSING = "pause_missing"  # minutes, most, pause
    PAUSE_AFTER_CONSULT_MISSING = "pause_after_consult_missing"  # consult, pause, count (of consults)
    START_UP_ADVISED = "start_up_advised"  # minutes, failures (percent)
    VIDEO_SHARE_HIGH = "video_share_high"  # percent, most, minutes
    VIDEO_WITHOUT_VARIATION = "video_without_variation"  # minutes, most
    # The workplace
    WORKPLACE_UNKNOWN = "workplace_unknown"  # workplace
    WORKPLACE_NOT_VIDEO_READY = "workplace_not_video_ready"  # workplace
    WORKPLACE_TAKEN = "workplace_taken"  # workplace, block; of a colleague also: clinician, raster, first
    CABIN_FAR = "cabin_far"  # workplace, minutes, most
    WORKPLACE_MISSING = "workplace_missing"
    HOME_UNCHECKED = "home_unchecked"  # workplace
    # The day and the calendar
    OUTSIDE_OPENING_HOURS = "outside_opening_hours"  # opens, closes
    GAP_TOO_SMALL = "gap_too_small"  # minutes, shortest
    RASTERS_COLLIDE = "rasters_collide"  # raster, first, count (of collisions in a week)
    VALIDITY_GAP = "validity_gap"  # raster, first, last, count (of clinic days without a raster)


class FixId(StrEnum):
    """What a fix does, and its facts."""

    ADD_PAUSES = "add_pauses"  # count, at (the first), minutes (the shortest)
    MAKE_PAUSE = "make_pause"  # at, minutes
    SET_START_UP = "set_start_up"  # minutes
    SHORTEN = "shorten"  # at (its new start or end)
    MOVE_WORKPLACE = "move_workplace"  # workplace
    SET_VALIDITY = "set_validity"  # first; last unless open


@dataclass(frozen=True, slots=True)
class PutBlock:
    """Replaces the block with this key, or adds it, at position `at` or else as the last."""

    block: BlockPlan
    at: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    key: int


@dataclass(frozen=True, slots=True)
class SetValidity:
    valid_from: date
    valid_until: date | None


Change: TypeAlias = PutBlock | RemoveBlock | SetValidity


@dataclass(frozen=True, slots=True)
class Fix:
    """Changes to the very plan in which the finding was found.

    Blocks that a fix adds have negative keys: positive keys may be ids of blocks that are stored.
    """

    id: FixId
    changes: tuple[Change, ...]
    facts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a raster breaks, and where; `start` to `end` is the stretch on the local clock."""

    id: FindingId
    rule: str  # PP-id; empty where plain sense finds it
    severity: Severity
    keys: tuple[int, ...] = ()  # the blocks that are touched
    weekday: int | None = None  # None: the whole raster
    start: time | None = None
    end: time | None = None
    facts: Mapping[str, int] = field(default_factory=dict)
    fix: Fix | None = None


class WorkplaceKind(StrEnum):
    CABIN = "cabin"
    CONSULTING_ROOM = "consulting_room"
    HOME = "home"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where consults are held (PP-28); the checklist is that of working from home (PP-29)."""

    kind: WorkplaceKind
    video_ready: bool = True
    walking_minutes: int = 0
    checklist_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class OtherRaster:
    """A raster beside the one at hand; `raster` and `clinician` are ids."""

    raster: int
    clinician: int
    plan: RasterPlan


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules look at around a raster."""

    workplaces: Mapping[int, Workplace] = field(default_factory=dict)
    neighbours: tuple[OtherRaster, ...] = ()  # of the same clinician
    occupants: tuple[OtherRaster, ...] = ()  # of colleagues who use the same workplaces
    failure_share: float | None = None  # PP-26: 0 to 1, of video consults with a technical failure
    durations: frozenset[int] | None = None  # minutes, of the appointment types that exist; None: not known
    video_durations: frozenset[int] | None = None  # of the video types among them; None: any of `durations`


def apply_fix(plan: RasterPlan, fix: Fix) -> RasterPlan:
    """The plan with the changes of a fix. Raises KeyError for the removal of a block that is not there."""
    blocks = list(plan.blocks)
    for change in fix.changes:
        match change:
            case PutBlock(block, at):
                _put(blocks, block, at)
            case RemoveBlock(key):
                del blocks[_index(blocks)[key]]
            case SetValidity(valid_from, valid_until):
                plan = replace(plan, valid_from=valid_from, valid_until=valid_until)
    return replace(plan, blocks=tuple(blocks))


def inverse(plan: RasterPlan, fix: Fix) -> Fix:
    """The fix that undoes `fix`: applied after it, it gives back `plan`, in the same order."""
    before, after = _index(plan.blocks), _index(apply_fix(plan, fix).blocks)
    touched = {change.block.key for change in fix.changes if isinstance(change, PutBlock)}
    touched |= {change.key for change in fix.changes if isinstance(change, RemoveBlock)}
    changes: list[Change] = [RemoveBlock(key) for key in sorted(touched & after.keys())]
    # In order of position, so that each block finds all that came before it in its place.
    changes += [PutBlock(plan.blocks[at], at) for at in sorted(before[key] for key in touched & before.keys())]
    if any(isinstance(change, SetValidity) for change in fix.changes):
        changes.append(SetValidity(plan.valid_from, plan.valid_until))
    return Fix(fix.id, tuple(changes), fix.facts)


def fresh_key(plan: RasterPlan) -> int:
    """A key that no block of the plan has, below zero: see `Fix`."""
    return min([0, *(block.key for block in plan.blocks)]) - 1


def _put(blocks: list[BlockPlan], block: BlockPlan, at: int | None) -> None:
    standing = _index(blocks).get(block.key)
    if standing is not None:
        blocks[standing] = block
    elif at is None:
        blocks.append(block)
    else:
        blocks.insert(at, block)


def _index(blocks: list[BlockPlan] | tuple[BlockPlan, ...]) -> dict[int, int]:
    return {block.key: at for at, block in enumerate(blocks)}
