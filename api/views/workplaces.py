"""Where consults are held."""

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.consults import Nothing
from api.serializers.staff import DepartmentQuery
from api.serializers.workplaces import WorkplaceOut, Workplaces
from people.permissions import Permission
from scheduling.actions.workplaces import NotAtHome, confirm_checklist
from scheduling.models import Workplace

ACTION, CONFIRM = "view.workplace", "confirm.checklist"


class WorkplacesOfDepartment(StaffEndpoint):
    @describe(
        "workplaces_list", "The rooms, cabins and homes of a department.", Workplaces, parameters=[DepartmentQuery]
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.SEE_RASTERS, ACTION)
        return Response(Workplaces({"workplaces": desk.department.workplaces.all()}).data)


class ConfirmChecklist(StaffEndpoint):
    @describe(
        "workplaces_confirm_checklist",
        "The checklist of working from home was gone through: connection, bandwidth, quiet, sound (PP-29).",
        WorkplaceOut,
        request=Nothing,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        workplace = Workplace.objects.select_related("department").filter(pk=pk).first()
        if workplace is None:
            self.hide(CONFIRM, None)
        desk = self.desk(workplace.department, Permission.PUBLISH_RASTER, CONFIRM)
        try:
            confirmed = confirm_checklist(workplace=workplace, by=desk.actor, now=self.clock())
        except NotAtHome:
            title = _("Only a workplace at home has this checklist.")
            raise Refused(Problem("not-at-home", title, 409)) from None
        return Response(WorkplaceOut(confirmed).data)
