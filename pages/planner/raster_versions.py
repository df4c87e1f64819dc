"""Versions of a raster: what was published by whom, what differs, and a way back (PP-30)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pages.names import staff_names
from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_differences import Differences, differences
from pages.planner.raster_tabs import raster_tabs
from pages.planner.raster_words import vocabulary_of, weekday_name
from pages.planner.raster_year import timeline
from people.permissions import Permission
from praktijkplan.findings import FindingId
from scheduling.actions.drafts import ChangedMeanwhile, replace_draft
from scheduling.actions.rasters import NotPublished, PublishedMeanwhile, approve_raster
from scheduling.contents import RasterContent, draft_content, version_content
from scheduling.finding_sentences import finding_sentence, finding_title, names_for
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Raster, RasterPhase, RasterVersion
from scheduling.queries.surroundings import findings_of

# What stands for the draft where a version's number is asked.
DRAFT = "concept"
BETWEEN_RASTERS = {FindingId.VALIDITY_GAP, FindingId.RASTERS_COLLIDE}


@dataclass(frozen=True)
class Answer:
    """Why a warning was passed by."""

    title: str
    where: str
    text: str


@dataclass(frozen=True)
class ShownVersion:
    row: RasterVersion
    published_by: str
    approved_by: str
    answers: tuple[Answer, ...]
    is_current: bool


@require_GET
@raster_page(Permission.SEE_RASTERS)
def versions(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    content = draft_content(shown)
    rows = list(shown.versions.all())
    current = next((row for row in rows if row.number == shown.version), None)
    found = findings_of(shown, content, today=local_day(timezone.now()))
    findings = [each for each in found if each.id in BETWEEN_RASTERS]
    names = names_for(shown)
    context = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-versions"),
        "versions": _shown(shown, rows),
        "draft_differs": current is None or version_content(current) != content,
        "strip": timeline(shown, local_day(timezone.now())),
        "between": [finding_sentence(each, names) for each in findings],
        "may_change": desk.may(Permission.PUBLISH_RASTER),
        "may_approve": desk.may(Permission.APPROVE_RASTER) and shown.phase == RasterPhase.TRIAL,
    }
    return render(request, "planner/raster_versions.html", context)


@require_GET
@raster_page(Permission.SEE_RASTERS)
def compare(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """Two versions beside each other: ?van=1&naar=2, and "concept" for the draft. The last two, unless asked."""
    numbers = [str(number) for number in shown.versions.values_list("number", flat=True)]
    before = request.GET.get("van") or (numbers[0] if numbers else DRAFT)
    after = request.GET.get("naar") or DRAFT
    context = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-versions"),
        "numbers": [DRAFT, *numbers],
        "before": before,
        "after": after,
        "differences": _between(shown, before, after),
    }
    return render(request, "planner/raster_compare.html", context)


@raster_page(Permission.PUBLISH_RASTER)
def restore(request: HttpRequest, desk: Desk, shown: Raster, number: int) -> HttpResponse:
    """An earlier version as the draft; what the draft loses is said first."""
    version = get_object_or_404(shown.versions.select_related("raster"), number=number)
    problem, status = "", 200
    if request.method == "POST":
        problem, status = _brought_back(desk, version, request.POST.get("revision", ""))
        if not problem:
            told = gettext("Version %(number)d is the draft again. Look at it, then publish it.")
            messages.success(request, told % {"number": number})
            return redirect("raster", pk=shown.pk)
        shown.refresh_from_db()
    context: dict[str, Any] = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-versions"),
        "version": version,
        "differences": _between(shown, DRAFT, str(number)),
        "problem": problem,
    }
    return render(request, "planner/raster_restore.html", context, status=status)


def _brought_back(desk: Desk, version: RasterVersion, seen: str) -> tuple[str, int]:
    """What stood in the way, and its status; empty when it is done."""
    base = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    content, now = version_content(version), timezone.now()
    try:
        done = replace_draft(raster=version.raster, content=content, by=desk.user, now=now, base=base)
    except Busy:
        return gettext("Someone is working on this raster right now. Nothing was changed. Try again."), 503
    if isinstance(done, ChangedMeanwhile):
        return gettext("The draft was changed meanwhile. Below is what it would lose now."), 409
    return "", 200


@require_POST
@raster_page(Permission.APPROVE_RASTER)
def approve(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    try:
        number = int(request.POST["version"])
        version = approve_raster(raster=shown, by=desk.actor, now=timezone.now(), number=number)
    except (PublishedMeanwhile, KeyError, ValueError):
        messages.error(request, gettext("Another version was published meanwhile. Look at it first."))
    except NotPublished:
        messages.error(request, gettext("Only what was published can be approved. Publish it as a trial first."))
    else:
        messages.success(request, gettext("Version %(number)d is final.") % {"number": version.number})
    return redirect("raster-versions", pk=shown.pk)


def _between(raster: Raster, before: str, after: str) -> Differences:
    words = vocabulary_of(raster.department_id)
    return differences(_content(raster, before), _content(raster, after), words)


def _content(raster: Raster, asked: str) -> RasterContent:
    """Raises Http404 for a version that there is not."""
    if asked == DRAFT:
        return draft_content(raster)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Http404
    return version_content(get_object_or_404(raster.versions.select_related("raster"), number=int(asked)))


def _shown(raster: Raster, rows: list[RasterVersion]) -> list[ShownVersion]:
    names = staff_names(actor for row in rows for actor in (row.published_by, row.approved_by))
    system = gettext("automatic")
    return [
        ShownVersion(
            row=row,
            published_by=names.get(row.published_by, system),
            approved_by=names.get(row.approved_by, system) if row.approved_by else "",
            answers=tuple(map(_answer, row.reasons)),
            is_current=row.number == raster.version,
        )
        for row in rows
    ]


def _answer(written: dict[str, Any]) -> Answer:
    weekday = written["weekday"]
    return Answer(
        title=finding_title(FindingId(written["finding"])),
        where="" if weekday is None else weekday_name(weekday),
        text=written["text"],
    )
