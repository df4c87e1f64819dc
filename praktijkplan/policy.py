"""The agreements of a department (vakgroepafspraken, PP-16): every rule reads its numbers here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from enum import StrEnum
from typing import Any

from praktijkplan.bounded import FLAG, Bounded, InvalidDocument, Kind, Problem, WrongValue
from praktijkplan.contact import ContactKind, Modality

# PP-17: first contact at the clinic, follow-up by video, unless the patient says otherwise.
_DEFAULT_MODALITY: Mapping[ContactKind, Modality] = {
    ContactKind.NEW: Modality.VISIT,
    ContactKind.FOLLOW_UP: Modality.VIDEO,
    ContactKind.SECOND_OPINION: Modality.VISIT,
    ContactKind.INTERCOLLEGIAL: Modality.VISIT,
    ContactKind.CO_TREATMENT: Modality.VISIT,
}


class Consenting(StrEnum):
    """Whether a message may go to someone who was never asked."""

    OPT_OUT = "opt_out"  # it may, until they refuse
    OPT_IN = "opt_in"  # it may not, until they agree


class SmsWhen(StrEnum):
    ALWAYS = "always"  # PP-43: beside the mail, "en-en"
    WITHOUT_MAIL = "without_mail"
    NEVER = "never"


# News of the plan itself is always told: who does not hear of it stands before a closed door.
CAN_BE_OFF = frozenset({"day_before", "hour_before", "delay", "almost", "invitation", "freed_place", "feedback"})


class InvalidPolicy(InvalidDocument):
    """A policy document that cannot be used."""


_CLOCK = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")


def _whole(low: int, high: int, unit: str, *, divides_hour: bool = False) -> Any:
    expected = f"a whole number of {unit} from {low} to {high}"
    if divides_hour:
        expected += " that divides an hour"

    def read(value: Any) -> int:
        if type(value) is not int or not low <= value <= high or (divides_hour and 60 % value):
            raise WrongValue(expected)
        return value

    return {"kind": Kind(read, int), "low": low, "high": high}


def _read_time(value: Any) -> time:
    if isinstance(value, time) and value == time(value.hour, value.minute):
        return value
    if isinstance(value, str) and (clock := _CLOCK.fullmatch(value)):
        return time(int(clock[1]), int(clock[2]))
    raise WrongValue('a local time like "08:00"')


def _write_time(value: time) -> str:
    return value.isoformat("minutes")


def _read_modalities(value: Any) -> Mapping[ContactKind, Modality]:
    """What a document leaves out keeps its default, so that a new contact kind needs no new documents."""
    try:
        given = {ContactKind(kind): Modality(modality) for kind, modality in value.items()}
    except (AttributeError, ValueError):
        kinds, modalities = ", ".join(ContactKind), ", ".join(Modality)
        raise WrongValue(f"an object of contact kinds ({kinds}) to modalities ({modalities})") from None
    return {**_DEFAULT_MODALITY, **given}


def _write_modalities(value: Mapping[ContactKind, Modality]) -> dict[str, str]:
    return {kind.value: modality.value for kind, modality in value.items()}


def _read_purposes(value: Any) -> Mapping[str, Modality]:
    expected = f"an object of purposes, like uitleg, to modalities ({', '.join(Modality)})"
    try:
        given = {str(purpose): Modality(modality) for purpose, modality in value.items()}
    except (AttributeError, ValueError):
        raise WrongValue(expected) from None
    if not all(_PURPOSE.fullmatch(purpose) for purpose in given):
        raise WrongValue(f"{expected}; a purpose is lower case letters, digits, - and _, at most 30")
    return given


def _write_purposes(value: Mapping[str, Modality]) -> dict[str, str]:
    return {purpose: modality.value for purpose, modality in value.items()}


def _read_pause_table(value: Any) -> Mapping[int, int]:
    expected = 'an object like {"20": 120}: consults up to so many minutes, most minutes of video without a pause'
    try:
        rows = sorted((int(consult), most) for consult, most in value.items())
    except (AttributeError, TypeError, ValueError):
        raise WrongValue(expected) from None
    low, high = _CONSULT
    if not rows or any(not low <= consult <= high for consult, _ in rows):
        raise WrongValue(f"{expected}; one row or more, for consults of {low} to {high} minutes")
    low, high = _LONGEST
    if any(type(most) is not int or not low <= most <= high for _, most in rows):
        raise WrongValue(f"{expected}; each a whole number of minutes from {low} to {high}")
    return dict(rows)


def _write_pause_table(value: Mapping[int, int]) -> dict[str, int]:
    return {str(consult): most for consult, most in value.items()}


def _read_off(value: Any) -> frozenset[str]:
    known = sorted(CAN_BE_OFF)
    if not isinstance(value, (list, tuple, frozenset, set)) or not all(kind in known for kind in value):
        raise WrongValue(f"a list of messages that are not sent, out of {', '.join(known)}")
    return frozenset(value)


def _one_of(values: type[StrEnum]) -> Any:
    def read(value: Any) -> StrEnum:
        try:
            return values(value)
        except ValueError:
            raise WrongValue(f"one of {', '.join(values)}") from None

    return {"kind": Kind(read, str)}


def _read_words(value: Any) -> Mapping[str, str]:
    expected = f"an object of languages to a text of at most {LATE_TEXT_LENGTH} characters"
    if not isinstance(value, Mapping):
        raise WrongValue(expected)
    for language, words in value.items():
        if not isinstance(words, str) or not _LANGUAGE.fullmatch(str(language)) or len(words) > LATE_TEXT_LENGTH:
            raise WrongValue(expected)
    return {language: " ".join(words.split()) for language, words in value.items()}


_LANGUAGE = re.compile("[a-z]{2}")
_PURPOSE = re.compile("[a-z0-9_-]{1,30}")
LATE_TEXT_LENGTH = 300
_OFF = {"kind": Kind(_read_off, sorted)}
_WORDS = {"kind": Kind(_read_words, dict)}
_CONSULT = 5, 120  # minutes of a consult
_LONGEST = 30, 480  # minutes on end
_TIME = {"kind": Kind(_read_time, _write_time)}
_MODALITIES = {"kind": Kind(_read_modalities, _write_modalities)}
_PURPOSES = {"kind": Kind(_read_purposes, _write_purposes)}
_PAUSE_TABLE = {"kind": Kind(_read_pause_table, _write_pause_table)}
# PP-25: consults up to 20 minutes, a pause at least every 2 hours; up to 30, every 2 hours and a quarter.
_WITHOUT_PAUSE: Mapping[int, int] = {20: 120, 30: 135}


# The lower of two fields, the upper, and whether they may be equal.
_ORDERED = (
    ("opens_at", "closes_at", False),
    ("short_run_warning_minutes", "short_run_error_minutes", True),
    ("short_video_minutes", "medium_video_minutes", True),
)


def _shown(value: time | int) -> str:
    return _write_time(value) if isinstance(value, time) else str(value)


@dataclass(frozen=True, slots=True)
class Policy(Bounded):
    """What a department has agreed on. Raises InvalidPolicy for a value out of bounds, however it is made."""

    invalid = InvalidPolicy

    # Planning
    grid_minutes: int = field(default=5, metadata=_whole(5, 60, "minutes", divides_hour=True))
    horizon_weeks: int = field(default=26, metadata=_whole(1, 104, "weeks"))
    closed_on_holidays: bool = field(default=True, metadata=FLAG)
    start_up_minutes: int = field(default=0, metadata=_whole(0, 60, "minutes"))  # PP-26
    default_modality: Mapping[ContactKind, Modality] = field(  # PP-17
        default_factory=lambda: _DEFAULT_MODALITY, hash=False, metadata=_MODALITIES
    )
    default_by_purpose: Mapping[str, Modality] = field(  # PP-18
        default_factory=dict, hash=False, metadata=_PURPOSES
    )
    overbooks_most: int = field(default=2, metadata=_whole(0, 10, "consults per session"))  # 0: never
    # Who asked for another form hears within so many days
    request_answer_days: int = field(default=3, metadata=_whole(1, 30, "days"))
    # A freed place is offered to so many at once, as long beforehand as they asked for
    freed_place_offers: int = field(default=3, metadata=_whole(0, 10, "patients"))  # 0: never
    freed_place_notice_hours: int = field(default=24, metadata=_whole(1, 168, "hours"))
    # So long an offer stands; in quiet hours none is made, unless the place would be gone by the morning
    freed_place_answer_minutes: int = field(default=120, metadata=_whole(15, 1440, "minutes"))
    freed_place_at_night: bool = field(default=False, metadata=FLAG)
    opens_at: time = field(default=time(7), metadata=_TIME)
    closes_at: time = field(default=time(20), metadata=_TIME)
    # Short video: what counts as short, and how long it may go on
    short_video_minutes: int = field(default=10, metadata=_whole(*_CONSULT, "minutes"))  # PP-24
    short_run_warning_minutes: int = field(default=120, metadata=_whole(*_LONGEST, "minutes"))  # PP-24
    short_run_error_minutes: int = field(default=180, metadata=_whole(*_LONGEST, "minutes"))  # PP-24
    run_ends_after_minutes: int = field(default=15, metadata=_whole(5, 60, "minutes"))  # PP-24
    mini_break_minutes: int = field(default=5, metadata=_whole(5, 30, "minutes"))  # PP-24
    mini_break_every_minutes: int = field(default=60, metadata=_whole(15, 240, "minutes"))  # PP-24
    # Longer video
    medium_video_minutes: int = field(default=20, metadata=_whole(*_CONSULT, "minutes"))  # PP-22
    video_block_most_minutes: int = field(default=180, metadata=_whole(*_LONGEST, "minutes"))  # PP-22
    video_without_pause: Mapping[int, int] = field(  # PP-25
        default_factory=lambda: _WITHOUT_PAUSE, hash=False, metadata=_PAUSE_TABLE
    )
    video_pause_minutes: int = field(default=15, metadata=_whole(5, 60, "minutes"))  # PP-25
    pause_after_consult_from_minutes: int = field(default=45, metadata=_whole(15, 120, "minutes"))  # PP-25
    # Start-up time, advised while so many of a hundred video consults fail
    start_up_from_failure_percent: int = field(default=20, metadata=_whole(1, 100, "percent"))  # PP-26
    start_up_advised_minutes: int = field(default=10, metadata=_whole(5, 60, "minutes"))  # PP-26
    start_up_up_to_minutes: int = field(default=30, metadata=_whole(*_CONSULT, "minutes"))  # PP-33
    # Variation: of a working day from so many minutes on
    variation_from_minutes: int = field(default=300, metadata=_whole(60, 720, "minutes"))  # PP-27
    video_share_most_percent: int = field(default=75, metadata=_whole(1, 100, "percent"))  # PP-27
    video_without_variation_minutes: int = field(default=240, metadata=_whole(*_LONGEST, "minutes"))  # PP-27
    cabin_walking_minutes: int = field(default=5, metadata=_whole(0, 60, "minutes"))  # PP-28
    # Messages
    undo_minutes: int = field(default=2, metadata=_whole(0, 30, "minutes"))
    day_before_at: time = field(default=time(10), metadata=_TIME)  # PP-41
    hour_before_minutes: int = field(default=60, metadata=_whole(60, 1440, "minutes"))  # PP-42
    quiet_from: time = field(default=time(21), metadata=_TIME)
    quiet_until: time = field(default=time(8), metadata=_TIME)
    messages_off: frozenset[str] = field(default=frozenset(), metadata=_OFF)
    # Channels: each that the patient allows (PP-43)
    mail_messages: bool = field(default=True, metadata=FLAG)
    mail_consent: Consenting = field(default=Consenting.OPT_OUT, metadata=_one_of(Consenting))
    sms_when: SmsWhen = field(default=SmsWhen.ALWAYS, metadata=_one_of(SmsWhen))
    sms_consent: Consenting = field(default=Consenting.OPT_OUT, metadata=_one_of(Consenting))
    # What the patient sees and does when it cannot start on time, per language; empty: the default words
    late_text: Mapping[str, str] = field(default_factory=dict, hash=False, metadata=_WORDS)  # PP-53
    # The call list
    call_before_video: bool = field(default=True, metadata=FLAG)  # PP-45
    call_tries: int = field(default=3, metadata=_whole(1, 10, "tries"))  # PP-45
    call_again_minutes: int = field(default=60, metadata=_whole(5, 480, "minutes"))  # PP-45
    # The waiting room
    link_opens_minutes: int = field(default=30, metadata=_whole(15, 30, "minutes"))  # PP-51
    # A patient who waits may be taken before their time
    early_start: bool = field(default=False, metadata=FLAG)
    # From so much delay on patients hear of it, and again when it differs by as much from what they heard
    delay_told_minutes: int = field(default=10, metadata=_whole(5, 60, "minutes"))  # PP-51

    def agreed_form(self, kind: ContactKind, purpose: str = "") -> Modality:
        """How this contact is held unless the patient says otherwise (PP-17), or what it is for does (PP-18)."""
        return self.default_by_purpose.get(purpose) or self.default_modality[kind]

    def contradictions(self) -> Iterator[Problem]:
        """Pairs in the wrong order. The one that is not the default is named: that one was chosen."""
        default = {item.name: item.default for item in fields(self)}
        for lower, upper, equal in _ORDERED:
            low, high = getattr(self, lower), getattr(self, upper)
            if low < high or (equal and low == high):
                continue
            shown = [_shown(value) for value in (low, high)]
            if high == default[upper]:
                what = "at most" if equal else "before"
                yield Problem(lower, "wrong_value", f"{what} {upper}, which is {shown[1]}", shown[0])
            else:
                what = "at least" if equal else "after"
                yield Problem(upper, "wrong_value", f"{what} {lower}, which is {shown[0]}", shown[1])
