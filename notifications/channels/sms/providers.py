"""Which gateways can be spoken with, and what the settings say about ours."""

from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from notifications.channels.answers import OutOfReach
from notifications.channels.sms.bird import BIRD
from notifications.channels.sms.cm import CM
from notifications.channels.sms.generic import GENERIC
from notifications.channels.sms.shapes import Account, Shape

SHAPES = {shape.name: shape for shape in (GENERIC, CM, BIRD)}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def our_shape() -> Shape:
    """Raises OutOfReach where the settings name no gateway that we know."""
    shape = SHAPES.get(settings.SMS_PROVIDER)
    if shape is None:
        raise OutOfReach("SMS_PROVIDER names no gateway that is known")
    return shape


def our_gateway(shape: Shape) -> SplitResult:
    """Where messages are posted to. Raises OutOfReach where that is no place to send what patients are told."""
    place = urlsplit(settings.SMS_URL or shape.url)
    if not place.hostname or place.scheme not in ("http", "https"):
        raise OutOfReach("SMS_URL is no address of a gateway")
    if place.scheme == "http" and not is_here(place):
        raise OutOfReach("SMS_URL must be https: it leads to another machine")
    return place


def is_here(place: SplitResult) -> bool:
    return settings.DEMO or place.hostname in LOOPBACK


def our_account(shape: Shape) -> Account:
    return Account(settings.SMS_KEY, settings.SMS_SENDER, receipts_url(shape))


def receipts_url(shape: Shape) -> str:
    """Where the gateway tells what became of a message; empty where the settings hold no secret for it."""
    if not settings.SMS_RECEIPT_SECRET:
        return ""
    return f"{settings.BASE_URL}/api/v1/receipts/sms/{shape.name}?token={quote(settings.SMS_RECEIPT_SECRET, safe='')}"
