"""How many places a raster's blocks hold, per form of contact (PP-20, PP-30)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from praktijkplan.contact import Modality
from praktijkplan.localtime import DAY
from praktijkplan.rasters import BlockPlan, RasterPlan
from praktijkplan.slots import Block, BlockMode, Busy, free_starts

# A week of a raster is counted on a clock that is never changed.
_STEADY = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Opening:
    """A block, and how many minutes the shortest consult of each form lasts that it allows; none in a break."""

    block: Block
    shortest: Mapping[Modality, int]


@dataclass(frozen=True, slots=True)
class Places:
    """Consults that fit one after another, each the shortest that is allowed.

    `total` counts whatever the form, `by_form` as if all went to that form: a place where people may choose between
    two forms counts in both, so that together they can be more than the total.
    """

    total: int = 0
    by_form: Mapping[Modality, int] = field(default_factory=dict)

    def __add__(self, other: "Places") -> "Places":
        return self._with(other, 1)

    def __sub__(self, other: "Places") -> "Places":
        return self._with(other, -1)

    def _with(self, other: "Places", sign: int) -> "Places":
        forms = [form for form in Modality if form in self.by_form or form in other.by_form]
        by_form = {form: self.by_form.get(form, 0) + sign * other.by_form.get(form, 0) for form in forms}
        return Places(self.total + sign * other.total, by_form)


def places(
    openings: Sequence[Opening], busy: Iterable[Busy] = (), *, step: int, tz: ZoneInfo, not_before: int = 0
) -> Places:
    """Places in these blocks of one clinician, clear of their breaks and of what is `busy`, from `not_before` (an
    instant) on. Exactly the starts that `free_starts` lists, taken from the first on: what can be counted can be
    booked. Blocks that are held for urgent consults count too (PP-32). `step` is the grid in minutes.
    """
    taken = list(busy)
    breaks = [opening.block for opening in openings if opening.block.mode is BlockMode.BREAK]
    counted = Places()
    for opening in openings:
        if opening.block.mode is BlockMode.BREAK or not opening.shortest:
            continue
        beside = [opening.block, *breaks]
        by_length = {
            length: in_a_row(
                [
                    start
                    for start, _, _ in free_starts(beside, taken, length, step=step, tz=tz, not_before=not_before)
                ],
                length,
            )
            for length in set(opening.shortest.values())
        }
        by_form = {form: by_length[length] for form, length in opening.shortest.items()}
        counted += Places(by_length[min(by_length)], by_form)
    return counted


def weekly_places(plan: RasterPlan, shortest: Mapping[int, Mapping[Modality, int]], *, step: int) -> Places:
    """Places in a week in which the raster holds, with nothing booked. `shortest` per key of a block, in minutes."""
    openings = [Opening(_in_a_week(block), shortest.get(block.key, {})) for block in plan.blocks if block.minutes > 0]
    return places(openings, step=step, tz=_STEADY)


def _in_a_week(block: BlockPlan) -> Block:
    midnight = block.weekday * DAY
    return Block(
        clinician=0,
        session=0,
        block=block.key,
        starts=midnight + block.start.hour * 60 + block.start.minute,
        ends=midnight + block.end.hour * 60 + block.end.minute,
        mode=block.mode,
        slot_minutes=block.slot_minutes,
        start_up_minutes=block.start_up_minutes,
    )


def in_a_row(starts: Iterable[int], length: int) -> int:
    """How many of these sorted starts can be had together."""
    return sum(1 for _ in one_after_another(starts, length))


def one_after_another(starts: Iterable[int], length: int) -> Iterator[int]:
    """Of these sorted starts, from the first on, those that can be had together, each `length` minutes long."""
    taken_until = 0
    for start in starts:
        if start >= taken_until:
            yield start
            taken_until = start + length
