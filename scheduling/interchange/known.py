"""The names that a department has for what its rasters refer to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from people.models import Department
from scheduling.contents import types_of
from scheduling.models import AppointmentType, Workplace

MOST_LISTED = 30
ByName: TypeAlias = Mapping[str, list[int]]


@dataclass(frozen=True)
class Known:
    types: Mapping[int, AppointmentType]  # the retired too: a draft may still name them
    workplaces: Mapping[int, str]

    def type_named(self, code: str) -> int | None:
        return _only(code, self._by_code)

    def workplace_named(self, name: str) -> int | None:
        """None where no workplace has this name, or several."""
        return _only(name, self._by_place)

    def is_ambiguous(self, workplace: str) -> bool:
        return len(self._by_place.get(workplace.casefold(), [])) > 1

    @cached_property
    def codes(self) -> str:
        """Those that can be chosen, for people."""
        return listed(sorted(kind.code for kind in self.types.values() if kind.active))

    @cached_property
    def places(self) -> str:
        return listed(sorted(set(self.workplaces.values())))

    @cached_property
    def _by_code(self) -> ByName:
        return _by_name((key, kind.code) for key, kind in self.types.items())

    @cached_property
    def _by_place(self) -> ByName:
        return _by_name(self.workplaces.items())


def known_in(department: Department | int) -> Known:
    """Two selects."""
    pk = department if isinstance(department, int) else department.pk
    places = Workplace.objects.filter(department=pk).values_list("pk", "name")
    return Known(types_of(pk), dict(places))


def listed(names: Iterable[str]) -> str:
    each = list(names)
    return ", ".join([*each[:MOST_LISTED], *(["…"] if len(each) > MOST_LISTED else [])])


def _by_name(named: Iterable[tuple[int, str]]) -> ByName:
    """By exact name, and by name in whatever case."""
    found: dict[str, list[int]] = defaultdict(list)
    for key, name in named:
        for spelt in {name, name.casefold()}:
            found[spelt].append(key)
    return dict(found)


def _only(asked: str, by_name: ByName) -> int | None:
    same = by_name.get(asked) or by_name.get(asked.casefold()) or []
    return same[0] if len(same) == 1 else None
