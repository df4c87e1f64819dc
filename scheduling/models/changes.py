from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import ASKED_BY, MOVE_REASONS


class AppointmentChange(models.Model):
    """What was done to an appointment, by whom and why: its history, and what an undo goes back to.

    Written by the action that did it, one row per version. Facts hold the codes; a note in someone's own words
    stands here only.
    """

    class Kind(models.TextChoices):
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        FORM = "form", _("another form")
        LENGTH = "length", _("another length")
        SWAPPED = "swapped", _("swapped")
        CANCELLED = "cancelled", _("cancelled")
        PUT_BACK = "put_back", _("put back")

    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField(help_text=_("The version that this change made."))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    asked_by = models.CharField(_("asked by"), max_length=15, choices=ASKED_BY, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=MOVE_REASONS, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    before: models.JSONField[Any, Any] = models.JSONField(
        null=True, blank=True, help_text=_("See scheduling.changes; empty where it was booked.")
    )
    after: models.JSONField[Any, Any] = models.JSONField()
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="undone_by")
    # What was done in one go: a series, a swap, many at once. It is undone in one go too.
    batch = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["appointment", "version"]
        indexes = [
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="appointment_change_batch"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "version"], name="appointment_change_once"),
            models.CheckConstraint(
                condition=Q(kind="booked", before__isnull=True) | (~Q(kind="booked") & Q(before__isnull=False)),
                name="appointment_change_from_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} v{self.version} {self.kind}"
