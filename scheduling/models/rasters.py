from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from praktijkplan.slots import BlockMode
from scheduling.vocabulary import BLOCK_MODES, HALF_DAYS, WEEK_PATTERNS


class RasterPhase(models.TextChoices):
    DRAFT = "draft", _("draft")
    TRIAL = "trial", _("trial")
    FINAL = "final", _("final")


class Raster(models.Model):
    """A clinician's weekly template (PP-20). Times of day are local; publishing makes dated sessions.

    The row and its blocks are the draft that clerks work on; what was published stands in `versions`. Without a
    clinician it is a starter of the department, to copy from.
    """

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="rasters")
    clinician = models.ForeignKey(
        "people.Clinician", null=True, blank=True, on_delete=models.CASCADE, related_name="rasters"
    )
    name = models.CharField(_("name"), max_length=120)
    weeks = models.CharField(_("weeks"), max_length=5, choices=WEEK_PATTERNS, default="every")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    phase = models.CharField(_("phase"), max_length=5, choices=RasterPhase.choices, default=RasterPhase.DRAFT)
    version = models.PositiveIntegerField(default=0, help_text=_("The last published version; 0 before the first."))
    published_at = models.DateTimeField(null=True, blank=True)
    published_until = models.DateField(null=True, blank=True)
    # Every change of the draft, so that two clerks notice each other.
    revision = models.PositiveIntegerField(default=1)
    fields_revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        "people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="edited_rasters"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["clinician__name", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="raster_valid",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_starter(self) -> bool:
        return self.clinician_id is None


class RasterBlock(models.Model):
    raster = models.ForeignKey(Raster, on_delete=models.CASCADE, related_name="blocks")
    key = models.PositiveIntegerField(help_text=_("Names the block within its raster, through all versions."))
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday."))
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"))
    mode = models.CharField(_("kind of block"), max_length=10, choices=BLOCK_MODES)
    slot_minutes = models.PositiveSmallIntegerField(_("minutes per moment"), default=0)
    start_up_minutes = models.PositiveSmallIntegerField(_("start-up minutes"), default=0)
    types = models.ManyToManyField("scheduling.AppointmentType", related_name="raster_blocks", blank=True)
    workplace = models.ForeignKey("scheduling.Workplace", null=True, blank=True, on_delete=models.PROTECT)
    release_minutes = models.PositiveIntegerField(
        _("held for urgent consults"),
        default=0,
        help_text=_("Until so many minutes before its start (PP-32); 0: not held."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["weekday", "start", "key"]
        constraints = [
            models.UniqueConstraint(fields=["raster", "key"], name="raster_block_key_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="raster_block_has_length"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="raster_block_weekday"),
            models.CheckConstraint(
                condition=~Q(mode=BlockMode.FIXED.value) | Q(slot_minutes__gte=5), name="raster_block_fixed_has_slots"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start:%H:%M}-{self.end:%H:%M}"


class RasterVersion(models.Model):
    """What was published, kept for good; two can be compared, and an earlier one brought back (PP-30)."""

    raster = models.ForeignKey(Raster, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(help_text=_("As scheduling.contents writes it."))
    phase = models.CharField(max_length=5, choices=RasterPhase.choices)
    published_by = models.CharField(max_length=60)
    published_at = models.DateTimeField()
    approved_by = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    # Why a warning was passed by, per finding.
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        ordering = ["raster", "-number"]
        constraints = [models.UniqueConstraint(fields=["raster", "number"], name="raster_version_once")]

    def __str__(self) -> str:
        return f"{self.raster_id} v{self.number}"


class RasterException(models.Model):
    """One half-day on which a raster is not followed: "alleen deze dag". It outlives every publication."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("closed")
        SHIFTED = "shifted", _("shifted")
        OWN_BLOCKS = "own_blocks", _("blocks of its own")

    raster = models.ForeignKey(Raster, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField(_("date"), help_text=_("Local date, Europe/Amsterdam."))
    half_day = models.CharField(max_length=10, choices=HALF_DAYS)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    shift_minutes = models.SmallIntegerField(default=0, help_text=_("SHIFTED only; earlier is negative."))
    blocks: models.JSONField[Any, Any] = models.JSONField(default=list, help_text=_("OWN_BLOCKS only."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["date", "half_day"]
        constraints = [
            models.UniqueConstraint(fields=["raster", "date", "half_day"], name="raster_exception_once"),
            models.CheckConstraint(
                condition=(Q(kind="shifted") & ~Q(shift_minutes=0)) | (~Q(kind="shifted") & Q(shift_minutes=0)),
                name="raster_exception_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.raster_id} {self.date} {self.kind}"
