import uuid

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.call_tasks import CallOutcomeIn, CallTaskOut, CallTasks
from api.serializers.staff import DepartmentQuery
from notifications.actions.call_results import AlreadyDone, HeldByOther, complete_call_task
from notifications.callees import callee_of
from notifications.models import CallOutcome, CallTask
from notifications.queries import open_call_tasks
from people.permissions import Permission

MOST_SHOWN = 200


class CallTasksOfDepartment(StaffEndpoint):
    @describe("call_tasks_list", "Whom to phone, and why.", CallTasks, parameters=[DepartmentQuery])
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.CALL_PATIENT, "view.call_list")
        tasks = open_call_tasks(desk.department, now=self.clock()).prefetch_related(
            "appointment__participants__representative"
        )
        shown = [{"task": task, "callee": callee_of(task)} for task in tasks[:MOST_SHOWN]]
        held = [one["task"].appointment for one in shown if isinstance(one["task"], CallTask)]
        desk.log_list("view.call_list", [(one.patient_id, one.pk) for one in held])
        return Response(CallTasks({"tasks": shown}).data)


class CompleteCallTask(StaffEndpoint):
    @describe(
        "call_tasks_complete",
        "What came of a call. A task whose patient was not reached stays open.",
        CallTaskOut,
        request=CallOutcomeIn,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        outcome = CallOutcome(self.sent(CallOutcomeIn)["outcome"])
        task = (
            CallTask.objects.filter(public_id=public_id)
            .select_related("appointment__patient", "appointment__department", "participant__representative")
            .first()
        )
        if task is None:
            self.hide("call.patient", None)
        held = task.appointment
        desk = self.desk(
            held.department, Permission.CALL_PATIENT, "call.patient", patient=held.patient, appointment=held
        )
        desk.log("call.patient", held.patient_id, held.pk)
        done = complete_call_task(task=task, outcome=outcome, by=desk.actor, now=self.clock())
        if isinstance(done, AlreadyDone | HeldByOther):
            title = _("A colleague has phoned this patient already.")
            raise Refused(Problem("already-done", title, 409))
        return Response(CallTaskOut({"task": done, "callee": callee_of(done)}).data)
