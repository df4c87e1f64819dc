import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", _("confirmation")
    DAY_BEFORE = "day_before", _("reminder the day before")
    HOUR_BEFORE = "hour_before", _("reminder the hour before")
    MOVED = "moved", _("moved")
    CANCELLED = "cancelled", _("cancelled")

    @property
    def is_reminder(self) -> bool:
        return self in (MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE)


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    INBOX = "inbox", _("inbox")


class MessageState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    SUPERSEDED = "superseded", _("superseded")
    EXPIRED = "expired", _("expired")
    FAILED = "failed", _("failed")


PENDING = (MessageState.PLANNED, MessageState.CLAIMED)


class Message(models.Model):
    """What is told to one recipient over one channel: written with the booking, so that nothing can lose it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion_key = models.CharField(max_length=120, unique=True)
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, related_name="messages")
    participant = models.ForeignKey("scheduling.Participant", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    schedule_version = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    not_after = models.DateTimeField()
    # The due time, and after a failed attempt the time of the next: what is overdue stays visible in due_at.
    try_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.PLANNED)
    # Raised by each claim; only the holder of the latest may write a result.
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    # Set just before the first offer to the recipient's side: from here on, something may have been told.
    offered_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    # As sent, with the personal link masked: what staff read back must not open the patient's door.
    body = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(state__in=["planned", "claimed"]), name="message_due"),
            models.Index(fields=["appointment", "state"], name="message_appointment_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.state}"

    @property
    def is_reminder(self) -> bool:
        return MessageKind(self.kind).is_reminder
