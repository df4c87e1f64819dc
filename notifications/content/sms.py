"""A text message: the same facts in one breath, in an alphabet that any phone knows and that costs least."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from notifications.channels.sms.gsm7 import as_gsm7, cost_of, segments_of
from notifications.content.defaults import default_text, key_for
from notifications.content.facts import LetterFacts
from notifications.content.filling import filled
from notifications.content.text import Text
from notifications.models import TextChannel


@dataclass(frozen=True, slots=True)
class Sms:
    body: str

    @property
    def characters(self) -> int:
        return len(self.body)

    @property
    def segments(self) -> int:
        return segments_of(self.body)

    @property
    def cost(self) -> Decimal:
        """Euros."""
        return cost_of(self.body, settings.SMS_PRICE)


def compose_sms(facts: LetterFacts, text: Text) -> str:
    return as_gsm7(" ".join(filled(text, facts).split()))


def write_sms(facts: LetterFacts) -> str:
    """In the default words."""
    return compose_sms(facts, default_text(key_for(facts, TextChannel.SMS)))
