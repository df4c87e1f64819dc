from django.db import models
from django.utils.translation import gettext_lazy as _

from praktijkplan.policy import Policy


class DepartmentPolicy(models.Model):
    """The agreements of a department (PP-16) from a date on. `document` holds what differs from the defaults."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="policies")
    valid_from = models.DateField(_("valid from"))
    document = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["department", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["department", "valid_from"], name="policy_one_per_date")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.valid_from}"

    @property
    def policy(self) -> Policy:
        return Policy.from_document(self.document)
