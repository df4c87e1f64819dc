from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CarePathway(models.Model):
    """A pattern of consults (PP-19): four controls a year, two at the clinic and two by video."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="pathways")
    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(default=True)
    # Raised by each change: who saves an older one hears what was changed meanwhile.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="pathway_name_once")]

    def __str__(self) -> str:
        return self.name


class PathwayStep(models.Model):
    """One consult of a pathway, so many days after it began, a margin earlier or later."""

    pathway = models.ForeignKey(CarePathway, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    type = models.ForeignKey("scheduling.AppointmentType", on_delete=models.PROTECT, related_name="pathway_steps")
    after_days = models.PositiveSmallIntegerField(_("days after the beginning"))
    margin_days = models.PositiveSmallIntegerField(_("days earlier or later"))

    class Meta:
        ordering = ["pathway", "position"]
        constraints = [models.UniqueConstraint(fields=["pathway", "position"], name="pathway_step_once")]

    def __str__(self) -> str:
        return f"{self.pathway_id} {self.position}"


class PathwayRun(models.Model):
    """A patient who follows a pathway from a date on; its consults are FollowUpOrders."""

    pathway = models.ForeignKey(CarePathway, on_delete=models.PROTECT, related_name="runs")
    patient = models.ForeignKey("people.Patient", on_delete=models.PROTECT, related_name="pathway_runs")
    clinician = models.ForeignKey(
        "people.Clinician", null=True, blank=True, on_delete=models.PROTECT, related_name="pathway_runs"
    )
    begins = models.DateField(_("begins"))
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    stopped_by = models.CharField(max_length=60, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["begins", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "patient"], condition=Q(stopped_at__isnull=True), name="pathway_run_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.pathway_id} {self.begins}"
