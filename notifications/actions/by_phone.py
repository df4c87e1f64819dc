"""Who expects a video call that is about to begin, or waits for it already, hears by phone that it is none."""

from datetime import datetime, timedelta

from events.catalogue import ParticipantLeft
from events.models import Event
from notifications.actions.calls import open_call_task
from notifications.models import CallTask, MessageKind
from notifications.recipients import must_be_phoned_instead
from praktijkplan.contact import Modality
from scheduling.models import Appointment

# A message may be read too late; sooner than this nobody has to be phoned for it.
JUST_BEFORE = timedelta(hours=1)
# What the patient's page promises when the picture is gone: "Lukt het niet in 2 minuten? Dan bellen wij u".
PHONE_WITHIN = timedelta(minutes=2)


def phone_who_expects_video(*, appointment: Appointment, was: str, now: datetime) -> None:
    """`was`: the form that was told before."""
    if (was, appointment.modality) != (Modality.VIDEO, Modality.PHONE):
        return
    waits = _was_sent_away(appointment, now)
    if not waits and appointment.start > now + JUST_BEFORE:
        return
    if not must_be_phoned_instead(appointment.patient):
        return
    open_call_task(
        appointment=appointment,
        reason=CallTask.Reason.BY_PHONE,
        occasion=str(appointment.schedule_version),
        call_before=now + PHONE_WITHIN if waits else max(appointment.start, now + PHONE_WITHIN),
        now=now,
        about=MessageKind.FORM_CHANGED,
    )


def _was_sent_away(appointment: Appointment, now: datetime) -> bool:
    """The waiting room hears of the change before this does, and lets nobody wait on a screen for a phone call."""
    left = Event.objects.filter(kind=ParticipantLeft.kind, appointment_id=appointment.pk, at=now)
    return left.filter(data__cause="moved").exists()
