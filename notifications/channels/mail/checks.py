"""`manage.py check` says what would keep returned mail from being noticed."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name for it

from notifications.channels.mail.addresses import can_be_written_to

SHORTEST_SECRET = 24


@register(Tags.security)
def check_bounce_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    address = settings.BOUNCE_ADDRESS
    if not address or (can_be_written_to(address) and "+" not in address):
        return []
    hint = "An address without a +: what names the message is put behind one."
    return [Error("BOUNCE_ADDRESS is no address that mail can come back to.", hint=hint, id="mail.E001")]


@register(Tags.security, deploy=True)
def check_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    secret = settings.MAIL_RECEIPT_SECRET
    if not secret or len(secret) >= SHORTEST_SECRET:
        return []
    return [Warning(f"MAIL_RECEIPT_SECRET is short: take {SHORTEST_SECRET} characters or more.", id="mail.W001")]
