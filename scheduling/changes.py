"""What an AppointmentChange holds of an appointment, before and after: enough to tell it, and to go back to it."""

from collections.abc import Iterable
from typing import Any

from praktijkplan.placing import Need
from scheduling.models import Appointment
from scheduling.models.minutes import to_minute


def state_of(appointment: Appointment, needs: Iterable[Need]) -> dict[str, Any]:
    """JSON: instants as epoch minutes UTC, rows as ids, needs as pairs of kind and id.

    `overbook_reason` is empty where it stands beside no other; that may change later without a change of its own,
    when the other one leaves.
    """
    return {
        "start": to_minute(appointment.start),
        "end": to_minute(appointment.end),
        "clinician": appointment.clinician_id,
        "session": appointment.session_id,
        "type": appointment.type_id,
        "modality": appointment.modality,
        "status": str(appointment.status),
        "decided_by": str(appointment.decided_by),
        "overbook_reason": appointment.overbook_reason,
        "needs": sorted([need.resource, need.resource_id] for need in needs),
    }
