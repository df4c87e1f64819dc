"""What no message may leave out: found by looking whether it shows, in every way in which the message can differ."""

from collections.abc import Iterator

from notifications.content.facts import LetterFacts
from notifications.content.findings import FindingId
from notifications.content.letters import compose_mail
from notifications.content.samples import samples_of
from notifications.content.sms import compose_sms
from notifications.content.text import Text
from notifications.models import MessageKind, TextChannel, TextForm

_SAYS_WHEN = {
    MessageKind.CONFIRMATION,
    MessageKind.DAY_BEFORE,
    MessageKind.HOUR_BEFORE,
    MessageKind.MOVED,
    MessageKind.FORM_CHANGED,
    MessageKind.CANCELLED,
    MessageKind.FREED_PLACE,
    MessageKind.PLACE_GONE,
    MessageKind.REQUEST_ANSWERED,
}


def missing(text: Text) -> Iterator[FindingId]:
    found = set[FindingId]()
    for facts in samples_of(text.key.kind, text.key.form, text.key.language):
        found.update(_missing(text, facts))
    yield from sorted(found)


def _missing(text: Text, facts: LetterFacts) -> Iterator[FindingId]:
    shown = _shown(text, facts)
    if facts.phone not in shown:
        yield FindingId.MISSING_PHONE
    if facts.hospital not in shown:
        yield FindingId.MISSING_HOSPITAL
    if _needs_link(text) and facts.link not in shown:
        yield FindingId.MISSING_LINK
    kind = facts.kind
    if kind in _SAYS_WHEN:
        if not any(day in shown.lower() for day in _days(facts)):
            yield FindingId.MISSING_DAY
        if text.key.form != TextForm.WRITTEN and facts.time not in shown:
            yield FindingId.MISSING_TIME
    if kind == MessageKind.DELAY and not all(time in shown for time in _expected(facts)):
        yield FindingId.MISSING_EXPECTED


def _shown(text: Text, facts: LetterFacts) -> str:
    return compose_sms(facts, text) if text.key.channel == TextChannel.SMS else compose_mail(facts, text).as_text()


def _needs_link(text: Text) -> bool:
    """Where a link can be given: a video call cannot do without, and questions, answers and offers stand there."""
    if text.key.kind in (MessageKind.FEEDBACK, MessageKind.FREED_PLACE, MessageKind.REQUEST_ANSWERED):
        return True
    return text.key.form == TextForm.VIDEO


def _days(facts: LetterFacts) -> tuple[str, ...]:
    return facts.day.lower(), facts.date.lower(), facts.short_date.lower(), facts.short_day.lower()


def _expected(facts: LetterFacts) -> tuple[str, ...]:
    return (facts.late_at,) if facts.late_at else (facts.late_from, facts.late_until)
