from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessLog(models.Model):
    """Who saw or changed whose data, when and as what (NEN 7513). Rows are only ever added."""

    class Result(models.TextChoices):
        ALLOWED = "allowed", _("allowed")
        REFUSED = "refused", _("refused")

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=60, help_text=_("user:12, link:uuid or system."))
    role = models.CharField(max_length=20)
    department = models.ForeignKey("people.Department", null=True, on_delete=models.PROTECT)
    patient = models.ForeignKey("people.Patient", null=True, on_delete=models.PROTECT)
    appointment_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60, help_text=_("verb.noun: view.appointment, book.appointment."))
    purpose = models.CharField(max_length=40, default="treatment")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.ALLOWED)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["patient", "id"], name="access_patient"),
            models.Index(fields=["actor", "id"], name="access_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.result}"
