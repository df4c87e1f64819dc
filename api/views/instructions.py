"""What a department offers its patients to read and watch (PP-40, PP-41)."""

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import describe
from api.serializers.consults import Nothing
from api.serializers.instructions import InstructionIn, InstructionMove, InstructionOut, Instructions, NewInstruction
from api.serializers.staff import DepartmentQuery
from notifications.actions.instructions import (
    KnownAlready,
    add_instruction,
    change_instruction,
    move_instruction,
    remove_instruction,
)
from notifications.instruction_titles import title_problems
from notifications.link_jobs import check_soon
from notifications.models import Instruction
from people.desks import Desk
from people.models import Department
from people.permissions import Permission

VIEW, CHANGE = "view.instruction", "change.instruction"


class InstructionEndpoint(StaffEndpoint):
    def instruction(self, pk: int) -> tuple[Desk, Instruction]:
        found = Instruction.objects.select_related("department").filter(pk=pk).first()
        if found is None:
            self.hide(CHANGE, None)
        return self.desk(found.department, Permission.EDIT_TEXTS, CHANGE), found


class InstructionsOfDepartment(StaffEndpoint):
    @describe(
        "instructions_list",
        "The explanation that messages and patients' pages offer, and whether the links work.",
        Instructions,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.SEE_TEXTS, VIEW)
        return Response(_all(desk.department))

    @describe(
        "instructions_add",
        "Add explanation, at the end of its language; its link is checked soon.",
        InstructionOut,
        status=201,
        request=NewInstruction,
        refusals=[409],
    )
    def post(self, request: Request) -> Response:
        sent, now = self.sent(NewInstruction), self.clock()
        desk = self.desk(sent.pop("department"), Permission.EDIT_TEXTS, CHANGE)
        _check_title(desk.department, sent["title"])
        try:
            made = add_instruction(department=desk.department, **sent, by=desk.actor, now=now)
        except KnownAlready:
            raise Refused(_known()) from None
        check_soon(made)
        return Response(InstructionOut(made).data, status=201)


class OneInstruction(InstructionEndpoint):
    @describe(
        "instructions_change",
        "Change explanation; a new address is checked soon.",
        InstructionOut,
        request=InstructionIn,
        refusals=[409],
    )
    def put(self, request: Request, pk: int) -> Response:
        sent, now = self.sent(InstructionIn), self.clock()
        desk, instruction = self.instruction(pk)
        _check_title(desk.department, sent["title"])
        try:
            changed = change_instruction(instruction=instruction, **sent, by=desk.actor, now=now)
        except KnownAlready:
            raise Refused(_known()) from None
        check_soon(changed)
        return Response(InstructionOut(changed).data)

    @describe("instructions_remove", "No message and no page offers it any more.", status=204)
    def delete(self, request: Request, pk: int) -> Response:
        _desk, instruction = self.instruction(pk)
        remove_instruction(instruction=instruction)
        return Response(status=204)


class MoveInstruction(InstructionEndpoint):
    @describe("instructions_move", "Change the order.", Instructions, request=InstructionMove)
    def post(self, request: Request, pk: int) -> Response:
        sent = self.sent(InstructionMove)
        desk, instruction = self.instruction(pk)
        move_instruction(instruction=instruction, up=sent["up"])
        return Response(_all(desk.department))


class CheckInstruction(InstructionEndpoint):
    @describe("instructions_check", "Check the link now, by a worker.", InstructionOut, status=202, request=Nothing)
    def post(self, request: Request, pk: int) -> Response:
        _desk, instruction = self.instruction(pk)
        check_soon(instruction)
        return Response(InstructionOut(instruction).data, status=202)


def _all(department: Department) -> dict[str, object]:
    return dict(Instructions({"instructions": Instruction.objects.filter(department=department)}).data)


def _check_title(department: Department, title: str) -> None:
    problems = title_problems(department, title)
    if problems:
        raise Refused(invalid({"title": problems}))


def _known() -> Problem:
    return Problem("known-already", _("This page is in the list already, in this language."), 409)
