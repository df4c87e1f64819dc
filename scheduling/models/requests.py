from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import DECLINE_REASONS, MODALITIES


class ModalityRequest(models.Model):
    """A patient asks for another form of contact (PP-04, PP-07): a task, until it is granted or answered."""

    class End(models.TextChoices):
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OVERTAKEN = "overtaken", _("overtaken")

    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.CASCADE, related_name="modality_requests"
    )
    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="modality_requests")
    asked = models.CharField(_("asked form of contact"), max_length=10, choices=MODALITIES)
    note = models.CharField(_("note"), max_length=200, blank=True)
    asked_by = models.CharField(max_length=60, help_text=_("user:12 or link:uuid."))
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True, help_text=_("The patient reads this."))
    granted = models.CharField(_("granted form of contact"), max_length=10, choices=MODALITIES, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(
                fields=["department", "asked_at"],
                condition=Q(ended_at__isnull=True),
                name="modality_request_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(ended_at__isnull=True), name="modality_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="modality_request_end_said",
            ),
            models.CheckConstraint(condition=~Q(end="declined", reason=""), name="modality_request_declined_why"),
            models.CheckConstraint(
                condition=Q(end="granted") & ~Q(granted="") | ~Q(end="granted") & Q(granted=""),
                name="modality_request_granted_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.asked} {self.end or 'open'}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def reason_words(self) -> str:
        """A prepared reason in the language of who reads it; somebody's own words as they were written."""
        return str(DECLINE_REASONS.get(self.reason, self.reason))
