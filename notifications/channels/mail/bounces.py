"""Reads what a mail server returns: delivery reports (RFC 3464), and the letters of servers that write none.

Anyone can write such a mail. So it is read with bounds, and believed only about a message that it names by the
address or the Message-ID which nobody but its recipient's side knows.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Mail
from enum import StrEnum

from notifications.channels.mail.addresses import named_by_envelope, named_by_message_id

# What a report says stands in its first parts; the letter that it returns may be long, and made to be slow.
READ_AT_MOST = 128 * 1024
DEEPEST = 20
ADDRESSED_IN = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-RcptTo")
RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
REPORTS = ("message/delivery-status", "message/global-delivery-status")
UNKNOWN_CODE = {"failed": "5.0.0", "delayed": "4.0.0"}
# It says that the letter or its sender was not wanted, not that the address is no good: security and policy,
# content, too large.
_NOT_THE_ADDRESS = re.compile(r"5\.7\.|5\.6\.|5\.3\.4|5\.2\.3")
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.-])([45])[0-5]\d(?:[ -])")
_FROM_A_SERVER = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
_STILL_TRYING = re.compile(
    r"\b(delayed|warning: (?:message|could not send)|will (?:be retried|keep trying)|not yet been delivered)",
    re.IGNORECASE,
)
_DEPARTED = re.compile(
    r"undeliver|returned|failure|failed|could not be delivered|wasn't able to deliver|not be delivered|niet bezorgd"
    r"|permanent|does not exist|unknown user|user unknown|no such user",
    re.IGNORECASE,
)


class Fate(StrEnum):
    GONE = "gone"  # it will never arrive
    DELAYED = "delayed"  # their server still tries


@dataclass(frozen=True, slots=True)
class Returned:
    """What a server says of one of our messages. `code` as in RFC 3463, nothing personal; `words` are its own."""

    message: uuid.UUID
    fate: Fate
    code: str
    words: str = ""

    @property
    def blames_address(self) -> bool:
        """A later message to this address would come back as well."""
        return self.fate is Fate.GONE and self.code.startswith("5") and not _NOT_THE_ADDRESS.match(self.code)


@dataclass(frozen=True, slots=True)
class NoBounce:
    """Something else came to the address for bounces, such as a holiday reply. `why` holds nothing of it."""

    why: str


def read_bounce(raw: bytes) -> Returned | NoBounce:
    try:
        mail = message_from_bytes(raw[:READ_AT_MOST])
        parts = list(_parts(mail))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # The parser of the standard library has its limits, and who writes nonsense finds them.
        return NoBounce("cannot be read")
    found = _report(parts) or _letter(mail, parts)
    if found is None:
        return NoBounce("not a delivery report")
    message = _message_named(mail, parts)
    if message is None:
        return NoBounce("names no message of ours")
    fate, code, words = found
    return Returned(message, fate, code, words)


def _parts(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    """All parts, those of a returned letter too."""
    yield mail
    content = mail.get_payload()
    if isinstance(content, list) and depth < DEEPEST:
        for part in content:
            if isinstance(part, Mail):
                yield from _parts(part, depth + 1)


def _report(parts: list[Mail]) -> tuple[Fate, str, str] | None:
    """The worst that a delivery report says: one report may be about several addresses."""
    said = [found for part in parts if part.get_content_type() in REPORTS for found in _groups(part)]
    return min(said, key=lambda one: one[0] is not Fate.GONE, default=None)


def _groups(part: Mail) -> Iterator[tuple[Fate, str, str]]:
    content = part.get_payload()
    for group in content if isinstance(content, list) else ():
        if not isinstance(group, Mail):
            continue
        action = _header(group, "Action").lower().strip()
        status = _ENHANCED.search(_header(group, "Status"))
        words = _header(group, "Diagnostic-Code")
        if action == "failed":
            code = status[0] if status else _code_in(words, "failed")
            yield Fate.GONE, code, words
        elif action == "delayed":
            yield Fate.DELAYED, status[0] if status else UNKNOWN_CODE["delayed"], words
        elif not action and status and status[1] == "5":
            yield Fate.GONE, status[0], words


def _letter(mail: Mail, parts: list[Mail]) -> tuple[Fate, str, str] | None:
    """A server's letter to people: qmail, old Exim and Exchange, and the gateways that rewrite reports."""
    if not _is_from_server(mail):
        return None
    text = "\n".join([_header(mail, "Subject"), *(_text(part) for part in parts[:3])])
    if _STILL_TRYING.search(text):
        return Fate.DELAYED, UNKNOWN_CODE["delayed"], ""
    if mail["X-Failed-Recipients"] is None and not _DEPARTED.search(text):
        return None
    code = _code_in(text, "failed")
    return Fate.GONE, code, f"{code} {_header(mail, 'Subject')}"


def _is_from_server(mail: Mail) -> bool:
    """An empty return path alone is not enough: holiday replies and read receipts have one too."""
    return mail["X-Failed-Recipients"] is not None or bool(_FROM_A_SERVER.search(_header(mail, "From")))


def _code_in(text: str, otherwise: str) -> str:
    """The code of RFC 3463 in these words; of a bare reply code only its class is sure."""
    if found := _ENHANCED.search(text):
        return found[0]
    if reply := _REPLY.search(text):
        return f"{reply[1]}.0.0"
    return UNKNOWN_CODE[otherwise]


def _message_named(mail: Mail, parts: list[Mail]) -> uuid.UUID | None:
    """By the address it came to, which servers do not change; else by the headers or the text that came back."""
    addressed = " ".join(str(value) for name in ADDRESSED_IN for value in mail.get_all(name, []))
    if found := named_by_envelope(addressed):
        return found
    told = [_header(part, name) for part in parts for name in ("Message-ID", "In-Reply-To", "References")]
    texts = [_text(part) for part in parts]
    return named_by_message_id(" ".join(told)) or named_by_message_id("\n".join(texts))


def _header(part: Mail, name: str) -> str:
    return " ".join(str(part[name] or "").split())


def _text(part: Mail) -> str:
    if part.is_multipart() or part.get_content_maintype() not in ("text", "message"):
        return ""
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
