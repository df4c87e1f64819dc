"""Put appointments back as they stood before their last change. Whether anybody heard of it is asked elsewhere."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from events.catalogue import AppointmentPutBack
from events.log import record
from people.models import Clinician
from praktijkplan.placing import Need, Placement, Refusal, RefusalId
from scheduling.actions.participants import invite_anew
from scheduling.actions.placing import (
    ChangedMeanwhile,
    NeedsReason,
    NotPlaced,
    Plan,
    Unplaced,
    Why,
    locked,
    locks_of,
    occupy,
    place_plan,
    plan_of,
    put,
    remember,
    save_planned,
    settle_overbooked,
)
from scheduling.changes import state_of
from scheduling.locks import Taken, planning
from scheduling.models import (
    Appointment,
    AppointmentChange,
    AppointmentLink,
    AppointmentStatus,
    AppointmentType,
)
from scheduling.models.minutes import from_minute
from scheduling.queries.absences import absences_got_round
from scheduling.queries.needs import needs_of

Kind = AppointmentChange.Kind
State = dict[str, Any]
# A booking is taken back by cancelling it.
CAN_BE_PUT_BACK = (Kind.MOVED, Kind.FORM, Kind.LENGTH, Kind.SWAPPED, Kind.CANCELLED)


def put_back(
    *, changes: Sequence[AppointmentChange], by: str, now: datetime
) -> list[Appointment] | NotPlaced | NeedsReason:
    """Each as it was before its change, which must be its last: all of them or none, as a swap asks.

    The rules are asked again: a place may be taken by now. That its moment has passed since, or was held for urgent
    consults, is not held against it; nor is an absence that it was a task of, which it is again. NotPlaced names
    which of them does not fit. Raises ChangedMeanwhile and scheduling.locks.Busy.
    """
    for change in changes:
        if change.kind not in CAN_BE_PUT_BACK:
            raise ValueError(f"a change of kind {change.kind} is not put back")
    plans = [_plan_before(change) for change in changes]
    locks = [
        lock
        for change, plan in zip(changes, plans, strict=True)
        for lock in locks_of(plan_of(change.appointment), change.appointment.patient_id)
        + locks_of(plan, change.appointment.patient_id)
    ]
    try:
        with planning(locks):
            return _put_back(changes, plans, Why(by=by, now=now))
    except Unplaced as refused:
        return refused.answer
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def _put_back(changes: Sequence[AppointmentChange], plans: Sequence[Plan], why: Why) -> list[Appointment]:
    # Rows too are locked in one order, whoever asks.
    in_order = sorted(changes, key=lambda each: (each.appointment.start, each.appointment_id))
    rows = {change.pk: _still_after(change) for change in in_order}
    undone = {pk: state_of(current, needs_of(current)) for pk, current in rows.items()}
    # All are gone before one is placed: the database refuses an overlap at once.
    for current in rows.values():
        current.occupancies.all().delete()
    for n, (change, plan) in enumerate(zip(changes, plans, strict=True)):
        current = rows[change.pk]
        now, despite = min(why.now, plan.start), absences_got_round(change)
        placement = place_plan(plan, current.patient_id, now=now, despite=despite)
        if not isinstance(placement, Placement):
            raise Unplaced(placement, n)
        _write(current, change, plan, placement, why)
        _remember(current, change, undone[change.pk], plan.others, why)
    for state in undone.values():
        if state["status"] == AppointmentStatus.BOOKED:
            settle_overbooked(state["clinician"], (state["start"], state["end"]))
    return [rows[change.pk] for change in changes]


def _plan_before(change: AppointmentChange) -> Plan:
    before = change.before
    return Plan(
        start=from_minute(before["start"]),
        clinician=Clinician.objects.get(pk=before["clinician"]),
        type=AppointmentType.objects.get(pk=before["type"]),
        minutes=before["end"] - before["start"],
        needs=frozenset(Need(resource, pk) for resource, pk in before["needs"]),
        urgent=True,
        overbook=bool(before["overbook_reason"]),
        overbook_reason=before["overbook_reason"],
    )


def _still_after(change: AppointmentChange) -> Appointment:
    current = locked(change.appointment_id)
    told = AppointmentStatus(change.after["status"])
    if (current.schedule_version, current.status) != (change.version, told):
        raise ChangedMeanwhile
    return current


def _write(current: Appointment, change: AppointmentChange, plan: Plan, placement: Placement, why: Why) -> None:
    before = change.before
    put(current, plan, placement)
    # As it was, even if the type is edited since.
    current.modality, current.status = before["modality"], before["status"]
    current.decided_by, current.cancel_reason = before["decided_by"], ""
    save_planned(current)
    occupy(current, placement, plan.others)
    invite_anew(current, plan.others)
    _links_live_again(current, change, why.now)


def _links_live_again(current: Appointment, change: AppointmentChange, now: datetime) -> None:
    """Those that exactly this change closed; one made for what it made of the appointment was never sent."""
    if change.kind == Kind.LENGTH:
        return
    links = AppointmentLink.objects.filter(participant__appointment=current)
    links.filter(schedule_version=change.version, replaced_at=None).update(replaced_at=now)
    closed = links.filter(schedule_version__lt=change.version)
    closed.filter(replaced_at=change.at).update(replaced_at=None)
    closed.filter(revoked_at=change.at).update(revoked_at=None)


def _remember(
    current: Appointment,
    change: AppointmentChange,
    undone: State,
    needs: Collection[Need],
    why: Why,
) -> None:
    remember(current, Kind.PUT_BACK, why, before=undone, needs=needs, undoes=change)
    record(
        AppointmentPutBack(
            appointment=current.pk,
            session=current.session_id,
            department=current.department_id,
            schedule_version=current.schedule_version,
            from_session=undone["session"],
            change=change.pk,
        ),
        at=why.now,
        actor=why.by,
    )
