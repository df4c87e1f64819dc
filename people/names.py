import unicodedata

# Letters that do not fall apart into a base letter and a mark.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ĳ": "ij"}
    | dict.fromkeys("'’‘`´ʼ.-", " ")
)


def fold(text: str) -> str:
    """A name as it is searched for: lower case, no diacritics, apostrophes or hyphens, single spaces."""
    marked = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    letters = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return " ".join(letters.split())
