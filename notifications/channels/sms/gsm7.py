"""What a text message costs: the alphabet of GSM 03.38, and how long texts are cut.

A text of that alphabet goes in septets, 160 to a message; one foreign letter turns the whole into UCS-2 with 70.
So names and typography are brought back to the alphabet where that loses no meaning: Noël becomes Noel.
"""

import unicodedata
from decimal import Decimal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these is two septets: an escape and a letter.
EXTENSION = frozenset("\f^{}\\[~]|€")

SEPTETS_ALONE, SEPTETS_JOINED = 160, 153
UNITS_ALONE, UNITS_JOINED = 70, 67

# What Unicode itself cannot take apart.
_SPELLED = {
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict(zip("łŁđĐðÐħĦıŋŊəƏ⁄×\t\u2028\u2029", "lLdDdDhHinNeE/x \n\n", strict=True)),
    **dict(zip("þÞœŒẞ→", ("th", "Th", "oe", "OE", "SS", "->"), strict=True)),
}
# Pictures, invisible marks and what has no meaning: they are left out.
_NO_WORDS = {"Cc", "Cf", "Cn", "Co", "Cs", "Sk", "So"}
# Accents that stand apart, and what picks the look of an emoji. Vowel signs of other scripts are letters to us.
_LOOSE_MARKS = frozenset(map(chr, (*range(0x300, 0x370), *range(0xFE00, 0xFE10), 0x20E3)))


def as_gsm7(text: str) -> str:
    """The text in the alphabet of GSM 03.38; or just as it was, where it has letters that cannot be spelled in it."""
    spelled = "".join(map(_spelled, unicodedata.normalize("NFC", text.replace("\r\n", "\n"))))
    return spelled if is_gsm7(spelled) else text


def is_gsm7(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENSION for letter in text)


def septets(text: str) -> int:
    """Of a text for which `is_gsm7` holds."""
    return sum(map(_septets, text))


def segments_of(text: str) -> int:
    """How many messages a phone puts together again: 0 for no text."""
    if is_gsm7(text):
        return _cut([_septets(letter) for letter in text], SEPTETS_ALONE, SEPTETS_JOINED)
    return _cut([_units(letter) for letter in text], UNITS_ALONE, UNITS_JOINED)


def cost_of(text: str, price: Decimal) -> Decimal:
    """`price`: in euros for one segment."""
    return segments_of(text) * price


def _septets(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1


def _cut(widths: list[int], alone: int, joined: int) -> int:
    """A letter of two units is never split over two segments."""
    if sum(widths) <= alone:
        return int(bool(widths))
    segments, room = 1, joined
    for width in widths:
        if width > room:
            segments, room = segments + 1, joined
        room -= width
    return segments


def _spelled(letter: str) -> str:
    if letter in BASIC or letter in EXTENSION:
        return letter
    if letter in _SPELLED:
        return _SPELLED[letter]
    if letter in _LOOSE_MARKS:
        return ""
    apart = unicodedata.normalize("NFKD", letter)
    if apart != letter:
        # Apart from the number before it: 1½ would become 11/2.
        return (" " if "⁄" in apart else "") + "".join(map(_spelled, apart))
    return "" if unicodedata.category(letter) in _NO_WORDS else letter
