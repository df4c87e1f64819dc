"""What many patients who need another place can be offered: rows become cases that the rules can compare."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from praktijkplan.assigning import Assignment, Case, assign, some_of_each_day
from praktijkplan.contact import Modality
from praktijkplan.intervals import Span
from praktijkplan.localtime import half_day
from praktijkplan.placing import Need
from praktijkplan.ranking import Proposal, Wishes
from praktijkplan.slots import Candidate, Kind
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Appointment, AppointmentType, Resource
from scheduling.models.minutes import to_minute
from scheduling.queries.free_time import FreeTime
from scheduling.queries.needs import needs_of_each
from scheduling.queries.snapshots import busy_with_others, taken_per_need

# Who must wait longer is not helped by a list: that is a decision of its own.
WAITS_AT_MOST = timedelta(weeks=3)
# Sooner than this is as good as can be expected; each day later counts against a place.
USUALLY_WITHIN = timedelta(weeks=2)
# Within so many days from now nobody is asked to come earlier than agreed: the message may come too late.
NO_EARLIER = timedelta(days=1)
_ALTERNATIVES = 4
# Of what colleagues have free on one day, so many places of a kind are compared, or one for each patient: sixty
# patients times every place of forty clinicians took 14 seconds instead of 2, and nobody needs that choice.
_MOST_PER_DAY = 40
# A video call can be a phone call, and the other way round. Why somebody was asked to come is not known here.
_INSTEAD = {Modality.VIDEO: Modality.PHONE, Modality.PHONE: Modality.VIDEO}


@dataclass(frozen=True)
class Replanned:
    """By appointment the place proposed and what else is possible; `types` holds the types of all of these."""

    places: Mapping[int, Assignment]
    types: Mapping[int, AppointmentType]


def to_choose(assigned: Assignment | None) -> list[tuple[Proposal, bool]]:
    """What can be chosen, the place that goes together with those of all others first; True where it does not.

    Who has no such place is not offered those of others: they would have to be asked first.
    """
    if assigned is None:
        return []
    others = [(each.proposal, bool(each.clashes_with)) for each in assigned.alternatives]
    if assigned.proposal is None:
        return [each for each in others if not each[1]]
    return [(assigned.proposal, False), *sorted(others, key=lambda each: each[1])]


def places_for(
    appointments: Sequence[Appointment], *, now: datetime, asked: Mapping[int, str] | None = None
) -> Replanned:
    """Places for appointments of one department that can all be had together.

    `asked`: by appointment the one form of contact in which it is wanted. Each at the earliest on the day agreed and
    at most WAITS_AT_MOST later, with any clinician of the department. The number of selects depends on how many
    differ in what they need besides their clinician, and on nothing else.
    """
    if not appointments:
        return Replanned({}, {})
    types = {each.pk: each for each in AppointmentType.objects.filter(_offered_or_held(appointments))}
    cases = cases_of(appointments, types.values(), now=now, asked=asked or {})
    kinds = {kind for case in cases for kind in case.minutes.items()}
    return Replanned(assign(cases, _free(appointments, kinds, now)), types)


def cases_of(
    appointments: Sequence[Appointment],
    types: Iterable[AppointmentType],
    *,
    now: datetime,
    asked: Mapping[int, str],
) -> list[Case]:
    """What each needs, and what it must not be given."""
    window = day_span(*_window(appointments, now))
    offered = [each for each in types if each.active]
    shortest = min((each.duration_minutes for each in offered), default=1)
    lengths = {each.pk: _minutes(each, offered, asked.get(each.pk, "")) for each in appointments}
    needs = needs_of_each(appointments)
    patients = [Need(Resource.PATIENT, each.patient_id) for each in appointments]
    taken = taken_per_need(patients, window, without=[each.pk for each in appointments])
    besides = {wanted: busy_with_others(wanted, None, window) for wanted in set(needs.values())}
    return [
        Case(
            key=each.pk,
            patient=each.patient_id,
            minutes=lengths[each.pk],
            wishes=_wishes(each, lengths[each.pk], shortest),
            busy=[
                *_too_early_or_late(each, window, now),
                *besides[needs[each.pk]],
                *(taken[patient] if Modality(asked.get(each.pk) or each.modality).is_live else ()),
            ],
            needs=needs[each.pk],
            urgency=-(local_day(each.start) - local_day(now)).days,
        )
        for each, patient in zip(appointments, patients, strict=True)
    ]


def _offered_or_held(appointments: Sequence[Appointment]) -> Q:
    held = {each.type_id for each in appointments}
    return Q(department=appointments[0].department_id, active=True) | Q(pk__in=held)


def nearest_type(
    appointment: Appointment, modality: str | None, offered: Iterable[AppointmentType]
) -> AppointmentType | None:
    """For the same kind of contact in this form: the one that is nearest in length."""
    held = appointment.duration_minutes
    kinds = [
        each for each in offered if each.modality == modality and each.contact_kind == appointment.type.contact_kind
    ]
    return min(kinds, key=lambda each: (abs(each.duration_minutes - held), each.pk), default=None)


def _minutes(appointment: Appointment, offered: Sequence[AppointmentType], asked: str) -> dict[int, int]:
    """Its own type, as long as it is now, and one in the other form at a distance; or only one in the form asked."""
    found = {} if asked else {appointment.type_id: appointment.duration_minutes}
    instead = nearest_type(appointment, asked or _INSTEAD.get(Modality(appointment.modality)), offered)
    return found | ({instead.pk: instead.duration_minutes} if instead else {})


def _wishes(appointment: Appointment, forms: Mapping[int, int], shortest: int) -> Wishes:
    """The patient agreed to a clinician, a form, a half-day and about this time; all of that is worth keeping.

    Of one form there is nothing to prefer.
    """
    day = local_day(appointment.start)
    return Wishes(
        tz=AMSTERDAM,
        shortest=shortest,
        forms=frozenset({appointment.type_id} if len(forms) > 1 else ()),
        continuity=(appointment.clinician_id,),
        half_day=half_day(appointment.start.astimezone(AMSTERDAM).time()),
        earliest=day,
        latest=day + USUALLY_WITHIN,
        limit=_ALTERNATIVES,
    )


def _window(appointments: Sequence[Appointment], now: datetime) -> tuple[date, date]:
    days = [local_day(each.start) for each in appointments]
    return max(min(days), local_day(now)), max(*days, local_day(now)) + WAITS_AT_MOST


def _too_early_or_late(appointment: Appointment, window: Span, now: datetime) -> list[Span]:
    day = local_day(appointment.start)
    opens = to_minute(appointment.start) if day <= local_day(now) + NO_EARLIER else day_span(day)[0]
    closes = day_span(day + WAITS_AT_MOST)[1]
    return [span for span in ((window[0], opens), (closes, window[1])) if span[0] < span[1]]


def _free(appointments: Sequence[Appointment], kinds: set[Kind], now: datetime) -> dict[Kind, list[Candidate]]:
    types, window = {kind[0] for kind in kinds}, _window(appointments, now)
    time = FreeTime(appointments[0].department_id, types, *window, now=now)
    return to_compare(time, kinds, own={each.clinician_id for each in appointments}, many=len(appointments))


def to_compare(
    time: FreeTime, kinds: Iterable[Kind], *, own: Collection[int], many: int
) -> dict[Kind, list[Candidate]]:
    """The places of each kind that so many patients are compared for: all with the clinicians in `own`."""
    most = max(_MOST_PER_DAY, many)
    return {
        kind: some_of_each_day([each for each in time.places_for([kind]) if _packs(each, kind[1])], own, most)
        for kind in kinds
    }


def _packs(candidate: Candidate, minutes: int) -> bool:
    """Many who stand one after the other all fit; and there is a quarter of the places to compare."""
    return candidate.lost > 0 or candidate.before % minutes == 0 or candidate.after == 0
