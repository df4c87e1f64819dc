"""How a date, a day and whose appointment it is are said, in the reader's language."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import override

from praktijkplan.reminders import DayWord, day_word
from scheduling.vocabulary import DECLINE_REASONS

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"

_DAYS = {
    "nl": {DayWord.TODAY: "vandaag", DayWord.TOMORROW: "morgen"},
    "en": {DayWord.TODAY: "today", DayWord.TOMORROW: "tomorrow"},
}
_ON = {"nl": "op", "en": "on"}
# Not the locale's own abbreviations: Dutch has one of four letters, and dots cost room in a text message.
_SHORT_DAYS = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_SHORT_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
# Per language: who, whose appointment, whose date of birth. For oneself, a child, another.
_WHOSE = {
    "nl": (
        ("", "uw afspraak", "uw geboortedatum"),
        ("uw kind", "de afspraak van uw kind", "de geboortedatum van uw kind"),
        ("uw naaste", "de afspraak van uw naaste", "de geboortedatum van uw naaste"),
    ),
    "en": (
        ("", "your appointment", "your date of birth"),
        ("your child", "your child's appointment", "your child's date of birth"),
        ("your relative", "your relative's appointment", "your relative's date of birth"),
    ),
}
# PP-53, where the department has not agreed on words of its own.
_LATE = {
    "nl": "Begint het gesprek later? Blijf in de wachtkamer. Uw plek blijft staan.",
    "en": "Does the call start later? Stay in the waiting room. You keep your place.",
}
# The form that a patient asked for, as the subject of "is not possible this time".
_ASKED = {
    "nl": {"video": "beeldbellen", "phone": "bellen", "visit": "langskomen", "written": "een bericht"},
    "en": {"video": "a video call", "phone": "a phone call", "visit": "a visit", "written": "a written message"},
}
# At the foot of a mail: the question, and the words of the link.
_UNSUBSCRIBE = {
    "nl": ("Wilt u geen e-mail meer van ons?", "Meld u af"),
    "en": ("Do you want no more e-mail from us?", "Unsubscribe"),
}


def written_in(language: str) -> str:
    """The language that texts exist in for someone with this preference."""
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def say_date(day: date, *, sent_on: date, language: str) -> str:
    """dinsdag 24 november; with the year when it is another than that of sending."""
    with override(language):
        return date_format(day, "l j F" if day.year == sent_on.year else "l j F Y", use_l10n=False)


def say_short_date(day: date, *, sent_on: date, language: str) -> str:
    """di 24 nov; with the year when it is another than that of sending."""
    words = f"{_SHORT_DAYS[language][day.weekday()]} {day.day} {_SHORT_MONTHS[language][day.month - 1]}"
    return words if day.year == sent_on.year else f"{words} {day.year}"


def say_soon(day: date, *, sent_on: date, language: str) -> str:
    """vandaag or morgen, from the day of sending, whatever was planned; empty for a later day."""
    return _DAYS[language].get(day_word(sent_on, day), "")


def say_day(day: date, *, sent_on: date, language: str) -> str:
    """vandaag, morgen, or op dinsdag 24 november."""
    word = say_soon(day, sent_on=sent_on, language=language)
    return word or f"{_ON[language]} {say_date(day, sent_on=sent_on, language=language)}"


def say_short_day(day: date, *, sent_on: date, language: str) -> str:
    """vandaag, morgen, or di 24 nov."""
    word = say_soon(day, sent_on=sent_on, language=language)
    return word or say_short_date(day, sent_on=sent_on, language=language)


def say_time(moment: datetime) -> str:
    """14.10, of a local moment."""
    return f"{moment:%H.%M}"


def say_whose(language: str, *, stands_in: bool, is_child: bool) -> dict[str, str]:
    who, whose, birth_date = _WHOSE[language][0 if not stands_in else 1 if is_child else 2]
    return {"who": who, "whose": whose, "birth_date": birth_date}


def say_late(language: str) -> str:
    """What to do when a video call cannot start on time, in the words that hold everywhere (PP-53)."""
    return _LATE[language]


def say_asked(modality: str, language: str) -> str:
    return _ASKED[language].get(modality, "")


def say_declined(reason: str, language: str) -> str:
    """Why not, where it is one of the prepared sentences; a clerk's own words are not for mail, so they are empty."""
    with override(language):
        return str(DECLINE_REASONS.get(reason, ""))


def say_unsubscribe(language: str) -> tuple[str, str]:
    """How a mail asks whether its reader wants no more of them, and what the link is called."""
    return _UNSUBSCRIBE[language]
