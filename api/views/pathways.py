"""Care pathways (PP-19): patterns of a department, started and stopped for a patient."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import describe
from api.serializers.pathways import (
    ChangePathway,
    CourseOut,
    Courses,
    NewPathway,
    PathwayOut,
    Pathways,
    StartPathway,
    StopPathway,
)
from api.serializers.staff import DepartmentQuery
from api.views.appointments import clinician_of
from people.models import Department, Patient
from people.permissions import Permission
from praktijkplan.pathways import Step
from praktijkplan.windows import WrongWindow
from scheduling.actions.misfits import NoReason
from scheduling.actions.pathways import (
    AlreadyFollows,
    NameTaken,
    Pattern,
    WrongSteps,
    save_pathway,
    start_pathway,
    stop_pathway,
)
from scheduling.models import CarePathway, PathwayRun
from scheduling.queries.pathways import Course, courses_of, pathways_of
from scheduling.sentences import step_sentence, window_sentence

VIEW, EDIT, START, STOP = "view.pathways", "edit.pathway", "start.pathway", "stop.pathway"


class PathwaysOfDepartment(StaffEndpoint):
    @describe("pathways_list", "The care pathways of a department.", Pathways, parameters=[DepartmentQuery])
    def get(self, request: Request) -> Response:
        """Who orders must know what can be started; nothing in it is of a patient."""
        department = self.asked(DepartmentQuery)["department"]
        held = {one.role for one in self.memberships if one.department_id == department}
        permission = Permission.ORDER if held & {"planner", "clinician"} else Permission.EDIT_PATHWAYS
        desk = self.desk(department, permission, VIEW)
        return Response(Pathways({"pathways": list(pathways_of(desk.department))}).data)

    @describe("pathways_make", "A new care pathway.", PathwayOut, status=201, request=NewPathway, refusals=[409])
    def post(self, request: Request) -> Response:
        given = self.sent(NewPathway)
        desk = self.desk(given["department"], Permission.EDIT_PATHWAYS, EDIT)
        return Response(PathwayOut(_saved(given, desk.department)).data, status=201)


class OnePathway(StaffEndpoint):
    @describe(
        "pathways_change",
        "As it is from now on. Who follows it already goes on as it was.",
        PathwayOut,
        request=ChangePathway,
        refusals=[409],
    )
    def put(self, request: Request, pk: int) -> Response:
        given = self.sent(ChangePathway)
        pathway = CarePathway.objects.select_related("department").filter(pk=pk).first()
        if pathway is None:
            self.hide(EDIT, None)
        desk = self.desk(pathway.department, Permission.EDIT_PATHWAYS, EDIT)
        return Response(PathwayOut(_saved(given, desk.department, pathway)).data)


class PathwaysOfPatient(StaffEndpoint):
    @describe("patient_pathways", "What a patient follows or followed, and how far it is.", Courses)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, patient = self.desk_treating(public_id, Permission.SEE_PATIENT, "view.patient")
        return Response(Courses({"runs": courses_of(patient, desk.department)}).data)

    @describe(
        "patient_pathways_start",
        "The patient follows a care pathway from a date on: an order for each step.",
        CourseOut,
        status=201,
        request=StartPathway,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        given, now = self.sent(StartPathway), self.clock()
        pathway = CarePathway.objects.select_related("department").filter(pk=given["pathway"]).first()
        whom = Patient.objects.filter(public_id=public_id).first()
        if pathway is None:
            self.hide(START, None, patient=whom)
        self.desk(pathway.department, Permission.ORDER, START, patient=whom)
        desk, patient = self.desk_with_patient(pathway.department_id, public_id, Permission.ORDER, START)
        named = given.get("clinician")
        try:
            run = start_pathway(
                pathway=pathway,
                patient=patient,
                begins=given["begins"],
                clinician=clinician_of(desk.department, named) if named else None,
                expected_revision=given["revision"],
                by=desk.actor,
                now=now,
            )
        except AlreadyFollows:
            title = _("The patient follows this care pathway already.")
            raise Refused(Problem("already-follows", title, 409)) from None
        if isinstance(run, WrongWindow):
            raise Refused(invalid({"begins": [window_sentence(run)]}))
        return Response(CourseOut(_course(run)).data, status=201)


class StopOnePathway(StaffEndpoint):
    @describe(
        "pathway_runs_stop",
        "What is open is dropped; what is planned stays.",
        CourseOut,
        request=StopPathway,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        given, now = self.sent(StopPathway), self.clock()
        run = PathwayRun.objects.select_related("pathway__department", "patient").filter(pk=pk).first()
        if run is None:
            self.hide(STOP, None)
        desk = self.desk(run.pathway.department, Permission.ORDER, STOP, patient=run.patient)
        desk.log(STOP, run.patient)
        try:
            stop_pathway(run=run, reason=given["reason"], by=desk.actor, now=now)
        except NoReason:
            raise Refused(invalid({"reason": [_("Write why: a colleague reads it.")]})) from None
        return Response(CourseOut(_course(run)).data)


def _saved(given: Mapping[str, Any], department: Department, pathway: CarePathway | None = None) -> CarePathway:
    steps: Sequence[Mapping[str, Any]] = given["steps"]
    known = set(department.appointment_types.values_list("pk", flat=True))
    if not {step["type"] for step in steps} <= known:
        raise Refused(invalid({"steps": [_("Choose a type of this department.")]}))
    pattern = Pattern(
        name=given["name"].strip(),
        active=given["active"],
        steps=[
            Step(position, step["type"], step["after_days"], step["margin_days"])
            for position, step in enumerate(steps, start=1)
        ],
    )
    try:
        saved = save_pathway(
            department=department, pattern=pattern, pathway=pathway, expected_revision=given.get("revision", 0)
        )
    except NameTaken:
        title = _("There is a care pathway of this name already. Choose another name.")
        raise Refused(Problem("name-taken", title, 409)) from None
    if isinstance(saved, WrongSteps):
        raise Refused(invalid({"steps": {str(each.position): [step_sentence(each)] for each in saved.problems}}))
    return saved


def _course(run: PathwayRun) -> Course:
    return next(each for each in courses_of(run.patient, run.pathway.department) if each.run.pk == run.pk)
