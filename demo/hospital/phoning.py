"""The call list of the demo: built as the product builds it, and a third of it phoned already this morning."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from demo.hospital.patients import SEED
from notifications.actions.call_list import build_call_list
from notifications.actions.call_results import CallReport, complete_calls
from notifications.models import CallOutcome, CallResult, CallTask
from notifications.queries.calls import open_call_tasks
from people.models import Department, User
from scheduling.localtime import local_day

# One in so many of the list was phoned before anybody looked.
PHONED_ALREADY = 3
BETWEEN_CALLS = timedelta(minutes=4)
REPORTS = (
    CallReport(CallOutcome.REACHED, CallResult.READY),
    CallReport(CallOutcome.REACHED, CallResult.READY, note="Zoon is erbij"),
    CallReport(CallOutcome.NO_ANSWER),
    CallReport(CallOutcome.REACHED, CallResult.READY),
    CallReport(CallOutcome.VOICEMAIL, note="Teruggebeld gevraagd"),
    CallReport(CallOutcome.REACHED, CallResult.HELP, note="Geluid doet het niet op de tablet"),
    CallReport(CallOutcome.REACHED),
    CallReport(CallOutcome.NO_ANSWER),
)


def phone_ahead(*, now: datetime) -> None:
    for department in Department.objects.order_by("pk"):
        build_call_list(department=department, day=local_day(now), now=now)
        clerk = User.objects.filter(memberships__role="planner", memberships__department=department).first()
        if clerk is not None:
            _phone(department, clerk, now)


@transaction.atomic
def _phone(department: Department, clerk: User, now: datetime) -> None:
    tasks = list(open_call_tasks(department, now=now))
    chosen = Random(SEED + department.pk).sample(tasks, len(tasks) // PHONED_ALREADY)
    for place, task in enumerate(chosen):
        at = now - BETWEEN_CALLS * (len(chosen) - place)
        complete_calls(tasks=_same(task, tasks), report=REPORTS[place % len(REPORTS)], by=clerk.actor, now=at)


def _same(task: CallTask, tasks: Sequence[CallTask]) -> list[CallTask]:
    """Everything there is for this patient: it is one call."""
    return [task, *(one for one in tasks if one.patient_id == task.patient_id and one != task)]
