"""An order follows its appointment: open again when that is cancelled, planned again when the cancelling is undone.

A booking that is undone is cancelled, so that opens its order too. Whoever did not appear was given the consult that
was ordered: whether another one is wanted is decided at closing (PP-61), by a new order.
"""

from events.catalogue import AppointmentCancelled, AppointmentPutBack, OrderPlanned, OrderReopened
from events.log import record, subscribe
from events.models import Event
from scheduling.models import AppointmentChange, FollowUpOrder


@subscribe(AppointmentCancelled)
def reopen_order(fact: AppointmentCancelled, event: Event) -> None:
    order = FollowUpOrder.objects.select_for_update().filter(appointment=fact.appointment).first()
    if order is None:
        return
    order.appointment = None
    order.save(update_fields=["appointment"])
    reopened = OrderReopened(order=order.pk, department=order.department_id, appointment=fact.appointment)
    record(reopened, at=event.at, actor=event.actor)


@subscribe(AppointmentPutBack)
def plan_order_again(fact: AppointmentPutBack, event: Event) -> None:
    """The order that the cancelling opened, unless it was planned otherwise or dropped since."""
    cancelled = AppointmentChange.objects.filter(pk=fact.change, kind=AppointmentChange.Kind.CANCELLED).first()
    if cancelled is None:
        return
    opened = Event.objects.filter(kind=OrderReopened.kind, appointment_id=fact.appointment, at=cancelled.at).last()
    if opened is None:
        return
    pk, department = opened.data["order"], opened.data["department"]
    still_open = FollowUpOrder.objects.filter(pk=pk, appointment__isnull=True, dropped_at__isnull=True)
    if still_open.update(appointment_id=fact.appointment):
        planned = OrderPlanned(order=pk, department=department, appointment=fact.appointment)
        record(planned, at=event.at, actor=event.actor)
