from dataclasses import dataclass
from typing import NamedTuple


class TextKey(NamedTuple):
    """Which text: values of MessageKind, TextChannel, TextLanguage and TextForm."""

    kind: str
    channel: str
    language: str
    form: str


@dataclass(frozen=True, slots=True)
class Text:
    """What is filled in to make a message: see notifications/content/language.py for how it is written."""

    key: TextKey
    body: str
