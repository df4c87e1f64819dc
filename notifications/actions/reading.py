"""Claimed messages as they stand now, with all that decides whether they may go: read for a handful at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from django.utils import timezone

from notifications.actions.claiming import REMINDERS, Claim
from notifications.models import Message, MessageKind, MessageState
from notifications.recheck import Finding, recheck
from notifications.recipients import broken_addresses, reach_of
from notifications.texts import TextsOf
from praktijkplan.policy import Policy, SmsWhen
from praktijkplan.reaching import Reach
from scheduling.localtime import local_day
from scheduling.models import PlaceOffer
from scheduling.queries.policy import Policies

# The message that stands in for one over a channel that failed says so in its details.
INSTEAD_OF = "instead_of"


@dataclass(frozen=True, slots=True)
class Claimed:
    claim: Claim
    message: Message
    policy: Policy
    reach: Reach | None
    nearer_reminder_due: bool
    read_at: float  # on the monotonic clock
    offer: PlaceOffer | None = None  # the freed place that it tells of

    def finding(self, now: datetime) -> Finding:
        return recheck(
            self.message,
            now=now,
            policy=self.policy,
            reach=self.reach,
            nearer_reminder_due=self.nearer_reminder_due,
            offer_is_over=self.message.kind == MessageKind.FREED_PLACE and not (self.offer and self.offer.is_open),
        )

    @property
    def age(self) -> float:
        """In seconds."""
        return monotonic() - self.read_at


class Reader:
    """Keeps the agreements and texts of each department for as long as a batch takes."""

    def __init__(self) -> None:
        self._policies: dict[int, Policies] = {}
        self._texts: dict[int, TextsOf] = {}

    def read(self, claims: Sequence[Claim]) -> list[Claimed]:
        """In the order of the claims, without those that are no longer ours."""
        read_at, now = monotonic(), timezone.now()
        messages = _messages(claims)
        broken = broken_addresses(message.person for message in messages.values())
        nearer = _with_nearer_reminder(messages.values(), now)
        offers = _offers(messages.values())
        return [
            Claimed(
                claim,
                message,
                policy := self.policy_for(message, now),
                reach_of(message.person, message.patient, _also_instead(message, policy), broken),
                message.pk in nearer,
                read_at,
                offers.get(message.details.get("offer")),
            )
            for claim in claims
            if (message := messages.get(claim.message)) is not None and message.attempt == claim.attempt
        ]

    def texts_of(self, department_id: int) -> TextsOf:
        if department_id not in self._texts:
            self._texts[department_id] = TextsOf([department_id])
        return self._texts[department_id]

    def policy_for(self, message: Message, now: datetime) -> Policy:
        """The agreements of the appointment's date; without an appointment those of today."""
        policies = self._policies.get(message.department_id)
        if policies is None:
            policies = self._policies[message.department_id] = Policies(message.department_id)
        return policies.on(local_day(message.appointment.start if message.appointment else now))


def _also_instead(message: Message, policy: Policy) -> Policy:
    """Where texts are for who has no mail, one that stands in for a mail that failed goes too."""
    return with_sms_beside(policy) if INSTEAD_OF in message.details else policy


def with_sms_beside(policy: Policy) -> Policy:
    if policy.sms_when is not SmsWhen.WITHOUT_MAIL:
        return policy
    return replace(policy, sms_when=SmsWhen.ALWAYS)


def _messages(claims: Sequence[Claim]) -> dict[int, Message]:
    rows = Message.objects.filter(
        pk__in=[claim.message for claim in claims], state=MessageState.CLAIMED
    ).select_related("department", "patient", "appointment", "participant__representative", "representative")
    messages = {row.pk: row for row in rows}
    for message in messages.values():
        share_rows(message)
    return messages


def share_rows(message: Message) -> None:
    """One patient and one department, however they are reached from here."""
    appointment, participant = message.appointment, message.participant
    if appointment is None or participant is None:
        return
    appointment.department = message.department
    if appointment.patient_id == message.patient_id:
        appointment.patient = message.patient
    participant.appointment = appointment


def _with_nearer_reminder(messages: Iterable[Message], now: datetime) -> set[int]:
    """After an outage the reminder nearest to the appointment speaks for those before it."""
    reminders = [message for message in messages if message.is_reminder]
    if not reminders:
        return set()
    due = Message.objects.filter(
        appointment__in={message.appointment_id for message in reminders}, kind__in=REMINDERS, due_at__lte=now
    ).exclude(state=MessageState.SUPERSEDED)
    nearest: dict[tuple[object, ...], tuple[datetime, int]] = {}
    for *whose, due_at, pk in due.values_list(
        "appointment", "participant", "channel", "schedule_version", "due_at", "pk"
    ):
        nearest[tuple(whose)] = max(nearest.get(tuple(whose), (due_at, pk)), (due_at, pk))
    return {
        message.pk
        for message in reminders
        if nearest.get(_whose(message), (message.due_at, message.pk)) > (message.due_at, message.pk)
    }


def _offers(messages: Iterable[Message]) -> dict[int, PlaceOffer]:
    told = [message.details.get("offer") for message in messages if message.kind == MessageKind.FREED_PLACE]
    return PlaceOffer.objects.in_bulk(told) if told else {}


def _whose(message: Message) -> tuple[object, ...]:
    return (message.appointment_id, message.participant_id, message.channel, message.schedule_version)
