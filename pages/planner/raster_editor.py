"""The editor of a raster's draft, and the changes that it posts. Who may not change a draft sees it as a week."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from pages.live import fragment
from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_editor_context import Refused, Shown, editor_context, next_dates
from pages.planner.raster_editor_notices import busy, meanwhile
from pages.planner.raster_tabs import raster_tabs
from pages.planner.week import picture
from people.permissions import Permission
from scheduling.actions.drafts import ChangedMeanwhile, change_draft
from scheduling.contents import draft_content
from scheduling.draft_changes import read_changes, vocabulary_of
from scheduling.locks import Busy
from scheduling.models import Raster, RasterPhase

REQUEST_BYTES_MOST = 256 * 1024


@require_GET
@raster_page(Permission.SEE_RASTERS)
def raster(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    if desk.may(Permission.PUBLISH_RASTER):
        context = editor_context(desk, shown, _asked(request.GET), now=timezone.now())
        return render(request, "planner/raster_editor.html", context)
    blocks = list(shown.blocks.select_related("workplace").prefetch_related("types"))
    context = {
        "desk": desk,
        "raster": shown,
        "phases": list(RasterPhase),
        "week": picture(blocks),
        "dates": next_dates(draft_content(shown, blocks).plan, timezone.now()),
        "tabs": raster_tabs(shown, desk, "raster"),
    }
    return render(request, "planner/raster.html", context)


@require_GET
@raster_page(Permission.PUBLISH_RASTER)
def draft_state(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """How far the draft is: what the editor asks whenever it hears of a change, and now and then by itself."""
    return fragment(request, "planner/_editor_state.html", {"raster": shown})


@require_http_methods(["GET", "POST"])
@raster_page(Permission.PUBLISH_RASTER)
def draft(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """The editor without the page around it (GET), and changes of the draft (POST)."""
    now = timezone.now()
    if request.method == "GET":
        return _answer(request, desk, shown, _asked(request.GET), now)
    posted = _posted(request)
    if posted is None:
        return HttpResponse(gettext("This is no list of changes."), status=400, content_type="text/plain")
    return _change(request, desk, shown, posted, now)


def _change(request: HttpRequest, desk: Desk, shown: Raster, posted: dict[str, Any], now: datetime) -> HttpResponse:
    """409: a colleague was there first, whose work is shown; 503: others hold the raster for too long.

    Either way nothing was written, and the own change is offered again.
    """
    asked = _asked(posted)
    changes, problems = read_changes(posted.get("changes"), vocabulary_of(shown))
    if problems:
        refused = Refused(posted.get("changes"), problems)
        return _answer(request, desk, shown, asked, now, status=422, refused=refused)
    try:
        done = change_draft(raster=shown, base=posted["base"], changes=changes, by=desk.user, now=now)
    except Busy:
        return _answer(request, desk, shown, asked, now, status=503, conflict=busy(changes))
    fresh = Raster.objects.select_related("clinician", "department", "edited_by").get(pk=shown.pk)
    if isinstance(done, ChangedMeanwhile):
        notice = meanwhile(fresh, done, changes)
        return _answer(request, desk, fresh, asked, now, status=409, conflict=notice)
    return _answer(request, desk, fresh, asked.following(done.keys), now, keys=done.keys)


def _answer(
    request: HttpRequest, desk: Desk, shown: Raster, asked: Shown, now: datetime, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = editor_context(desk, shown, asked, now=now, **more)
    answer = render(request, "planner/_editor.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _posted(request: HttpRequest) -> dict[str, Any] | None:
    if len(request.body) > REQUEST_BYTES_MOST:
        return None
    try:
        document = json.loads(request.body)
        # Half a character can be written in JSON, and not be shown again.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    base = document.get("base")
    return document if isinstance(base, int) and not isinstance(base, bool) else None


def _asked(given: Any) -> Shown:
    """Which block is chosen and what is laid under the week; what cannot be read is nothing."""
    chosen, under = str(given.get("blok") or ""), str(given.get("onder") or "")
    is_key = chosen.removeprefix("-").isdecimal() and len(chosen) < 10
    return Shown(int(chosen) if is_key else None, under[:30])
