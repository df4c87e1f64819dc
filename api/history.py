"""What happened with an appointment, for programs: kinds of facts, when, by whom, and their small values."""

from typing import Any

from events.models import Event
from people.models import User
from scheduling.models import Appointment

# Named one by one: a fact may hold ids that mean nothing outside.
TOLD = frozenset(
    {
        "again",
        "asked_by",
        "cause",
        "channel",
        "code",
        "from_minutes",
        "from_modality",
        "from_start",
        "level",
        "message_kind",
        "minutes",
        "modality",
        "modality_held",
        "new_time",
        "outcome",
        "preference",
        "reason",
        "role",
        "schedule_version",
    }
)
_SORTS = {"user": "staff", "link": "link"}


def happened(appointment: Appointment) -> list[dict[str, Any]]:
    """The oldest first, in two queries."""
    events = list(Event.objects.filter(appointment_id=appointment.pk).order_by("id"))
    users = {event.actor.removeprefix("user:") for event in events if event.actor.startswith("user:")}
    names = {user.actor: user.name for user in User.objects.filter(pk__in=users)}
    return [
        {
            "at": event.at,
            "kind": event.kind,
            "by": _SORTS.get(event.actor.partition(":")[0], "system"),
            "name": names.get(event.actor, ""),
            "facts": {name: value for name, value in event.data.items() if name in TOLD},
        }
        for event in events
    ]
