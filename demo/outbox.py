"""The mails that the demo has sent, read from the Maildir that its mail server writes."""

import mailbox
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

# What mailbox.Maildir calls a file: seconds, microseconds, process, count.
_KEY = re.compile(r"(\d+)\.M(\d+)P\d+Q(\d+)")
HEADERS_END = b"\n\n"


@dataclass(frozen=True)
class Part:
    number: int
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    key: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(_order(self.key)[0], UTC)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or self.message["X-RcptTo"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def parts(self) -> list[Part]:
        """Everything that is neither the text nor its HTML: the calendar invitation."""
        bodies = [self.message.get_body(("plain",)), self.message.get_body(("html",))]
        others = [part for part in self.message.walk() if not part.is_multipart() and part not in bodies]
        return [
            Part(number, part.get_filename() or part.get_content_type(), part.get_content_type(), _bytes(part))
            for number, part in enumerate(others)
        ]

    def _body(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


class Outbox:
    def __init__(self, maildir: Path) -> None:
        self.maildir = mailbox.Maildir(maildir) if maildir.exists() else None

    def keys(self, *, to: str = "") -> list[str]:
        """The newest first; with `to`, those whose recipients contain it."""
        if self.maildir is None:
            return []
        keys = sorted(self.maildir.keys(), key=_order, reverse=True)
        wanted = to.strip().lower().encode()
        return [key for key in keys if wanted in self._recipients(key)] if wanted else keys

    def mails(self, keys: Sequence[str]) -> list[Mail]:
        return [mail for mail in map(self.mail, keys) if mail is not None]

    def mail(self, key: str) -> Mail | None:
        if self.maildir is None or key not in self.maildir:
            return None
        return Mail(key, self.maildir.get_bytes(key))

    def _recipients(self, key: str) -> bytes:
        headers = self.maildir.get_bytes(key).partition(HEADERS_END)[0] if self.maildir is not None else b""
        lines = (line for line in headers.lower().splitlines() if line.startswith((b"to:", b"x-rcptto:")))
        return b" ".join(lines)


def _order(key: str) -> tuple[int, int, int]:
    found = _KEY.match(key)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
