"""How a date and a day are said, in the reader's language."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import override

from praktijkplan.reminders import DayWord, day_word

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"

_DAYS = {
    "nl": {DayWord.TODAY: "vandaag", DayWord.TOMORROW: "morgen"},
    "en": {DayWord.TODAY: "today", DayWord.TOMORROW: "tomorrow"},
}
_ON = {"nl": "op", "en": "on"}


def written_in(language: str) -> str:
    """The language that texts exist in for someone with this preference."""
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def say_date(day: date, *, sent_on: date, language: str) -> str:
    """dinsdag 24 november; with the year when it is another than that of sending."""
    with override(language):
        return date_format(day, "l j F" if day.year == sent_on.year else "l j F Y", use_l10n=False)


def say_day(day: date, *, sent_on: date, language: str) -> str:
    """vandaag, morgen, or op dinsdag 24 november: from the day of sending, whatever was planned."""
    word = _DAYS[language].get(day_word(sent_on, day))
    return word or f"{_ON[language]} {say_date(day, sent_on=sent_on, language=language)}"


def say_time(moment: datetime) -> str:
    """14.10, of a local moment."""
    return f"{moment:%H.%M}"
