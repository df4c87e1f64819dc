import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.vocabulary import MODALITIES, PREFERENCES


class AppointmentStatus(models.TextChoices):
    """FHIR Appointment.status, as far as a plan goes: what happens on the day is read from facts."""

    BOOKED = "booked", _("booked")
    FULFILLED = "fulfilled", _("held")
    NO_SHOW = "noshow", _("did not appear")
    CANCELLED = "cancelled", _("cancelled")


class DecidedBy(models.TextChoices):
    TOGETHER = "together", _("together")
    PATIENT = "patient", _("the patient")
    CLINICIAN = "clinician", _("the clinician")


class Appointment(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey("people.Patient", on_delete=models.PROTECT, related_name="appointments")
    clinician = models.ForeignKey("people.Clinician", on_delete=models.PROTECT, related_name="appointments")
    type = models.ForeignKey("scheduling.AppointmentType", on_delete=models.PROTECT)
    session = models.ForeignKey(
        "scheduling.ClinicSession", null=True, on_delete=models.PROTECT, related_name="appointments"
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    modality = models.CharField(_("form of contact"), max_length=10, choices=MODALITIES)
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices, default=AppointmentStatus.BOOKED)
    # Raised by each move, cancellation or change of form: messages and links of an older version are void.
    schedule_version = models.PositiveIntegerField(default=1)
    preference = models.CharField(
        max_length=10,
        choices=PREFERENCES,
        blank=True,
        help_text=_("What the patient wanted when this was booked."),
    )
    decided_by = models.CharField(max_length=10, choices=DecidedBy.choices, default=DecidedBy.TOGETHER)
    cancel_reason = models.CharField(max_length=200, blank=True)
    # Why it stands beside another one on purpose; the mark itself is on the clinician's Occupancy.
    overbook_reason = models.CharField(max_length=200, blank=True)
    booked_by = models.CharField(max_length=60)
    booked_at = models.DateTimeField()
    source = models.CharField(max_length=40, default="videopoli")
    external_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["start"]
        indexes = [
            models.Index(fields=["department", "start"], name="appointment_department_start"),
            models.Index(fields=["clinician", "start"], name="appointment_clinician_start"),
            models.Index(fields=["patient", "start"], name="appointment_patient_start"),
            models.Index(fields=["session", "start"], name="appointment_session_start"),
        ]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_has_length")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.start:%Y-%m-%d %H:%M}"

    @property
    def is_active(self) -> bool:
        return self.status == AppointmentStatus.BOOKED

    @property
    def duration_minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)


class ParticipantRole(models.TextChoices):
    PATIENT = "patient", _("patient")
    REPRESENTATIVE = "representative", _("representative")
    CLINICIAN = "clinician", _("clinician")
    SECOND_CLINICIAN = "second_clinician", _("second clinician")
    INTERPRETER = "interpreter", _("interpreter")


class Participant(models.Model):
    """Takes part in one appointment, with a role. Who gets messages and who may join the call."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="participants")
    role = models.CharField(max_length=20, choices=ParticipantRole.choices)
    representative = models.ForeignKey(
        "people.Representative",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    # The second clinician; the first one is the appointment's own.
    clinician = models.ForeignKey(
        "people.Clinician", null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    interpreter = models.ForeignKey(
        "scheduling.Interpreter", null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "role", "representative"], name="participant_once"),
            models.UniqueConstraint(fields=["appointment", "clinician"], name="participant_clinician_once"),
            models.UniqueConstraint(fields=["appointment", "interpreter"], name="participant_interpreter_once"),
            models.CheckConstraint(
                condition=Q(role="second_clinician", clinician__isnull=False)
                | (~Q(role="second_clinician") & Q(clinician__isnull=True)),
                name="participant_second_clinician_named",
            ),
            models.CheckConstraint(
                condition=Q(role="interpreter", interpreter__isnull=False)
                | (~Q(role="interpreter") & Q(interpreter__isnull=True)),
                name="participant_interpreter_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.appointment_id}"

    @property
    def display_name(self) -> str:
        if self.role == ParticipantRole.CLINICIAN:
            return self.appointment.clinician.name
        named = self.representative or self.clinician or self.interpreter
        return named.name if named else self.appointment.patient.full_name

    @property
    def email(self) -> str:
        if self.representative is not None:
            return self.representative.email
        if self.interpreter is not None:
            return self.interpreter.email
        return self.appointment.patient.email if self.role == ParticipantRole.PATIENT else ""

    @property
    def mobile(self) -> str:
        if self.representative is not None:
            return self.representative.mobile
        return self.appointment.patient.mobile if self.role == ParticipantRole.PATIENT else ""

    @property
    def language(self) -> str:
        return self.representative.language if self.representative else self.appointment.patient.language
