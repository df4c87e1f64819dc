"""Move an appointment, change its form, its length or what it needs, or swap two (reliability, Booking).

There is one way for all of them; what is recorded, and so what the patient hears, follows from what differs.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from events.catalogue import AppointmentFormChanged, AppointmentLengthChanged, AppointmentMoved
from events.log import record
from praktijkplan.placing import Placement, Refusal, RefusalId
from scheduling.actions.deciding import Suitability, note_suitability
from scheduling.actions.links import replace_links
from scheduling.actions.participants import invite_anew
from scheduling.actions.placing import (
    Lack,
    NeedsReason,
    NotPlaced,
    Plan,
    Unplaced,
    Why,
    fresh,
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
from scheduling.models import Appointment, AppointmentChange
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.needs import needs_of

Kind = AppointmentChange.Kind
State = dict[str, Any]


def replan_appointment(
    *,
    appointment: Appointment,
    plan: Plan,
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    asked_by: str = "",
    decided_by: str | None = None,
    check: Suitability | None = None,
    expected_version: int | None = None,
    batch: uuid.UUID | None = None,
) -> Appointment | NotPlaced | NeedsReason:
    """As `plan` says; what it leaves open stays as it is. Nothing is written where nothing differs.

    `expected_version` is what the planner was shown, `reason` a code, `note` somebody's own words. Raises
    ChangedMeanwhile when the appointment is no longer as shown, and scheduling.locks.Busy.
    """
    if check is not None and check.lacks_reason:
        return NeedsReason(Lack.SUITABILITY)
    why = Why(by=by, now=now, reason=reason, note=note, asked_by=asked_by, batch=batch)
    patient = appointment.patient_id
    try:
        with planning([*locks_of(plan_of(appointment), patient), *locks_of(plan, patient)]):
            current = fresh(appointment, expected_version)
            stays = _keeps_to_its_time(plan, current)
            wanted = _completed(plan, current, stays=stays)
            placement = place_plan(wanted, patient, now=now, without={current.pk}, stays=stays)
            if not isinstance(placement, Placement):
                return placement
            before = state_of(current, needs_of(current))
            put(current, wanted, placement)
            current.decided_by = decided_by or current.decided_by
            if state_of(current, wanted.others) != before:
                current.occupancies.all().delete()
                _take(current, wanted, placement, before, _kind(before, current), why)
                settle_overbooked(before["clinician"], (before["start"], before["end"]))
            if check is not None:
                note_suitability(current, check, why)
            return current
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def swap_appointments(
    *,
    one: Appointment,
    other: Appointment,
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    asked_by: str = "",
    expected_versions: tuple[int, int] | None = None,
) -> tuple[Appointment, Appointment] | NotPlaced | NeedsReason:
    """Each gets the moment and the clinician of the other, and keeps its type, its length and its needs.

    All or nothing; NotPlaced names which of the two does not fit. Raises as `replan_appointment`.
    """
    why = Why(by=by, now=now, reason=reason, note=note, asked_by=asked_by, batch=uuid.uuid4())
    pair, plans = (one, other), (plan_of(one), plan_of(other))
    crosswise = (_in_place_of(one, plans[0], other), _in_place_of(other, plans[1], one))
    locks = [
        lock
        for each, stands, wanted in zip(pair, plans, crosswise, strict=True)
        for plan in (stands, wanted)
        for lock in locks_of(plan, each.patient_id)
    ]
    try:
        with planning(locks):
            return _swap(pair, crosswise, expected_versions or (None, None), why)
    except Unplaced as refused:
        return refused.answer
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def _swap(
    pair: tuple[Appointment, Appointment],
    plans: tuple[Plan, Plan],
    versions: tuple[int, int] | tuple[None, None],
    why: Why,
) -> tuple[Appointment, Appointment]:
    # Rows too are locked in one order, whoever asks.
    first, second = sorted((0, 1), key=lambda n: (pair[n].start, pair[n].pk))
    rows = {n: fresh(pair[n], versions[n]) for n in (first, second)}
    before = {n: state_of(rows[n], needs_of(rows[n])) for n in (0, 1)}
    # Both are gone before either is placed: the database refuses an overlap at once.
    for n in (0, 1):
        rows[n].occupancies.all().delete()
    for n in (0, 1):
        placement = place_plan(plans[n], rows[n].patient_id, now=why.now)
        if not isinstance(placement, Placement):
            raise Unplaced(placement, n)
        put(rows[n], plans[n], placement)
        _take(rows[n], plans[n], placement, before[n], Kind.SWAPPED, why)
    for state in before.values():
        settle_overbooked(state["clinician"], (state["start"], state["end"]))
    return rows[0], rows[1]


def _in_place_of(appointment: Appointment, stands: Plan, other: Appointment) -> Plan:
    """Where the other one stood beside somebody, so does this one, for the same reason."""
    return replace(
        stands,
        start=other.start,
        clinician=other.clinician,
        minutes=_kept_minutes(appointment),
        urgent=True,
        overbook=bool(other.overbook_reason),
        overbook_reason=other.overbook_reason,
    )


def _keeps_to_its_time(plan: Plan, current: Appointment) -> bool:
    """With the same clinician, beginning and ending when it does now or within."""
    end = plan.start + timedelta(minutes=_minutes(plan, current) or plan.length)
    return plan.clinician.pk == current.clinician_id and current.start <= plan.start and end <= current.end


def _completed(plan: Plan, current: Appointment, *, stays: bool) -> Plan:
    """With what the plan leaves open as it is now. In its own time it needs no leave to be where it is."""
    needs = needs_of(current) if plan.needs is None else plan.needs
    whole = replace(plan, minutes=_minutes(plan, current), needs=needs)
    if (plan.start, plan.clinician.pk) == (current.start, current.clinician_id):
        whole = replace(whole, urgent=True)
    if stays:
        whole = replace(whole, overbook=bool(current.overbook_reason), overbook_reason=current.overbook_reason)
    return whole


def _minutes(plan: Plan, current: Appointment) -> int | None:
    if plan.minutes is None and plan.type.pk == current.type_id:
        return _kept_minutes(current)
    return plan.minutes


def _kept_minutes(appointment: Appointment) -> int | None:
    """None where it is as long as its type, so that a type of any length can stay."""
    held = appointment.duration_minutes
    return None if held == appointment.type.duration_minutes else held


def _take(current: Appointment, plan: Plan, placement: Placement, before: State, kind: str, why: Why) -> None:
    save_planned(current)
    occupy(current, placement, plan.others)
    invite_anew(current, plan.others)
    if kind != Kind.LENGTH:
        replace_links(appointment=current, now=why.now)
    remember(current, Kind(kind), why, before=before, needs=plan.others)
    record(_fact(kind, current, before, why), at=why.now, actor=why.by)


def _kind(before: State, current: Appointment) -> str:
    """LENGTH stands for all that changes nothing of what the patient was told."""
    if (to_minute(current.start), current.clinician_id) != (before["start"], before["clinician"]):
        return Kind.MOVED
    return Kind.FORM if current.modality != before["modality"] else Kind.LENGTH


def _fact(
    kind: str, current: Appointment, before: State, why: Why
) -> AppointmentMoved | AppointmentFormChanged | AppointmentLengthChanged:
    common: dict[str, Any] = {
        "appointment": current.pk,
        "session": current.session_id,
        "department": current.department_id,
        "schedule_version": current.schedule_version,
        "from_session": before["session"],
        "from_minutes": before["end"] - before["start"],
        "minutes": current.duration_minutes,
        "reason": why.reason,
    }
    if kind == Kind.LENGTH:
        return AppointmentLengthChanged(**common)
    form = {"from_modality": before["modality"], "modality": current.modality}
    if kind == Kind.FORM:
        return AppointmentFormChanged(**common, **form)
    return AppointmentMoved(
        **common,
        **form,
        from_start=from_minute(before["start"]).isoformat(),
        from_clinician=before["clinician"],
    )
