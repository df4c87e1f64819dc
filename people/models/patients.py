import uuid
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.departments import Department


class Salutation(models.TextChoices):
    MS = "ms", _("Ms")
    MR = "mr", _("Mr")
    NONE = "none", _("no salutation")


class Consent(models.TextChoices):
    """Whether someone wants messages over a channel. Never asked is not the same as refused: the policy decides."""

    UNKNOWN = "", _("never asked")
    GIVEN = "given", _("yes")
    REFUSED = "refused", _("no")


class Patient(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("patient number"), max_length=20, unique=True)
    salutation = models.CharField(max_length=4, choices=Salutation.choices, default=Salutation.NONE)
    initials = models.CharField(_("initials"), max_length=20, blank=True)
    particle = models.CharField(_("name particle"), max_length=20, blank=True, help_text=_("van der, el, 't"))
    family_name = models.CharField(_("family name"), max_length=80)
    # Folded (no diacritics, lower case), so that "ozdemir" finds Özdemir on every database.
    search_name = models.CharField(max_length=120, editable=False, db_index=True)
    birth_date = models.DateField(_("date of birth"))
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    phone = models.CharField(_("landline number"), max_length=20, blank=True)
    mail_consent = models.CharField(_("wants e-mail"), max_length=8, choices=Consent.choices, blank=True, default="")
    sms_consent = models.CharField(
        _("wants text messages"), max_length=8, choices=Consent.choices, blank=True, default=""
    )
    language = models.CharField(max_length=5, default="nl")
    unsafe_address = models.BooleanField(default=False, help_text=_("Messages could endanger: send none."))
    deceased_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    source = models.CharField(max_length=40, default="videopoli")
    external_id = models.CharField(max_length=80, blank=True)

    departments = models.ManyToManyField(Department, through="TreatmentRelation", related_name="patients")

    class Meta:
        ordering = ["family_name", "initials"]
        indexes = [models.Index(fields=["birth_date"], name="patient_birth_date")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def surname(self) -> str:
        """Van der Veen: with the particle, a capital where no initials stand before it."""
        name = self._family_name_in_full
        return name[:1].upper() + name[1:]

    @property
    def full_name(self) -> str:
        return f"{self.initials} {self._family_name_in_full}".strip()

    @property
    def _family_name_in_full(self) -> str:
        """Van der Veen and 't Hooft, but d'Angelo."""
        joined = "" if self.particle.endswith(("'", "’")) else " "
        return f"{self.particle}{joined}{self.family_name}".strip()

    def age_on(self, day: date) -> int:
        birthday_passed = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if birthday_passed else 1)

    @property
    def may_be_written_to(self) -> bool:
        return not (self.unsafe_address or self.deceased_on or self.merged_into_id)


class TreatmentRelation(models.Model):
    """A department treats this patient: without it, the department cannot see or book the patient."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="treatment_relations")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="treatment_relations")
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "department"], name="treatment_relation_once")]

    def __str__(self) -> str:
        return f"{self.patient_id} in {self.department_id}"


class Representative(models.Model):
    """Stands for a patient in general (a parent of a child), within dates."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="representatives")
    name = models.CharField(_("name"), max_length=120)
    relation = models.CharField(_("relation"), max_length=40)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    mail_consent = models.CharField(_("wants e-mail"), max_length=8, choices=Consent.choices, blank=True, default="")
    sms_consent = models.CharField(
        _("wants text messages"), max_length=8, choices=Consent.choices, blank=True, default=""
    )
    language = models.CharField(max_length=5, default="nl")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
