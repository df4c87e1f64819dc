"""Phone numbers as people here write them, kept as +31612345678."""

import phonenumbers
from django.conf import settings

COUNTRY = "NL"
# No Dutch mobile number begins with 06-0; those of the demo's invented people do, so that nobody's phone rings.
INVENTED = "+3160"
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def read_phone_number(text: str) -> str | None:
    """None for what is no number that can be called."""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if phonenumbers.is_valid_number(number) or _is_invented(written) else None


def is_mobile(number: str) -> bool:
    """Of a number as `read_phone_number` returns it."""
    parsed = phonenumbers.parse(number, COUNTRY)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.number_type(parsed) in _MOBILE or _is_invented(written)


def _is_invented(number: str) -> bool:
    return settings.DEMO and number.startswith(INVENTED)
