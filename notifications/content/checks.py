"""What is wrong with a text, and what could be better: ids and facts, each with its line and its sentence."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels.sms.gsm7 import BASIC, EXTENSION, as_gsm7, segments_of
from notifications.content.findings import FindingId, TextFinding, error, warning
from notifications.content.forbidden import Names, clinicians_in, forbidden_in
from notifications.content.language import parse, without_placeholders
from notifications.content.letters import Block, compose_mail, subject_of
from notifications.content.reading import (
    SENTENCE_FAR_TOO_LONG,
    SENTENCE_MOST,
    difficult_words,
    sentences_in,
    words_in,
)
from notifications.content.required import missing
from notifications.content.samples import samples_of, with_long_names
from notifications.content.sms import compose_sms
from notifications.content.text import Text
from notifications.models import TextChannel

SEGMENTS_MOST = 2
SUBJECT_MOST = 70  # characters
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s|]+", re.IGNORECASE)
_LINE_MARKS = re.compile(
    r"^\s*(?:\[\[)?\s*(?:#{1,2} |- |= |\[(?:knop|button|link)\] |onderwerp:|subject:)?", re.IGNORECASE
)


def check_text(text: Text, names: Names) -> tuple[TextFinding, ...]:
    if not text.body.strip():
        return (error(FindingId.EMPTY),)
    slips = parse(text.body).findings
    lines = list(enumerate(text.body.splitlines(), start=1))
    found = [*slips, *_content(text, lines, names), *_hosts(lines, names.hosts), *_reading(text, lines)]
    if not slips:
        found += _as_a_whole(text)
    return tuple(sorted(found, key=lambda finding: (not finding.is_error, finding.line)))


def _content(text: Text, lines: list[tuple[int, str]], names: Names) -> Iterator[TextFinding]:
    for number, line in lines:
        for id_, word in forbidden_in(line, names):
            yield error(id_, number, word=word)
        exposed = text.key.channel == TextChannel.SMS or subject_of(line.strip()) is not None
        found = error if exposed else warning
        for word in clinicians_in(line, names):
            yield found(FindingId.CLINICIAN_NAME, number, word=word)


def _hosts(lines: list[tuple[int, str]], hosts: frozenset[str]) -> Iterator[TextFinding]:
    for number, line in lines:
        for address in _ADDRESS.findall(line):
            host = urlsplit(address if "://" in address else f"https://{address}").hostname or address
            if host not in hosts and not _is_ours(host):
                yield error(FindingId.OTHER_HOST, number, host=host)


def _is_ours(host: str) -> bool:
    """Our own site, and its neighbours: www.dewaard.nl beside afspraak.dewaard.nl."""
    ours = urlsplit(settings.BASE_URL).hostname or ""
    family = ours.partition(".")[2] if ours.count(".") > 1 else ours
    return host == family or host.endswith(f".{family}")


def _reading(text: Text, lines: list[tuple[int, str]]) -> Iterator[TextFinding]:
    language = text.key.language
    for number, line in lines:
        words = without_placeholders(_LINE_MARKS.sub("", line))
        for sentence in sentences_in(words):
            count = words_in(sentence)
            if count > SENTENCE_FAR_TOO_LONG:
                yield warning(FindingId.VERY_LONG_SENTENCE, number, words=count)
            elif count > SENTENCE_MOST:
                yield warning(FindingId.LONG_SENTENCE, number, words=count, most=SENTENCE_MOST)
        for word, plainer in difficult_words(words, language):
            yield warning(FindingId.DIFFICULT_WORD, number, word=word, plainer=plainer)


def _as_a_whole(text: Text) -> Iterator[TextFinding]:
    for id_ in missing(text):
        yield error(id_)
    yield from _size_of_sms(text) if text.key.channel == TextChannel.SMS else _shape_of_letter(text)


def _shape_of_letter(text: Text) -> Iterator[TextFinding]:
    letters = [compose_mail(facts, text) for facts in samples_of(text.key.kind, text.key.form, text.key.language)]
    if not all(letter.subject for letter in letters):
        yield error(FindingId.NO_SUBJECT)
    if not all(letter.parts and letter.parts[0].block is Block.HEADING for letter in letters):
        yield error(FindingId.NO_HEADING)
    longest = max(len(letter.subject) for letter in letters)
    if longest > SUBJECT_MOST:
        yield warning(FindingId.LONG_SUBJECT, length=longest, most=SUBJECT_MOST)


def _size_of_sms(text: Text) -> Iterator[TextFinding]:
    samples = samples_of(text.key.kind, text.key.form, text.key.language)
    longest = max((compose_sms(with_long_names(facts), text) for facts in samples), key=len)
    if segments_of(longest) > SEGMENTS_MOST:
        facts = {"characters": len(longest), "segments": segments_of(longest), "most": SEGMENTS_MOST}
        yield error(FindingId.SMS_TOO_LONG, **facts)
    strange = {letter for letter in as_gsm7(text.body) if letter not in BASIC | EXTENSION}
    if strange:
        yield error(FindingId.SMS_CHARACTERS, characters=" ".join(sorted(strange)))
