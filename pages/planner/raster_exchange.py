"""A raster out as a file, and in from one: read, shown, confirmed. What is confirmed is read again from its text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from pages.permissions import Desk, department_page
from pages.planner.raster_access import raster_page
from pages.planner.raster_differences import Differences, differences, validity_words, weeks_words
from pages.planner.raster_files import RasterFileForm
from pages.planner.raster_tabs import raster_tabs
from pages.planner.raster_words import Vocabulary, block_words, owner_words, span_words, weekday_name
from people.permissions import Permission
from praktijkplan.findings import Finding, Severity
from scheduling.actions.drafts import Saved
from scheduling.actions.imports import replace_by_file, with_standing_keys
from scheduling.actions.rasters import draft_from_content
from scheduling.contents import RasterContent, draft_content
from scheduling.finding_sentences import finding_sentence, names_for, severity_word
from scheduling.interchange import (
    Known,
    Mistakes,
    field_text,
    known_in,
    place_text,
    read_file,
    what_is_wrong,
    what_to_do,
    write_document,
    write_sheet,
)
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Raster
from scheduling.queries.surroundings import findings_of

MOST_FINDINGS = 100
KEEP = "keep"


@dataclass(frozen=True)
class Line:
    """A block of what was read, in words."""

    day: str
    span: str
    what: str


@dataclass(frozen=True)
class Told:
    """What the block rules say of it."""

    severity: Severity
    word: str
    where: str
    sentence: str


@require_GET
@raster_page(Permission.SEE_RASTERS)
def exchange(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """The ways out, and for who may change it the way in."""
    form = RasterFileForm(department=desk.department, over=True)
    context = {**_about(desk, shown), "form": form, "may_change": desk.may(Permission.PUBLISH_RASTER)}
    return render(request, "planner/raster_exchange.html", context)


@require_GET
@raster_page(Permission.SEE_RASTERS)
def export(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """The draft as a sheet, or with ?format=json as a document."""
    content, known = draft_content(shown), known_in(desk.department)
    name = slugify(shown.name) or "raster"
    if request.GET.get("format") == "json":
        answer: HttpResponse = JsonResponse(
            write_document(content, known), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    sheet = write_sheet(content, known, language=get_language() or "nl")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(sheet, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "POST"])
@department_page(Permission.PUBLISH_RASTER)
def import_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new draft, of a clinician or as a starter of the department."""
    return _import(request, desk, None)


@require_http_methods(["GET", "POST"])
@raster_page(Permission.PUBLISH_RASTER)
def import_over(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """In the place of this raster's draft."""
    return _import(request, desk, shown)


def _import(request: HttpRequest, desk: Desk, over: Raster | None) -> HttpResponse:
    posted = request.method == "POST"
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = RasterFileForm(data, files, department=desk.department, over=over is not None)
    if not posted or not form.is_valid():
        return _asked_again(request, desk, over, form, ())
    known = known_in(desk.department)
    read = form.mistakes or read_file(form.cleaned_data["text"], known)
    if not isinstance(read, RasterContent):
        return _asked_again(request, desk, over, form, read)
    meant = over or Raster(department=desk.department, clinician=form.clinician)
    if KEEP not in request.POST:
        return _preview(request, desk, meant, form, read, known)
    return _keep(request, desk, meant, form, read, known)


def _asked_again(
    request: HttpRequest, desk: Desk, over: Raster | None, form: RasterFileForm, mistakes: Mistakes
) -> HttpResponse:
    if mistakes:
        # What was read stands in the text field, to be mended there.
        text = form.cleaned_data["text"]
        data = {"text": text, "owner": request.POST.get("owner", "")}
        form = RasterFileForm(initial=data, department=desk.department, over=over is not None)
    context = {
        **_about(desk, over),
        "form": form,
        "mistakes": [
            {
                "place": place_text(each),
                "field": field_text(each),
                "wrong": what_is_wrong(each),
                "do": what_to_do(each),
            }
            for each in mistakes
        ],
    }
    return render(request, "planner/raster_import.html", context, status=422 if form.is_bound or mistakes else 200)


def _preview(
    request: HttpRequest,
    desk: Desk,
    meant: Raster,
    form: RasterFileForm,
    content: RasterContent,
    known: Known,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    words = Vocabulary(known.types, known.workplaces)
    found = findings_of(meant, content, today=local_day(timezone.now()))
    context = {
        **_about(desk, meant if meant.pk else None),
        "problem": problem,
        "owner": owner_words(meant),
        "content": content,
        "weeks": weeks_words(content),
        "validity": validity_words(content),
        "lines": _lines(content, words),
        "findings": _told(meant, found[:MOST_FINDINGS]),
        "more": max(0, len(found) - MOST_FINDINGS),
        "differences": _differences(meant, content, words),
        "text": form.cleaned_data["text"],
        "owner_chosen": form.cleaned_data.get("owner", ""),
        "revision": meant.revision,
    }
    return render(request, "planner/raster_import_preview.html", context, status=status)


def _keep(
    request: HttpRequest, desk: Desk, meant: Raster, form: RasterFileForm, content: RasterContent, known: Known
) -> HttpResponse:
    now = timezone.now()
    if meant.pk is None:
        made = draft_from_content(
            department=desk.department, clinician=meant.clinician, content=content, by=desk.user, now=now
        )
        messages.success(request, gettext("The raster is made from the file. Look at it, then publish it."))
        return redirect("raster", pk=made.pk)
    seen = request.POST.get("revision", "")
    base = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    try:
        done = replace_by_file(raster=meant, content=content, base=base, by=desk.user, now=now)
    except Busy:
        problem = gettext("Someone is working on this raster right now. Nothing was changed. Try again.")
        return _preview(request, desk, meant, form, content, known, problem=problem, status=503)
    if isinstance(done, Saved):
        messages.success(request, gettext("The draft now says what the file says. Look at it, then publish it."))
        return redirect("raster", pk=meant.pk)
    meant.refresh_from_db()
    problem = gettext("The draft was changed meanwhile. Below is what it would lose now.")
    return _preview(request, desk, meant, form, content, known, problem=problem, status=409)


def _about(desk: Desk, raster: Raster | None) -> dict[str, Any]:
    if raster is None:
        return {"desk": desk, "raster": None}
    return {"desk": desk, "raster": raster, "tabs": raster_tabs(raster, desk, "raster-exchange")}


def _lines(content: RasterContent, words: Vocabulary) -> list[Line]:
    ordered = sorted(content.blocks, key=lambda block: (block.plan.weekday, block.plan.start, block.key))
    return [Line(weekday_name(each.plan.weekday), span_words(each), block_words(each, words)) for each in ordered]


def _told(meant: Raster, found: Iterable[Finding]) -> list[Told]:
    names = names_for(meant)
    return [
        Told(
            severity=each.severity,
            word=severity_word(each.severity),
            where="" if each.weekday is None else weekday_name(each.weekday),
            sentence=finding_sentence(each, names),
        )
        for each in found
    ]


def _differences(meant: Raster, content: RasterContent, words: Vocabulary) -> Differences | None:
    """What the draft would gain and lose; of a new raster that is everything."""
    if meant.pk is None:
        return None
    return differences(draft_content(meant), with_standing_keys(meant, content), words)
