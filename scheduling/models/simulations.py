from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SimulationRun(models.Model):
    """A simulation of a raster that takes too long to wait for (PP-31): asked, calculated by a worker, kept.

    The same question, number of days and seed give the same result.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    raster = models.ForeignKey("scheduling.Raster", on_delete=models.CASCADE, related_name="simulations")
    revision = models.PositiveIntegerField(help_text=_("Of the draft that was simulated."))
    # As scheduling.simulation_documents writes it: all that the answer depends on, but for days and seed.
    question: models.JSONField[Any, Any] = models.JSONField()
    days = models.PositiveIntegerField(help_text=_("Simulated half-days per session."))
    seed = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text=_("Half-days, of all sessions together."))
    total = models.PositiveIntegerField()
    result: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.raster_id} {self.asked_at:%Y-%m-%d %H:%M} {self.state}"


class MeasuredDuration(models.Model):
    """How long the consults of a type really last, in minutes; written by the room that measures them."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="measured_durations")
    type = models.OneToOneField(
        "scheduling.AppointmentType", on_delete=models.CASCADE, related_name="measured_duration"
    )
    count = models.PositiveIntegerField()
    mean = models.FloatField()
    cv = models.FloatField(help_text=_("Standard deviation as a share of the mean."))
    measured_at = models.DateTimeField()

    class Meta:
        ordering = ["department", "type"]
        constraints = [
            models.CheckConstraint(condition=Q(mean__gt=0, cv__gte=0, count__gte=2), name="measured_duration_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.type_id} {self.mean:.1f} ({self.count})"


class Prediction(models.Model):
    """What the simulation expected of a published version, kept to be compared with what really happened (PP-31)."""

    version = models.OneToOneField("scheduling.RasterVersion", on_delete=models.CASCADE, related_name="prediction")
    days = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    # As scheduling.simulation_documents writes them: what was taken for granted, and a summary per half-day.
    question: models.JSONField[Any, Any] = models.JSONField()
    sessions: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version_id} {self.made_at:%Y-%m-%d}"
