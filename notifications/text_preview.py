"""How a text looks as a message of this department, with an invented appointment filled in."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from notifications.content.checks import check_text
from notifications.content.facts import LetterFacts
from notifications.content.findings import TextFinding
from notifications.content.language import parse
from notifications.content.letters import Letter, compose_mail
from notifications.content.placeholders import values_of
from notifications.content.samples import CHILD, RELATIVE, SELF, sample_facts
from notifications.content.sms import Sms, compose_sms
from notifications.content.text import Text, TextKey
from notifications.instructions import instructions_for
from notifications.models import TextChannel
from notifications.texts import names_of
from people.models import Department
from scheduling.localtime import local_day
from scheduling.queries.policy import policy_on

# Whose appointment the message is about.
SAMPLES = ("self", "child", "relative")
_OTHER = {"self": SELF, "child": CHILD, "relative": RELATIVE}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks say, and what a reader would see: nothing while the placeholders are not right."""

    findings: tuple[TextFinding, ...]
    letter: Letter | None = None
    sms: Sms | None = None

    @property
    def errors(self) -> list[TextFinding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def warnings(self) -> list[TextFinding]:
        return [finding for finding in self.findings if not finding.is_error]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a list shows: the subject of a letter, or a text message as a whole with its number of segments."""

    words: str
    segments: int = 0


class Preview:
    """What this department says of itself in all its messages is asked once."""

    def __init__(self, department: Department) -> None:
        self.department = department
        policy = policy_on(department.pk, local_day(timezone.now()))
        self._late_text = policy.late_text
        self._guides = {code: instructions_for(department.pk, code)[:1] for code, _name in settings.LANGUAGES}

    def letter(self, text: Text, sample: str = "self") -> Letter:
        return compose_mail(self._facts(text.key, sample), text)

    def sms(self, text: Text, sample: str = "self") -> Sms:
        return Sms(compose_sms(self._facts(text.key, sample), text))

    def values(self, key: TextKey) -> dict[str, str]:
        """What each placeholder would be filled in with."""
        return values_of(self._facts(key, "self"))

    def excerpt(self, text: Text) -> Excerpt:
        if text.key.channel == TextChannel.SMS:
            sms = self.sms(text)
            return Excerpt(sms.body, sms.segments)
        return Excerpt(self.letter(text).subject)

    def _facts(self, key: TextKey, sample: str) -> LetterFacts:
        usual = sample_facts(key.kind, key.form, key.language, _OTHER[sample])
        guide = next(iter(self._guides[key.language]), None)
        return replace(
            usual,
            phone=self.department.phone or usual.phone,
            late_words=(self._late_text.get(key.language) or usual.late_words) if usual.late_words else "",
            guide=guide.title if guide else "",
            guide_link=guide.url if guide else "",
        )


def judge(department: Department, text: Text, *, sample: str = "self") -> Judged:
    findings = tuple(check_text(text, names_of(department)))
    if parse(text.body).findings:
        return Judged(findings)
    preview = Preview(department)
    if text.key.channel == TextChannel.SMS:
        return Judged(findings, sms=preview.sms(text, sample))
    return Judged(findings, letter=preview.letter(text, sample))
