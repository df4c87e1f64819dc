"""The worklist of booked appointments that no longer fit. They are solved by moving or cancelling, or left."""

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.misfits import LeaveIt, MisfitOut, MisfitsOut
from api.serializers.staff import DepartmentQuery
from people.permissions import Permission
from scheduling.actions.misfits import AlreadyEnded, leave_misfit
from scheduling.models import Misfit
from scheduling.queries.misfits import open_misfits

ACTION, LEAVE = "view.misfits", "leave.misfit"
MOST_SHOWN = 500


class MisfitsOfDepartment(StaffEndpoint):
    @describe(
        "misfits_list",
        "Booked appointments that no longer fit, and what the rules say against each.",
        MisfitsOut,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.BOOK, ACTION)
        found = list(open_misfits(desk.department)[:MOST_SHOWN])
        desk.log_list(ACTION, [(one.appointment.patient_id, one.appointment_id) for one in found])
        return Response(MisfitsOut({"misfits": found}).data)


class LeaveMisfit(StaffEndpoint):
    @describe(
        "misfits_leave",
        "The appointment is held as it was promised, though the raster has no room for it.",
        MisfitOut,
        request=LeaveIt,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        reason, now = self.sent(LeaveIt)["reason"], self.clock()
        shown_with = ("appointment__patient", "appointment__clinician", "appointment__department", "department")
        misfit = Misfit.objects.select_related(*shown_with).filter(pk=pk).first()
        if misfit is None:
            self.hide(LEAVE, None)
        held = misfit.appointment
        desk = self.desk(misfit.department, Permission.BOOK, LEAVE, patient=held.patient, appointment=held)
        desk.log(LEAVE, held.patient_id, held.pk)
        try:
            left = leave_misfit(misfit=misfit, reason=reason, by=desk.actor, now=now)
        except AlreadyEnded:
            title = _("This was solved already. Look at the list again.")
            raise Refused(Problem("already-done", title, 409)) from None
        return Response(MisfitOut(left).data)
