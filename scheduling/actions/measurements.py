"""How long consults really last: told by the room that sees them, kept for the simulation (PP-31)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, stdev

from django.db import transaction

from people.models import Department
from praktijkplan.draws import MOST_CV
from scheduling.models import MeasuredDuration


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one appointment type: so many consults, their mean in minutes and their cv."""

    type: int
    count: int
    mean: float
    cv: float

    @classmethod
    def of(cls, kind: int, minutes: Iterable[float]) -> "Measured | None":
        """None for fewer than two consults: these have no spread."""
        values = [each for each in minutes if math.isfinite(each) and each > 0]
        if len(values) < 2:
            return None
        mean = fmean(values)
        return cls(kind, len(values), mean, min(stdev(values) / mean, MOST_CV))


@transaction.atomic
def refresh_measured_durations(*, department: Department, measured: Iterable[Measured], now: datetime) -> None:
    """Replace what was measured before; a type that is not among them is known by assumption again."""
    rows = [
        MeasuredDuration(
            department=department, type_id=each.type, count=each.count, mean=each.mean, cv=each.cv, measured_at=now
        )
        for each in measured
    ]
    MeasuredDuration.objects.filter(department=department).delete()
    MeasuredDuration.objects.bulk_create(rows)
