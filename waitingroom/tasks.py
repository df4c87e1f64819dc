from celery import shared_task
from django.utils import timezone

from people.models import Department
from scheduling.actions.measurements import refresh_measured_durations
from waitingroom.actions import presence
from waitingroom.measuring import measured_durations


@shared_task
def expire_presences() -> None:
    presence.expire_presences(now=timezone.now())


@shared_task
def measure_durations() -> None:
    """Every night: how long consults really lasted, for the simulation of rasters (PP-31)."""
    now = timezone.now()
    for department in Department.objects.order_by("pk"):
        refresh_measured_durations(department=department, measured=measured_durations(department, now=now), now=now)
