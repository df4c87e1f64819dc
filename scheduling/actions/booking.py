"""Book an appointment (reliability, Booking).

It takes the day locks of what it needs, then reads afresh, asks the rules, writes, and records a fact. Messages
follow from the fact, in the same transaction.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from events.catalogue import AppointmentBooked, OrderPlanned
from events.log import record
from people.models import Patient, Representative
from praktijkplan.placing import Placement, Refusal, RefusalId
from scheduling.actions.deciding import Suitability, note_suitability
from scheduling.actions.participants import invite
from scheduling.actions.placing import (
    ChangedMeanwhile,
    Lack,
    NeedsReason,
    NotPlaced,
    Plan,
    Why,
    locks_of,
    occupy,
    place_plan,
    remember,
)
from scheduling.locks import Taken, planning
from scheduling.models import Appointment, AppointmentChange, DecidedBy, FollowUpOrder
from scheduling.models.minutes import from_minute
from scheduling.queries.preferences import general_preference
from scheduling.queries.seen import SeenOfPatient, seen_of_patient
from statements.inserting import insert


def book_appointment(
    *,
    patient: Patient,
    plan: Plan,
    by: str,
    now: datetime,
    decided_by: str = DecidedBy.TOGETHER,
    representatives: Iterable[Representative] | None = None,
    check: Suitability | None = None,
    order: FollowUpOrder | None = None,
    seen: SeenOfPatient | None = None,
    note: str = "",
    batch: uuid.UUID | None = None,
) -> Appointment | NotPlaced | NeedsReason:
    """`order` is planned by it, as it was read. `seen` is what the booker saw of the patient's appointments.

    Raises ChangedMeanwhile when the order was planned, dropped or changed meanwhile, or the patient got another
    appointment since; and scheduling.locks.Busy when others hold the day for too long.
    """
    if check is not None and check.lacks_reason:
        return NeedsReason(Lack.SUITABILITY)
    why = Why(by=by, now=now, note=note, batch=batch)
    try:
        with planning(locks_of(plan, patient.pk)):
            placement = place_plan(plan, patient.pk, now=now)
            if not isinstance(placement, Placement):
                return placement
            if seen is not None:
                _still_as_seen(patient, plan, seen)
            appointment = _write(patient, plan, placement, decided_by, why)
            occupy(appointment, placement, plan.others)
            invite(appointment, representatives, plan.others)
            remember(appointment, AppointmentChange.Kind.BOOKED, why, before=None, needs=plan.others)
            record(
                AppointmentBooked(
                    appointment=appointment.pk,
                    session=appointment.session_id,
                    department=appointment.department_id,
                    schedule_version=appointment.schedule_version,
                    modality=appointment.modality,
                    overbooked=placement.overbooked,
                    urgent=plan.urgent,
                    order=order.pk if order else None,
                ),
                at=now,
                actor=by,
            )
            if check is not None:
                note_suitability(appointment, check, why)
            if order is not None:
                _plan_order(order, appointment, why)
            return appointment
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def _write(patient: Patient, plan: Plan, placement: Placement, decided_by: str, why: Why) -> Appointment:
    appointment = Appointment(
        department_id=plan.type.department_id,
        patient=patient,
        clinician=plan.clinician,
        type=plan.type,
        session_id=placement.session,
        start=from_minute(placement.start),
        end=from_minute(placement.end),
        modality=plan.type.modality,
        preference=general_preference(patient.pk),
        decided_by=decided_by,
        overbook_reason=plan.overbook_reason.strip() if placement.overbooked else "",
        booked_by=why.by,
        booked_at=why.now,
    )
    insert(appointment)
    return appointment


def _still_as_seen(patient: Patient, plan: Plan, seen: SeenOfPatient) -> None:
    """Two clerks, two tabs, two days: the patient's own row is what they share."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if seen_of_patient(patient.pk, plan.type.department_id) != seen:
        raise ChangedMeanwhile


def _plan_order(order: FollowUpOrder, appointment: Appointment, why: Why) -> None:
    still = {"revision": order.revision, "appointment__isnull": True, "dropped_at__isnull": True}
    planned = FollowUpOrder.objects.filter(pk=order.pk, patient=appointment.patient_id, **still).update(
        appointment=appointment
    )
    if not planned:
        raise ChangedMeanwhile
    record(
        OrderPlanned(order=order.pk, department=order.department_id, appointment=appointment.pk),
        at=why.now,
        actor=why.by,
    )
