"""`manage.py check` says what would keep text messages from leaving, before a patient misses one."""

import re
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from notifications.channels.answers import OutOfReach
from notifications.channels.sms.providers import SHAPES, our_gateway, our_shape

# What networks show as the sender: letters and digits, or a number.
_SENDER = re.compile(r"[A-Za-z0-9 .&-]{1,11}|\+?[0-9]{3,15}")
SHORTEST_SECRET = 24


@register(Tags.security)
def check_gateway(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SMS_PROVIDER:
        return []
    found: list[CheckMessage] = []
    try:
        our_gateway(our_shape())
    except OutOfReach as error:
        found.append(
            Error(f"No text message can leave: {error}.", hint=f"Known: {', '.join(SHAPES)}.", id="sms.E001")
        )
    if not settings.SMS_KEY:
        found.append(Error("SMS_KEY is empty: the gateway would let nobody in.", id="sms.E002"))
    if not _SENDER.fullmatch(settings.SMS_SENDER):
        told = "SMS_SENDER is no sender: at most 11 letters and digits, or a phone number."
        found.append(Error(told, id="sms.E003"))
    return found


@register(Tags.security, deploy=True)
def check_receipts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SMS_PROVIDER:
        return []
    if not settings.SMS_RECEIPT_SECRET:
        hint = "Without it nobody notices that a text message never arrived."
        return [
            checks.Warning("SMS_RECEIPT_SECRET is empty: receipts are not listened to.", hint=hint, id="sms.W001")
        ]
    if len(settings.SMS_RECEIPT_SECRET) < SHORTEST_SECRET:
        told = f"SMS_RECEIPT_SECRET is short: take {SHORTEST_SECRET} characters or more."
        return [checks.Warning(told, id="sms.W002")]
    return []
