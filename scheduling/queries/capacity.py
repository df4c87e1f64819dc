"""How many places a raster has: in a week, and per date before and after a publication."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from praktijkplan import capacity
from praktijkplan.capacity import Opening, Places, places
from praktijkplan.contact import Modality
from praktijkplan.slots import Block, Busy
from scheduling.contents import RasterContent, Types, types_of
from scheduling.localtime import AMSTERDAM, day_span
from scheduling.models import ClinicSession, Raster
from scheduling.models.minutes import to_minute
from scheduling.queries.dated import DatedSession
from scheduling.queries.fitting import blocks_of
from scheduling.queries.policy import Policies
from scheduling.queries.rasters import Publication, clinician_of
from scheduling.queries.snapshots import block_of, taken_or_absent


@dataclass(frozen=True)
class DatePlaces:
    """What is free for booking on a date in this raster's sessions, as they stand and as they would become."""

    date: date
    before: Places
    after: Places

    @property
    def difference(self) -> Places:
        return self.after - self.before


def weekly_places(content: RasterContent, known: Types, *, step: int) -> Places:
    """In a week in which the raster holds. `known` are the department's types, `step` its grid in minutes."""
    shortest = {block.key: shortest_of(block.types, known) for block in content.blocks}
    return capacity.weekly_places(content.plan, shortest, step=step)


def shortest_of(types: Iterable[int], known: Types) -> Mapping[Modality, int]:
    """Per form of contact, the minutes of the shortest of these types."""
    shortest: dict[Modality, int] = {}
    for kind in (known[key] for key in types if key in known):
        form = Modality(kind.modality)
        shortest[form] = min(kind.duration_minutes, shortest.get(form, kind.duration_minutes))
    return shortest


def per_date(raster: Raster, plan: Publication, *, now: datetime) -> tuple[DatePlaces, ...]:
    """Every date with sessions of this raster, before or after. Three selects, however many dates."""
    clinician, policies, known = clinician_of(raster), Policies(raster.department_id), types_of(raster.department_id)
    before = _before(plan, known)
    after = _after(plan, clinician, known)
    busy = _busy(clinician, plan)
    minute = to_minute(now)

    def free(openings: list[Opening], day: date) -> Places:
        step = policies.on(day).grid_minutes
        return places(openings, busy.get(day, ()), step=step, tz=AMSTERDAM, not_before=minute)

    days = sorted({*before, *after})
    return tuple(DatePlaces(day, free(before.get(day, []), day), free(after.get(day, []), day)) for day in days)


def _before(plan: Publication, known: Types) -> Mapping[date, list[Opening]]:
    found: defaultdict[date, list[Opening]] = defaultdict(list)
    for session in plan.standing.values():
        if session.status == ClinicSession.Status.PLANNED:
            for row in session.blocks.all():
                types = [kind.pk for kind in row.types.all()]
                found[session.date].append(Opening(block_of(row), shortest_of(types, known)))
    return found


def _after(plan: Publication, clinician: int, known: Types) -> Mapping[date, list[Opening]]:
    found: defaultdict[date, list[Opening]] = defaultdict(list)
    for dated in plan.wanted.values():
        for block in _blocks(dated, clinician):
            found[dated.date].append(Opening(block, shortest_of(block.types or (), known)))
    return found


def _blocks(dated: DatedSession, clinician: int) -> Iterable[Block]:
    return blocks_of(clinician, [dated], {(dated.date, dated.half_day.value): 0}, {dated.date})


def _busy(clinician: int, plan: Publication) -> Mapping[date, list[Busy]]:
    """What takes the clinician's time, per local day that it touches."""
    days = sorted({key[0] for key in (*plan.standing, *plan.wanted)})
    if not days:
        return {}
    taken = taken_or_absent([clinician], day_span(days[0], days[-1]))
    found: dict[date, list[Busy]] = {}
    for day in days:
        low, high = day_span(day)
        found[day] = [each for each in taken if each[1] < high and each[2] > low]
    return found
