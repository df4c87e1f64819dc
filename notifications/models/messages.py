import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Patient, Representative


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", _("confirmation")
    DAY_BEFORE = "day_before", _("reminder the day before")
    HOUR_BEFORE = "hour_before", _("reminder the hour before")
    MOVED = "moved", _("moved")
    FORM_CHANGED = "form_changed", _("other form of contact")
    CANCELLED = "cancelled", _("cancelled")
    DELAY = "delay", _("the clinic runs late")
    ALMOST = "almost", _("almost your turn")
    INVITATION = "invitation", _("invitation to plan")
    FREED_PLACE = "freed_place", _("a place has come free")
    PLACE_GONE = "place_gone", _("the free place is taken")
    FEEDBACK = "feedback", _("how did it go")
    REQUEST_ANSWERED = "request_answered", _("answer to a request")

    @property
    def is_reminder(self) -> bool:
        return self in (MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE)

    @property
    def is_extra(self) -> bool:
        """Kind to send, and no loss when it fails: nobody is phoned instead."""
        kind = (MessageKind.ALMOST, MessageKind.FREED_PLACE, MessageKind.PLACE_GONE, MessageKind.FEEDBACK)
        return self in kind

    @property
    def needs_appointment(self) -> bool:
        return self is not MessageKind.INVITATION


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
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
    """What is told to one recipient over one channel: written with the booking, so that nothing can lose it.

    An invitation to plan has no appointment; then `representative` says who stands for the patient.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion_key = models.CharField(max_length=120, unique=True)
    # Without an index of their own: those below begin with them, and each costs three times for every message sent.
    department = models.ForeignKey(
        "people.Department", on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    patient = models.ForeignKey("people.Patient", on_delete=models.PROTECT, related_name="messages", db_index=False)
    appointment = models.ForeignKey(
        "scheduling.Appointment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
    )
    participant = models.ForeignKey(
        "scheduling.Participant", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    representative = models.ForeignKey(
        "people.Representative", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    schedule_version = models.PositiveIntegerField(default=0)
    # What only this message knows: the new expected time, the place that came free. Moments in ISO 8601, UTC.
    details = models.JSONField(default=dict, blank=True)
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
    # What the other side told afterwards: it arrived, it came back, it was opened.
    delivered_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # The personal link that it carried: whoever opens that one has read this message.
    link_ref = models.UUIDField(null=True, blank=True, editable=False)
    sent_to = models.CharField(max_length=254, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    segments = models.PositiveSmallIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True, help_text=_("Euros."))
    subject = models.CharField(max_length=200, blank=True)
    # As sent, with the personal link masked: what staff read back must not open the patient's door.
    body = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(state__in=["planned", "claimed"]), name="message_due"),
            models.Index(fields=["appointment", "state"], name="message_appointment_state"),
            # With what the outbox is narrowed by: a rare kind is looked for in the index alone.
            models.Index(fields=["department", "-due_at", "kind", "channel"], name="message_outbox"),
            models.Index(fields=["patient", "-due_at"], name="message_patient"),
            models.Index(fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="message_provider"),
            # For the lists of staff. What is empty until something comes back costs nothing when planning.
            models.Index(fields=["department", "state", "-due_at"], name="message_box"),
            models.Index(
                fields=["department", "-due_at"], condition=Q(delivered_at__isnull=False), name="message_delivered"
            ),
            models.Index(fields=["department", "-due_at"], condition=Q(read_at__isnull=False), name="message_read"),
            models.Index(
                fields=["department", "-due_at"], condition=Q(bounced_at__isnull=False), name="message_bounced"
            ),
            # The few that were sent without a link: who has nothing to open a video call with is looked for often.
            models.Index(
                fields=["appointment"],
                condition=Q(state="sent", channel__in=["email", "sms"], link_ref__isnull=True),
                name="message_bare",
            ),
            models.Index(fields=["channel", "sent_at"], condition=Q(sent_at__isnull=False), name="message_sent"),
            models.Index(fields=["link_ref"], condition=Q(link_ref__isnull=False), name="message_link"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, participant__isnull=False)
                | Q(appointment__isnull=True, participant__isnull=True, kind__in=["invitation", "freed_place"]),
                name="message_has_recipient",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.state}"

    @property
    def is_reminder(self) -> bool:
        return MessageKind(self.kind).is_reminder

    @property
    def person(self) -> Patient | Representative:
        """Who is written to: whoever stands for the patient, or the patient."""
        stands_in = self.participant.representative if self.participant else self.representative
        return stands_in or self.patient

    @property
    def address(self) -> str:
        """Where it would go now over its channel; empty for the inbox, and for who has none."""
        return {Channel.EMAIL: self.person.email, Channel.SMS: self.person.mobile}.get(Channel(self.channel), "")


class BrokenAddress(models.Model):
    """An address that did not take a message for good. It counts until someone repairs it."""

    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=254)
    since = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="broken_address_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.since:%Y-%m-%d}"
