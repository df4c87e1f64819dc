"""What must hold of all that is planned, whatever was done to it: read from the rows, by no code of the product."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

from events.models import Event
from notifications.models import CallTask, Message, MessageKind, MessageState
from scheduling.models import Appointment, AppointmentChange, Occupancy

# What the words of the rows say of them: facts that tell of a change of an appointment.
_FACTS = {
    "appointment.booked": "booked",
    "appointment.moved": "moved",
    "appointment.form_changed": "form",
    "appointment.length_changed": "length",
    "appointment.cancelled": "cancelled",
    "appointment.put_back": "put_back",
}


def overlapping() -> list[tuple[int, int]]:
    """Pairs of appointments that take one thing at the same time, without leave to."""
    rows = Occupancy.objects.filter(active=True, overbooked=False).order_by("resource", "resource_id", "starts", "pk")
    found, last = [], None
    for row in rows.values_list("resource", "resource_id", "starts", "ends", "appointment"):
        if last is not None and row[:2] == last[:2] and row[2] < last[3]:
            found.append((last[4], row[4]))
        if last is None or row[:2] != last[:2] or row[3] > last[3]:
            last = row
    return found


def unexplained() -> list[str]:
    """Where an appointment is not what its changes say, in words."""
    changes: defaultdict[int, list[AppointmentChange]] = defaultdict(list)
    for change in AppointmentChange.objects.order_by("version", "pk"):
        changes[change.appointment_id].append(change)
    taken: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    for pk, starts, ends in Occupancy.objects.filter(active=True).values_list("appointment", "starts", "ends"):
        taken[pk].add((starts, ends))
    found = []
    for appointment in Appointment.objects.all():
        told = changes[appointment.pk]
        if [change.version for change in told] != [*range(1, appointment.schedule_version + 1)]:
            found.append(f"{appointment.pk}: version {appointment.schedule_version} has {len(told)} changes")
            continue
        for one, other in pairwise(told):
            if _without_mark(one.after) != _without_mark(other.before):
                found.append(f"{appointment.pk}: {other.kind} did not begin where {one.kind} ended")
        last = told[-1].after
        if _stands(appointment) != {name: last[name] for name in _stands(appointment)}:
            found.append(f"{appointment.pk}: is not what its last change made of it")
        held = {(last["start"], last["end"])} if appointment.status == "booked" else set()
        if taken[appointment.pk] != held:
            found.append(f"{appointment.pk}: takes {taken[appointment.pk]} instead of {held}")
    return found


def facts_without_a_change() -> dict[str, tuple[int, int]]:
    """By kind of fact, how many there are and how many changes, where these differ."""
    kinds = dict.fromkeys(_FACTS, 0)
    for kind in Event.objects.filter(kind__in=_FACTS).values_list("kind", flat=True):
        kinds[kind] += 1
    made = list(AppointmentChange.objects.values_list("kind", flat=True))
    # Two that change places have each moved.
    counted = {fact: made.count(kind) for fact, kind in _FACTS.items()}
    counted["appointment.moved"] += made.count("swapped")
    return {fact: (kinds[fact], counted[fact]) for fact in kinds if kinds[fact] != counted[fact]}


def orphans() -> list[str]:
    """Messages that wait to tell what is no longer so, and booked appointments of which nobody will hear."""
    found = []
    waiting = Message.objects.filter(state=MessageState.PLANNED, appointment__isnull=False)
    for message in waiting.select_related("appointment"):
        appointment = message.appointment
        is_off = appointment.status == "cancelled"
        if message.schedule_version != appointment.schedule_version:
            found.append(f"{message.kind} of {appointment.pk} is of version {message.schedule_version}")
        elif is_off != (message.kind == MessageKind.CANCELLED):
            found.append(f"{message.kind} of {appointment.pk}, which is {appointment.status}")
    heard = set(Message.objects.filter(state=MessageState.PLANNED).values_list("appointment", flat=True))
    heard |= set(CallTask.objects.filter(done_at__isnull=True).values_list("appointment", flat=True))
    silent = Appointment.objects.filter(status="booked").exclude(pk__in=heard)
    return found + [f"nobody hears of {pk}" for pk in silent.values_list("pk", flat=True)]


def _without_mark(state: dict[str, Any] | None) -> dict[str, Any]:
    """The mark of an overbooking goes when the other one leaves, without a change of its own."""
    return {name: value for name, value in (state or {}).items() if name != "overbook_reason"}


def _stands(appointment: Appointment) -> dict[str, Any]:
    return {
        "start": int(appointment.start.timestamp()) // 60,
        "end": int(appointment.end.timestamp()) // 60,
        "clinician": appointment.clinician_id,
        "session": appointment.session_id,
        "type": appointment.type_id,
        "modality": appointment.modality,
        "status": appointment.status,
    }
