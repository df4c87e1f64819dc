"""Cancel an appointment (reliability, Booking)."""

import uuid
from datetime import datetime

from events.catalogue import AppointmentCancelled
from events.log import record
from scheduling.actions.links import revoke_links
from scheduling.actions.placing import Why, fresh, locks_of, plan_of, remember, settle_overbooked
from scheduling.changes import state_of
from scheduling.locks import planning
from scheduling.models import Appointment, AppointmentChange, AppointmentStatus
from scheduling.models.minutes import to_minute

# On whose behalf it is cancelled, when they wish for no other one unless they say so.
_ON_THEIR_BEHALF = frozenset({"patient", "representative"})


def needs_new_time(asked_by: str) -> bool:
    """Whoever loses an appointment through us needs another one, unless somebody says otherwise."""
    return asked_by not in _ON_THEIR_BEHALF


def cancel_appointment(
    *,
    appointment: Appointment,
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    asked_by: str = "",
    new_time: bool = True,
    expected_version: int | None = None,
    batch: uuid.UUID | None = None,
) -> Appointment:
    """`note` says why in somebody's own words, `reason` is a code, `asked_by` on whose behalf. `new_time`: the
    patient needs another one.

    Raises ChangedMeanwhile when the appointment is no longer as shown, and scheduling.locks.Busy.
    """
    why = Why(by=by, now=now, reason=reason, note=note, asked_by=asked_by, batch=batch)
    stood = plan_of(appointment)
    with planning(locks_of(stood, appointment.patient_id)):
        current = fresh(appointment, expected_version)
        before = state_of(current, stood.others)
        current.status = AppointmentStatus.CANCELLED
        current.cancel_reason = note
        current.overbook_reason = ""
        current.schedule_version += 1
        current.save(update_fields=["status", "cancel_reason", "overbook_reason", "schedule_version"])
        current.occupancies.update(active=False)
        settle_overbooked(current.clinician_id, (to_minute(current.start), to_minute(current.end)))
        revoke_links(appointment=current, now=now)
        remember(current, AppointmentChange.Kind.CANCELLED, why, before=before, needs=stood.others)
        record(
            AppointmentCancelled(
                appointment=current.pk,
                session=current.session_id,
                department=current.department_id,
                schedule_version=current.schedule_version,
                cancelled_by=by,
                asked_by=asked_by,
                reason=reason,
                new_time=new_time,
            ),
            at=now,
            actor=by,
        )
        return current
