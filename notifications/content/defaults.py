"""The words that hold everywhere, as files: templates/notifications/texts/<language>/<kind>.<mail|sms>.<form>.txt.

A file for `any` form serves each form that has none of its own. A line `@name` puts in the lines of
`_name.<form>.txt`, or of `_name.any.txt`: what many letters say alike is written once, and an editor sees it in full.
"""

from functools import cache
from pathlib import Path

from django.conf import settings

from notifications.content.facts import LetterFacts
from notifications.content.text import Text, TextKey
from notifications.models import MessageKind, TextChannel, TextForm, TextLanguage
from praktijkplan.contact import Modality

_LIVE = (TextForm.VIDEO, TextForm.PHONE, TextForm.VISIT)
_FORMS: dict[MessageKind, tuple[TextForm, ...]] = {
    MessageKind.DAY_BEFORE: _LIVE,
    MessageKind.HOUR_BEFORE: _LIVE,
    MessageKind.DELAY: _LIVE,
    MessageKind.ALMOST: _LIVE,
    MessageKind.FREED_PLACE: _LIVE,
    MessageKind.PLACE_GONE: _LIVE,
    MessageKind.FEEDBACK: (TextForm.ANY,),
}
_ALL_FORMS = (*_LIVE, TextForm.WRITTEN)


def forms_of(kind: str) -> tuple[TextForm, ...]:
    """The forms that this kind of message has a text for. Nobody waits for a consult in writing."""
    return _FORMS.get(MessageKind(kind), _ALL_FORMS)


def form_of(kind: str, modality: Modality) -> str:
    forms = forms_of(kind)
    return TextForm.ANY if forms == (TextForm.ANY,) else modality.value


def key_for(facts: LetterFacts, channel: str) -> TextKey:
    return TextKey(facts.kind, channel, facts.language, form_of(facts.kind, facts.form))


def all_keys() -> list[TextKey]:
    """Every text there is, in the order of a patient's journey."""
    return [
        TextKey(kind.value, channel.value, language.value, form.value)
        for kind in MessageKind
        for form in forms_of(kind)
        for channel in TextChannel
        for language in TextLanguage
    ]


@cache
def default_text(key: TextKey) -> Text:
    folder = Path(settings.BASE_DIR) / "templates" / "notifications" / "texts" / key.language
    return Text(key, "\n".join(_written_out(folder, f"{key.kind}.{key.channel}", key.form)).strip() + "\n")


def _written_out(folder: Path, name: str, form: str) -> list[str]:
    own = folder / f"{name}.{form}.txt"
    file = own if own.exists() else folder / f"{name}.{TextForm.ANY}.txt"
    lines: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        lines += _written_out(folder, f"_{line[1:].strip()}", form) if line.startswith("@") else [line]
    return lines
