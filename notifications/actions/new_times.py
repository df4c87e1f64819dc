"""Who lost an appointment to an absence still needs one, whether or not they had heard of it."""

from datetime import datetime

from notifications.actions.calls import open_call_task
from notifications.actions.planning import NEW_TIME_WITHIN
from notifications.models import CallTask, MessageKind
from notifications.recipients import must_be_phoned_instead
from scheduling.models import Appointment

# The code of scheduling.vocabulary.MOVE_REASONS.
CLINICIAN_AWAY = "clinician_away"


def phone_for_new_time(*, appointment: Appointment, now: datetime) -> None:
    """Unless somebody will phone already: for whom no message reaches, that is so."""
    if not must_be_phoned_instead(appointment.patient):
        return
    version = appointment.schedule_version
    if CallTask.objects.filter(appointment=appointment, schedule_version=version, done_at__isnull=True).exists():
        return
    open_call_task(
        appointment=appointment,
        reason=CallTask.Reason.NEW_TIME,
        occasion=str(version),
        call_before=now + NEW_TIME_WITHIN,
        now=now,
        about=MessageKind.CANCELLED,
    )
