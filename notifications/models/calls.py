import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CallOutcome(models.TextChoices):
    """How a call went. Only some end the task: who was not reached is called again, as often as agreed."""

    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    VOICEMAIL = "voicemail", _("voicemail")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    NOT_NEEDED = "not_needed", _("no longer needed")

    @property
    def ends_task(self) -> bool:
        return self not in NOT_REACHED


# What a person can say happened; "no longer needed" is ours to find out.
SAID_BY_STAFF = (CallOutcome.REACHED, CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL, CallOutcome.WRONG_NUMBER)
NOT_REACHED = (CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL, CallOutcome.WRONG_NUMBER)


class CallResult(models.TextChoices):
    """What came of a call in which the patient was reached."""

    READY = "ready", _("everything is ready")
    HELP = "help", _("needs help")
    WANTS_PHONE = "wants_phone", _("would rather be phoned")
    WANTS_VISIT = "wants_visit", _("would rather visit")


class InsteadOfCall(models.TextChoices):
    """What was done for a patient whom nobody could reach by phone."""

    LETTER = "letter", _("a letter was sent")
    CLINICIAN = "clinician", _("the clinician knows")
    OTHERWISE = "otherwise", _("reached in another way")


class CallTask(models.Model):
    """A person has to phone someone: the channel of last resort (PP-45, PP-51)."""

    class Reason(models.TextChoices):
        NO_CHANNEL = "no_channel", _("no message can reach this patient")
        FAILED = "failed", _("a message could not be delivered")
        ASKED = "asked", _("the patient asks to be phoned")
        NEW_TIME = "new_time", _("cancelled: the patient needs a new time")
        PREPARE = "prepare", _("prepare for the video call of the next clinic day")
        BY_PHONE = "by_phone", _("became a phone call just before it begins")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="call_tasks")
    patient = models.ForeignKey("people.Patient", on_delete=models.PROTECT, related_name="call_tasks")
    appointment = models.ForeignKey(
        "scheduling.Appointment", null=True, blank=True, on_delete=models.PROTECT, related_name="call_tasks"
    )
    participant = models.ForeignKey(
        "scheduling.Participant",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="call_tasks",
        help_text=_("Whom to phone; empty: the patient, or whoever stands for the patient."),
    )
    reason = models.CharField(max_length=20, choices=Reason.choices)
    occasion_key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=20, blank=True, help_text=_("The kind of message that the call replaces."))
    schedule_version = models.PositiveIntegerField(default=0)
    needs = models.JSONField(default=list, blank=True, help_text=_("Why this patient, the gravest first (PP-45)."))
    need = models.PositiveSmallIntegerField(default=0, help_text=_("How much: higher goes first."))
    created_at = models.DateTimeField()
    call_before = models.DateTimeField()
    call_after = models.DateTimeField(null=True, blank=True, help_text=_("Not again before this moment."))
    held_by = models.CharField(max_length=60, blank=True, help_text=_("Who has this patient on the line now."))
    held_until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=20, choices=CallOutcome.choices, blank=True)

    class Meta:
        ordering = ["call_before", "id"]
        indexes = [
            models.Index(fields=["call_before"], condition=Q(done_at__isnull=True), name="call_task_open"),
            models.Index(fields=["appointment", "done_at"], name="call_task_appointment"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.appointment_id}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_given_up(self) -> bool:
        """As often as agreed, and never reached: something else must be done."""
        return self.done_at is not None and self.outcome in NOT_REACHED

    @property
    def is_needed(self) -> bool:
        """False for who is phoned when there is time."""
        return self.need > 0 or self.reason != self.Reason.PREPARE

    def is_held_for_other(self, who: str, now: datetime) -> bool:
        """A colleague has this patient on the line."""
        return self.held_until is not None and self.held_until > now and self.held_by != who
