"""The worklist of booked appointments that no longer fit."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from people.models import Department
from praktijkplan.placing import Refusal, RefusalId
from scheduling.models import Misfit

_SHOWN_WITH = ("appointment__patient", "appointment__clinician", "appointment__type", "raster")


def open_misfits(department: Department) -> QuerySet[Misfit]:
    """Those of rasters, by the time of the appointment, with all that a list shows of it."""
    held = Misfit.objects.filter(department=department, ended_at__isnull=True, absence__isnull=True)
    return held.select_related(*_SHOWN_WITH).order_by("appointment__start", "pk")


def ended_misfits(department: Department, *, since: datetime) -> QuerySet[Misfit]:
    """What was decided, the latest first."""
    held = Misfit.objects.filter(department=department, ended_at__gte=since, absence__isnull=True)
    return held.select_related(*_SHOWN_WITH).order_by("-ended_at", "-pk")


def misfits_to_solve(department: Department, now: datetime) -> QuerySet[Misfit]:
    """Those that wait for a decision; what is over waits for nobody."""
    return open_misfits(department).filter(appointment__end__gte=now)


def refusals_of_misfit(misfit: Misfit) -> Iterator[Refusal]:
    """What the rules said, as scheduling.actions.misfits wrote it."""
    for written in misfit.refusals:
        yield Refusal(RefusalId(written["id"]), written["facts"])
