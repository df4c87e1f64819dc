"""What the system knows of a patient and a day, so that nobody is asked for it (PP-02, PP-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from events.models import Event
from people.models import Patient
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.suitability import Answer, Assessment, Known, Question, assess
from scheduling.localtime import day_span
from scheduling.models import Appointment, AppointmentStatus, AppointmentType, SuitabilityCheck
from scheduling.models.minutes import from_minute
from scheduling.queries.preferences import general_preference, wish_for
from scheduling.queries.representation import acting_representatives, must_be_represented

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
    known = known_of(patient, day, held=held)
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
    acting = acting_representatives(patient, day)
    reached = acting if must_be_represented(patient, day) else [patient]
    wish = wish_for(held) if held else general_preference(patient.pk)
    calls = _video_calls(patient, before=day)
    outcomes = _outcomes([pk for pk, _ in calls])
    tried = [pk for pk, status in calls if status == AppointmentStatus.FULFILLED or outcomes.get(pk) in _FAILED]
    return Known(
        age=patient.age_on(day),
        representative_can_take_part=bool(acting),
        on_site_same_day=_visits(patient, day, held).exists(),
        video_held_before=len(tried),
        technique_failed_last=bool(tried) and outcomes.get(tried[0]) in _FAILED,
        preference=Modality(wish) if wish in list(Modality) else None,
        has_mobile_or_mail=any(each.mobile or each.email for each in reached),
    )


def _visits(patient: Patient, day: date, held: Appointment | None) -> QuerySet[Appointment]:
    """In any department: whoever comes to one is in the building."""
    first, last = map(from_minute, day_span(day))
    visits = Appointment.objects.filter(
        patient=patient,
        modality=Modality.VISIT,
        status=AppointmentStatus.BOOKED,
        start__gte=first,
        start__lt=last,
    )
    return visits.exclude(pk=held.pk) if held else visits


def _video_calls(patient: Patient, before: date) -> list[tuple[int, str]]:
    """The newest first, with how each stands; of any department, as technique is the patient's."""
    calls = Appointment.objects.filter(
        patient=patient,
        modality=Modality.VIDEO,
        status__in=(AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED),
        start__lt=from_minute(day_span(before)[0]),
    )
    return list(calls.order_by("-start", "-pk").values_list("pk", "status")[:_LOOKED_AT])


def _outcomes(appointments: list[int]) -> dict[int, str]:
    """How each was closed: a fact of the waiting room."""
    closed = Event.objects.filter(kind="consult.closed", appointment_id__in=appointments).order_by("id")
    return {pk: data.get("outcome", "") for pk, data in closed.values_list("appointment_id", "data") if pk}
