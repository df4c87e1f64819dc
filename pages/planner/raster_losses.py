"""Beside the editor: how many booked appointments would lose their place if the draft were published now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pages.live import fragment
from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from people.permissions import Permission
from scheduling.contents import draft_content
from scheduling.localtime import local_day
from scheduling.models import Raster
from scheduling.queries.rasters import publication, published_through


@require_GET
@raster_page(Permission.PUBLISH_RASTER)
def losses(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """Counted apart from the editor's own answer: it looks at half a year of clinics."""
    context = {"raster": shown, "count": _losses(shown), "counted": True}
    if getattr(request, "htmx", False):
        return render(request, "planner/_raster_losses.html", context)
    return fragment(request, "planner/_raster_losses_body.html", context)


def _losses(raster: Raster) -> int:
    if raster.clinician_id is None or not raster.version:
        return 0
    now = timezone.now()
    first = local_day(now)
    plan = publication(raster, draft_content(raster), first=first, until=published_through(raster, first), now=now)
    return len(plan.misfits)
