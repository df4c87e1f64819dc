"""What publishing would do, for the screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from pages.permissions import Desk
from people.permissions import Permission
from praktijkplan.placing import Refusal
from scheduling.models import Appointment, Raster
from scheduling.queries.capacity import DatePlaces, per_date
from scheduling.queries.rasters import Publication
from scheduling.sentences import refusal_sentences

ACTION = "view.raster_misfits"


@dataclass(frozen=True)
class LosesItsPlace:
    """A booked appointment that the clinic would have no room for, and why."""

    appointment: Appointment
    why: tuple[str, ...]


@dataclass(frozen=True)
class MonthPlaces:
    """Free places on the dates of a month on which something changes."""

    first: date
    days: tuple[DatePlaces, ...]

    @property
    def before(self) -> int:
        return sum(day.before.total for day in self.days)

    @property
    def after(self) -> int:
        return sum(day.after.total for day in self.days)

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Preview:
    plan: Publication
    months: tuple[MonthPlaces, ...]
    misfits: tuple[LosesItsPlace, ...]

    @property
    def before(self) -> int:
        return sum(month.before for month in self.months)

    @property
    def after(self) -> int:
        return sum(month.after for month in self.months)

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def changes_nothing(self) -> bool:
        plan = self.plan
        return not (plan.made or plan.changed or plan.withdrawn or plan.closing)


def preview_of(desk: Desk, raster: Raster, plan: Publication, *, now: datetime) -> Preview:
    """Whose names are on it is logged."""
    misfits = losing_their_place(desk, ((each.appointment, each.refusals) for each in plan.misfits))
    return Preview(plan, tuple(_by_month(per_date(raster, plan, now=now), _touched(plan))), misfits)


def losing_their_place(
    desk: Desk, found: Iterable[tuple[Appointment, Iterable[Refusal]]]
) -> tuple[LosesItsPlace, ...]:
    """In words; who sees them by name is logged as having seen them."""
    told = tuple(LosesItsPlace(held, tuple(refusal_sentences(refusals))) for held, refusals in found)
    if told and desk.may(Permission.SEE_PATIENT):
        desk.log_list(ACTION, [(each.appointment.patient_id, each.appointment.pk) for each in told])
    return told


def _touched(plan: Publication) -> set[date]:
    standing = [*(session for session, _ in plan.changed), *plan.withdrawn, *plan.closing]
    return {dated.date for dated in plan.made} | {session.date for session in standing}


def _by_month(days: Iterable[DatePlaces], touched: set[date]) -> Iterable[MonthPlaces]:
    changed = (day for day in days if day.date in touched)
    for first, own in groupby(changed, key=lambda day: day.date.replace(day=1)):
        yield MonthPlaces(first, tuple(own))
