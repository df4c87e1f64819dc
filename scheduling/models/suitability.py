from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import DecidedBy
from scheduling.vocabulary import MODALITIES


class SuitabilityCheck(models.Model):
    """Whether a form of contact suits this patient (PP-02, PP-03), as it was answered; the newest row counts."""

    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.CASCADE, related_name="suitability_checks"
    )
    modality = models.CharField(_("form of contact"), max_length=10, choices=MODALITIES)
    answers: models.JSONField[Any, Any] = models.JSONField(
        default=dict, help_text=_("Question to yes, no or unknown: what somebody answered.")
    )
    known: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text=_("What the system knew by itself."))
    findings: models.JSONField[Any, Any] = models.JSONField(default=list, help_text=_("Ids of what argued against."))
    overruled_reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_by = models.CharField(max_length=10, choices=DecidedBy.choices, default=DecidedBy.TOGETHER)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["appointment", "-id"], name="suitability_appointment")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.modality}"
