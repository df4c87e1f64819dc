"""What was weighed when a form was chosen (PP-02, PP-03), and who needs an interpreter: some in each department."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from demo.hospital.patients import SEED
from people.models import Department, User
from praktijkplan.contact import Modality
from praktijkplan.placing import Need
from praktijkplan.suitability import Answer, Question
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus, Resource
from scheduling.queries.suitability import weigh

FROM = timedelta(hours=20)
# What was answered, and why it was booked all the same where that argued against a video call.
WEIGHED: tuple[tuple[Mapping[Question, Answer], str], ...] = (
    ({Question.SKILLS_AND_MEANS: Answer.NO}, "Leent de tablet van een buurvrouw"),
    ({Question.SKILLS_AND_MEANS: Answer.NO, Question.HELP_AT_HAND: Answer.YES}, ""),
    ({Question.EXAMINATION_NEEDED: Answer.NO, Question.LOOKING_HELPS: Answer.YES}, ""),
)
WITH_INTERPRETER = 2


@transaction.atomic
def weigh_forms(*, now: datetime) -> None:
    for department in Department.objects.order_by("pk"):
        clerk = User.objects.filter(memberships__role="planner", memberships__department=department).first()
        if clerk is None:
            continue
        coming = _coming(department, now)
        for held, (answers, reason) in zip(coming, WEIGHED, strict=False):
            _weigh(held, answers, reason, clerk, now)
        for held in [each for _, each in zip(range(WITH_INTERPRETER), coming, strict=False)]:
            _interpret(held, department, clerk, now)


def _coming(department: Department, now: datetime) -> Iterator[Appointment]:
    """By video, in an order of their own."""
    coming = Appointment.objects.filter(
        department=department, status=AppointmentStatus.BOOKED, modality=Modality.VIDEO, start__gt=now + FROM
    )
    found = list(coming.select_related("clinician", "patient", "type").order_by("start", "pk"))
    Random(SEED - department.pk).shuffle(found)
    return iter(found)


def _weigh(held: Appointment, answers: Mapping[Question, Answer], reason: str, clerk: User, now: datetime) -> None:
    weighed = weigh(held.type, held.patient, local_day(held.start), answers, held=held)
    # What else is known may argue against it too.
    why = reason or ("" if weighed.assessment.suited else "De patiënt wil het zo")
    check = Suitability.of(weighed, why)
    replan_appointment(appointment=held, plan=plan_of(held), check=check, by=clerk.actor, now=now)


def _interpret(held: Appointment, department: Department, clerk: User, now: datetime) -> None:
    """Is the interpreter taken then, it stays as it is."""
    interpreter = department.interpreters.order_by("pk")[held.pk % department.interpreters.count()]
    plan = replace(plan_of(held), needs=frozenset({Need(Resource.INTERPRETER, interpreter.pk)}))
    replan_appointment(appointment=held, plan=plan, by=clerk.actor, now=now)
