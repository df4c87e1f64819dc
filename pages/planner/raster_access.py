"""Who may open a page about one raster."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from pages.permissions import Desk, Page, desk_at, log_refusal, sign_in_first
from people.permissions import Permission
from scheduling.models import Raster

P = ParamSpec("P")
RasterView = Callable[Concatenate[HttpRequest, Desk, Raster, P], HttpResponse]


def raster_page(permission: Permission) -> Callable[[RasterView[P]], Page]:
    """A raster of a department where the permission holds; any other is answered like one that does not exist.

    The raster comes with its clinician and department.
    """

    def decorate(view: RasterView[P]) -> Page:
        @wraps(view)
        def page(request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            shown = Raster.objects.select_related("clinician", "department").filter(pk=pk).first()
            desk = desk_at(request, permission, shown.department_id) if shown else None
            if shown is None or desk is None:
                log_refusal(request, "view.raster")
                raise Http404
            return view(request, desk, shown, *args, **kwargs)

        return page

    return decorate
