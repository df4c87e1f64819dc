"""What a clerk can choose from: the forms a department offers, and free places with the reason for each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from pages.planner.window import WindowForm
from people.models import Clinician, Department, Patient
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.slots import FreeStart
from scheduling.localtime import local_day
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.openings import choice
from scheduling.queries.policy import policy_on
from scheduling.sentences import reason_words
from scheduling.vocabulary import CONTACT_KINDS

_FORMS_IN_ORDER = [form.value for form in Modality]
_KINDS_IN_ORDER = [kind.value for kind in ContactKind]


@dataclass(frozen=True)
class FormOfContact:
    """`preferred`: what the patient asked for. `agreed`: what the department does by default (PP-17)."""

    modality: str
    types: tuple[AppointmentType, ...]
    preferred: bool
    agreed: bool


@dataclass(frozen=True)
class KindOfContact:
    label: str
    forms: tuple[FormOfContact, ...]


@dataclass(frozen=True)
class Place:
    start: datetime
    clinician: Clinician
    why: str = ""

    @property
    def value(self) -> str:
        return f"{int(self.start.timestamp()) // 60}.{self.clinician.pk}"


@dataclass(frozen=True)
class DayWithPlaces:
    date: date
    count: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Five ranked places, and how many there are on each day; one day may be opened."""

    places: tuple[Place, ...] = ()
    days: tuple[DayWithPlaces, ...] = ()
    total: int = field(default=0)


def types_offered(department: Department, preference: str, today: date, *, is_known: bool) -> list[KindOfContact]:
    """All forms the department offers, in the same order for everyone: nothing is chosen for the patient (PP-01).

    A follow-up stands first for a patient who was here before, a first contact for one who was not.
    """
    agreed = policy_on(department.pk, today).default_modality
    types = sorted(
        department.appointment_types.filter(active=True),
        key=lambda kind: (kind.duration_minutes, kind.name),
    )
    order = sorted(_KINDS_IN_ORDER, key=lambda kind: (kind == ContactKind.NEW) is is_known)
    labels = dict(CONTACT_KINDS)
    found = []
    for kind in order:
        forms = tuple(
            FormOfContact(
                modality=form,
                types=tuple(each for each in types if each.contact_kind == kind and each.modality == form),
                preferred=form == preference,
                agreed=form == agreed.get(ContactKind(kind)),
            )
            for form in _FORMS_IN_ORDER
        )
        offered = tuple(form for form in forms if form.types)
        if offered:
            found.append(KindOfContact(str(labels[kind]), offered))
    return found


def offer(
    type: AppointmentType,  # noqa: A002  the field's own word
    patient: Patient,
    window: WindowForm,
    *,
    now: datetime,
    opened: date | None = None,
) -> Offer:
    """A fixed number of queries, however many places there are."""
    found = choice(
        type,
        patient,
        window.first,
        window.last,
        now=now,
        clinician_id=window.clinician.pk if window.clinician else None,
        half_day=window.half_day,
    )
    names = Clinician.objects.in_bulk({clinician for _, clinician, _ in found.free})
    return Offer(
        places=tuple(
            Place(from_minute(each.start), names[each.clinician], reason_words(each.reasons)) for each in found.best
        ),
        days=_by_day(found.free, names, opened),
        total=len(found.free),
    )


def _by_day(free: Iterable[FreeStart], names: dict[int, Clinician], opened: date | None) -> tuple[DayWithPlaces, ...]:
    counted: Counter[date] = Counter()
    shown: list[Place] = []
    for start, clinician, _ in free:
        moment = from_minute(start)
        on = local_day(moment)
        counted[on] += 1
        if on == opened:
            shown.append(Place(moment, names[clinician]))
    return tuple(
        DayWithPlaces(on, count, tuple(shown) if on == opened else ()) for on, count in sorted(counted.items())
    )
