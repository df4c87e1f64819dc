from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Misfit(models.Model):
    """A booked appointment that its clinic no longer has room for: a task, until someone or something ends it.

    The appointment itself stands: the patient was promised it.
    """

    class End(models.TextChoices):
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        FITS_AGAIN = "fits_again", _("fits again")
        LEFT = "left", _("left as it is")
        PAST = "past", _("its time has passed")

    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.CASCADE, related_name="misfits")
    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="misfits")
    raster = models.ForeignKey(
        "scheduling.Raster", null=True, blank=True, on_delete=models.SET_NULL, related_name="misfits"
    )
    # Empty where a raster was published: each cause has its own task, and its own end.
    absence = models.ForeignKey(
        "scheduling.Absence", null=True, blank=True, on_delete=models.PROTECT, related_name="misfits"
    )
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=60)
    refusals: models.JSONField[Any, Any] = models.JSONField(
        default=list, help_text=_("What the rules say against it: ids and facts.")
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["found_at", "pk"]
        indexes = [
            models.Index(fields=["department", "found_at"], name="misfit_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["absence"], name="misfit_absence", condition=Q(absence__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(ended_at__isnull=True, absence__isnull=True),
                name="misfit_open_once",
            ),
            models.UniqueConstraint(
                fields=["appointment", "absence"],
                condition=Q(ended_at__isnull=True, absence__isnull=False),
                name="misfit_open_once_per_absence",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="misfit_end_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.end or 'open'}"
