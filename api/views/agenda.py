"""The agenda of a department: the same columns as its page."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.agenda import AgendaOut, AgendaQuery, told
from people.permissions import Permission
from scheduling.queries.agenda import agenda_of

ACTION = "view.agenda"


class Agenda(StaffEndpoint):
    @describe(
        "agenda",
        "Days and clinicians side by side: blocks, appointments, absences, what is taken elsewhere and what is free.",
        AgendaOut,
        parameters=[AgendaQuery],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(AgendaQuery)
        desk = self.desk(asked["department"], Permission.SEE_DAY, ACTION)
        clinicians = desk.department.clinicians.order_by("name", "pk")
        if "clinician" in asked:
            clinicians = clinicians.filter(pk=asked["clinician"])
        kind = get_object_or_404(desk.department.appointment_types, pk=asked["type"]) if "type" in asked else None
        columns = agenda_of(
            desk.department, list(clinicians), asked["from"], asked["until"], now=self.clock(), type=kind
        )
        names = desk.may(Permission.SEE_PATIENT)
        if names:
            seen = {(each.appointment.patient_id, each.appointment.pk) for one in columns for each in one.booked}
            desk.log_list(ACTION, sorted(seen))
        return Response(told(columns, names=names, why_absent=desk.may(Permission.ENTER_ABSENCE)))
