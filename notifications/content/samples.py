"""Facts that look like those of a real message: for previews, and for checks at the edges of what can occur."""

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings

from notifications.content.facts import LetterFacts
from notifications.content.words import say_asked, say_declined, say_late, say_whose
from notifications.models import MessageKind, TextForm
from praktijkplan.contact import Modality

# Whose appointment a sample is about.
SELF, CHILD, RELATIVE = "", "child", "relative"
LONG_HOSPITAL = 25  # characters
LONG_LINK = 45
_TODAY = {"nl": "vandaag", "en": "today"}
_TOMORROW = {"nl": "morgen", "en": "tomorrow"}
# The longest that a date can be, in words and in letters.
_DATE = {
    "nl": ("woensdag 23 september", "wo 23 sep", "op woensdag 23 september"),
    "en": ("Wednesday 23 September", "Wed 23 Sep", "on Wednesday 23 September"),
}
_BEFORE = {"nl": "vrijdag 4 december", "en": "Friday 4 December"}
_GUIDE = {"nl": "Zo werkt beeldbellen", "en": "How a video call works"}
_TOLD_TODAY = {MessageKind.HOUR_BEFORE, MessageKind.DELAY, MessageKind.ALMOST, MessageKind.FEEDBACK}


def sample_facts(kind: str, form: str, language: str, other: str = SELF) -> LetterFacts:
    """As on the day on which this kind is usually sent. `other`: CHILD or RELATIVE for who stands for a patient."""
    date, short_date, _on = _DATE[language]
    soon = _soon(kind, language)
    return LetterFacts(
        kind=kind,
        language=language,
        form=Modality.VIDEO if form == TextForm.ANY else Modality(form),
        hospital=settings.HOSPITAL_NAME,
        phone=settings.HOSPITAL_PHONE,
        link=sample_link() if _opens_a_door(kind) else "",
        date=date,
        short_date=short_date,
        day=soon or _DATE[language][2],
        short_day=soon or short_date,
        soon=soon,
        time="14.10",
        opens="13.40",
        arrive="14.00",
        late_words=say_late(language) if form == TextForm.VIDEO else "",
        guide=_GUIDE[language],
        guide_link=f"{settings.BASE_URL}/uitleg",
        includes=frozenset(),
        new_time=True,
        **say_whose(language, stands_in=bool(other), is_child=other == CHILD),
        **_of_kind(kind, language),
    )


def samples_of(kind: str, form: str, language: str) -> Iterator[LetterFacts]:
    """Each way in which a message of this kind can differ, for checks: whose, which day, what is known."""
    for other in (SELF, CHILD, RELATIVE):
        usual = sample_facts(kind, form, language, other)
        yield usual
        for soon in ("", _TODAY[language], _TOMORROW[language]):
            yield replace(usual, soon=soon, day=soon or _DATE[language][2], short_day=soon or usual.short_date)
        yield replace(usual, guide="", guide_link="", before="")
        if not MessageKind(kind).needs_appointment:
            yield replace(usual, link=sample_link())
        if kind == MessageKind.DELAY:
            yield replace(usual, late_from="", late_until="", late_at="14.30")
        if kind == MessageKind.CONFIRMATION:
            yield replace(usual, includes=frozenset({"day_before", "hour_before"}))
        if kind == MessageKind.CANCELLED:
            yield replace(usual, new_time=False)
        if kind == MessageKind.REQUEST_ANSWERED:
            yield replace(usual, declined="")


def sample_link() -> str:
    return f"{settings.BASE_URL}/v/Zq3vKx8mD0pT"


def with_long_names(facts: LetterFacts) -> LetterFacts:
    """The same with a hospital and a link as long as they are reckoned with, or as long as they are here."""
    return replace(
        facts,
        hospital=facts.hospital.ljust(LONG_HOSPITAL, "x"),
        link=facts.link and f"{settings.BASE_URL}/v/".ljust(LONG_LINK, "x"),
        phone=facts.phone.ljust(11, "0"),
    )


def _opens_a_door(kind: str) -> bool:
    """A personal link belongs to an appointment that is on."""
    return kind != MessageKind.CANCELLED and MessageKind(kind).needs_appointment


def _soon(kind: str, language: str) -> str:
    if kind == MessageKind.DAY_BEFORE:
        return _TOMORROW[language]
    return _TODAY[language] if kind in _TOLD_TODAY else ""


def _of_kind(kind: str, language: str) -> dict[str, str]:
    if kind == MessageKind.DELAY:
        return {"late_from": "14.25", "late_until": "14.45"}
    if kind == MessageKind.REQUEST_ANSWERED:
        return {"asked": say_asked("visit", language), "declined": say_declined("no_place", language)}
    return {"before": _BEFORE[language]} if kind == MessageKind.INVITATION else {}
