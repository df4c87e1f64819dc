"""The tables in docs/texts.md: what may be filled in, and how long each text message becomes."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import override

from notifications.content.defaults import default_text, forms_of
from notifications.content.facts import LetterFacts
from notifications.content.placeholders import PLACEHOLDERS
from notifications.content.samples import LONG_HOSPITAL, LONG_LINK, RELATIVE, SELF, sample_facts
from notifications.content.sms import Sms, compose_sms
from notifications.content.text import TextKey
from notifications.models import MessageKind, TextChannel, TextLanguage

# Not those of the settings: the page is the same wherever it is made.
HOSPITAL, PHONE = "De Waard ziekenhuis", "020-1234567"
LINK = "https://dewaard.example/v/".ljust(LONG_LINK, "x")
_HEAD = "| message | form | nl usual | nl long | nl long, other | en usual | en long | en long, other |"


def placeholder_table() -> str:
    with override("en"):
        return "\n".join(["| placeholder | holds | for instance |", "| --- | --- | --- |", *_placeholders()])


def length_table() -> str:
    """Characters and segments of each default text message."""
    with override("en"):
        return "\n".join([_HEAD, "| --- | --- | --- | --- | --- | --- | --- | --- |", *_lengths()])


def _placeholders() -> Iterator[str]:
    for one in PLACEHOLDERS.values():
        name = f"{{{one.name}{'?' if one.is_condition else ''}}}"
        yield f"| `{name}` | {one.holds} | {one.sample} |"


def _lengths() -> Iterator[str]:
    for kind in MessageKind:
        for form in forms_of(kind):
            sizes = [_size(kind, form, language, who) for language in TextLanguage for who in _WHO]
            yield f"| {kind.label} | {form.label} | {' | '.join(sizes)} |"


_WHO = ((HOSPITAL, SELF), (HOSPITAL.ljust(LONG_HOSPITAL, "x"), SELF), (HOSPITAL.ljust(LONG_HOSPITAL, "x"), RELATIVE))


def _size(kind: str, form: str, language: str, who: tuple[str, str]) -> str:
    hospital, other = who
    facts = replace(_facts(kind, form, language, other), hospital=hospital, phone=PHONE)
    sms = Sms(compose_sms(facts, default_text(TextKey(kind, TextChannel.SMS, language, form))))
    return f"{sms.characters} · {sms.segments}"


def _facts(kind: str, form: str, language: str, other: str) -> LetterFacts:
    usual = sample_facts(kind, form, language, other)
    return replace(usual, link=LINK if usual.link else "")
