"""E-mail over one SMTP connection for a whole batch, with every answer of the server told apart."""

import smtplib
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from notifications.channels.answers import Accepted, Answer, Broken, Deferred, OutOfReach, Refused
from notifications.channels.closing import ClosedAfterUse
from notifications.channels.cutting_off import cut_off
from notifications.channels.mail.addresses import can_be_written_to

PERMANENT = 500
# The server closes the connection after this answer.
GOODBYE = 421


class MailSession(ClosedAfterUse):
    """Sends messages one by one; connects on first use and again after a break. Not for use by two threads."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = mail.get_connection()

    def close(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def connect(self) -> None:
        """Be ready to send. Raises OutOfReach."""
        if self.is_open:
            return
        self._drop()
        try:
            self._backend.open()
            if isinstance(self._backend, SmtpBackend) and self._backend.connection is not None:
                # Else the greeting would wait for the first message, and its failure look like that message's.
                self._backend.connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise OutOfReach(type(error).__name__) from error

    def send(self, message: EmailMessage) -> Answer:
        if not all(map(can_be_written_to, message.to)):
            return Refused("address", "this is no address that mail can be sent to")
        try:
            with self._cut_off():
                return self._offer(message)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Broken(type(error).__name__)

    @property
    def is_open(self) -> bool:
        if not isinstance(self._backend, SmtpBackend):
            return False
        return self._backend.connection is not None and self._backend.connection.sock is not None

    def _offer(self, message: EmailMessage) -> Answer:
        """Raises OSError or SMTPException where the connection breaks."""
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as refused:
            return _answer(*next(iter(refused.recipients.values())))
        except smtplib.SMTPDataError as response:
            self._begin_anew(response.smtp_code)
            return _answer(response.smtp_code, response.smtp_error)
        except smtplib.SMTPResponseException as response:
            return _answer(response.smtp_code, response.smtp_error)
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
            return Refused("address", f"the address cannot be used ({type(error).__name__})")
        return Accepted()

    def _begin_anew(self, code: int) -> None:
        """smtplib leaves a letter open whose DATA was refused: the server would then refuse the next one for that."""
        if code == GOODBYE:
            self._drop()
            return
        try:
            if isinstance(self._backend, SmtpBackend) and self._backend.connection is not None:
                self._backend.connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Close without a farewell: a server that hangs would make us wait for its answer to QUIT."""
        if isinstance(self._backend, SmtpBackend) and self._backend.connection is not None:
            self._backend.connection.close()
        self._backend = mail.get_connection()

    def _cut_off(self) -> AbstractContextManager[None]:
        """The conversation about one message ends well within its lease."""
        connection = self._backend.connection if isinstance(self._backend, SmtpBackend) else None
        sock = connection.sock if connection is not None else None
        return nullcontext() if sock is None else cut_off(sock, after=settings.EMAIL_TIMEOUT)


def _answer(code: int, text: bytes | str) -> Refused | Deferred:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    kind = Refused if code >= PERMANENT else Deferred
    return kind(str(code), f"{code} {' '.join(words.split())}")
