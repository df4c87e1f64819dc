from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import PREFERENCES


class ContactPreference(models.Model):
    """How the patient wants contact (PP-04): in general, or for one appointment. The newest row counts."""

    patient = models.ForeignKey("people.Patient", on_delete=models.CASCADE, related_name="preferences")
    appointment = models.ForeignKey(
        "scheduling.Appointment", null=True, blank=True, on_delete=models.CASCADE, related_name="preferences"
    )
    preference = models.CharField(_("preferred form of contact"), max_length=10, choices=PREFERENCES)
    stated_by = models.CharField(max_length=60, help_text=_("user:12 or link:uuid."))
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["patient", "-id"], name="preference_patient")]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.preference}"
