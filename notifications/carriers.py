"""How a message is made and offered over each channel; what is common to all is in actions/delivering.py."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol, Self

from django.conf import settings
from django.core.mail import EmailMessage

from notifications.channels.answers import Accepted, Answer
from notifications.channels.closing import ClosedAfterUse
from notifications.channels.mail.envelope import as_email
from notifications.channels.mail.session import MailSession
from notifications.channels.mail.unsubscribing import PATH, unsubscribe_link
from notifications.channels.sms.gsm7 import cost_of, segments_of
from notifications.channels.sms.session import Sms, SmsSession
from notifications.content.facts import letter_facts
from notifications.models import Channel, Message, MessageKind
from notifications.texts import TextsOf
from praktijkplan.policy import Policy

# What stands for what only the reader may have in a link, in the copy that is kept.
MASKED = "…"


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays with a message that was sent. `body` has its personal links masked."""

    subject: str = ""
    body: str = ""
    sent_to: str = ""
    provider: str = ""
    provider_id: str = ""
    segments: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message made ready to be offered: `texts` are all parts that its reader may see."""

    content: EmailMessage | Sms | None
    texts: tuple[str, ...]
    kept: Kept


class Carrier(Protocol):
    """One connection for a batch. `carries_link`: the reader gets a link of their own with the message."""

    carries_link: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def is_open(self) -> bool:
        """Whether `connect` would take no time."""

    def connect(self) -> None:
        """Be ready to send. Raises OutOfReach."""

    def make(self, message: Message, *, now: datetime, link: str, policy: Policy, texts: TextsOf) -> Parcel: ...

    def send(self, parcel: Parcel) -> Answer:
        """Raises OutOfReach where nothing was offered after all."""


@dataclass(slots=True)
class MailCarrier(ClosedAfterUse):
    carries_link: bool = True
    _session: MailSession = field(default_factory=MailSession)

    def close(self) -> None:
        self._session.close()

    @property
    def is_open(self) -> bool:
        return self._session.is_open

    def connect(self) -> None:
        self._session.connect()

    def make(self, message: Message, *, now: datetime, link: str, policy: Policy, texts: TextsOf) -> Parcel:
        facts = letter_facts(message, now=now, link=link, policy=policy)
        unsubscribe = unsubscribe_link(message)
        letter = replace(texts.letter(message.department_id, facts), unsubscribe=unsubscribe)
        mail = as_email(message, letter, facts, now=now)
        body = str(mail.body)
        html = "".join(str(part) for part, kind in mail.alternatives if kind == "text/html")
        shown = masked(body, link).replace(unsubscribe, f"{settings.BASE_URL}{PATH}{MASKED}")
        kept = Kept(letter.subject, shown, message.address, provider="smtp")
        return Parcel(mail, (body, html), kept)

    def send(self, parcel: Parcel) -> Answer:
        assert isinstance(parcel.content, EmailMessage)  # noqa: S101  for the type checker
        return self._session.send(parcel.content)


@dataclass(slots=True)
class SmsCarrier(ClosedAfterUse):
    carries_link: bool = True
    # A gateway may hang up after any answer.
    is_open: bool = False
    _session: SmsSession = field(default_factory=SmsSession)

    def close(self) -> None:
        self._session.close()

    def connect(self) -> None:
        self._session.connect()

    def make(self, message: Message, *, now: datetime, link: str, policy: Policy, texts: TextsOf) -> Parcel:
        facts = letter_facts(message, now=now, link=link, policy=policy)
        text = texts.sms(message.department_id, facts)
        kept = Kept(
            body=masked(text, link),
            sent_to=message.address,
            provider=settings.SMS_PROVIDER,
            segments=segments_of(text),
            cost=cost_of(text, settings.SMS_PRICE),
        )
        sms = Sms(message.address, text, str(message.public_id), until=message.not_after)
        return Parcel(sms, (text,), kept)

    def send(self, parcel: Parcel) -> Answer:
        assert isinstance(parcel.content, Sms)  # noqa: S101  for the type checker
        return self._session.send(parcel.content)


@dataclass(slots=True)
class InboxCarrier(ClosedAfterUse):
    """A letter to read back on the patient's page: it is there as soon as its row says that it was sent."""

    carries_link: bool = False
    is_open: bool = True

    def close(self) -> None:
        return None

    def connect(self) -> None:
        return None

    def make(self, message: Message, *, now: datetime, link: str, policy: Policy, texts: TextsOf) -> Parcel:
        facts = letter_facts(message, now=now, link=masked_link(message), policy=policy)
        letter = texts.letter(message.department_id, facts)
        body = letter.as_text()
        return Parcel(None, (body,), Kept(letter.subject, body))

    def send(self, parcel: Parcel) -> Answer:
        return Accepted()


CARRIERS: dict[Channel, type[MailCarrier] | type[SmsCarrier] | type[InboxCarrier]] = {
    Channel.EMAIL: MailCarrier,
    Channel.SMS: SmsCarrier,
    Channel.INBOX: InboxCarrier,
}


def has_link(message: Message) -> bool:
    """What is about no appointment, or one that is off, opens no door."""
    return message.appointment_id is not None and message.kind != MessageKind.CANCELLED


def masked_link(message: Message) -> str:
    """Empty where the letter has none."""
    return f"{settings.BASE_URL}/v/{MASKED}" if has_link(message) else ""


def masked(text: str, link: str) -> str:
    return text.replace(link, f"{settings.BASE_URL}/v/{MASKED}") if link else text
