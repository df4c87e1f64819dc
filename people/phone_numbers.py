"""Phone numbers as people here write them, kept as +31612345678."""

import phonenumbers

COUNTRY = "NL"
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def read_phone_number(text: str) -> str | None:
    """None for what is no number that can be called."""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Of a number as `read_phone_number` returns it."""
    return phonenumbers.number_type(phonenumbers.parse(number, COUNTRY)) in _MOBILE
