"""A mail server that really listens, and that can be told to misbehave."""

import asyncio
import logging
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# Its lines hold addresses: they would hide what a search for personal data in the product's own log looks for.
logging.getLogger("mail.log").setLevel(logging.ERROR)
STEPS = ("CONNECT", "MAIL", "RCPT", "DATA", "AFTER_DATA")


@dataclass
class Trouble:
    kind: str
    at: str
    code: int
    times: int
    words: str = "refused on purpose"


class Mailbox:
    """What was accepted. AFTER_DATA is the moment between the mail's last line and the answer to it:
    what is hung or reset there was accepted, but the sender does not hear it; what is refused there was not.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused = 0
        self.conversations: set[_Conversation] = set()
        self._trouble: Trouble | None = None
        self._changed = threading.Condition()

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in message["X-RcptTo"].split(", ")]

    def await_count(self, count: int, *, within: float = 10) -> list[EmailMessage]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.messages) >= count, within), (
                f"{len(self.messages)} of {count} mails came within {within} s"
            )
        return self.messages

    def await_refusals(self, count: int, *, within: float = 10) -> None:
        """Until this many troubles were met, whatever their kind."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.refused >= count, within), (
                f"{self.refused} of {count} troubles were met within {within} s"
            )

    def refuse(
        self, code: int, words: str = "refused on purpose", *, at: str = "RCPT", times: int = 1_000_000
    ) -> None:
        """Answer with this code, a passing 4xx or a final 5xx."""
        self._set(Trouble("refuse", at, code, times, words))

    def hang(self, *, at: str = "DATA", times: int = 1_000_000) -> None:
        """Never answer."""
        self._set(Trouble("hang", at, 0, times))

    def reset(self, *, at: str = "DATA", times: int = 1_000_000) -> None:
        """Break the connection."""
        self._set(Trouble("reset", at, 0, times))

    def behave(self) -> None:
        self._trouble = None

    def _set(self, trouble: Trouble) -> None:
        if trouble.at not in STEPS or (trouble.at == "CONNECT" and trouble.kind == "refuse"):
            raise ValueError(f"cannot {trouble.kind} at {trouble.at}")
        self._trouble = trouble

    def meet(self, step: str) -> Trouble | None:
        """The trouble of this step, if any is left."""
        trouble = self._trouble
        if trouble is None or trouble.at != step or trouble.times == 0:
            return None
        trouble.times -= 1
        with self._changed:
            self.refused += 1
            self._changed.notify_all()
        return trouble

    def keep(self, envelope: Envelope) -> None:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        message["X-MailFrom"] = envelope.mail_from
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()


class _Conversation(SMTP):
    """aiosmtpd's server, with a trouble before each step."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.mailbox: Mailbox = self.event_handler.mailbox
        self.mailbox.conversations.add(self)
        trouble = self.mailbox.meet("CONNECT")
        if trouble and trouble.kind == "reset":
            self._break()
        elif trouble:
            self._handler_coroutine.cancel()

    async def end(self) -> None:
        if self.transport is not None:
            self.transport.abort()
        self._handler_coroutine.cancel()
        await asyncio.wait([self._handler_coroutine])

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._troubled("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._troubled("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:
        if not await self._troubled("DATA"):
            await super().smtp_DATA(arg)

    async def _troubled(self, step: str) -> bool:
        trouble = self.mailbox.meet(step)
        if trouble is None:
            return False
        await self.push(await self.answer(trouble))
        return True

    async def answer(self, trouble: Trouble) -> str:
        if trouble.kind == "hang":
            await asyncio.Event().wait()
        if trouble.kind == "reset":
            self._break()
            raise ConnectionResetError
        return f"{trouble.code} {trouble.words}"

    def _break(self) -> None:
        # With no time to linger, the other side gets a reset instead of a polite end.
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:
        trouble = self.mailbox.meet("AFTER_DATA")
        if trouble is None or trouble.kind != "refuse":
            self.mailbox.keep(envelope)
        return "250 OK" if trouble is None else await server.answer(trouble)


class _Server(Controller):
    def factory(self) -> _Conversation:
        return _Conversation(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._end_conversations(), self.loop).result(5)
        super().stop(no_assert)

    async def _end_conversations(self) -> None:
        for conversation in self.handler.mailbox.conversations:
            await conversation.end()


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    server = _Server(_Handler(mailbox), hostname="127.0.0.1", port=_free_port(), ident="test")
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield mailbox
    server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
