"""The address with which the reader of a mail ends e-mail (RFC 8058): signed, so that nobody can make one up, and
without anything of the reader in it.
"""

import uuid

from django.conf import settings
from django.core import signing

from notifications.models import Channel, Message

PATH = "/afmelden/"
_SIGNER = signing.Signer(salt="notifications.unsubscribe")


def unsubscribe_link(message: Message) -> str:
    return f"{settings.BASE_URL}{PATH}{_SIGNER.sign(message.public_id.hex)}"


def mail_of(token: str) -> Message | None:
    """The mail that carried this token. None for what we never signed."""
    try:
        public_id = uuid.UUID(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    mails = Message.objects.filter(channel=Channel.EMAIL).select_related(
        "patient", "department", "appointment", "participant__representative", "representative"
    )
    return mails.filter(public_id=public_id).first()
