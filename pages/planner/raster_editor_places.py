"""How many patients a week of a raster has room for, per form of contact: as published, and as the draft has it."""

from collections.abc import Iterable
from dataclasses import dataclass

from praktijkplan.contact import Modality
from praktijkplan.days import span_of
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent, Types
from scheduling.queries.capacity import weekly_places


@dataclass(frozen=True)
class FormPlaces:
    """`now` is None before the first publication."""

    form: Modality
    now: int | None
    draft: int

    @property
    def signed(self) -> str:
        """The difference as +18, −6 or 0: with a true minus, as wide as the plus."""
        more = self.draft - (self.now or 0)
        return f"+{more}" if more > 0 else f"−{-more}" if more else "0"


def places_per_form(
    draft: RasterContent, published: RasterContent | None, types: Types, *, step: int
) -> list[FormPlaces]:
    """The forms that either of the two has. A place of which the clinic chooses the form counts in each."""
    planned = weekly_places(draft, types, step=step).by_form
    standing = weekly_places(published, types, step=step).by_form if published else {}
    return [
        FormPlaces(form, standing.get(form, 0) if published else None, planned.get(form, 0))
        for form in Modality
        if planned.get(form) or standing.get(form)
    ]


def look_of(block: BlockContent, types: Types) -> str:
    """What a block is drawn as: its one form, or that the clinic chooses, or that it is held for urgent consults."""
    if block.plan.mode is BlockMode.BREAK:
        return "break"
    if block.plan.release_minutes:
        return "urgent"
    forms = {types[key].modality for key in block.types if key in types}
    return forms.pop() if len(forms) == 1 else "flex"


def moments_in(block: BlockContent, beside: Iterable[BlockContent]) -> int:
    """The moments of a fixed block that no break touches."""
    plan = block.plan
    start, end = span_of(plan)
    breaks = [
        span_of(other.plan)
        for other in beside
        if other.plan.mode is BlockMode.BREAK and other.plan.weekday == plan.weekday
    ]
    moments = range(start + plan.start_up_minutes, end - plan.slot_minutes + 1, plan.slot_minutes)
    return sum(not any(at < until and since < at + plan.slot_minutes for since, until in breaks) for at in moments)
