"""All rasters of a department at a glance: what the rules say of each draft, and what is not published yet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from people.models import Department
from praktijkplan import blocks as rules
from praktijkplan.blocks import OtherRaster, Severity, Surroundings
from praktijkplan.rasters import WeekPattern
from scheduling.contents import BlockContent, RasterContent, read_block, read_content, types_of
from scheduling.models import AppointmentType, Raster, RasterBlock, RasterVersion, Workplace
from scheduling.queries.policy import Policies
from scheduling.queries.rasters import clinician_of
from scheduling.queries.surroundings import facts_of_place


@dataclass(frozen=True)
class RasterAtAGlance:
    """`has_changes`: the draft is not what was published, or nothing was."""

    raster: Raster
    errors: int
    warnings: int
    has_changes: bool


@dataclass(frozen=True)
class _Held:
    """What a raster says in its current version."""

    raster: Raster
    content: RasterContent

    @property
    def beside(self) -> OtherRaster:
        return OtherRaster(self.raster.pk, clinician_of(self.raster), self.content.plan)


def rasters_at_a_glance(department: Department, *, today: date) -> list[RasterAtAGlance]:
    """By clinician, starters last. A fixed number of selects, however many rasters there are."""
    rasters = list(
        Raster.objects.filter(department=department)
        .select_related("clinician")
        .order_by(F("clinician__name").asc(nulls_last=True), "valid_from", "pk")
    )
    held = _held(department, {raster.clinician_id for raster in rasters} - {None})
    published = {each.raster.pk: each.content for each in held}
    common, policies = _common(department), Policies(department.pk)
    drafts = _drafts(department)
    found = []
    for raster in rasters:
        content = _draft(raster, drafts.get(raster.pk, ()))
        around = _around(raster, held, common)
        findings = rules.findings(content.plan, policies.on(max(raster.valid_from, today)), around)
        grave = [finding.severity for finding in findings]
        found.append(
            RasterAtAGlance(
                raster=raster,
                errors=grave.count(Severity.ERROR),
                warnings=grave.count(Severity.WARNING),
                has_changes=_as_set(published.get(raster.pk)) != _as_set(content),
            )
        )
    return found


def _drafts(department: Department) -> Mapping[int, Sequence[BlockContent]]:
    """The blocks of every draft. Three selects of plain values: a department has a thousand of these."""
    known, allowed = types_of(department.pk), defaultdict[int, list[int]](list)
    through = RasterBlock.types.through.objects.filter(rasterblock__raster__department=department)
    for block, kind in through.values_list("rasterblock_id", "appointmenttype_id"):
        allowed[block].append(kind)
    found: defaultdict[int, list[BlockContent]] = defaultdict(list)
    for row in RasterBlock.objects.filter(raster__department=department).values():
        times = {"start": row["start"].isoformat("minutes"), "end": row["end"].isoformat("minutes")}
        places = {"workplace": row["workplace_id"], "types": allowed[row["id"]]}
        found[row["raster_id"]].append(read_block(row | times | places, known))
    return found


def _draft(raster: Raster, blocks: Iterable[BlockContent]) -> RasterContent:
    weeks = WeekPattern(raster.weeks)
    return RasterContent(raster.name, weeks, raster.valid_from, raster.valid_until, tuple(blocks))


def _held(department: Department, clinicians: Iterable[int | None]) -> list[_Held]:
    """What is published in the department, and of its clinicians elsewhere."""
    rows = (
        RasterVersion.objects.filter(number=F("raster__version"))
        .filter(Q(raster__department=department) | Q(raster__clinician__in=list(clinicians)))
        .select_related("raster")
        .order_by("raster")
    )
    versions = list(rows)
    departments = {version.raster.department_id for version in versions}
    known = {kind.pk: kind for kind in AppointmentType.objects.filter(department__in=departments)}
    return [_Held(version.raster, read_content(version.content, known)) for version in versions]


def _common(department: Department) -> Surroundings:
    places = Workplace.objects.filter(department=department)
    types = AppointmentType.objects.filter(department=department, active=True)
    lengths = list(types.values_list("modality", "duration_minutes"))
    return Surroundings(
        workplaces={place.pk: facts_of_place(place) for place in places},
        durations=frozenset(minutes for _, minutes in lengths),
        video_durations=frozenset(minutes for form, minutes in lengths if form == "video"),
    )


def _around(raster: Raster, held: Iterable[_Held], common: Surroundings) -> Surroundings:
    others = [each for each in held if each.raster.pk != raster.pk]
    mine = [each.beside for each in others if each.raster.clinician_id == raster.clinician_id]
    colleagues = [each for each in others if each.raster.clinician_id != raster.clinician_id]
    return Surroundings(
        workplaces=common.workplaces,
        neighbours=tuple(mine),
        occupants=tuple(each.beside for each in colleagues if _shares(each.content, common.workplaces)),
        durations=common.durations,
        video_durations=common.video_durations,
    )


def _shares(content: RasterContent, places: Mapping[int, object]) -> bool:
    return any(block.plan.workplace in places for block in content.blocks)


def _as_set(content: RasterContent | None) -> object:
    """The same content in whatever order its blocks were written."""
    if content is None:
        return None
    fields = content.name, content.weeks, content.valid_from, content.valid_until
    return fields, frozenset(content.blocks)
