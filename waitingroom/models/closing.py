from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import MODALITIES


class Outcome(models.TextChoices):
    HELD = "held", _("held")
    HELD_BY_PHONE = "held_by_phone", _("held by phone")
    TECHNICAL_FAILURE = "technical_failure", _("technical failure")
    NO_SHOW = "no_show", _("patient did not appear")
    NOT_NEEDED = "not_needed", _("not needed")


class Closing(models.Model):
    """How a consult ended, decided by a person (PP-61, PP-64, PP-65)."""

    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.PROTECT, related_name="closing")
    outcome = models.CharField(_("how did it go"), max_length=20, choices=Outcome.choices)
    modality_held = models.CharField(max_length=10, choices=MODALITIES, blank=True)
    comparable = models.BooleanField(_("content and time as in a regular consult"), default=False)  # PP-13
    next_contact = models.CharField(max_length=10, choices=MODALITIES, blank=True)
    next_steps = models.TextField(_("next steps, for the patient"), blank=True)
    closed_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.outcome}"


class RegisteredActivity(models.Model):
    """The activity that goes to the financial administration: the contact as it happened (PP-12)."""

    closing = models.OneToOneField(Closing, on_delete=models.PROTECT, related_name="activity")
    code = models.CharField(max_length=10)
    on = models.DateField()
    registered_by = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.code} {self.on}"
