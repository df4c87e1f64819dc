import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from praktijkplan.slots import BlockMode
from scheduling.models.minutes import from_minute
from scheduling.vocabulary import BLOCK_MODES, HALF_DAYS


class ClinicSession(models.Model):
    """A spreekuur: a clinician's half-day on a local date."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        # Withdrawn while patients are booked: it stays for them, and nobody is booked in any more.
        CLOSING = "closing", _("closing")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="sessions")
    clinician = models.ForeignKey("people.Clinician", on_delete=models.PROTECT, related_name="sessions")
    raster = models.ForeignKey(
        "scheduling.Raster", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    raster_version = models.PositiveIntegerField(default=0)
    date = models.DateField(_("date"), help_text=_("Local date, Europe/Amsterdam."))
    half_day = models.CharField(max_length=10, choices=HALF_DAYS)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    source = models.CharField(max_length=40, default="videopoli")
    external_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["date", "half_day", "clinician__name"]
        indexes = [models.Index(fields=["department", "date"], name="session_department_date")]
        constraints = [
            models.UniqueConstraint(fields=["raster", "date", "half_day"], name="session_once_per_raster_half_day")
        ]

    def __str__(self) -> str:
        return f"{self.clinician_id} {self.date} {self.half_day}"


class SessionBlock(models.Model):
    """A stretch of a session. `starts` and `ends` are epoch minutes UTC (see minutes.py).

    Clinician and department repeat the session's: slots are read for forty clinicians at once, without a join.
    """

    session = models.ForeignKey(ClinicSession, on_delete=models.CASCADE, related_name="blocks")
    department_id = models.BigIntegerField()
    clinician_id = models.BigIntegerField()
    starts = models.IntegerField()
    ends = models.IntegerField()
    mode = models.CharField(max_length=10, choices=BLOCK_MODES)
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    start_up_minutes = models.PositiveSmallIntegerField(default=0)
    types = models.ManyToManyField("scheduling.AppointmentType", related_name="session_blocks", blank=True)
    workplace = models.ForeignKey("scheduling.Workplace", null=True, blank=True, on_delete=models.PROTECT)
    released = models.IntegerField(
        default=0, help_text=_("Epoch minutes UTC: until then for urgent consults only (PP-32). 0: not held.")
    )

    class Meta:
        ordering = ["starts"]
        indexes = [
            models.Index(fields=["department_id", "starts"], name="block_department_starts"),
            models.Index(fields=["clinician_id", "starts"], name="block_clinician_starts"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="block_has_length"),
            models.CheckConstraint(
                condition=~Q(mode=BlockMode.FIXED.value) | Q(slot_minutes__gte=5), name="block_fixed_has_slots"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} {self.mode}"

    @property
    def start(self) -> datetime:
        return from_minute(self.starts)

    @property
    def end(self) -> datetime:
        return from_minute(self.ends)
