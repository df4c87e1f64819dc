"""Message rows to be: what is told to one recipient, when, over which channels. Not saved here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications.models import Channel, Message, MessageKind
from scheduling.models import Appointment, Participant


@dataclass(frozen=True, slots=True)
class Planned:
    """Moments in UTC. `occasion` tells a second delay notice from the first; other kinds come once a version."""

    kind: MessageKind
    due: datetime
    not_after: datetime
    occasion: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def rows_for(
    appointment: Appointment, recipient: Participant, plan: Iterable[Planned], channels: Iterable[Channel]
) -> list[Message]:
    ways = list(channels)
    return [
        Message(
            occasion_key=occasion_key(appointment, recipient, planned, channel),
            department_id=appointment.department_id,
            patient_id=appointment.patient_id,
            appointment=appointment,
            participant=recipient,
            kind=planned.kind,
            channel=channel,
            schedule_version=appointment.schedule_version,
            details=dict(planned.details),
            due_at=planned.due,
            try_at=planned.due,
            not_after=planned.not_after,
        )
        for planned in plan
        for channel in ways
    ]


def occasion_key(appointment: Appointment, recipient: Participant, planned: Planned, channel: Channel) -> str:
    occasion = f"{planned.occasion}:" if planned.occasion else ""
    return f"{appointment.pk}:{planned.kind}:{appointment.schedule_version}:{occasion}{channel}:{recipient.pk}"
