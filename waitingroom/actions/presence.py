"""Who is in the waiting room, and who lets them in.

Each action takes the appointment's lock first, so that two tabs, two clinicians or a cancellation at the same moment
leave one story. Joining and leaving are facts; the Presence row is where someone stands now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from events.catalogue import ParticipantAdmitted, ParticipantArrived, ParticipantLeft
from events.log import record
from people.models import Clinician
from scheduling.models import Appointment, AppointmentStatus, Participant
from waitingroom.models import Presence
from waitingroom.refusals import CannotAdmit, InAnotherConsult, NobodyWaiting, NotOpen
from waitingroom.visits import PATIENT_SIDE, lock_appointment, not_open, of_participant, opens_at, over

# A browser runs the timers of a hidden page once a minute: who waits behind another tab is still there.
SILENT_AFTER = timedelta(seconds=75)


@dataclass(frozen=True)
class Admitted:
    presences: tuple[Presence, ...]


@transaction.atomic
def arrive(*, participant: Participant, now: datetime, by: str) -> Presence | NotOpen:
    """Into the waiting room, or back on the place that was kept. Doing it twice changes nothing."""
    appointment = lock_appointment(participant.appointment_id)
    if refusal := not_open(appointment, now):
        return refusal
    presence = Presence.objects.filter(participant=participant).first()
    if presence is None:
        presence = Presence.objects.create(
            participant=participant, place=Presence.Place.WAITING, arrived_at=now, last_seen_at=now
        )
        _tell_arrival(participant, appointment, again=False, by=by, now=now)
    elif not presence.here:
        again = presence.arrived_at >= opens_at(appointment)
        _take_place(presence, now, again=again)
        _tell_arrival(participant, appointment, again=again, by=by, now=now)
    else:
        presence.last_seen_at = now
        presence.save(update_fields=["last_seen_at"])
    return presence


def beat(*, participant: Participant, now: datetime, by: str = "system") -> Presence | NotOpen:
    """A sign of life from an open page; who had gone silent is back on the same place, who left is not."""
    theirs = Presence.objects.filter(participant=participant)
    if theirs.here().update(last_seen_at=now):
        return theirs.get()
    if left := theirs.filter(place=Presence.Place.LEFT).first():
        return not_open(Appointment.objects.get(pk=participant.appointment_id), now) or left
    return arrive(participant=participant, now=now, by=by)


@transaction.atomic
def leave(*, participant: Participant, now: datetime, by: str = "system", cause: str = "closed") -> None:
    """`cause` as in ParticipantLeft. The place is kept: whoever comes back arrived when they first did."""
    appointment = lock_appointment(participant.appointment_id)
    presence = Presence.objects.filter(participant=participant).here().first()
    if presence is not None:
        _send_away([presence], appointment, cause=cause, by=by, now=now)


@transaction.atomic
def admit(*, appointment: Appointment, by: str, now: datetime) -> Admitted | CannotAdmit:
    """Let in everyone who waits on the patient's side. Who was let in already stays in, and is told nothing twice."""
    # One consult at a time: the clinician's own row stands for the room.
    Clinician.objects.select_for_update(no_key=True).get(pk=appointment.clinician_id)
    current = lock_appointment(appointment.pk)
    if refusal := over(current):
        return refusal
    here = list(_present(current.pk))
    if not here:
        return NobodyWaiting()
    waiting = [presence for presence in here if presence.place == Presence.Place.WAITING]
    if waiting and (elsewhere := _consult_elsewhere(current)) is not None:
        return InAnotherConsult(elsewhere)
    for presence in waiting:
        presence.place = Presence.Place.ADMITTED
        presence.admitted_at = now
        presence.save(update_fields=["place", "admitted_at"])
        record(ParticipantAdmitted(**of_participant(presence.participant, current)), at=now, actor=by)
    return Admitted(tuple(here))


def expire_presences(*, now: datetime, silent_after: timedelta = SILENT_AFTER) -> int:
    """Who gave no sign of life is away; how many."""
    limit = now - silent_after
    silent = Presence.objects.here().filter(last_seen_at__lt=limit)
    return sum(_expire(pk, limit, now) for pk in list(silent.values_list("pk", flat=True)))


@transaction.atomic
def _expire(presence_id: int, limit: datetime, now: datetime) -> int:
    """The row is claimed by its own condition: a sign of life, or a second worker, in between wins."""
    silent = Presence.objects.here().filter(pk=presence_id, last_seen_at__lt=limit)
    if not silent.update(place=Presence.Place.AWAY):
        return 0
    participant = Participant.objects.select_related("appointment").get(presence=presence_id)
    fact = ParticipantLeft(**of_participant(participant, participant.appointment), cause="silent")
    record(fact, at=now, actor="system")
    return 1


def end_presences(*, appointment: Appointment, cause: str, by: str, now: datetime) -> None:
    """Nobody waits any more for what was closed, cancelled or moved away. In the transaction that did so."""
    here = list(Presence.objects.here().filter(participant__appointment=appointment).select_related("participant"))
    _send_away(here, appointment, cause=cause, by=by, now=now)
    Presence.objects.filter(participant__appointment=appointment).update(admitted_at=None)


def end_admission(*, appointment: Appointment) -> None:
    """The call is over: who is still there is back in the waiting room, and comes in again only when let in."""
    ours = Presence.objects.filter(participant__appointment=appointment)
    ours.filter(place=Presence.Place.ADMITTED).update(place=Presence.Place.WAITING)
    ours.update(admitted_at=None)


def _present(appointment_id: int) -> Iterable[Presence]:
    return (
        Presence.objects.here()
        .filter(participant__appointment=appointment_id, participant__role__in=PATIENT_SIDE)
        .select_related("participant")
    )


def _consult_elsewhere(appointment: Appointment) -> int | None:
    """Another appointment of the same clinician with someone in the room."""
    return (
        Presence.objects.filter(
            place=Presence.Place.ADMITTED,
            participant__appointment__clinician=appointment.clinician_id,
            participant__appointment__status=AppointmentStatus.BOOKED,
        )
        .exclude(participant__appointment=appointment)
        .values_list("participant__appointment", flat=True)
        .first()
    )


def _take_place(presence: Presence, now: datetime, *, again: bool) -> None:
    """Back where they were, in the call too; after a move it is a new visit."""
    if not again:
        presence.arrived_at = now
        presence.admitted_at = None
    presence.place = Presence.Place.ADMITTED if presence.admitted_at else Presence.Place.WAITING
    presence.last_seen_at = now
    presence.save()


def _send_away(
    presences: Iterable[Presence], appointment: Appointment, *, cause: str, by: str, now: datetime
) -> None:
    for presence in presences:
        presence.place = Presence.Place.LEFT
        presence.save(update_fields=["place"])
        fact = ParticipantLeft(**of_participant(presence.participant, appointment), cause=cause)
        record(fact, at=now, actor=by)


def _tell_arrival(participant: Participant, appointment: Appointment, *, again: bool, by: str, now: datetime) -> None:
    record(ParticipantArrived(**of_participant(participant, appointment), again=again), at=now, actor=by)
