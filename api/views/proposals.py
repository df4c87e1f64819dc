from rest_framework.request import Request
from rest_framework.response import Response

from api.offers import proposed
from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.appointments import Proposals
from api.serializers.proposals import ProposalQuery
from api.views.needs import needs_said
from people.permissions import Permission
from praktijkplan.localtime import HalfDay
from scheduling.models import AppointmentType
from scheduling.queries.openings import Asked, types_like

ACTION = "view.proposals"


class ProposedSlots(StaffEndpoint):
    @describe(
        "proposals_list",
        "The best free starts for this patient, each with its reasons; the patient's own clinician counts.",
        Proposals,
        parameters=[ProposalQuery],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(ProposalQuery)
        kind = AppointmentType.objects.filter(pk=asked["type"], active=True).first()
        if kind is None:
            self.hide(ACTION, None)
        desk, patient = self.desk_with_patient(kind.department_id, asked["patient"], Permission.BOOK, ACTION)
        found = proposed(
            Asked(
                patient=patient,
                types=types_like(kind, asked.get("minutes")) if asked["any_form"] else [kind],
                first=asked["from"],
                last=asked["until"],
                clinician=asked.get("clinician"),
                half_day=HalfDay(asked["half_day"]) if "half_day" in asked else None,
                minutes=asked.get("minutes"),
                urgent=asked["urgent"],
                needs=needs_said(desk.department, asked["needs"]) if asked["needs"] else frozenset(),
            ),
            now=self.clock(),
        )
        return Response({"proposals": found})
