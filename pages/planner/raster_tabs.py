"""The pages about one raster, and which of them this is."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk
from people.permissions import Permission
from scheduling.models import Raster

PAGES: tuple[tuple[str, str | Promise, Permission], ...] = (
    ("raster", _("Week"), Permission.SEE_RASTERS),
    ("raster-simulation", _("Simulation"), Permission.SEE_RASTERS),
    ("raster-publish", _("Publish"), Permission.PUBLISH_RASTER),
    ("raster-day", _("One day"), Permission.PUBLISH_RASTER),
    ("raster-year", _("Year"), Permission.SEE_RASTERS),
    ("raster-versions", _("Versions"), Permission.SEE_RASTERS),
    ("raster-exchange", _("File"), Permission.SEE_RASTERS),
    ("raster-copy", _("Copy"), Permission.PUBLISH_RASTER),
)
# A starter has no clinician, so no dates.
OF_CLINICIAN = frozenset({"raster-publish", "raster-day", "raster-year", "raster-versions"})


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    current: bool


def raster_tabs(raster: Raster, desk: Desk, current: str) -> list[Tab]:
    return [
        Tab(reverse(route, args=[raster.pk]), label, route == current)
        for route, label, permission in PAGES
        if desk.may(permission) and not (raster.is_starter and route in OF_CLINICIAN)
    ]
