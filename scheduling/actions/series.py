"""Book a series in one go: all of it or nothing, under the locks of all its days.

A clerk who promised six moments has six or tries again. All day locks are taken at once and in sorted order, before
the first place is read, so two series over the same days wait for each other and neither ends halfway.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from people.models import Patient
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan, Unplaced, locks_of
from scheduling.locks import planning
from scheduling.models import Appointment, DecidedBy
from scheduling.queries.seen import SeenOfPatient


def book_series(
    *,
    patient: Patient,
    plans: Sequence[Plan],
    by: str,
    now: datetime,
    decided_by: str = DecidedBy.TOGETHER,
    note: str = "",
    seen: SeenOfPatient | None = None,
) -> list[Appointment] | NotPlaced | NeedsReason:
    """In the order of `plans`, with one batch; NotPlaced names the first that cannot be had.

    Each is told by a confirmation of its own: that carries the link and the calendar entry of one appointment.
    `seen` is what the booker saw of the patient's appointments: raises ChangedMeanwhile where others were made since,
    and scheduling.locks.Busy.
    """
    batch = uuid.uuid4()
    try:
        with planning([lock for plan in plans for lock in locks_of(plan, patient.pk)]):
            return [
                _booked(
                    n,
                    book_appointment(
                        patient=patient,
                        plan=plan,
                        by=by,
                        now=now,
                        decided_by=decided_by,
                        note=note,
                        batch=batch,
                        # What this series made already is no news.
                        seen=seen if n == 0 else None,
                    ),
                )
                for n, plan in enumerate(plans)
            ]
    except Unplaced as refused:
        return refused.answer


def _booked(n: int, outcome: Appointment | NotPlaced | NeedsReason) -> Appointment:
    if not isinstance(outcome, Appointment):
        raise Unplaced(outcome, n)
    return outcome
