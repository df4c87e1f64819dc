"""What can be laid under the week of a draft: who is in a workplace when, and the published rasters of colleagues."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext

from praktijkplan.findings import Surroundings
from praktijkplan.rasters import BlockPlan, RasterPlan
from praktijkplan.slots import BlockMode
from scheduling.contents import Types, version_content
from scheduling.draft_changes import Vocabulary
from scheduling.finding_sentences import Names
from scheduling.models import Raster, RasterVersion

PLACE, COLLEAGUE = "werkplek", "collega"


@dataclass(frozen=True)
class Layer:
    """A choice of the clerk: a workplace or a colleague."""

    value: str
    label: str
    chosen: bool


def layers(raster: Raster, under: str, known: Vocabulary, names: Names) -> list[Layer]:
    colleagues = {pk: name for pk, name in names.clinicians.items() if pk != raster.clinician_id}
    offered = [("", gettext("nothing"))]
    offered += [(f"{PLACE}-{pk}", place.name) for pk, place in known.workplaces.items()]
    offered += [(COLLEAGUE, gettext("all colleagues"))] if colleagues else []
    offered += [(f"{COLLEAGUE}-{pk}", name) for pk, name in colleagues.items()]
    return [Layer(value, label, value == under) for value, label in offered]


def beneath(
    raster: Raster, plan: RasterPlan, under: str, around: Surroundings, types: Types, names: Names
) -> Iterator[tuple[str, BlockPlan]]:
    """The name and the block of each colleague's clinic that is held while this raster is; breaks are left out."""
    kind, _, number = under.partition("-")
    if kind == PLACE:
        for other in around.occupants:
            if _together(plan, other.plan):
                yield from (
                    (names.clinician(other.clinician), block)
                    for block in other.plan.blocks
                    if str(block.workplace or "") == number and block.mode is not BlockMode.BREAK
                )
    if kind == COLLEAGUE:
        for version in _of_colleagues(raster, number):
            held = version_content(version, types).plan
            if _together(plan, held):
                who = names.clinician(version.raster.clinician_id or 0)
                yield from ((who, block) for block in held.blocks if block.mode is not BlockMode.BREAK)


def _of_colleagues(raster: Raster, number: str) -> Iterator[RasterVersion]:
    """As published last, of one colleague or of all; one select."""
    rows = RasterVersion.objects.filter(number=F("raster__version"), raster__department=raster.department_id)
    rows = rows.exclude(raster__clinician=raster.clinician_id).exclude(raster=raster.pk)
    for version in rows.select_related("raster").order_by("raster"):
        if number in ("", str(version.raster.clinician_id)):
            yield version


def _together(one: RasterPlan, other: RasterPlan) -> bool:
    """Whether both are valid on some day; even and odd weeks may differ, which the clerk compares by eye."""
    ends = [until for until in (one.valid_until, other.valid_until) if until is not None]
    return not ends or max(one.valid_from, other.valid_from) <= min(ends)
