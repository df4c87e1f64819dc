from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event
from notifications.models import Channel, Message, MessageKind
from notifications.tasks import send_due
from scheduling.models import Appointment
from tests import factories as make

UNDO_IS_OVER = timedelta(minutes=3)


def next_week(at: str = "14.10") -> datetime:
    return make.amsterdam(make.next_workday(timezone.localdate() + timedelta(days=7)), at)


@pytest.fixture
def booked() -> Callable[..., Appointment]:
    """Booked three minutes ago for next week: its confirmation is due."""

    def book(**fields: Any) -> Appointment:
        fields.setdefault("start", next_week())
        fields.setdefault("now", timezone.now() - UNDO_IS_OVER)
        return make.appointment(**fields)

    return book


@pytest.fixture
def sweep() -> Callable[[], None]:
    return send_due


def plan_of(appointment: Appointment, channel: str = "email") -> list[tuple[str, str]]:
    """Kind and state, in order of version and due time."""
    rows = Message.objects.filter(appointment=appointment, channel=channel).order_by(
        "schedule_version", "due_at", "id"
    )
    return [(row.kind, row.state) for row in rows]


def body_of(mail: Any, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


def confirmation(appointment: Appointment, channel: str = Channel.EMAIL) -> Message:
    return Message.objects.get(appointment=appointment, kind=MessageKind.CONFIRMATION, channel=channel)


def try_again_now() -> None:
    """The time of the next attempt has come."""
    Message.objects.filter(failures__gt=0).update(try_at=timezone.now())


def patience_with(trouble: str) -> float:
    """Seconds for a timeout: only what hangs is waited for; on a busy machine an honest answer may take one."""
    return 1.5 if trouble in ("hang", "drip") else 20


def facts_of(kind: str) -> list[dict[str, Any]]:
    return [event.data for event in Event.objects.filter(kind=kind)]
