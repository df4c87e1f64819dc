"""What a check finds in a text: an id, how grave, where, and the sentence that the writer reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Severity(StrEnum):
    ERROR = "error"  # the text cannot be saved
    WARNING = "warning"  # it can; what was found is kept with it


class FindingId(StrEnum):
    UNCLOSED_BRACE = "unclosed_brace"
    STRAY_BRACE = "stray_brace"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    UNCLOSED_SECTION = "unclosed_section"
    STRAY_SECTION_END = "stray_section_end"
    NESTED_SECTION = "nested_section"
    SECTION_WITHOUT_PLACEHOLDER = "section_without_placeholder"
    NO_SUBJECT = "no_subject"
    NO_HEADING = "no_heading"
    LONG_SUBJECT = "long_subject"
    EMPTY = "empty"
    MISSING_LINK = "missing_link"
    MISSING_PHONE = "missing_phone"
    MISSING_DAY = "missing_day"
    MISSING_TIME = "missing_time"
    MISSING_EXPECTED = "missing_expected"
    MISSING_HOSPITAL = "missing_hospital"
    SMS_TOO_LONG = "sms_too_long"
    SMS_CHARACTERS = "sms_characters"
    LONG_SENTENCE = "long_sentence"
    VERY_LONG_SENTENCE = "very_long_sentence"
    DIFFICULT_WORD = "difficult_word"
    DEPARTMENT_NAME = "department_name"
    SPECIALISM = "specialism"
    MEDICAL_WORD = "medical_word"
    CLINICIAN_NAME = "clinician_name"
    OTHER_HOST = "other_host"


@dataclass(frozen=True, slots=True)
class TextFinding:
    """`line` counts from 1; 0 is the text as a whole. `facts` fill the sentence."""

    id: FindingId
    severity: Severity
    line: int
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def sentence(self) -> str:
        return str(_SENTENCES[self.id]) % self.facts

    def as_document(self) -> dict[str, object]:
        return {"id": self.id.value, "line": self.line, "facts": dict(self.facts)}


def error(id_: FindingId, line: int = 0, **facts: str | int) -> TextFinding:
    return TextFinding(id_, Severity.ERROR, line, facts)


def warning(id_: FindingId, line: int = 0, **facts: str | int) -> TextFinding:
    return TextFinding(id_, Severity.WARNING, line, facts)


_SENTENCES: Mapping[FindingId, Promise] = {
    FindingId.UNCLOSED_BRACE: _("A placeholder begins with { but does not end. Put } after the name."),
    FindingId.STRAY_BRACE: _("A } stands here without a { before it."),
    FindingId.UNKNOWN_PLACEHOLDER: _("There is no placeholder {%(name)s}. Choose one from the list."),
    FindingId.UNCLOSED_SECTION: _("A part begins with [[ but does not end. Put ]] after it."),
    FindingId.STRAY_SECTION_END: _("A ]] stands here without a [[ before it."),
    FindingId.NESTED_SECTION: _("A part between [[ and ]] cannot hold another one."),
    FindingId.SECTION_WITHOUT_PLACEHOLDER: _("This part between [[ and ]] has no placeholder, so it never leaves."),
    FindingId.NO_SUBJECT: _("The subject is missing. Begin with a line: onderwerp: …"),
    FindingId.NO_HEADING: _("The heading is missing. Begin the letter with a line: # …"),
    FindingId.LONG_SUBJECT: _("The subject has %(length)s characters. On a phone only %(most)s fit."),
    FindingId.EMPTY: _("The text is empty."),
    FindingId.MISSING_LINK: _("The link is missing. Use {link}, or in a letter a line [knop]."),
    FindingId.MISSING_PHONE: _("The phone number is missing. Use {tel}."),
    FindingId.MISSING_DAY: _("The day is missing. Use {datum} or {dag}."),
    FindingId.MISSING_TIME: _("The time is missing. Use {tijd}."),
    FindingId.MISSING_EXPECTED: _("The expected time is missing. Use {van} and {tot}, and {rond}."),
    FindingId.MISSING_HOSPITAL: _("It does not say who writes. Use {ziekenhuis}."),
    FindingId.SMS_TOO_LONG: _(
        "With long names this is %(characters)s characters: %(segments)s text messages, %(most)s at most."
    ),
    FindingId.SMS_CHARACTERS: _("A text message cannot show these characters: %(characters)s"),
    FindingId.LONG_SENTENCE: _("This sentence has %(words)s words. Up to %(most)s reads easily."),
    FindingId.VERY_LONG_SENTENCE: _("This sentence has %(words)s words. Many readers lose the thread: make it two."),
    FindingId.DIFFICULT_WORD: _("“%(word)s” is difficult for many readers. Plainer: “%(plainer)s”."),
    FindingId.DEPARTMENT_NAME: _("The name of the department says what someone comes for. Leave out “%(word)s”."),
    FindingId.SPECIALISM: _("A specialism says what someone comes for. Leave out “%(word)s”."),
    FindingId.MEDICAL_WORD: _("Mail and text messages are no safe place for medical matters. Leave out “%(word)s”."),
    FindingId.CLINICIAN_NAME: _("Whoever reads along learns whom the patient sees. Leave out “%(word)s”."),
    FindingId.OTHER_HOST: _("“%(host)s” is not a site of ours. A strange link looks like fraud."),
}
