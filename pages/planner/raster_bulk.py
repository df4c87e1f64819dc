"""Alles publiceren: many rasters in one go, carried out by a worker, followed live, stopped and started again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from pages.live import fragment
from pages.names import staff_names
from pages.permissions import Desk, Page, department_page, desk_at, log_refusal, sign_in_first
from people.permissions import Permission
from praktijkplan.findings import FindingId
from scheduling.actions.publication_runs import AlreadyRunning, start_run, stop_run
from scheduling.finding_sentences import finding_title
from scheduling.localtime import local_day
from scheduling.models import PublicationRun, Raster
from scheduling.queries.raster_overview import RasterAtAGlance, rasters_at_a_glance
from scheduling.tasks import publish_soon

RUNS_SHOWN = 5
LONGEST_NUMBER = 10


class BulkForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What?"),
        choices=[
            (PublicationRun.Kind.DRAFTS.value, _("Publish the drafts, as a trial")),
            (PublicationRun.Kind.HORIZON.value, _("Extend what is published to the booking horizon")),
        ],
        widget=forms.RadioSelect,
    )
    rasters = forms.TypedMultipleChoiceField(label=_("Rasters"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, found: list[RasterAtAGlance], before: PublicationRun | None, **kwargs: Any
    ) -> None:
        """`before`: a run to go on with. Else what is changed and has no errors stands ticked."""
        kind = before.kind if before else PublicationRun.Kind.DRAFTS.value
        ready = [each.raster.pk for each in found if each.has_changes and not each.errors]
        left = [*before.todo, *(each["raster"] for each in before.failed)] if before else ready
        kwargs["initial"] = {"kind": kind, "rasters": left}
        super().__init__(*args, **kwargs)
        self.found = {each.raster.pk: each for each in found}
        rasters = self.fields["rasters"]
        assert isinstance(rasters, forms.TypedMultipleChoiceField)  # noqa: S101  for the type checker
        rasters.choices = [(pk, f"{each.raster.clinician}: {each.raster.name}") for pk, each in self.found.items()]

    def chosen(self) -> list[Raster]:
        return [self.found[pk].raster for pk in self.cleaned_data["rasters"]]


@dataclass(frozen=True)
class Failed:
    """A raster that was left out, and why."""

    raster: Raster | None
    why: tuple[str, ...]


RunView = Callable[[HttpRequest, Desk, PublicationRun], HttpResponse]


def run_of_department(view: RunView) -> Page:
    """A run of a department where rasters may be published; any other does not exist."""

    @wraps(view)
    def page(request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        run = PublicationRun.objects.select_related("department").filter(pk=pk).first()
        desk = desk_at(request, Permission.PUBLISH_RASTER, run.department_id) if run else None
        if run is None or desk is None:
            log_refusal(request, "view.publication_run")
            raise Http404
        return view(request, desk, run)

    return page


@department_page(Permission.PUBLISH_RASTER)
def bulk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which rasters, and off it goes; the page of the run follows. ?verder= goes on with what a run left over."""
    found = [
        each
        for each in rasters_at_a_glance(desk.department, today=local_day(timezone.now()))
        if not each.raster.is_starter
    ]
    data = request.POST if request.method == "POST" else None
    form = BulkForm(data, found=found, before=_run_before(desk, request.GET.get("verder", "")))
    if form.is_bound and form.is_valid():
        return _start(request, desk, form)
    context = {
        "desk": desk,
        "form": form,
        "runs": desk.department.publication_runs.all()[:RUNS_SHOWN],
        "rows": [(box, form.found[int(str(box.data["value"]))]) for box in form["rasters"]],
    }
    return render(request, "planner/raster_bulk.html", context, status=422 if form.is_bound else 200)


@require_GET
@run_of_department
def run_page(request: HttpRequest, desk: Desk, run: PublicationRun) -> HttpResponse:
    return render(request, "planner/raster_run.html", _context(desk, run))


@require_GET
@run_of_department
def run_state(request: HttpRequest, desk: Desk, run: PublicationRun) -> HttpResponse:
    """How far it is, for the live page around it."""
    return fragment(request, "planner/_raster_run.html", _context(desk, run))


@require_POST
@run_of_department
def stop(request: HttpRequest, desk: Desk, run: PublicationRun) -> HttpResponse:
    stop_run(run=run, now=timezone.now())
    messages.success(request, gettext("Stopped. What is published stays; the rest was not touched."))
    return redirect("raster-run", pk=run.pk)


def _run_before(desk: Desk, asked: str) -> PublicationRun | None:
    is_number = asked.isascii() and asked.isdigit() and len(asked) < LONGEST_NUMBER
    return desk.department.publication_runs.filter(pk=asked).first() if is_number else None


def _start(request: HttpRequest, desk: Desk, form: BulkForm) -> HttpResponse:
    kind = PublicationRun.Kind(form.cleaned_data["kind"])
    try:
        with transaction.atomic():
            run = start_run(
                department=desk.department, kind=kind, rasters=form.chosen(), by=desk.actor, now=timezone.now()
            )
            publish_soon(run)
    except AlreadyRunning:
        busy = desk.department.publication_runs.filter(ended_at__isnull=True).first()
        messages.warning(request, gettext("The rasters of this department are being published already."))
        return redirect("raster-run", pk=busy.pk) if busy else redirect("raster-bulk")
    return redirect("raster-run", pk=run.pk)


def _context(desk: Desk, run: PublicationRun) -> dict[str, Any]:
    named = [each["raster"] for each in run.failed]
    rasters = Raster.objects.select_related("clinician").in_bulk({*named, *run.todo})
    return {
        "desk": desk,
        "run": run,
        "by": staff_names([run.asked_by]).get(run.asked_by, gettext("automatic")),
        "failed": [Failed(rasters.get(each["raster"]), tuple(_why(each))) for each in run.failed],
        "todo": [rasters[pk] for pk in run.todo if pk in rasters],
        "now": timezone.now(),
    }


def _why(written: dict[str, Any]) -> list[str]:
    titles = dict.fromkeys(finding_title(FindingId(each)) for each in written["findings"])
    return list(titles) or [gettext("Something went wrong with this raster. Publish it by itself.")]
