"""What the page of one text shows: the words, whose they are, what the checks say, and what can be filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.content.defaults import default_text
from notifications.content.language import parse
from notifications.content.placeholders import PLACEHOLDERS, Placeholder
from notifications.content.text import Text, TextKey
from notifications.models import MessageText, TextChannel
from notifications.text_preview import SAMPLES, Judged, Preview, judge
from notifications.texts import history_of
from pages.lead.text_access import address_of, title_of
from pages.lead.text_differences import Line
from pages.permissions import Desk
from people.permissions import Permission

SAMPLE_NAMES = {
    "self": _("to the patient"),
    "child": _("to a parent"),
    "relative": _("to a relative"),
}
ADDRESSES = ("text", "text-save", "text-judged", "text-versions", "text-default")


@dataclass(frozen=True)
class Theirs:
    """What a colleague saved while this was being written, and what differs in what is written here."""

    version: MessageText
    lines: list[Line]


@dataclass(frozen=True)
class Insert:
    """A placeholder as it is typed: a condition decides over a part between [[ and ]]."""

    typed: str
    placeholder: Placeholder
    value: str


def page_context(
    desk: Desk,
    text: Text,
    *,
    base_version: int,
    sample: str = "self",
    theirs: Theirs | None = None,
    asks_tick: bool = False,
) -> dict[str, Any]:
    key, latest = text.key, history_of(desk.department, text.key).first()
    usual = default_text(key)
    return {
        **judged_context(judge(desk.department, text, sample=sample), key, sample),
        "desk": desk,
        "title": title_of(key),
        "body": text.body,
        "base_version": base_version,
        "latest": latest,
        "is_default": latest is None or latest.is_default,
        "theirs": theirs,
        "asks_tick": asks_tick,
        "samples": [(name, SAMPLE_NAMES[name]) for name in SAMPLES],
        "inserts": inserts(usual, Preview(desk.department).values(key)),
        "may_edit": desk.may(Permission.EDIT_TEXTS),
        "urls": {name.replace("-", "_"): address_of(name, key) for name in ADDRESSES},
        "is_sms": key.channel == TextChannel.SMS,
    }


def judged_context(judged: Judged, key: TextKey, sample: str) -> dict[str, Any]:
    return {
        "judged": judged,
        "key": key,
        "sample": sample,
        "sender": settings.SMS_SENDER,
        "sms_leaves": bool(settings.SMS_PROVIDER),
    }


def inserts(usual: Text, values: Mapping[str, str]) -> tuple[list[Insert], list[Insert]]:
    """Those of the default text, in its order, and all others."""
    used = [fill.name for passage in parse(usual.body).passages for fill in passage.fills]
    near = [PLACEHOLDERS[name] for name in dict.fromkeys(used)]
    far = [one for one in PLACEHOLDERS.values() if one not in near]
    return [_insert(one, values) for one in near], [_insert(one, values) for one in far]


def _insert(placeholder: Placeholder, values: Mapping[str, str]) -> Insert:
    mark = "?" if placeholder.is_condition else ""
    return Insert(f"{{{placeholder.name}{mark}}}", placeholder, values[placeholder.name])


def chosen_sample(request: HttpRequest) -> str:
    asked = request.POST.get("sample") or request.GET.get("sample") or ""
    return asked if asked in SAMPLES else SAMPLES[0]
