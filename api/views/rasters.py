"""Rasters: seen, made, published, approved."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import KEY, answer_header, describe
from api.serializers.publications import (
    FindingOut,
    PublicationOut,
    PublishedOut,
    PublishIt,
    RulesProblem,
    UntilQuery,
    finding_told,
    places_told,
)
from api.serializers.raster_drafts import ApproveIt, VersionOut
from api.serializers.rasters import NewRaster, RasterOut, Rasters, RasterWithBlocks
from api.serializers.staff import DepartmentQuery
from api.views.appointments import clinician_of
from people.desks import Desk
from people.models import Clinician
from people.permissions import Permission
from praktijkplan import starters
from praktijkplan.findings import Finding
from praktijkplan.rasters import RasterPlan
from scheduling.actions.publishing import DraftChanged, Published, Reason, publish_raster
from scheduling.actions.publishing import Refused as RulesRefuse
from scheduling.actions.rasters import (
    NotPublished,
    PublishedMeanwhile,
    approve_raster,
    copy_raster,
    draft_raster,
)
from scheduling.contents import draft_content
from scheduling.finding_sentences import names_for
from scheduling.localtime import local_day
from scheduling.models import Raster, RasterPhase
from scheduling.queries.capacity import per_date
from scheduling.queries.rasters import NoClinician, publication, published_through
from scheduling.queries.surroundings import findings_of

ACTION = "view.raster"
# Far beyond every booking horizon; more at once is a mistake in the year.
FURTHEST = timedelta(days=366)
LOCATION = answer_header("Location", "Where the raster is found from now on.", 201)
REPLAYED = answer_header("Idempotency-Replayed", "true when this key was answered before.", 201)
STARTERS: Mapping[str, Callable[..., RasterPlan]] = {
    "fixed_hour": starters.fixed_hour,
    "video_block": starters.video_block,
    "hybrid_afternoon": starters.hybrid_afternoon,
}


class RasterEndpoint(StaffEndpoint):
    def raster(self, pk: int, permission: Permission) -> tuple[Desk, Raster]:
        raster = Raster.objects.select_related("clinician", "department").filter(pk=pk).first()
        if raster is None:
            self.hide(ACTION, None)
        return self.desk(raster.department, permission, ACTION), raster


class RastersOfDepartment(RasterEndpoint):
    @describe("rasters_list", "The weekly templates of a department.", Rasters, parameters=[DepartmentQuery])
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.SEE_RASTERS, ACTION)
        rasters = Raster.objects.filter(department=desk.department).select_related("clinician")
        found = rasters.order_by("clinician__name", "-valid_from", "pk")
        return Response(Rasters({"rasters": found}).data)

    @describe(
        "rasters_make",
        "A new draft: one of the examples of the praktijkplan, or a copy of a raster.",
        RasterOut,
        status=201,
        request=NewRaster,
        refusals=[422],
        headers=[KEY, LOCATION, REPLAYED],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewRaster), self.clock()
        desk = self.desk(wanted["department"], Permission.PUBLISH_RASTER, ACTION)
        clinician = clinician_of(desk.department, wanted["clinician"]) if wanted.get("clinician") else None

        def make() -> Answer:
            made = _made(desk, clinician, wanted, now)
            where = {"Location": reverse("api-raster", args=[made.pk])}
            return Answer(201, dict(RasterOut(made).data), where)

        return answer_once(request, actor=desk.actor, now=now, act=make)


class OneRaster(RasterEndpoint):
    @describe("rasters_read", "A weekly template with the blocks of its draft.", RasterWithBlocks)
    def get(self, request: Request, pk: int) -> Response:
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        return Response(RasterWithBlocks(raster).data)


class RasterPublication(RasterEndpoint):
    @describe(
        "rasters_publication",
        "What publishing this raster would do: sessions, booked appointments that no longer fit, free places.",
        PublicationOut,
        parameters=[UntilQuery],
        refusals=[409],
    )
    def get(self, request: Request, pk: int) -> Response:
        until, now = self.asked(UntilQuery).get("until"), self.clock()
        _desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        content, today = draft_content(raster), local_day(now)
        last = published_through(raster, today, checked(until, today))
        try:
            plan = publication(raster, content, first=today, until=last, now=now)
        except NoClinician:
            raise Refused(no_clinician()) from None
        told = {
            "revision": raster.revision,
            "until": plan.until,
            "made": plan.made,
            "changed": [session for session, _planned in plan.changed],
            "withdrawn": plan.withdrawn,
            "closing": plan.closing,
            "unchanged": plan.unchanged,
            "skipped": plan.skipped,
            "holidays": [{"date": day, "name": name} for day, name in sorted(plan.holidays.items())],
            "misfits": plan.misfits,
            "per_date": [places_told(each) for each in per_date(raster, plan, now=now)],
            "findings": findings_told(raster, findings_of(raster, content, today=local_day(now))),
        }
        return Response(PublicationOut(told).data)


class PublishRaster(RasterEndpoint):
    @describe(
        "rasters_publish",
        "Make or change the dated sessions. Doing it twice changes nothing. What is booked and no longer fits stays, "
        "and stands in `misfits`.",
        PublishedOut,
        request=PublishIt,
        refusals=[409],
        problems={409: RulesProblem},
    )
    def post(self, request: Request, pk: int) -> Response:
        wanted, now = self.sent(PublishIt), self.clock()
        desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        if wanted["phase"] == RasterPhase.FINAL and not desk.may(Permission.APPROVE_RASTER):
            raise PermissionDenied
        try:
            done = publish_raster(
                raster=raster,
                by=desk.actor,
                now=now,
                until=checked(wanted.get("until"), local_day(now)),
                phase=RasterPhase(wanted["phase"]),
                reasons=[Reason(**reason) for reason in wanted["reasons"]],
                expected_revision=wanted.get("revision"),
            )
        except NoClinician:
            raise Refused(no_clinician()) from None
        except DraftChanged:
            raise Refused(draft_changed()) from None
        if isinstance(done, RulesRefuse):
            raise Refused(rules_refuse(raster, done.findings))
        raster.refresh_from_db()
        return Response(PublishedOut(published_told(raster, done)).data)


class ApproveRaster(RasterEndpoint):
    @describe(
        "rasters_approve",
        "From trial to final: the version that is published now. Approving it twice changes nothing.",
        VersionOut,
        request=ApproveIt,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        seen = self.sent(ApproveIt).get("version")
        desk, raster = self.raster(pk, Permission.APPROVE_RASTER)
        try:
            version = approve_raster(raster=raster, by=desk.actor, now=self.clock(), number=seen)
        except NotPublished:
            title = _("This raster was not published yet. Publish it on trial first.")
            raise Refused(Problem("not-published", title, 409)) from None
        except PublishedMeanwhile:
            title = _("Another version was published meanwhile. Look at it first.")
            raise Refused(Problem("changed-meanwhile", title, 409)) from None
        return Response(VersionOut(version).data)


def _made(desk: Desk, clinician: Clinician | None, wanted: dict[str, Any], now: datetime) -> Raster:
    name, first, last = wanted["name"], wanted["valid_from"], wanted.get("valid_until")
    if "starter" in wanted:
        plan = STARTERS[wanted["starter"]](first, sorted(set(wanted["weekdays"])))
        made = draft_raster(department=desk.department, clinician=clinician, name=name, plan=plan)
        if last is not None:
            made.valid_until = last
            made.save(update_fields=["valid_until"])
        return made
    copied = Raster.objects.filter(pk=wanted["copy_of"], department=desk.department).first()
    if copied is None:
        raise Refused(invalid({"copy_of": [_("Choose a raster of this department.")]}))
    return copy_raster(
        raster=copied, clinician=clinician, name=name, valid_from=first, valid_until=last, by=desk.user, now=now
    )


def checked(until: date | None, today: date) -> date | None:
    if until is not None and until < today:
        raise Refused(invalid({"until": [_("This day is over. Choose today or later.")]}))
    if until is not None and until > today + FURTHEST:
        raise Refused(invalid({"until": [_("This is too far ahead. Choose a day within a year.")]}))
    return until


def published_told(raster: Raster, done: Published) -> dict[str, Any]:
    """As PublishedOut describes it."""
    return {
        "made": done.made,
        "changed": done.changed,
        "withdrawn": done.withdrawn,
        "closing": done.closing,
        "misfits": len(done.misfits),
        "followed": done.followed,
        "skipped": done.skipped,
        "raster": raster,
    }


def findings_told(raster: Raster, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    names = names_for(raster)
    return [finding_told(finding, names) for finding in findings]


def rules_refuse(raster: Raster, findings: tuple[Finding, ...]) -> Problem:
    title = _("The block rules stand in the way. Solve the errors, and give a reason for each warning.")
    told = FindingOut(findings_told(raster, findings), many=True).data
    return Problem("block-rules", title, 409, extra={"findings": told})


def no_clinician() -> Problem:
    title = _("This is a starter of the department. Copy it for a clinician first.")
    return Problem("no-clinician", title, 409)


def draft_changed(revision: int | None = None, keys: tuple[int, ...] = ()) -> Problem:
    title = _("Someone else changed this draft. Look at it again first.")
    extra = {} if revision is None else {"revision": revision, "blocks": list(keys)}
    return Problem("changed-meanwhile", title, 409, extra=extra)
