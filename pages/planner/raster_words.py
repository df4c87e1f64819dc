"""A raster's blocks in words: for lists, previews and what differs between two versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext

from praktijkplan.contact import Modality
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, Types, types_of
from scheduling.models import AppointmentType, Raster, Workplace

FORMS = [form.value for form in Modality]


@dataclass(frozen=True)
class Vocabulary:
    """What the ids in a raster's content are called."""

    types: Types
    workplaces: Mapping[int, str]


def vocabulary_of(department: int) -> Vocabulary:
    """Two selects."""
    places = Workplace.objects.filter(department=department).values_list("pk", "name")
    return Vocabulary(types_of(department), dict(places))


def clock_of(at: time) -> str:
    """A time of day of a raster: 9.05."""
    return f"{at.hour}.{at.minute:02d}"


def span_words(block: BlockContent) -> str:
    return f"{clock_of(block.plan.start)}–{clock_of(block.plan.end)}"


def block_words(block: BlockContent, words: Vocabulary) -> str:
    """What may happen in a block, without its time: "CP video 10 min, 4 × 15 min, Cabine 2"."""
    return ", ".join(part for part in _parts(block, words) if part)


def weekday_name(weekday: int) -> str:
    return str(WEEKDAYS[weekday])


def of_weekday(blocks: Iterable[BlockContent], weekday: int) -> list[BlockContent]:
    own = (block for block in blocks if block.plan.weekday == weekday)
    return sorted(own, key=lambda block: (block.plan.start, block.key))


def owner_words(raster: Raster) -> str:
    return raster.clinician.name if raster.clinician else gettext("starter of the department")


def _parts(block: BlockContent, words: Vocabulary) -> Iterable[str]:
    plan = block.plan
    if plan.mode is BlockMode.BREAK:
        yield gettext("break")
        yield plan.note
        return
    yield _types(block, words)
    if plan.mode is BlockMode.FIXED and plan.slot_minutes:
        count = (plan.minutes - plan.start_up_minutes) // plan.slot_minutes
        yield gettext("%(count)d × %(minutes)d min") % {"count": count, "minutes": plan.slot_minutes}
    elif plan.mode is BlockMode.HYBRID:
        yield gettext("hybrid: the clinic chooses")
    if plan.start_up_minutes:
        yield _minutes_to_start_up(plan.start_up_minutes)
    if plan.release_minutes:
        yield gettext("held for urgent consults")
    if plan.workplace is not None:
        yield words.workplaces.get(plan.workplace, gettext("a workplace that is gone"))
    yield plan.note


def _minutes_to_start_up(minutes: int) -> str:
    told = ngettext("%(minutes)d minute to start up", "%(minutes)d minutes to start up", minutes)
    return told % {"minutes": minutes}


def _types(block: BlockContent, words: Vocabulary) -> str:
    allowed = [words.types[key] for key in block.types if key in words.types]
    return " / ".join(kind.name for kind in sorted(allowed, key=_in_order)) or gettext("no type fits")


def _in_order(kind: AppointmentType) -> tuple[int, int, str]:
    return FORMS.index(kind.modality), kind.duration_minutes, kind.name
