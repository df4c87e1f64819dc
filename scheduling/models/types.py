from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import CONTACT_KINDS, MODALITIES


class ActivityCode(models.Model):
    """Verrichtingencode: reference data with validity dates (PP-12). A new year's codes are rows, not code."""

    code = models.CharField(max_length=10)
    contact_kind = models.CharField(max_length=20, choices=CONTACT_KINDS)
    modality = models.CharField(max_length=10, choices=MODALITIES, blank=True, help_text=_("Empty: any form."))
    description = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "contact_kind", "modality", "valid_from"], name="activity_code_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"


class AppointmentType(models.Model):
    """Contact kind x modality x duration (PP-10, PP-11); the activity code follows from the first two."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="appointment_types")
    code = models.SlugField(_("short name"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    contact_kind = models.CharField(_("contact kind"), max_length=20, choices=CONTACT_KINDS)
    modality = models.CharField(_("form of contact"), max_length=10, choices=MODALITIES)
    duration_minutes = models.PositiveSmallIntegerField(_("duration in minutes"))
    # PP-18: what it is for, like giving information; the agreements may have a default form for it.
    purpose = models.SlugField(_("purpose"), max_length=30, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="appointment_type_once"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=5, duration_minutes__lte=240),
                name="appointment_type_duration",
            ),
        ]

    def __str__(self) -> str:
        return self.name
