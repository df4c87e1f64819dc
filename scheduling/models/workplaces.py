from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkplaceKind(models.TextChoices):
    CABIN = "cabin", _("cabin")
    CONSULTING_ROOM = "consulting_room", _("consulting room")
    HOME = "home", _("home")
    MOBILE = "mobile", _("mobile")


class Workplace(models.Model):
    """Where a clinician holds consults (PP-28)."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="workplaces")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=20, choices=WorkplaceKind.choices)
    video_ready = models.BooleanField(default=True)
    walking_minutes = models.PositiveSmallIntegerField(default=0, help_text=_("From the clinic, in minutes."))

    # PP-29: a secure connection, bandwidth, a quiet place, good sound.
    checklist_confirmed_at = models.DateTimeField(null=True, blank=True)
    checklist_confirmed_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
