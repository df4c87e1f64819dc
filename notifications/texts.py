"""Which words count: a department's own where it has them, else the default."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlsplit

from django.db.models import OuterRef, QuerySet, Subquery

from notifications.content.defaults import default_text, key_for
from notifications.content.facts import LetterFacts
from notifications.content.forbidden import Names
from notifications.content.letters import Letter, compose_mail
from notifications.content.sms import compose_sms
from notifications.content.text import Text, TextKey
from notifications.instructions import instructions_for
from notifications.models import Instruction, MessageText, TextChannel
from people.models import Department


@dataclass(frozen=True, slots=True)
class Counting:
    """The text that counts, and where it comes from: version 0 is the default that nobody has touched."""

    text: Text
    version: int
    is_default: bool

    @property
    def body(self) -> str:
        return self.text.body


GUIDE = "{uitleg"


class TextsOf:
    """The texts of these departments, read once with the first that is asked for: for a batch of messages."""

    def __init__(self, department_ids: Iterable[int]) -> None:
        self._departments = frozenset(department_ids)
        self._guides: dict[tuple[int, str], Instruction | None] = {}

    def of(self, department_id: int, key: TextKey) -> Counting:
        own = self._own.get((department_id, key))
        if own is None:
            return Counting(default_text(key), 0, is_default=True)
        if own.is_default:
            return Counting(default_text(key), own.version, is_default=True)
        return Counting(Text(key, own.body), own.version, is_default=False)

    def letter(self, department_id: int, facts: LetterFacts) -> Letter:
        text = self.of(department_id, key_for(facts, TextChannel.MAIL)).text
        return compose_mail(self._with_guide(department_id, facts, text), text)

    def sms(self, department_id: int, facts: LetterFacts) -> str:
        text = self.of(department_id, key_for(facts, TextChannel.SMS)).text
        return compose_sms(self._with_guide(department_id, facts, text), text)

    def _with_guide(self, department_id: int, facts: LetterFacts, text: Text) -> LetterFacts:
        """With the first leaflet or film of the department (PP-40, PP-41), asked for only where the text has it."""
        if GUIDE not in text.body.lower():
            return facts
        place = department_id, facts.language
        if place not in self._guides:
            self._guides[place] = next(iter(instructions_for(*place)), None)
        guide = self._guides[place]
        return replace(facts, guide=guide.title, guide_link=guide.url) if guide else facts

    @cached_property
    def _own(self) -> dict[tuple[int, TextKey], MessageText]:
        rows = _latest(MessageText.objects.filter(department__in=self._departments))
        return {(row.department_id, key_of(row)): row for row in rows}


def text_for(department_id: int, kind: str, channel: str, language: str, form: str) -> Counting:
    return TextsOf([department_id]).of(department_id, TextKey(kind, channel, language, form))


def history_of(department: Department, key: TextKey) -> QuerySet[MessageText]:
    """Every version of one text, the latest first."""
    return _versions(department, key).select_related("made_by").order_by("-version")


def own_texts(department: Department) -> dict[TextKey, MessageText]:
    """The latest version of each text that the department has ever touched, with who made it."""
    rows = _latest(MessageText.objects.filter(department=department)).select_related("made_by")
    return {key_of(row): row for row in rows}


def key_of(row: MessageText) -> TextKey:
    return TextKey(row.kind, row.channel, row.language, row.form)


def names_of(department: Department) -> Names:
    """What a text of this department must not say, and where its links may lead."""
    links = Instruction.objects.filter(department=department).values_list("url", flat=True)
    return Names(
        department.name,
        tuple(department.clinicians.values_list("name", flat=True)),
        frozenset(urlsplit(link).hostname or "" for link in links),
    )


def _versions(department: Department, key: TextKey) -> QuerySet[MessageText]:
    return MessageText.objects.filter(department=department, **key._asdict())


def _latest(rows: QuerySet[MessageText]) -> QuerySet[MessageText]:
    same = {name: OuterRef(name) for name in ("department", "kind", "channel", "language", "form")}
    versions = MessageText.objects.filter(**same).order_by("-version").values("version")
    return rows.filter(version=Subquery(versions[:1]))
