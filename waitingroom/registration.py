"""Which activity a closed consult leaves for the financial administration, or why none (PP-12, PP-13)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from praktijkplan import codes
from praktijkplan.contact import ContactKind, Modality, Profession
from scheduling.localtime import local_day
from scheduling.models import ActivityCode, Appointment
from waitingroom.models import Outcome

HELD = frozenset({Outcome.HELD, Outcome.HELD_BY_PHONE})


class WhyNot(StrEnum):
    NOT_HELD = "not_held"
    NOT_COMPARABLE = "not_comparable"  # PP-13
    PROFESSION = "profession"
    NO_CODE = "no_code"


@dataclass(frozen=True)
class Registered:
    code: str
    description: str
    on: date


@dataclass(frozen=True)
class NotRegistered:
    reason: WhyNot


def registration_of(
    *, appointment: Appointment, outcome: str, modality_held: str, comparable: bool
) -> Registered | NotRegistered:
    """The code follows the contact as it was held, not as it was planned."""
    if outcome not in HELD:
        return NotRegistered(WhyNot.NOT_HELD)
    if not Profession(appointment.clinician.profession).may_register:
        return NotRegistered(WhyNot.PROFESSION)
    on = local_day(appointment.start)
    found = codes.code_for(_table(), ContactKind(appointment.type.contact_kind), Modality(modality_held), on)
    if isinstance(found, codes.NoCode):
        return NotRegistered(WhyNot.NO_CODE)
    if not comparable:
        return NotRegistered(WhyNot.NOT_COMPARABLE)
    return Registered(found.code, found.description, on)


def as_held(appointment: Appointment, outcome: str) -> str:
    """The form of a consult with this outcome, where nobody says otherwise; empty when it was not held."""
    if outcome == Outcome.HELD_BY_PHONE:
        return Modality.PHONE.value
    return appointment.modality if outcome == Outcome.HELD else ""


def _table() -> list[codes.ActivityCode]:
    return [
        codes.ActivityCode(
            code=row.code,
            contact_kind=ContactKind(row.contact_kind),
            modality=Modality(row.modality) if row.modality else None,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            description=row.description,
        )
        for row in ActivityCode.objects.all()
    ]
