"""What may be offered to patients as the address of a page."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext

_is_web_address = URLValidator(schemes=["http", "https"])


def web_address_problem(url: str) -> str:
    """What to do about it, as a sentence; empty when it is one."""
    try:
        _is_web_address(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        return gettext("This is no address of a page. It looks like https://hospital.example/video.")
    if parts.username or parts.password:
        return gettext("There is a name or password in this address. Leave it out.")
    return ""
