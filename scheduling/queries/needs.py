"""What appointments take besides their clinician and their patient, and what could be chosen."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from people.models import Clinician, Department
from praktijkplan.placing import Need
from scheduling.languages import language_names
from scheduling.models import Appointment, Interpreter, Occupancy, Resource, Workplace


@dataclass(frozen=True)
class Besides:
    """Someone or something that can be needed besides; `detail` is what an interpreter speaks."""

    need: Need
    name: str
    detail: str = ""

    @property
    def kind(self) -> Resource:
        return Resource(self.need.resource)


def needs_of(appointment: Appointment) -> frozenset[Need]:
    """Also of a cancelled one, which takes nothing any more: what it took."""
    return needs_of_each([appointment])[appointment.pk]


def needs_of_each(appointments: Sequence[Appointment]) -> dict[int, frozenset[Need]]:
    """By appointment, in one select."""
    own = {each.pk: Need(Resource.CLINICIAN, each.clinician_id) for each in appointments}
    found: dict[int, set[Need]] = {pk: set() for pk in own}
    rows = Occupancy.objects.filter(appointment__in=own).exclude(resource=Resource.PATIENT).order_by()
    for pk, resource, resource_id in rows.values_list("appointment", "resource", "resource_id"):
        need = Need(resource, resource_id)
        if need != own[pk]:
            found[pk].add(need)
    return {pk: frozenset(needs) for pk, needs in found.items()}


def offered_besides(department: Department, held: Collection[Need] = ()) -> list[Besides]:
    """Interpreters, clinicians, workplaces, in three selects; an interpreter who stopped only where `held`."""
    ids = {need.resource_id for need in held if need.resource == Resource.INTERPRETER}
    interpreters = department.interpreters.filter(active=True) | department.interpreters.filter(pk__in=ids)
    return [
        *_interpreters(interpreters),
        *_named(Resource.CLINICIAN, department.clinicians.order_by("name")),
        *_named(Resource.WORKPLACE, department.workplaces.order_by("name")),
    ]


def named_needs(needs: Collection[Need]) -> list[Besides]:
    """With their names, in the order in which they are offered; at most three selects."""
    ids: dict[int, list[int]] = {}
    for need in needs:
        ids.setdefault(need.resource, []).append(need.resource_id)
    found: list[Besides] = []
    if wanted := ids.get(Resource.INTERPRETER):
        found += _interpreters(Interpreter.objects.filter(pk__in=wanted))
    if wanted := ids.get(Resource.CLINICIAN):
        found += _named(Resource.CLINICIAN, Clinician.objects.filter(pk__in=wanted).order_by("name"))
    if wanted := ids.get(Resource.WORKPLACE):
        found += _named(Resource.WORKPLACE, Workplace.objects.filter(pk__in=wanted))
    return found


def _interpreters(rows: Iterable[Interpreter]) -> list[Besides]:
    return [
        Besides(Need(Resource.INTERPRETER, each.pk), each.name, ", ".join(language_names(each.languages)))
        for each in rows
    ]


def _named(resource: Resource, rows: Iterable[Clinician | Workplace]) -> list[Besides]:
    return [Besides(Need(resource, each.pk), each.name) for each in rows]
