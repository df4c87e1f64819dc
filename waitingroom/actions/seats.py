"""Seats in a call room: who is there is a row, so that a lost message or a restarted server loses nobody."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from scheduling.models import Participant
from waitingroom.models import CallRoom, CallSeat

SEATS_PER_SESSION = 3
# A browser says every 20 seconds that it is there; a seat that outlived its server is dropped.
STALE_AFTER = timedelta(seconds=70)


@dataclass(frozen=True)
class Snapshot:
    """Everyone in the room at `seq`: (peer, seq of joining, role)."""

    seq: int
    peers: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Seated:
    peer: str
    snapshot: Snapshot
    # Channel and peer of the seat that this one takes over.
    replaced: tuple[str, str] | None


@transaction.atomic
def take_seat(*, participant: Participant, channel: str, holder: str, now: datetime) -> Seated | None:
    """None when this session sits in too many rooms already."""
    room = _room(participant.appointment_id)
    CallSeat.objects.filter(seen_at__lt=now - STALE_AFTER).delete()
    if CallSeat.objects.filter(holder=holder).exclude(participant=participant).count() >= SEATS_PER_SESSION:
        return None
    former = CallSeat.objects.filter(participant=participant).first()
    if former is not None:
        former.delete()
    room.seq += 1
    room.save(update_fields=["seq"])
    seat = CallSeat.objects.create(
        room=room,
        participant=participant,
        peer=uuid.uuid4().hex,
        seq=room.seq,
        channel=channel,
        holder=holder,
        seen_at=now,
    )
    return Seated(seat.peer, _snapshot(room), (former.channel, former.peer) if former else None)


@transaction.atomic
def give_up_seat(*, appointment_id: int, peer: str) -> int | None:
    """The room's new sequence number; None when the seat was taken over before."""
    room = _room(appointment_id)
    if not CallSeat.objects.filter(peer=peer).delete()[0]:
        return None
    room.seq += 1
    room.save(update_fields=["seq"])
    return room.seq


def keep_seat(*, peer: str, now: datetime) -> None:
    CallSeat.objects.filter(peer=peer).update(seen_at=now)


@transaction.atomic
def look_around(*, appointment_id: int) -> Snapshot:
    return _snapshot(_room(appointment_id))


def channel_of(*, appointment_id: int, peer: str) -> str | None:
    """Only within the room: a peer of another room does not exist here."""
    return CallSeat.objects.filter(room=appointment_id, peer=peer).values_list("channel", flat=True).first()


def _room(appointment_id: int) -> CallRoom:
    CallRoom.objects.get_or_create(appointment_id=appointment_id)
    return CallRoom.objects.select_for_update().get(pk=appointment_id)


def _snapshot(room: CallRoom) -> Snapshot:
    rows = room.seats.values_list("peer", "seq", "participant__role")
    return Snapshot(room.seq, tuple(rows))
