from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FollowUpOrder(models.Model):
    """A consult that must be planned (PP-15): which kind, and in which window of local dates.

    Open until it has an appointment or was dropped; it is open again when that appointment is cancelled.
    """

    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="follow_up_orders")
    patient = models.ForeignKey("people.Patient", on_delete=models.PROTECT, related_name="follow_up_orders")
    type = models.ForeignKey("scheduling.AppointmentType", on_delete=models.PROTECT, related_name="follow_up_orders")
    minutes = models.PositiveSmallIntegerField(
        _("duration in minutes"), null=True, blank=True, help_text=_("Empty: as long as its type.")
    )
    clinician = models.ForeignKey(
        "people.Clinician",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_up_orders",
        help_text=_("Empty: any clinician."),
    )
    earliest = models.DateField(_("not before"))
    latest = models.DateField(_("not after"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    ordered_by = models.CharField(max_length=60)
    ordered_at = models.DateTimeField()
    # Raised by each change: who saves an older one hears what was changed meanwhile.
    revision = models.PositiveIntegerField(default=1)
    appointment = models.OneToOneField(
        "scheduling.Appointment", null=True, blank=True, on_delete=models.SET_NULL, related_name="order"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.CharField(max_length=60, blank=True)
    drop_reason = models.CharField(_("reason"), max_length=200, blank=True)
    pathway_run = models.ForeignKey(
        "scheduling.PathwayRun", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    step = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Position in the pathway."))
    source = models.CharField(max_length=40, default="videopoli")
    external_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["latest", "pk"]
        indexes = [
            models.Index(
                fields=["department", "latest"],
                condition=Q(appointment__isnull=True, dropped_at__isnull=True),
                name="follow_up_order_open",
            ),
            models.Index(fields=["patient", "latest"], name="follow_up_order_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(earliest__lte=F("latest")), name="follow_up_order_window"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=5, minutes__lte=240),
                name="follow_up_order_duration",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=True) | Q(dropped_at__isnull=True),
                name="follow_up_order_planned_or_dropped",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(drop_reason=""), name="follow_up_order_dropped_why"
            ),
            models.UniqueConstraint(fields=["pathway_run", "step"], name="follow_up_order_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.earliest}/{self.latest}"

    @property
    def is_open(self) -> bool:
        return self.appointment_id is None and self.dropped_at is None
