from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pages.navigation import department_choice, navigation
from pages.worklists import work_tabs


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs."""
    frame: dict[str, Any] = {
        "hospital": {"name": settings.HOSPITAL_NAME, "phone": settings.HOSPITAL_PHONE},
        "demo": settings.DEMO,
    }
    user = getattr(request, "user", None)
    # A part of a page has no frame: it is spared the questions that only the frame asks.
    if user is not None and user.is_authenticated and not _is_fragment(request):
        frame["navigation"] = navigation(request)
        frame["departments"] = department_choice(request)
        frame["worklists"] = work_tabs(request)
    return frame


def _is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) or request.headers.get("X-Requested-With") == "live"
