from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from praktijkplan.placing import NeedKind


class Resource(models.IntegerChoices):
    """What an appointment takes for a while."""

    CLINICIAN = NeedKind.CLINICIAN.value, _("clinician")
    PATIENT = 2, _("patient")
    WORKPLACE = NeedKind.WORKPLACE.value, _("workplace")
    INTERPRETER = NeedKind.INTERPRETER.value, _("interpreter")


class PostgresExclusion(ExclusionConstraint):
    """An exclusion constraint where there is one; SQLite has a trigger instead (see sqlite_guard.py)."""

    def _elsewhere(self, schema_editor: BaseDatabaseSchemaEditor | None) -> bool:
        return schema_editor is None or schema_editor.connection.vendor != "postgresql"

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return None if self._elsewhere(schema_editor) else super().constraint_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return None if self._elsewhere(schema_editor) else super().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return None if self._elsewhere(schema_editor) else super().remove_sql(model, schema_editor)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database has the last word, not a read before the write."""

    def check(self, model: Any, connection: Any) -> list[Any]:
        return []


class Occupancy(models.Model):
    """A resource taken for a time range by an appointment: the database's last word against double booking.

    `starts` and `ends` are epoch minutes UTC, half-open.
    """

    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.CASCADE, related_name="occupancies")
    resource = models.PositiveSmallIntegerField(choices=Resource.choices)
    resource_id = models.BigIntegerField()
    starts = models.IntegerField()
    ends = models.IntegerField()
    active = models.BooleanField(default=True)
    overbooked = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="occupancy_has_length"),
            PostgresExclusion(
                name="occupancy_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("resource_id", RangeOperators.EQUAL),
                    (
                        Func("starts", "ends", function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(active=True, overbooked=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["resource", "resource_id", "starts", "ends"],
                condition=Q(active=True),
                name="occupancy_active",
            ),
            models.Index(
                fields=["resource", "starts", "resource_id", "ends"],
                condition=Q(active=True),
                name="occupancy_active_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource}:{self.resource_id} {self.starts}-{self.ends}"
