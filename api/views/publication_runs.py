"""Publishing many rasters in one go, carried out by a worker."""

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import describe
from api.serializers.consults import Nothing
from api.serializers.publications import NewRun, RunOut, Runs
from api.serializers.staff import DepartmentQuery
from people.desks import Desk
from people.permissions import Permission
from scheduling.actions.publication_runs import AlreadyRunning, start_run, stop_run
from scheduling.models import PublicationRun, Raster
from scheduling.tasks import publish_soon

ACTION = "view.publication_run"
MOST_SHOWN = 50


class RunEndpoint(StaffEndpoint):
    def run(self, pk: int) -> tuple[Desk, PublicationRun]:
        run = PublicationRun.objects.select_related("department").filter(pk=pk).first()
        if run is None:
            self.hide(ACTION, None)
        return self.desk(run.department, Permission.PUBLISH_RASTER, ACTION), run


class PublicationRuns(RunEndpoint):
    @describe(
        "publication_runs_list", "Runs of a department, and how far they are.", Runs, parameters=[DepartmentQuery]
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.PUBLISH_RASTER, ACTION)
        return Response(Runs({"runs": desk.department.publication_runs.all()[:MOST_SHOWN]}).data)

    @describe(
        "publication_runs_start",
        "Publish drafts, or extend what is published, raster by raster. One run at a time in a department; started "
        "again after a stop, it finds what was published already unchanged.",
        RunOut,
        status=201,
        request=NewRun,
        refusals=[409],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewRun), self.clock()
        desk = self.desk(wanted["department"], Permission.PUBLISH_RASTER, ACTION)
        kind = PublicationRun.Kind(wanted["kind"])
        rasters = _chosen(desk, wanted.get("rasters"))
        try:
            with transaction.atomic():
                run = start_run(department=desk.department, kind=kind, rasters=rasters, by=desk.actor, now=now)
                publish_soon(run)
        except AlreadyRunning:
            title = _("The rasters of this department are being published already.")
            raise Refused(Problem("already-running", title, 409)) from None
        return Response(RunOut(run).data, status=201)


class OnePublicationRun(RunEndpoint):
    @describe("publication_runs_read", "How far a run is.", RunOut)
    def get(self, request: Request, pk: int) -> Response:
        _desk, run = self.run(pk)
        return Response(RunOut(run).data)


class StopPublicationRun(RunEndpoint):
    @describe(
        "publication_runs_stop",
        "What is published stays; the rest is left as it was. Stopping what has ended changes nothing.",
        RunOut,
        request=Nothing,
    )
    def post(self, request: Request, pk: int) -> Response:
        _desk, run = self.run(pk)
        return Response(RunOut(stop_run(run=run, now=self.clock())).data)


def _chosen(desk: Desk, wanted: list[int] | None) -> list[Raster]:
    rasters = Raster.objects.filter(department=desk.department, clinician__isnull=False).order_by("pk")
    if wanted is None:
        return list(rasters)
    found = list(rasters.filter(pk__in=wanted))
    if len(found) != len(set(wanted)):
        raise Refused(invalid({"rasters": [_("Choose rasters of this department that have a clinician.")]}))
    return found
