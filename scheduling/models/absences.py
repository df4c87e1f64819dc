import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.minutes import from_minute


class Absence(models.Model):
    """Leave, illness, called away: the clinician cannot be booked. Lifted, never deleted: its tasks stay readable.

    `starts` and `ends` are epoch minutes UTC, half-open.
    """

    class Kind(models.TextChoices):
        ILL = "ill", _("ill")
        LEAVE = "leave", _("leave")
        AWAY = "away", _("called away")
        TRAINING = "training", _("training")
        OTHER = "other", _("otherwise")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinician = models.ForeignKey("people.Clinician", on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    starts = models.IntegerField(help_text=_("Epoch minutes UTC."))
    ends = models.IntegerField(help_text=_("Epoch minutes UTC."))
    reason = models.CharField(max_length=80, blank=True)
    entered_by = models.CharField(max_length=60, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)
    # Raised by each change: who saves an older one hears what was changed meanwhile.
    revision = models.PositiveIntegerField(default=1)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["starts"]
        indexes = [
            models.Index(
                fields=["clinician", "starts"], condition=Q(lifted_at__isnull=True), name="absence_clinician_starts"
            )
        ]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="absence_has_length")]

    def __str__(self) -> str:
        return f"{self.clinician_id} {from_minute(self.starts):%Y-%m-%d %H:%M}"
