from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PublicationRun(models.Model):
    """Publishing many rasters in one go: what is done and what is still to do, so that it can go on after a stop."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    class Kind(models.TextChoices):
        DRAFTS = "drafts", _("publish the drafts")
        HORIZON = "horizon", _("extend what was published")

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="publication_runs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    todo: models.JSONField[Any, Any] = models.JSONField(default=list, help_text=_("Ids of rasters, the next first."))
    total = models.PositiveIntegerField(default=0)
    sessions_made = models.PositiveIntegerField(default=0)
    sessions_changed = models.PositiveIntegerField(default=0)
    misfits = models.PositiveIntegerField(default=0)
    failed: models.JSONField[Any, Any] = models.JSONField(
        default=list, help_text=_("Raster and why it was left out.")
    )
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(ended_at__isnull=True),
                name="publication_run_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.state}"

    @property
    def done(self) -> int:
        return self.total - len(self.todo)
