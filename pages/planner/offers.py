"""What a clerk can choose from: the forms a department offers, and free places with the reason for each."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.utils.translation import gettext

from people.models import Clinician, Department
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.localtime import steady_stretches
from praktijkplan.policy import Policy
from praktijkplan.ranking import Proposal
from praktijkplan.slots import Candidate, Gap, candidates_of
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.openings import Asked, choice
from scheduling.queries.policy import policy_on
from scheduling.sentences import reason_words
from scheduling.vocabulary import CONTACT_KINDS

_FORMS_IN_ORDER = [form.value for form in Modality]
_KINDS_IN_ORDER = [kind.value for kind in ContactKind]


@dataclass(frozen=True)
class FormOfContact:
    """`preferred`: what the patient asked for. `agreed`: what the department does by default (PP-17).

    `agreed_types`: of other forms, those for which this one was agreed (PP-18).
    """

    modality: str
    types: tuple[AppointmentType, ...]
    preferred: bool
    agreed: bool
    agreed_types: frozenset[int] = frozenset()


@dataclass(frozen=True)
class KindOfContact:
    label: str
    forms: tuple[FormOfContact, ...]


@dataclass(frozen=True)
class Place:
    """`held`: kept for urgent consults (PP-32)."""

    start: datetime
    clinician: Clinician
    type: AppointmentType
    minutes: int
    why: str = ""
    held: bool = False

    @property
    def value(self) -> str:
        """As SlotField reads it."""
        return f"{to_minute(self.start)}.{self.clinician.pk}.{self.type.pk}"

    def is_at(self, value: str) -> bool:
        """Also where `value` says no type."""
        return f"{self.value}.".startswith(f"{value}.")


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

    def chosen(self, value: str) -> Place:
        """What stands chosen: what was chosen before while it is still free, else the best place."""
        shown = [*self.places, *(place for day in self.days for place in day.places)]
        return next((place for place in shown if place.is_at(value)), self.places[0])


def types_offered(department: Department, preference: str, today: date, *, is_known: bool) -> list[KindOfContact]:
    """All forms the department offers, in the same order for everyone: nothing is chosen for the patient (PP-01).

    A follow-up stands first for a patient who was here before, a first contact for one who was not.
    """
    policy = policy_on(department.pk, today)
    types = sorted(
        department.appointment_types.filter(active=True),
        key=lambda kind: (kind.duration_minutes, kind.name),
    )
    order = sorted(_KINDS_IN_ORDER, key=lambda kind: (kind == ContactKind.NEW) is is_known)
    labels = dict(CONTACT_KINDS)
    found = []
    for kind in order:
        forms = tuple(
            _form_of_contact(form, [each for each in types if each.contact_kind == kind], preference, policy)
            for form in _FORMS_IN_ORDER
        )
        offered = tuple(form for form in forms if form.types)
        if offered:
            found.append(KindOfContact(str(labels[kind]), offered))
    return found


def _form_of_contact(form: str, of_kind: Sequence[AppointmentType], preference: str, policy: Policy) -> FormOfContact:
    types = tuple(each for each in of_kind if each.modality == form)
    agreed = bool(types) and policy.default_modality[ContactKind(types[0].contact_kind)] == form
    for_this = (each.pk for each in types if policy.default_by_purpose.get(each.purpose) == form)
    return FormOfContact(form, types, form == preference, agreed, frozenset() if agreed else frozenset(for_this))


def offer(asked: Asked, *, now: datetime, opened: date | None = None, chosen: str = "") -> Offer:
    """A fixed number of queries, however many places there are. `chosen` stands first if it is none of the best."""
    found = choice(asked, now=now)
    names = Clinician.objects.in_bulk({gap.clinician for gap in found.gaps})
    types = {each.pk: each for each in asked.types}
    held = [gap for gap in found.gaps if gap.held]

    def place(each: Proposal | Candidate, why: str = "") -> Place:
        return Place(
            from_minute(each.start),
            names[each.clinician],
            types[each.type],
            asked.lengths[each.type],
            why,
            held=any(each.start in gap.starts and each.clinician == gap.clinician for gap in held),
        )

    best = [place(each, reason_words(each.reasons)) for each in found.best]
    days = _by_day(found.gaps, place, opened)
    if chosen and not any(each.is_at(chosen) for each in (*best, *(each for day in days for each in day.places))):
        free = (place(each, gettext("chosen before")) for each in _at(chosen, found.gaps))
        best = [*islice((each for each in free if each.is_at(chosen)), 1), *best]
    return Offer(tuple(best), days, sum(day.count for day in days))


def _at(chosen: str, gaps: Iterable[Gap]) -> list[Candidate]:
    """What may be meant by the value of a place."""
    minute = chosen.split(".")[0]
    at = int(minute) if minute.isdecimal() else -1
    return sorted(each for gap in gaps if at in gap.starts for each in gap.candidates(range(at, at + 1)))


def _by_day(
    gaps: Iterable[Gap], place: Callable[[Candidate], Place], opened: date | None
) -> tuple[DayWithPlaces, ...]:
    counted: Counter[date] = Counter()
    there: list[Gap] = []
    for gap in gaps:
        for since, until, _ in steady_stretches((gap.starts[0], gap.starts[-1] + 1), AMSTERDAM):
            on = local_day(from_minute(since))
            first = since + (gap.starts[0] - since) % gap.starts.step
            starts = range(first, until, gap.starts.step)
            counted[on] += len(starts)
            if on == opened:
                there.append(gap._replace(starts=starts))
    shown = tuple(place(each) for each in candidates_of(there))
    return tuple(
        DayWithPlaces(on, count, shown if on == opened else ()) for on, count in sorted(counted.items()) if count
    )
