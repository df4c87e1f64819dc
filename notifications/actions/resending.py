from datetime import datetime, timedelta

from django.db import transaction

from notifications.models import Channel, Message, MessageKind
from notifications.recipients import channels_for, recipients_of
from scheduling.models import Appointment, AppointmentLink, Participant
from scheduling.queries.policy import policy_of

# However often the button is pressed: one mail in ten minutes for one old link.
AT_MOST_EVERY = timedelta(minutes=10)


def can_be_mailed(participant: Participant) -> bool:
    return Channel.EMAIL in channels_for(participant, policy_of(participant.appointment))


@transaction.atomic
def resend_link(*, link: AppointmentLink, now: datetime) -> bool:
    """A fresh message, with a fresh link, for who holds one of before a move. False when no mail can reach them."""
    participant = link.participant
    appointment = participant.appointment
    if not appointment.is_active or appointment.start <= now or not can_be_mailed(participant):
        return False
    again = Message(
        occasion_key=_occasion(link, now),
        department_id=appointment.department_id,
        patient_id=appointment.patient_id,
        appointment=appointment,
        participant=participant,
        kind=MessageKind.MOVED,
        channel=Channel.EMAIL,
        schedule_version=appointment.schedule_version,
        due_at=now,
        try_at=now,
        not_after=appointment.start,
    )
    Message.objects.bulk_create([again], ignore_conflicts=True)
    return True


@transaction.atomic
def send_again(*, appointment: Appointment, now: datetime) -> list[Participant]:
    """A fresh confirmation, with a fresh link, to everyone whom mail can reach: for who lost the first one.

    Until the end of the appointment: whoever looks for the link is late as a rule. Returns who gets one; nobody twice
    within ten minutes.
    """
    if not appointment.is_active or appointment.end <= now:
        return []
    turn = _turn(now)
    sent = []
    for participant in filter(can_be_mailed, recipients_of(appointment)):
        _, made = Message.objects.get_or_create(
            occasion_key=f"{appointment.pk}:again:{participant.pk}:{turn}",
            defaults={
                "department_id": appointment.department_id,
                "patient_id": appointment.patient_id,
                "appointment": appointment,
                "participant": participant,
                "kind": MessageKind.CONFIRMATION,
                "channel": Channel.EMAIL,
                "schedule_version": appointment.schedule_version,
                "due_at": now,
                "try_at": now,
                "not_after": appointment.end,
            },
        )
        if made:
            sent.append(participant)
    return sent


def was_resent(*, link: AppointmentLink, now: datetime) -> bool:
    return Message.objects.filter(occasion_key=_occasion(link, now)).exists()


def _occasion(link: AppointmentLink, now: datetime) -> str:
    return f"{link.participant.appointment_id}:resend:{link.ref.hex}:{_turn(now)}"


def _turn(now: datetime) -> int:
    return int(now.timestamp() // AT_MOST_EVERY.total_seconds())
