"""Book, move, cancel: the only writers of appointments (reliability, Booking).

Each takes the day locks of what it needs, then reads afresh, asks the rules, writes, and records a fact. Messages
follow from the fact, in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.catalogue import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from events.log import record
from people.models import Clinician, Patient, Representative
from praktijkplan.contact import Modality
from praktijkplan.slots import Placement, Refusal, RefusalId, Request, place
from scheduling.actions.links import replace_links, revoke_links
from scheduling.localtime import local_day
from scheduling.locks import DayLock, Taken, planning
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AppointmentType,
    DecidedBy,
    Occupancy,
    Participant,
    ParticipantRole,
    Resource,
)
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.policy import policy_on
from scheduling.queries.preferences import current_preference
from scheduling.queries.representation import acting_representatives, must_be_represented
from scheduling.queries.snapshots import snapshot_for


@dataclass(frozen=True)
class NotPlaced:
    """The rules refuse; nothing was written."""

    refusals: tuple[Refusal, ...]


class ChangedMeanwhile(Exception):
    """Someone else changed the appointment after it was shown; nothing was written."""


def book_appointment(
    *,
    patient: Patient,
    type: AppointmentType,  # noqa: A002  the field's own word, and keyword-only
    clinician: Clinician,
    start: datetime,
    by: str,
    now: datetime,
    decided_by: str = DecidedBy.TOGETHER,
    representatives: Iterable[Representative] | None = None,
    urgent: bool = False,
) -> Appointment | NotPlaced:
    """`urgent` may use what is held for urgent consults (PP-32).

    Raises scheduling.locks.Busy when others hold the day for too long.
    """
    try:
        with planning(_locks(clinician.pk, patient.pk, start)):
            placement = _place(type, patient.pk, clinician.pk, start, now=now, urgent=urgent)
            if isinstance(placement, NotPlaced):
                return placement
            appointment = Appointment.objects.create(
                department_id=type.department_id,
                patient=patient,
                clinician=clinician,
                type=type,
                session_id=placement.session,
                start=from_minute(placement.start),
                end=from_minute(placement.end),
                modality=type.modality,
                preference=current_preference(patient.pk),
                decided_by=decided_by,
                booked_by=by,
                booked_at=now,
            )
            _occupy(appointment, placement)
            _invite(appointment, representatives)
            record(
                AppointmentBooked(
                    appointment=appointment.pk,
                    session=appointment.session_id,
                    department=appointment.department_id,
                    schedule_version=appointment.schedule_version,
                    modality=appointment.modality,
                ),
                at=now,
                actor=by,
            )
            return appointment
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def move_appointment(
    *,
    appointment: Appointment,
    start: datetime,
    by: str,
    now: datetime,
    clinician: Clinician | None = None,
    reason: str = "",
    expected_version: int | None = None,
    urgent: bool = False,
) -> Appointment | NotPlaced:
    """To another moment, and perhaps another clinician. `expected_version` is what the mover was shown.

    Raises ChangedMeanwhile when the appointment is no longer as shown, and scheduling.locks.Busy.
    """
    to_clinician = clinician.pk if clinician else appointment.clinician_id
    locks = [
        *_locks(appointment.clinician_id, appointment.patient_id, appointment.start),
        *_locks(to_clinician, appointment.patient_id, start),
    ]
    try:
        with planning(locks):
            current = _fresh(appointment, expected_version)
            placement = _place(
                current.type, current.patient_id, to_clinician, start, now=now, moving=current.pk, urgent=urgent
            )
            if isinstance(placement, NotPlaced):
                return placement
            from_session, from_start = current.session_id, current.start
            current.clinician_id = to_clinician
            current.session_id = placement.session
            current.start, current.end = from_minute(placement.start), from_minute(placement.end)
            current.schedule_version += 1
            current.save(update_fields=["clinician", "session", "start", "end", "schedule_version"])
            current.occupancies.all().delete()
            _occupy(current, placement)
            replace_links(appointment=current, now=now)
            record(
                AppointmentMoved(
                    appointment=current.pk,
                    session=current.session_id,
                    department=current.department_id,
                    schedule_version=current.schedule_version,
                    from_session=from_session,
                    from_start=from_start.isoformat(),
                    reason=reason,
                ),
                at=now,
                actor=by,
            )
            return current
    except Taken:
        return NotPlaced((Refusal(RefusalId.TAKEN),))


def cancel_appointment(
    *,
    appointment: Appointment,
    by: str,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
) -> Appointment:
    """Raises ChangedMeanwhile when the appointment is no longer as shown, and scheduling.locks.Busy."""
    with planning(_locks(appointment.clinician_id, appointment.patient_id, appointment.start)):
        current = _fresh(appointment, expected_version)
        current.status = AppointmentStatus.CANCELLED
        current.cancel_reason = reason
        current.schedule_version += 1
        current.save(update_fields=["status", "cancel_reason", "schedule_version"])
        current.occupancies.update(active=False)
        revoke_links(appointment=current, now=now)
        record(
            AppointmentCancelled(
                appointment=current.pk,
                session=current.session_id,
                department=current.department_id,
                schedule_version=current.schedule_version,
                cancelled_by=by,
            ),
            at=now,
            actor=by,
        )
        return current


def _locks(clinician: int, patient: int, start: datetime) -> list[DayLock]:
    """The day of the start; for a consult over midnight the constraint alone guards the second day."""
    day = local_day(start)
    return [DayLock(Resource.CLINICIAN, clinician, day), DayLock(Resource.PATIENT, patient, day)]


def _place(
    type: AppointmentType,  # noqa: A002
    patient: int,
    clinician: int,
    start: datetime,
    *,
    now: datetime,
    moving: int | None = None,
    urgent: bool = False,
) -> Placement | NotPlaced:
    snapshot = snapshot_for(clinician, patient, start, now=now, department=type.department_id, without=moving)
    request = Request(
        clinician=clinician,
        start=to_minute(start),
        duration=type.duration_minutes,
        type_id=type.pk,
        modality=Modality(type.modality),
        urgent=urgent,
    )
    answer = place(snapshot, request, policy_on(type.department_id, local_day(start)))
    return answer if isinstance(answer, Placement) else NotPlaced(answer)


def _fresh(appointment: Appointment, expected_version: int | None) -> Appointment:
    """The row as it is now, under the locks."""
    current = (
        Appointment.objects.select_for_update(of=("self",)).select_related("type", "patient").get(pk=appointment.pk)
    )
    shown = appointment.schedule_version if expected_version is None else expected_version
    if current.schedule_version != shown or not current.is_active:
        raise ChangedMeanwhile
    return current


def _occupy(appointment: Appointment, placement: Placement) -> None:
    """A consult in writing takes the clinician's time only."""
    takes = [(Resource.CLINICIAN, appointment.clinician_id)]
    if Modality(appointment.modality).is_live:
        takes.append((Resource.PATIENT, appointment.patient_id))
    Occupancy.objects.bulk_create(
        Occupancy(
            appointment=appointment,
            resource=resource,
            resource_id=resource_id,
            starts=placement.start,
            ends=placement.end,
            overbooked=placement.overbooked,
        )
        for resource, resource_id in takes
    )


def _invite(appointment: Appointment, representatives: Iterable[Representative] | None) -> None:
    """Under twelve the parents act; from twelve on the patient, and who is named (domain.md)."""
    day = local_day(appointment.start)
    named = list(representatives or ())
    represented = must_be_represented(appointment.patient, day)
    if represented and not named:
        named = acting_representatives(appointment.patient, day)
    participants = [Participant(appointment=appointment, role=ParticipantRole.CLINICIAN)]
    if not represented:
        participants.append(Participant(appointment=appointment, role=ParticipantRole.PATIENT))
    participants += [
        Participant(appointment=appointment, role=ParticipantRole.REPRESENTATIVE, representative=who) for who in named
    ]
    Participant.objects.bulk_create(participants)
