"""One message as a line: where it stands, since when, why, and what a person can do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from notifications.actions.resending import OF_THE_MOMENT
from notifications.models import CallTask, Channel, Message, MessageKind, MessageState
from notifications.queries.outbox import LINKLESS
from notifications.recipients import broken_addresses
from notifications.standing import Standing, since, standing_of
from pages.permissions import Desk, log_new
from pages.planner.messages.words import CHANNEL_ICONS, MARKS, Mark, plain_answer
from people.models import Representative
from praktijkplan.contact import Modality
from scheduling.models import AppointmentStatus

TROUBLED = (Standing.FAILED, Standing.BOUNCED, Standing.EXPIRED)


@dataclass(frozen=True)
class Row:
    """`answer`: why, in plain words. What a person can do: send again, repair the address, phone `number`."""

    message: Message
    standing: Standing
    since: datetime
    answer: str
    to: str  # who it is written to, when that is not the patient
    number: str
    address_is_broken: bool
    may_resend: bool
    is_on_call_list: bool

    @property
    def mark(self) -> Mark:
        return MARKS[self.standing]

    @property
    def channel_icon(self) -> str:
        return CHANNEL_ICONS[Channel(self.message.channel)]

    @property
    def is_trouble(self) -> bool:
        return self.standing in TROUBLED or bool(self.answer and self.standing is Standing.SENT)


def rows_of(messages: Sequence[Message], *, now: datetime) -> list[Row]:
    """Two queries, however many there are."""
    people = [message.person for message in messages]
    broken = broken_addresses(people)
    called = _on_call_list(messages)
    return [_row(message, broken, called, now) for message in messages]


def log_seen(desk: Desk, action: str, rows: Iterable[Row]) -> None:
    """Each appointment once a day; who was invited has none yet, and is logged each time."""
    seen = dict.fromkeys((row.message.patient_id, row.message.appointment_id) for row in rows)
    log_new(desk, action, [one for one in seen if one[1] is not None])
    desk.log_list(action, [one for one in seen if one[1] is None])


def _row(message: Message, broken: set[tuple[str, str]], called: set[int], now: datetime) -> Row:
    standing = standing_of(message, now=now)
    address = message.address.lower() if message.channel == Channel.EMAIL else message.address
    is_broken = (message.channel, address) in broken
    person = message.person
    return Row(
        message=message,
        standing=standing,
        since=since(message, standing),
        answer=_answer(message, standing, now),
        to=person.name if isinstance(person, Representative) else "",
        number=person.mobile or message.patient.phone,
        address_is_broken=is_broken,
        may_resend=not is_broken and _may_be_resent(message, now),
        is_on_call_list=message.appointment_id in called,
    )


def _answer(message: Message, standing: Standing, now: datetime) -> str:
    if standing is Standing.LATE and not message.problem:
        return gettext("It should have been sent by now.")
    if _has_no_link(message, standing, now):
        return gettext("Tells of a video call, and carries no link.")
    return plain_answer(message)


def _has_no_link(message: Message, standing: Standing, now: datetime) -> bool:
    appointment = message.appointment
    return (
        standing in (Standing.SENT, Standing.DELIVERED)
        and appointment is not None
        and appointment.modality == Modality.VIDEO
        and appointment.start > now
        and message.channel != Channel.INBOX
        and message.kind not in LINKLESS
        and message.link_ref is None
        and "/v/" not in message.body
    )


def _may_be_resent(message: Message, now: datetime) -> bool:
    """What can be told from the row alone; the action has the last word."""
    if message.state not in (MessageState.SENT, MessageState.FAILED, MessageState.EXPIRED):
        return False
    if message.kind in OF_THE_MOMENT or not message.patient.may_be_written_to:
        return False
    appointment = message.appointment
    if appointment is None:
        return True
    told = AppointmentStatus.CANCELLED if message.kind == MessageKind.CANCELLED else AppointmentStatus.BOOKED
    stands = message.schedule_version == appointment.schedule_version and appointment.status == told
    return stands and appointment.end > now


def _on_call_list(messages: Sequence[Message]) -> set[int]:
    appointments = {message.appointment_id for message in messages if message.appointment_id}
    open_tasks = CallTask.objects.filter(appointment__in=appointments, done_at__isnull=True)
    return set(open_tasks.values_list("appointment", flat=True))
