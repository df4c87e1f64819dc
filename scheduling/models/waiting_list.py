import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.minutes import from_minute
from scheduling.vocabulary import HALF_DAYS

EVERY_WEEKDAY = 0b111_1111


class WaitingListEntry(models.Model):
    """A patient who wants the appointment earlier when a place is freed."""

    class End(models.TextChoices):
        EARLIER = "earlier", _("has an earlier place")
        LEFT = "left", _("no longer wants to come earlier")
        CANCELLED = "cancelled", _("cancelled")
        PAST = "past", _("its time has passed")

    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.CASCADE, related_name="waiting_list_entries"
    )
    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="waiting_list")
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"), default=EVERY_WEEKDAY, help_text=_("A bit per weekday, Monday the lowest.")
    )
    half_day = models.CharField(
        _("half-day"), max_length=10, choices=HALF_DAYS, blank=True, help_text=_("Empty: either.")
    )
    own_clinician = models.BooleanField(_("the own clinician only"), default=False)
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice"))
    since = models.DateTimeField()
    by = models.CharField(max_length=60, help_text=_("user:12 or link:uuid."))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        indexes = [
            models.Index(fields=["department", "since"], condition=Q(ended_at__isnull=True), name="waiting_list_open")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(ended_at__isnull=True), name="waiting_list_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="waiting_list_end_said",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_WEEKDAY), name="waiting_list_some_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.end or 'open'}"


class FreedPlace(models.Model):
    """A place that a cancelled or moved appointment left; offered once it is `due_at` and still free.

    `starts` and `ends` are epoch minutes UTC, half-open.
    """

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="freed_places")
    clinician = models.ForeignKey("people.Clinician", on_delete=models.CASCADE, related_name="freed_places")
    session = models.ForeignKey("scheduling.ClinicSession", on_delete=models.CASCADE, related_name="freed_places")
    cause = models.ForeignKey("scheduling.Appointment", on_delete=models.CASCADE, related_name="freed_places")
    starts = models.IntegerField()
    ends = models.IntegerField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="freed_place_due")]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="freed_place_has_length")]

    def __str__(self) -> str:
        return f"{self.clinician_id} {self.starts}-{self.ends}"

    @property
    def start(self) -> datetime:
        return from_minute(self.starts)


class PlaceOffer(models.Model):
    """A freed place as it was offered to one who waits. The first to accept has it: the database says so."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        LOST = "lost", _("gone to somebody else")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(WaitingListEntry, on_delete=models.CASCADE, related_name="offers")
    freed = models.ForeignKey(FreedPlace, on_delete=models.CASCADE, related_name="offers")
    start = models.DateTimeField(_("start"))
    # Of the appointment that would come earlier: an offer for an older plan is void.
    schedule_version = models.PositiveIntegerField()
    offered_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["offered_at", "pk"]
        indexes = [models.Index(fields=["ends_at"], condition=Q(state="open"), name="place_offer_open")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "freed"], name="place_offer_once"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="place_offer_one_at_a_time"),
            models.UniqueConstraint(fields=["freed"], condition=Q(state="taken"), name="place_offer_taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.freed_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
