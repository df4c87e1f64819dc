"""What a department has agreed on (PP-16)."""

from datetime import date

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.agreements import AgreementsChange, AgreementsOut
from api.serializers.staff import DepartmentQuery
from notifications.replanning_jobs import replan_soon
from people.models import Department
from people.permissions import Permission
from scheduling.actions.policies import AgreedMeanwhile, WrongAgreements, agree_policy
from scheduling.localtime import local_day
from scheduling.queries.policy import agreed_on


class Agreements(StaffEndpoint):
    @describe(
        "agreements_read", "What a department has agreed on, today.", AgreementsOut, parameters=[DepartmentQuery]
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.SEE_TEXTS, "view.agreements")
        return Response(_shown(desk.department, local_day(self.clock())))

    @describe(
        "agreements_change",
        "Agree on something else, for appointments from today on. What is still to be sent follows within minutes.",
        AgreementsOut,
        request=AgreementsChange,
        refusals=[409],
    )
    def patch(self, request: Request) -> Response:
        sent, now = self.sent(AgreementsChange), self.clock()
        desk = self.desk(sent["department"], Permission.EDIT_AGREEMENTS, "change.agreements")
        done = agree_policy(
            department=desk.department,
            valid_from=local_day(now),
            changes=sent["changes"],
            shown_revision=sent["revision"],
            by=desk.actor,
            now=now,
        )
        if isinstance(done, WrongAgreements):
            raise Refused(_wrong(done))
        if isinstance(done, AgreedMeanwhile):
            title = _("Others agreed on something meanwhile. Read it first.")
            raise Refused(Problem("changed-meanwhile", title, 409))
        replan_soon()
        return Response(_shown(desk.department, local_day(now)))


def _shown(department: Department, today: date) -> dict[str, object]:
    agreed = agreed_on(department.pk, today)
    shown = {
        "department": department.pk,
        "revision": agreed.revision,
        "agreed_at": agreed.row.agreed_at if agreed.row else None,
        "policy": agreed.policy.to_document(),
    }
    return dict(AgreementsOut(shown).data)


def _wrong(wrong: WrongAgreements) -> Problem:
    errors = {problem.field: [problem.expected] for problem in wrong.problems}
    return Problem("invalid", _("Something in the request is not right."), 400, extra={"errors": errors})
