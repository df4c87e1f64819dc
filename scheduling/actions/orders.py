"""Order a follow-up (PP-15), change what was ordered, or drop it. `book_appointment(order=)` plans it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from events.catalogue import OrderChanged, OrderDropped, OrderMade
from events.log import record
from people.models import Clinician, Patient
from praktijkplan.windows import WrongWindow, wrong_window
from scheduling.actions.misfits import NoReason
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.localtime import local_day
from scheduling.models import AppointmentType, FollowUpOrder

_WRITTEN = ["type", "minutes", "clinician", "earliest", "latest", "note"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is ordered: a consult of a type, in a window of local dates, with one clinician or with any.

    `minutes`: None for as long as its type.
    """

    type: AppointmentType
    earliest: date
    latest: date
    clinician: Clinician | None = None
    minutes: int | None = None
    note: str = ""


@transaction.atomic
def make_order(*, patient: Patient, wanted: Wanted, by: str, now: datetime) -> FollowUpOrder | WrongWindow:
    """In the department of the type."""
    wrong = wrong_window(wanted.earliest, wanted.latest, today=local_day(now))
    if wrong is not None:
        return wrong
    order = FollowUpOrder(
        department_id=wanted.type.department_id, patient=patient, ordered_by=by, ordered_at=now, **_fields(wanted)
    )
    order.save()
    record(OrderMade(order=order.pk, department=order.department_id), at=now, actor=by)
    return order


@transaction.atomic
def change_order(
    *, order: FollowUpOrder, wanted: Wanted, expected_revision: int, by: str, now: datetime
) -> FollowUpOrder | WrongWindow:
    """Raises ChangedMeanwhile when it is no longer as shown, or was planned or dropped."""
    wrong = wrong_window(wanted.earliest, wanted.latest, today=local_day(now))
    if wrong is not None:
        return wrong
    current = _fresh(order, expected_revision)
    for name, value in _fields(wanted).items():
        setattr(current, name, value)
    current.revision += 1
    current.save(update_fields=[*_WRITTEN, "revision"])
    changed = OrderChanged(order=current.pk, department=current.department_id, revision=current.revision)
    record(changed, at=now, actor=by)
    return current


@transaction.atomic
def drop_order(*, order: FollowUpOrder, reason: str, expected_revision: int, by: str, now: datetime) -> FollowUpOrder:
    """It is not needed any more, and why.

    Raises NoReason, and ChangedMeanwhile when it is no longer as shown, or was planned or dropped.
    """
    if not reason.strip():
        raise NoReason
    return drop(_fresh(order, expected_revision), reason=reason.strip(), by=by, now=now)


def drop(order: FollowUpOrder, *, reason: str, by: str, now: datetime) -> FollowUpOrder:
    """An open order whose row is locked."""
    order.dropped_at, order.dropped_by, order.drop_reason = now, by, reason
    order.revision += 1
    order.save(update_fields=["dropped_at", "dropped_by", "drop_reason", "revision"])
    record(OrderDropped(order=order.pk, department=order.department_id), at=now, actor=by)
    return order


def _fields(wanted: Wanted) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in _WRITTEN}


def _fresh(order: FollowUpOrder, expected_revision: int) -> FollowUpOrder:
    """The row as it is now, locked: who plans it meanwhile waits, and then finds it changed."""
    current = FollowUpOrder.objects.select_for_update().get(pk=order.pk)
    if current.revision != expected_revision or not current.is_open:
        raise ChangedMeanwhile
    return current
