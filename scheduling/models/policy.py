from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praktijkplan.policy import Policy


class DepartmentPolicy(models.Model):
    """The agreements of a department (PP-16) from a date on. `document` holds what differs from the defaults."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="policies")
    valid_from = models.DateField(_("valid from"))
    document = models.JSONField(default=dict, blank=True)
    # Raised by each change: who saves an older one hears what was agreed meanwhile.
    revision = models.PositiveIntegerField(default=1)
    agreed_by = models.CharField(max_length=60, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    # What follows from a change, in small steps that may stop anywhere: the last appointment that was done.
    replanned_to = models.BigIntegerField(default=0)
    replanned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["department", "valid_from"]
        indexes = [models.Index(fields=["agreed_at"], condition=Q(replanned_at=None), name="policy_to_replan")]
        constraints = [models.UniqueConstraint(fields=["department", "valid_from"], name="policy_one_per_date")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.valid_from}"

    @property
    def policy(self) -> Policy:
        return Policy.from_document(self.document)
