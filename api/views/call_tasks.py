import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.call_tasks import CallOutcomeIn, CallTaskOut, CallTaskQuery, CallTasks
from notifications.actions.call_results import (
    AlreadyDone,
    CallReport,
    HeldByOther,
    complete_calls,
    hold_call,
    release_call,
)
from notifications.actions.right_numbers import NumberProblem, NumberRefused
from notifications.callees import READS, callee_of
from notifications.models import CallOutcome, CallResult, CallTask
from notifications.queries.calls import Shelf, done_call_tasks, open_call_tasks, shelf_of, unreached_call_tasks
from people.desks import Desk
from people.permissions import Permission

MOST_SHOWN = 200
ACTION = "call.patient"
CHANGE_CONTACT = "change.contact"
NUMBER_PROBLEMS = {
    NumberProblem.NOT_HEARD: gettext_lazy("Only where the patient was reached, or the number was wrong."),
    NumberProblem.THE_SAME: gettext_lazy("This is the number that was wrong. Write the right one."),
    NumberProblem.NO_MOBILE: gettext_lazy("Of who stands for the patient only a mobile number is kept."),
}
PREFERENCES = (CallResult.WANTS_PHONE, CallResult.WANTS_VISIT)


class CallTasksOfDepartment(StaffEndpoint):
    @describe("call_tasks_list", "Whom to phone, and why.", CallTasks, parameters=[CallTaskQuery])
    def get(self, request: Request) -> Response:
        asked = self.asked(CallTaskQuery)
        desk = self.desk(asked["department"], Permission.CALL_PATIENT, "view.call_list")
        tasks = list(self._tasks(desk, asked.get("show")))[:MOST_SHOWN]
        desk.log_list("view.call_list", [(task.patient_id, task.appointment_id) for task in tasks])
        return Response(CallTasks({"tasks": [_shown(task) for task in tasks]}).data)

    def _tasks(self, desk: Desk, show: str | None) -> Iterable[CallTask]:
        now = self.clock()
        if show == Shelf.UNREACHED:
            return unreached_call_tasks(desk.department, now=now)[:MOST_SHOWN]
        if show == Shelf.DONE:
            return done_call_tasks(desk.department, now=now)[:MOST_SHOWN]
        found = open_call_tasks(desk.department, now=now)
        return found if show is None else [task for task in found if shelf_of([task], now) == show]


class OneCallTask(StaffEndpoint):
    def _task(self, public_id: uuid.UUID) -> tuple[Desk, CallTask]:
        task = _tasks().filter(public_id=public_id).first()
        if task is None:
            self.hide(ACTION, None)
        desk = self.desk(
            task.department, Permission.CALL_PATIENT, ACTION, patient=task.patient, appointment=task.appointment
        )
        desk.log(ACTION, task.patient_id, task.appointment_id)
        return desk, task


class HoldCallTask(OneCallTask):
    @describe(
        "call_tasks_hold",
        "I am calling now: for ten minutes nobody else is given this patient.",
        CallTaskOut,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, task = self._task(public_id)
        _refuse(hold_call(task=task, by=desk.actor, now=self.clock()))
        task.refresh_from_db(fields=["held_by", "held_until"])
        return Response(CallTaskOut(_shown(task)).data)

    @describe("call_tasks_release", "Not now after all.", CallTaskOut)
    def delete(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, task = self._task(public_id)
        release_call(task=task, by=desk.actor)
        task.refresh_from_db(fields=["held_by", "held_until"])
        return Response(CallTaskOut(_shown(task)).data)


class CompleteCallTask(OneCallTask):
    @describe(
        "call_tasks_complete",
        "What came of a call. Who was not reached is called again later, as often as the department agreed.",
        CallTaskOut,
        request=CallOutcomeIn,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        said = self.sent(CallOutcomeIn)
        desk, task = self._task(public_id)
        report = _report(said)
        if report.result in PREFERENCES and not desk.may(Permission.STATE_PREFERENCE):
            self.refuse(ACTION, task.department, patient=task.patient, appointment=task.appointment)
        if report.right_number:
            self._may_change_contact(task)
        others = CallTask.objects.filter(department=task.department, public_id__in=said.get("also", []))
        tasks = [task, *others.filter(patient=task.patient).exclude(pk=task.pk)]
        done = complete_calls(tasks=tasks, report=report, by=desk.actor, now=self.clock())
        _refuse(done)
        # Read anew, with its people: there may be another number.
        return Response(CallTaskOut(_shown(_tasks().get(pk=task.pk))).data)

    def _may_change_contact(self, task: CallTask) -> None:
        """As where contact is changed: by who may book, of a patient whom the department treats."""
        patient = task.patient
        desk = self.desk(
            task.department, Permission.BOOK, CHANGE_CONTACT, patient=patient, appointment=task.appointment
        )
        if not patient.treatment_relations.filter(department=desk.department).exists():
            self.hide(CHANGE_CONTACT, desk.department, patient=patient, appointment=task.appointment)
        desk.log(CHANGE_CONTACT, patient)


def _report(said: dict[str, Any]) -> CallReport:
    result = said.get("result")
    return CallReport(
        CallOutcome(said["outcome"]),
        CallResult(result) if result else None,
        note=said.get("note", "").strip(),
        number=said.get("number", ""),
        right_number=said.get("right_number", ""),
    )


def _tasks() -> QuerySet[CallTask]:
    return CallTask.objects.select_related("department", "appointment", *READS)


def _refuse(answer: object) -> None:
    if isinstance(answer, AlreadyDone):
        raise Refused(Problem("already-done", _("A colleague has phoned this patient already."), 409))
    if isinstance(answer, HeldByOther):
        raise Refused(Problem("held-by-other", _("A colleague has this patient on the line now."), 409))
    if isinstance(answer, NumberRefused):
        raise serializers.ValidationError({"right_number": [NUMBER_PROBLEMS[answer.why]]})


def _shown(task: CallTask) -> dict[str, object]:
    return {"task": task, "callee": callee_of(task), "leave_message": not task.patient.unsafe_address}
