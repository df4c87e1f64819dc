"""Once more, with a fresh link: for who lost a message, or never got it. At most one in ten minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from notifications.models import PENDING, Channel, Message, MessageKind, MessageState
from notifications.nudging import nudge
from notifications.recipients import channels_for, reach_of, recipients_of
from praktijkplan.reaching import Barrier, Way
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentLink, AppointmentStatus, Participant
from scheduling.queries.policy import policy_of, policy_on

# However often the button is pressed: one message in ten minutes.
AT_MOST_EVERY = timedelta(minutes=10)
AGAIN = ":again:"
# True of one moment only: sent later they would mislead.
OF_THE_MOMENT = (MessageKind.DELAY, MessageKind.ALMOST, MessageKind.FREED_PLACE, MessageKind.PLACE_GONE)


class NotAgain(StrEnum):
    """Why a message is not sent again."""

    ON_ITS_WAY = "on_its_way"
    REPLACED = "replaced"  # the appointment was moved, cancelled or changed since
    OVER = "over"
    OF_THE_MOMENT = "of_the_moment"
    NEARER_REMINDER = "nearer_reminder"
    NOT_WRITTEN_TO = "not_written_to"  # deceased, merged, or an unsafe address
    NO_WAY = "no_way"  # this channel does not reach them
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class NotResent:
    """`barrier`: what stands between the reader and the channel; `since`: when one went out last."""

    why: NotAgain
    barrier: Barrier | None = None
    since: datetime | None = None


@transaction.atomic
def resend_message(*, message: Message, channel: Channel, now: datetime) -> Message | NotResent:
    """The same news over this channel, its own or another one."""
    if message.appointment_id:
        # In the order of a move or a cancellation; two clerks at once wait for each other here.
        message.appointment = Appointment.objects.select_for_update(no_key=True).get(pk=message.appointment_id)
    Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    refusal = why_not_again(message, channel, now=now)
    if refusal:
        return refusal
    nudge()
    return Message.objects.create(
        occasion_key=f"{message.pk}{AGAIN}{channel}:{int(now.timestamp())}",
        department_id=message.department_id,
        patient_id=message.patient_id,
        appointment=message.appointment,
        participant=message.participant,
        representative=message.representative,
        kind=message.kind,
        channel=channel,
        schedule_version=message.schedule_version,
        details=message.details,
        due_at=now,
        try_at=now,
        not_after=_useful_until(message, now),
    )


def why_not_again(message: Message, channel: Channel, *, now: datetime) -> NotResent | None:
    for asked in (_standing, _appointment, _nearer, _way):
        refusal = asked(message, channel, now)
        if refusal:
            return refusal
    return _too_soon(message, channel, now)


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
    nudge()
    return True


@transaction.atomic
def send_again(*, appointment: Appointment, now: datetime) -> list[Participant]:
    """A fresh confirmation, with a fresh link, to everyone whom a message can reach: for who lost the first one.

    By mail, and by text message to who has no mail. Until the end of the appointment: whoever looks for the link is
    late as a rule. Returns who gets one; nobody twice within ten minutes.
    """
    if not appointment.is_active or appointment.end <= now:
        return []
    turn = _turn(now)
    sent = []
    for participant in recipients_of(appointment):
        channel = _nearest(participant)
        if channel is None:
            continue
        _, made = Message.objects.get_or_create(
            occasion_key=f"{appointment.pk}{AGAIN}{participant.pk}:{turn}",
            defaults={
                "department_id": appointment.department_id,
                "patient_id": appointment.patient_id,
                "appointment": appointment,
                "participant": participant,
                "kind": MessageKind.CONFIRMATION,
                "channel": channel,
                "schedule_version": appointment.schedule_version,
                "due_at": now,
                "try_at": now,
                "not_after": appointment.end,
            },
        )
        if made:
            sent.append(participant)
    if sent:
        nudge()
    return sent


def was_resent(*, link: AppointmentLink, now: datetime) -> bool:
    return Message.objects.filter(occasion_key=_occasion(link, now)).exists()


def _standing(message: Message, channel: Channel, now: datetime) -> NotResent | None:
    if message.state in PENDING:
        return NotResent(NotAgain.ON_ITS_WAY)
    if message.state == MessageState.SUPERSEDED:
        return NotResent(NotAgain.REPLACED)
    return NotResent(NotAgain.OF_THE_MOMENT) if message.kind in OF_THE_MOMENT else None


def _appointment(message: Message, channel: Channel, now: datetime) -> NotResent | None:
    appointment = message.appointment
    if appointment is None:
        return None
    if message.schedule_version != appointment.schedule_version:
        return NotResent(NotAgain.REPLACED)
    if message.kind == MessageKind.FEEDBACK:
        return None
    told = AppointmentStatus.CANCELLED if message.kind == MessageKind.CANCELLED else AppointmentStatus.BOOKED
    over = appointment.end <= now or appointment.status != told
    return NotResent(NotAgain.OVER) if over else None


def _nearer(message: Message, channel: Channel, now: datetime) -> NotResent | None:
    """Told once more a day ahead, it would push aside the reminder of the last hour."""
    if message.kind != MessageKind.DAY_BEFORE:
        return None
    due = Message.objects.filter(
        appointment=message.appointment_id,
        participant=message.participant_id,
        kind=MessageKind.HOUR_BEFORE,
        schedule_version=message.schedule_version,
        due_at__lte=now,
    )
    return NotResent(NotAgain.NEARER_REMINDER) if due.exists() else None


def _way(message: Message, channel: Channel, now: datetime) -> NotResent | None:
    day = local_day(message.appointment.start if message.appointment else now)
    reached = reach_of(message.person, message.patient, policy_on(message.department_id, day))
    if reached is None:
        return NotResent(NotAgain.NOT_WRITTEN_TO)
    if Way(channel) in reached.ways:
        return None
    return NotResent(NotAgain.NO_WAY, barrier=dict(reached.barriers).get(Way(channel)))


def _too_soon(message: Message, channel: Channel, now: datetime) -> NotResent | None:
    """Of this appointment to this reader, whichever message the button stood beside."""
    lately = Message.objects.filter(
        patient=message.patient_id,
        appointment=message.appointment_id,
        participant=message.participant_id,
        representative=message.representative_id,
        channel=channel,
        occasion_key__contains=AGAIN,
        due_at__gt=now - AT_MOST_EVERY,
    )
    latest = lately.order_by("-due_at").values_list("due_at", flat=True).first()
    return NotResent(NotAgain.TOO_SOON, since=latest) if latest else None


def _useful_until(message: Message, now: datetime) -> datetime:
    if message.appointment and message.kind != MessageKind.FEEDBACK:
        return message.appointment.end
    # As long as the first one had.
    return now + (message.not_after - message.due_at)


def _nearest(participant: Participant) -> Channel | None:
    reached = channels_for(participant, policy_of(participant.appointment))
    return next((channel for channel in reached if channel is not Channel.INBOX), None)


def _occasion(link: AppointmentLink, now: datetime) -> str:
    return f"{link.participant.appointment_id}:resend:{link.ref.hex}:{_turn(now)}"


def _turn(now: datetime) -> int:
    return int(now.timestamp() // AT_MOST_EVERY.total_seconds())
