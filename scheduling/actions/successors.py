"""Vanaf deze dag: a raster goes on as another one from a date, and the one before it ends the day before."""

from datetime import date, datetime, timedelta

from django.db import transaction

from people.models import User
from praktijkplan.rasters import WeekPattern
from scheduling.actions.drafts import ChangedMeanwhile, SetFields, change_draft
from scheduling.actions.rasters import copy_raster
from scheduling.models import Raster


class OutsideValidity(Exception):
    """A raster goes on after its first day and no later than its last; nothing was written."""


@transaction.atomic
def continue_raster(
    *, raster: Raster, day: date, name: str, base: int, by: User, now: datetime
) -> Raster | ChangedMeanwhile:
    """A new draft that holds from `day` as long as this one would have; this one's draft ends the day before.

    `base` is the revision that was looked at. Both still have to be published. Raises OutsideValidity and
    scheduling.locks.Busy.
    """
    if day <= raster.valid_from or (raster.valid_until is not None and day > raster.valid_until):
        raise OutsideValidity
    ends = SetFields(raster.name, WeekPattern(raster.weeks), raster.valid_from, day - timedelta(days=1))
    made = copy_raster(
        raster=raster,
        clinician=raster.clinician,
        name=name,
        valid_from=day,
        valid_until=raster.valid_until,
        by=by,
        now=now,
    )
    saved = change_draft(raster=raster, base=base, changes=[ends], by=by, now=now)
    if isinstance(saved, ChangedMeanwhile):
        transaction.set_rollback(True)
        return saved
    return made
