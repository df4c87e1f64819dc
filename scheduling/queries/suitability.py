"""What the system knows of a patient and a day, so that nobody is asked for it (PP-02, PP-03)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from events.models import Event
from people.models import Patient
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.suitability import Answer, Assessment, Known, Question, assess
from scheduling.localtime import day_span, local_day
from scheduling.models import Appointment, AppointmentType, SuitabilityCheck
from scheduling.models import AppointmentStatus as Status
from scheduling.models.minutes import from_minute
from scheduling.queries.preferences import preferences_of, wish_for
from scheduling.queries.representation import acting_for_each, must_be_represented

# Who called often enough is not looked at any further.
_LOOKED_AT = 20
# How a consult that was planned as a video call was closed when technique let it down (PP-61).
_FAILED = frozenset({"technical_failure", "held_by_phone"})


@dataclass(frozen=True)
class Weighed:
    """A form of contact on a day: what is known, what was answered, and what speaks against it."""

    type: AppointmentType
    known: Known
    answers: Mapping[Question, Answer]
    assessment: Assessment


def weigh(
    kind: AppointmentType,
    patient: Patient,
    day: date,
    answers: Mapping[Question, Answer],
    *,
    held: Appointment | None = None,
) -> Weighed:
    """`held` is the appointment that would get this form: no reason against itself. A fixed number of selects."""
    return _weighed(kind, known_of(patient, day, held=held), answers)


def weigh_each(asked: Sequence[tuple[AppointmentType, Patient, date]]) -> list[Weighed]:
    """By what is known alone, as nobody was asked. A fixed number of selects, however many."""
    known = _known_of_each([(patient, day) for _kind, patient, day in asked])
    return [_weighed(kind, of_one, {}) for (kind, _patient, _day), of_one in zip(asked, known, strict=True)]


def _weighed(kind: AppointmentType, known: Known, answers: Mapping[Question, Answer]) -> Weighed:
    found = assess(Modality(kind.modality), ContactKind(kind.contact_kind), answers, known)
    return Weighed(kind, known, answers, found)


def weighed_before(appointment: Appointment) -> tuple[SuitabilityCheck, Weighed] | None:
    """What was weighed last for the form it has, as it was known and answered then."""
    check = appointment.suitability_checks.filter(modality=appointment.modality).order_by("-id").first()
    if check is None:
        return None
    known = Known(**check.known)
    answers = {Question(question): Answer(said) for question, said in check.answers.items()}
    kind = appointment.type
    found = assess(Modality(check.modality), ContactKind(kind.contact_kind), answers, known)
    return check, Weighed(kind, known, answers, found)


def known_of(patient: Patient, day: date, *, held: Appointment | None = None) -> Known:
    return _known_of_each([(patient, day)], held=held)[0]


def _known_of_each(asked: Sequence[tuple[Patient, date]], *, held: Appointment | None = None) -> list[Known]:
    """`held`: of one patient, the appointment of which the wish counts, and which does not stand in its own way."""
    patients = {patient.pk for patient, _day in asked}
    wishes = {held.patient_id: wish_for(held)} if held else preferences_of(patients)
    acting, visits, calls = acting_for_each(asked), _visits(asked, held), _video_calls(patients)
    outcomes = _outcomes([pk for made in calls.values() for pk, _status, _start in made])
    known = []
    for (patient, day), who in zip(asked, acting, strict=True):
        reached = who if must_be_represented(patient, day) else [patient]
        wish = wishes.get(patient.pk, "")
        before = [call for call in calls[patient.pk] if local_day(call[2]) < day][:_LOOKED_AT]
        tried = [pk for pk, status, _ in before if status == Status.FULFILLED or outcomes.get(pk) in _FAILED]
        known.append(
            Known(
                age=patient.age_on(day),
                representative_can_take_part=bool(who),
                on_site_same_day=(patient.pk, day) in visits,
                video_held_before=len(tried),
                technique_failed_last=bool(tried) and outcomes.get(tried[0]) in _FAILED,
                preference=Modality(wish) if wish in list(Modality) else None,
                has_mobile_or_mail=any(each.mobile or each.email for each in reached),
            )
        )
    return known


def _visits(asked: Sequence[tuple[Patient, date]], held: Appointment | None) -> set[tuple[int, date]]:
    """In any department: whoever comes to one is in the building."""
    if not asked:
        return set()
    days = [day for _patient, day in asked]
    first, last = map(from_minute, day_span(min(days), max(days)))
    visits = Appointment.objects.filter(
        patient__in={patient.pk for patient, _day in asked},
        modality=Modality.VISIT,
        status=Status.BOOKED,
        start__gte=first,
        start__lt=last,
    )
    others = visits.exclude(pk=held.pk) if held else visits
    return {(patient, local_day(start)) for patient, start in others.values_list("patient_id", "start")}


def _video_calls(patients: Collection[int]) -> dict[int, list[tuple[int, str, datetime]]]:
    """By patient, the newest first, with how each stands; of any department, as technique is the patient's."""
    calls = Appointment.objects.filter(
        patient__in=patients, modality=Modality.VIDEO, status__in=(Status.FULFILLED, Status.CANCELLED)
    )
    found: dict[int, list[tuple[int, str, datetime]]] = {pk: [] for pk in patients}
    for patient, pk, status, start in calls.order_by("-start", "-pk").values_list("patient", "pk", "status", "start"):
        found[patient].append((pk, status, start))
    return found


def _outcomes(appointments: Collection[int]) -> dict[int, str]:
    """How each was closed: a fact of the waiting room."""
    closed = Event.objects.filter(kind="consult.closed", appointment_id__in=appointments).order_by("id")
    return {pk: data.get("outcome", "") for pk, data in closed.values_list("appointment_id", "data") if pk}
