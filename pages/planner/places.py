"""Places proposed to one of many patients: what can be chosen, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from people.models import Clinician
from praktijkplan.assigning import Assignment
from scheduling.actions.placing import Plan
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.replanning import Replanned, to_choose
from scheduling.sentences import reason_words


@dataclass(frozen=True)
class Option:
    """A place that can be chosen for one patient; `clash`: it is proposed to another patient in this list."""

    value: str
    start: datetime
    clinician: Clinician
    type: AppointmentType
    why: str = ""
    clash: bool = False


def options_of(
    assigned: Assignment | None, types: Mapping[int, AppointmentType], clinicians: Mapping[int, Clinician]
) -> tuple[Option, ...]:
    return tuple(
        Option(
            value=f"{proposal.start}.{proposal.clinician}.{proposal.type}",
            start=from_minute(proposal.start),
            clinician=clinicians[proposal.clinician],
            type=types[proposal.type],
            why=reason_words(proposal.reasons),
            clash=clash,
        )
        for proposal, clash in to_choose(assigned)
    )


def clinicians_proposed(found: Replanned) -> dict[int, Clinician]:
    """In one select."""
    return Clinician.objects.in_bulk(
        {place.clinician for each in found.places.values() for place, _clash in to_choose(each)}
    )


def chosen_plan(value: str, clinicians: Mapping[str, Clinician], types: Mapping[str, AppointmentType]) -> Plan | None:
    """Of an option's value; None for whatever is none, or names others than these."""
    minute, _, rest = value.partition(".")
    clinician, _, kind = rest.partition(".")
    known = minute.isdecimal() and len(minute) < 9 and clinician in clinicians and kind in types
    return Plan(from_minute(int(minute)), clinicians[clinician], types[kind]) if known else None
