"""The blocks that a clerk can place, from the types that a department has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from pages.templatetags.look import KINDS, MODALITIES
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, Types
from scheduling.models import AppointmentType

USUAL_MINUTES = 60
PAUSE_MINUTES = 15
URGENT_MINUTES = 30
# Urgent places are kept for a day, unless the clerk says otherwise (PP-32).
RELEASE_MINUTES = 24 * 60
KINDS_OF_VIDEO = (ContactKind.NEW, ContactKind.FOLLOW_UP)
# What a clinic chooses between in a hybrid block (PP-23).
HYBRID_FORMS = frozenset({Modality.VIDEO.value, Modality.PHONE.value})


@dataclass(frozen=True)
class Item:
    """`minutes`: how long a new block is; `types`: id and duration of each that the item stands for."""

    name: str
    look: str
    label: str
    mode: str
    minutes: int
    slot_minutes: int = 0
    release_minutes: int = 0
    types: tuple[tuple[int, int], ...] = ()

    @property
    def document(self) -> Mapping[str, Any]:
        """What the editor's script makes a new block of."""
        return {
            "name": self.name,
            "look": self.look,
            "label": self.label,
            "mode": self.mode,
            "minutes": self.minutes,
            "slot_minutes": self.slot_minutes,
            "release_minutes": self.release_minutes,
            "types": self.types,
        }


def palette(types: Types) -> list[Item]:
    """Only what the department has active types for; a break always."""
    active = sorted((kind for kind in types.values() if kind.active), key=lambda kind: kind.duration_minutes)
    items = [
        _fixed(f"{kind.value}-video", "video", str(KINDS[kind.value]) % {"form": MODALITIES["video"]}, own)
        for kind in KINDS_OF_VIDEO
        if (own := [each for each in active if each.modality == Modality.VIDEO and each.contact_kind == kind])
    ]
    items += [
        _fixed(form.value, form.value, str(MODALITIES[form.value]), own)
        for form in Modality
        if form is not Modality.VIDEO and (own := [each for each in active if each.modality == form])
    ]
    items.append(Item("break", "break", capfirst(gettext("Break")), BlockMode.BREAK.value, PAUSE_MINUTES))
    mixed = [each for each in active if each.modality in HYBRID_FORMS]
    if len({each.modality for each in mixed}) < len(HYBRID_FORMS):
        mixed = active
    if len({each.modality for each in mixed}) > 1:
        label = capfirst(str(MODALITIES["flex"]))
        items.append(Item("flex", "flex", label, BlockMode.HYBRID.value, USUAL_MINUTES, types=_lengths(mixed)))
    if active:
        items.append(_urgent(active))
    return items


def _fixed(name: str, look: str, label: str, own: list[AppointmentType]) -> Item:
    """Moments of the middle length that the department has: the clerk changes the minutes where another is meant."""
    slot = own[(len(own) - 1) // 2].duration_minutes
    return Item(name, look, capfirst(label), BlockMode.FIXED.value, USUAL_MINUTES, slot, types=_lengths(own))


def _urgent(active: list[AppointmentType]) -> Item:
    return Item(
        "urgent",
        "urgent",
        capfirst(str(MODALITIES["urgent"])),
        BlockMode.FLEXIBLE.value,
        URGENT_MINUTES,
        release_minutes=RELEASE_MINUTES,
        types=_lengths(each for each in active if each.duration_minutes <= URGENT_MINUTES),
    )


def _lengths(types: Iterable[AppointmentType]) -> tuple[tuple[int, int], ...]:
    return tuple((kind.pk, kind.duration_minutes) for kind in types)


def item_of(block: BlockContent, types: Types) -> str:
    """The item that a block looks like; empty where it is none of them."""
    if block.plan.mode is BlockMode.BREAK:
        return "break"
    if block.plan.release_minutes:
        return "urgent"
    kinds = [types[key] for key in block.types if key in types]
    forms = {kind.modality for kind in kinds}
    if len(forms) > 1:
        return "flex"
    if forms == {Modality.VIDEO.value}:
        of_kind = {kind.contact_kind for kind in kinds}
        return f"{of_kind.pop()}-video" if len(of_kind) == 1 else ""
    return forms.pop() if forms else ""
