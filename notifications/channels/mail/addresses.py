"""The addresses that a mail of ours bears. Each names its message, so that what comes back can be told apart."""

import re
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from notifications.models import Message

_ID = r"([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})"


def message_id(message: Message) -> str:
    """The same for every attempt: should a mail go out twice, the reader's side can see that it is one."""
    return f"<{message.public_id}@{_domain()}>"


def envelope_sender(message: Message) -> str:
    """Where a server returns what it cannot deliver: bounces+<message>@…, if the hospital has such an address."""
    local, _, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{message.public_id.hex}@{domain}" if local else sender_address()


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def list_id() -> str:
    """afspraken@ziekenhuis.example makes afspraken.ziekenhuis.example (RFC 2919)."""
    local, _, domain = sender_address().rpartition("@")
    return f"<{local}.{domain}>"


def named_by_envelope(text: str) -> uuid.UUID | None:
    """Which message an address of ours names; `text` may hold other addresses too."""
    local, _, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    if not local:
        return None
    return _first(rf"{re.escape(local)}\+{_ID}@{re.escape(domain)}", text)


def named_by_message_id(text: str) -> uuid.UUID | None:
    return _first(rf"<{_ID}@{re.escape(_domain())}>", text)


def can_be_written_to(address: str) -> bool:
    """One ordinary address. A name with letters beyond ASCII needs SMTPUTF8, which few servers take: staff hear of it
    now, instead of never from a server far away.
    """
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _domain() -> str:
    return sender_address().rpartition("@")[2]


def _first(pattern: str, text: str) -> uuid.UUID | None:
    found = re.search(pattern, text, re.IGNORECASE)
    return uuid.UUID(found[1]) if found else None
