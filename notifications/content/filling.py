"""A text with the facts of one message filled in."""

from functools import lru_cache

from notifications.content.defaults import default_text
from notifications.content.facts import LetterFacts
from notifications.content.language import Parsed, parse, render
from notifications.content.placeholders import values_of
from notifications.content.text import Text

_parsed = lru_cache(maxsize=512)(parse)


def filled(text: Text, facts: LetterFacts) -> str:
    """In the default words when this text cannot be used, as when a release took a placeholder away.

    A message is worth more than its wording.
    """
    parsed = _parsed(text.body)
    return render(_usable(text) if parsed.findings else parsed, values_of(facts))


def _usable(text: Text) -> Parsed:
    return _parsed(default_text(text.key).body)
