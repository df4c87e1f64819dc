"""Interpreters of a department, and who or what an appointment needs besides its clinician."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, Declined, answer_once
from api.permissions import StaffEndpoint
from api.problems import Refused, invalid
from api.schema import IF_MATCH, KEY, describe
from api.serializers.appointments import NotPlacedProblem
from api.serializers.needs import (
    KINDS,
    ChangeNeeds,
    InterpreterFields,
    InterpreterOut,
    Interpreters,
    Needs,
    NewInterpreter,
    read_needs,
)
from api.serializers.staff import DepartmentQuery
from api.views.appointments import (
    ETAG,
    PRECONDITION_REQUIRED,
    REPLAYED,
    clinician_of,
    declined,
    etag,
    placed,
    version_seen,
)
from people.models import Department
from people.permissions import Permission
from praktijkplan.placing import Need, NeedKind
from scheduling.actions.interpreters import About, NameTaken, add_interpreter, change_interpreter
from scheduling.actions.placing import NotPlaced, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.models import Appointment, Interpreter
from scheduling.queries.needs import named_needs, needs_of, offered_besides

LIST, CHANGE, NEED = "view.interpreters", "change.interpreter", "change_needs.appointment"
_NAMES = {kind: name for name, kind in KINDS.items()}


class InterpretersOfDepartment(StaffEndpoint):
    @describe("interpreters_list", "Who interprets, and which languages.", Interpreters, parameters=[DepartmentQuery])
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.MANAGE_INTERPRETERS, LIST)
        return Response(Interpreters({"interpreters": desk.department.interpreters.all()}).data)

    @describe("interpreters_add", "Add one.", InterpreterOut, status=201, request=NewInterpreter)
    def post(self, request: Request) -> Response:
        wanted = self.sent(NewInterpreter)
        desk = self.desk(wanted.pop("department"), Permission.MANAGE_INTERPRETERS, CHANGE)
        try:
            added = add_interpreter(department=desk.department, about=About(**wanted))
        except NameTaken:
            raise _taken() from None
        return Response(InterpreterOut(added).data, status=201)


class OneInterpreter(StaffEndpoint):
    @describe("interpreters_change", "All fields anew.", InterpreterOut, request=InterpreterFields)
    def put(self, request: Request, pk: int) -> Response:
        interpreter = Interpreter.objects.select_related("department").filter(pk=pk).first()
        if interpreter is None:
            self.hide(CHANGE, None)
        self.desk(interpreter.department, Permission.MANAGE_INTERPRETERS, CHANGE)
        try:
            changed = change_interpreter(interpreter=interpreter, about=About(**self.sent(InterpreterFields)))
        except NameTaken:
            raise _taken() from None
        return Response(InterpreterOut(changed).data)


class NeedsOfAppointment(StaffEndpoint):
    @describe("appointments_needs", "Who or what is needed besides the clinician.", Needs, headers=[ETAG])
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        _desk, appointment = self.desk_at_appointment(public_id, Permission.SEE_PATIENT, "view.appointment")
        return _stands(appointment).response()

    @describe(
        "appointments_change_needs",
        "Who or what is needed besides: all must be free together. What does not fit is answered with where it does.",
        Needs,
        request=ChangeNeeds,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotPlacedProblem},
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def put(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(ChangeNeeds), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, NEED)
        version = version_seen(request, wanted)
        needs = needs_said(desk.department, wanted["needs"], needs_of(appointment))
        clinician = clinician_of(desk.department, wanted["clinician"]) if "clinician" in wanted else None
        plan = replace(
            plan_of(appointment),
            needs=needs,
            start=wanted.get("start", appointment.start),
            clinician=clinician or appointment.clinician,
            minutes=None,
        )

        def change() -> Answer | Declined:
            done = replan_appointment(
                appointment=appointment, plan=plan, by=desk.actor, now=now, expected_version=version
            )
            if isinstance(done, NotPlaced):
                return declined(done, appointment, plan, now)
            return _stands(placed(done))

        return answer_once(request, actor=desk.actor, now=now, act=change)


def needs_said(
    department: Department, said: Sequence[Mapping[str, Any]], held: frozenset[Need] = frozenset()
) -> frozenset[Need]:
    """Of this department, or what it has already."""
    needs = read_needs(said)
    # Nearly always there are none: nothing to ask the database.
    if needs and not needs <= held | {each.need for each in offered_besides(department, held)}:
        raise Refused(invalid({"needs": [_("Choose who and what this department has.")]}))
    return needs


def _stands(appointment: Appointment) -> Answer:
    told = [
        {"resource": _NAMES[NeedKind(each.need.resource)], "id": each.need.resource_id, "name": each.name}
        for each in named_needs(needs_of(appointment))
    ]
    body = dict(Needs({"version": appointment.schedule_version, "needs": told}).data)
    return Answer(200, body, {"ETag": etag(appointment)})


def _taken() -> Refused:
    return Refused(invalid({"name": [_("This department has an interpreter of this name already.")]}))
