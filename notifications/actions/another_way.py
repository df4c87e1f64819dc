"""What is told in another way when a message does not arrive over its channel: by text, by mail, by a person.

The rule: an occasion is told when one channel that comes to the reader of itself has taken the message; the inbox
does not count. So while another channel may still bring it, nobody phones. When the last one failed, a channel that
was not planned takes its place at once; where there is none, a person phones. Extra messages
(`MessageKind.is_extra`) try the other channel, but nobody phones for them.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from notifications.actions.calls import open_call_task, open_call_task_for_patient
from notifications.actions.reading import INSTEAD_OF, with_sms_beside
from notifications.models import PENDING, CallTask, Channel, Message, MessageKind, MessageState
from notifications.nudging import nudge
from notifications.recipients import must_be_phoned_instead, reach_of
from praktijkplan.policy import Policy
from praktijkplan.reaching import Way
from praktijkplan.reminders import awake
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.queries.policy import policy_on

COMES_OF_ITSELF = (Channel.EMAIL, Channel.SMS)
# Of use at that very moment, whatever the hour.
AT_ANY_HOUR = (MessageKind.HOUR_BEFORE, MessageKind.DELAY, MessageKind.ALMOST)


def tell_in_another_way(*, message: Message, now: datetime) -> bool:
    """Call it within the transaction that writes that this message will not arrive, with its appointment locked.

    False where nothing else tells it: then a person was asked to phone, if it is worth that.
    """
    if message.channel not in COMES_OF_ITSELF:
        return False
    if is_told_otherwise(message, counting=(MessageState.SENT, *PENDING)) or _plan_instead(message, now):
        return True
    ask_for_call(message=message, now=now)
    return False


def ask_unless_told(*, message: Message, now: datetime) -> None:
    """It may yet arrive, but perhaps too late. Another message that waits as well is no help: both may be stuck."""
    if not is_told_otherwise(message, counting=(MessageState.SENT,)):
        ask_for_call(message=message, now=now)


def ask_if_the_other_failed(*, message: Message, now: datetime) -> None:
    """It came too late, and nobody phoned for the other channel because this one would tell it."""
    if _others(message).filter(Q(state=MessageState.FAILED) | Q(bounced_at__isnull=False)).exists():
        ask_unless_told(message=message, now=now)


def is_told_otherwise(message: Message, *, counting: tuple[str, ...]) -> bool:
    return _others(message).filter(state__in=counting, bounced_at=None).exists()


def ask_for_call(*, message: Message, now: datetime) -> None:
    """A person phones about this message, once for one recipient and one plan."""
    about = MessageKind(message.kind)
    if about.is_extra or not must_be_phoned_instead(message.patient) or _is_moot(message, now):
        return
    if message.appointment is None:
        open_call_task_for_patient(
            patient=message.patient,
            department=message.department,
            reason=CallTask.Reason.FAILED,
            occasion=_occasion(message),
            call_before=message.not_after,
            now=now,
            about=about,
        )
        return
    start = message.appointment.start
    if not _somebody_phones(message):
        open_call_task(
            appointment=message.appointment,
            participant=message.participant,
            reason=CallTask.Reason.FAILED,
            occasion=message.occasion_key,
            call_before=start if start > now else message.not_after,
            now=now,
            about=about,
        )


def occasion_over(message: Message, channel: str) -> str:
    """The occasion of this message, over another channel."""
    head, own, tail = message.occasion_key.rpartition(f":{message.channel}:")
    return f"{head}:{channel}:{tail}" if own else f"{message.occasion_key}:{channel}"


def _others(message: Message) -> QuerySet[Message]:
    keys = [occasion_over(message, channel) for channel in COMES_OF_ITSELF if channel != message.channel]
    return Message.objects.filter(occasion_key__in=keys)


def _occasion(message: Message) -> str:
    """The same for all channels, so that both failing is one call."""
    head, own, tail = message.occasion_key.rpartition(f":{message.channel}:")
    return f"{head}:{tail}" if own else message.occasion_key


def _is_moot(message: Message, now: datetime) -> bool:
    appointment = message.appointment
    if appointment is None:
        return now >= message.not_after
    stale = message.schedule_version != appointment.schedule_version
    return stale or now >= max(appointment.start, message.not_after)


def _somebody_phones(message: Message) -> bool:
    same = Q(reason=CallTask.Reason.FAILED, participant=message.participant)
    return CallTask.objects.filter(
        same | Q(reason=CallTask.Reason.NO_CHANNEL),
        appointment=message.appointment,
        schedule_version=message.schedule_version,
        done_at__isnull=True,
    ).exists()


def _plan_instead(message: Message, now: datetime) -> bool:
    """A row over a channel that was left out until now, because this one would do."""
    policy = _policy_of(message, now)
    reach = reach_of(message.person, message.patient, with_sms_beside(policy))
    if reach is None or now >= message.not_after or message.kind in policy.messages_off:
        return False
    ways = [Channel(way) for way in reach.ways if way is not Way.INBOX and way != message.channel]
    rows = [_instead(message, channel, policy, now) for channel in ways]
    known = Message.objects.filter(occasion_key__in=[row.occasion_key for row in rows])
    failed_before = set(known.values_list("occasion_key", flat=True))
    new = [row for row in rows if row.occasion_key not in failed_before]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        nudge()
    return bool(new)


def _instead(message: Message, channel: Channel, policy: Policy, now: datetime) -> Message:
    due = now if message.kind in AT_ANY_HOUR else awake(now, policy, AMSTERDAM)
    if due >= message.not_after:
        due = now
    return Message(
        occasion_key=occasion_over(message, channel),
        department_id=message.department_id,
        patient_id=message.patient_id,
        appointment_id=message.appointment_id,
        participant_id=message.participant_id,
        representative_id=message.representative_id,
        kind=message.kind,
        channel=channel,
        schedule_version=message.schedule_version,
        details={**message.details, INSTEAD_OF: message.channel},
        due_at=due,
        try_at=due,
        not_after=message.not_after,
    )


def _policy_of(message: Message, now: datetime) -> Policy:
    day = local_day(message.appointment.start if message.appointment else now)
    return policy_on(message.department_id, day)
