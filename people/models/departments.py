from django.db import models
from django.utils.translation import gettext_lazy as _

from praktijkplan.contact import Profession

PROFESSION_LABELS = {
    Profession.SPECIALIST: _("medical specialist"),
    Profession.NURSE_SPECIALIST: _("nurse specialist"),
    Profession.PHYSICIAN_ASSISTANT: _("physician assistant"),
    Profession.RESIDENT: _("resident"),
    Profession.PSYCHOLOGIST: _("psychologist"),
    Profession.EMERGENCY_PHYSICIAN: _("emergency physician"),
    Profession.NURSE: _("nurse"),
    Profession.DIETITIAN: _("dietitian"),
    Profession.SECRETARY: _("secretary"),
}


class Department(models.Model):
    """A vakgroep with its polikliniek."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone number for patients"), max_length=20)
    helpdesk_phone = models.CharField(_("help line for clinicians"), max_length=20)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    PLANNER = "planner", _("planner")
    CLINICIAN = "clinician", _("clinician")
    HELPDESK = "helpdesk", _("helpdesk")
    LEAD = "lead", _("department lead")
    ADMINISTRATOR = "administrator", _("administrator")


class Membership(models.Model):
    """A role of a member of staff in one department: every permission follows from these rows."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "department", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.department_id}"


class Clinician(models.Model):
    """A zorgverlener. May see patients in several departments, but only in one place at a time."""

    user = models.OneToOneField(
        "people.User", null=True, blank=True, on_delete=models.PROTECT, related_name="clinician"
    )
    departments = models.ManyToManyField(Department, related_name="clinicians")
    name = models.CharField(_("name"), max_length=120, help_text=_("As patients see it: dr. M. van der Veen."))
    profession = models.CharField(
        _("profession"), max_length=30, choices=[(p.value, label) for p, label in PROFESSION_LABELS.items()]
    )
    source = models.CharField(max_length=40, default="videopoli")
    external_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
