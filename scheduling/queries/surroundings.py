"""What the block rules look at around a raster: the places, the clinician's other rasters, colleagues' rooms."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q

from praktijkplan import blocks as rules
from praktijkplan.blocks import Finding, OtherRaster, Surroundings
from scheduling.contents import RasterContent, read_content
from scheduling.models import AppointmentType, Raster, RasterVersion, Workplace
from scheduling.queries.policy import policy_on
from scheduling.queries.rasters import clinician_of


def findings_of(
    raster: Raster, content: RasterContent, *, today: date, around: Surroundings | None = None
) -> tuple[Finding, ...]:
    """What the department's agreements say, as they are on the first day on which the content still counts."""
    policy = policy_on(raster.department_id, max(content.valid_from, today))
    return rules.findings(content.plan, policy, around or surroundings(raster))


def surroundings(raster: Raster) -> Surroundings:
    """A fixed number of selects. `failure_share` stays unknown until consults have been measured."""
    places = list(Workplace.objects.filter(department=raster.department_id))
    types = AppointmentType.objects.filter(department=raster.department_id, active=True)
    lengths = list(types.values_list("modality", "duration_minutes"))
    neighbours, occupants = _others(raster, [place.pk for place in places])
    return Surroundings(
        workplaces={place.pk: facts_of_place(place) for place in places},
        neighbours=neighbours,
        occupants=occupants,
        durations=frozenset(minutes for _, minutes in lengths),
        video_durations=frozenset(minutes for form, minutes in lengths if form == "video"),
    )


def facts_of_place(place: Workplace) -> rules.Workplace:
    return rules.Workplace(
        kind=rules.WorkplaceKind(place.kind),
        video_ready=place.video_ready,
        walking_minutes=place.walking_minutes,
        checklist_confirmed=place.checklist_confirmed_at is not None,
    )


def _others(raster: Raster, places: Iterable[int]) -> tuple[tuple[OtherRaster, ...], tuple[OtherRaster, ...]]:
    """What is published, as it was published last; a draft, a colleague's or one's own, is not there yet."""
    beside = RasterVersion.objects.filter(number=F("raster__version")).exclude(raster=raster.pk)
    mine = Q(raster__clinician=raster.clinician_id) if raster.clinician_id else Q(pk=None)
    here = Q(raster__department=raster.department_id)
    rows = list(beside.filter(mine | here).select_related("raster").order_by("raster"))
    departments = {row.raster.department_id for row in rows}
    known = {kind.pk: kind for kind in AppointmentType.objects.filter(department__in=departments)}
    shared = set(places)
    neighbours: list[OtherRaster] = []
    occupants: list[OtherRaster] = []
    for row in rows:
        other = OtherRaster(row.raster_id, clinician_of(row.raster), read_content(row.content, known).plan)
        if row.raster.clinician_id == raster.clinician_id:
            neighbours.append(other)
        elif any(block.workplace in shared for block in other.plan.blocks):
            occupants.append(other)
    return tuple(neighbours), tuple(occupants)
