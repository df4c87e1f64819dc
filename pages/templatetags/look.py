"""The visual language in templates: symbols, statuses, forms of contact, times. See /look/ for all of it."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scheduling.localtime import AMSTERDAM
from scheduling.words import clock_text, day_text

register = template.Library()

NOTHING = mark_safe("")

STATUSES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "planned": _("planned"),
        "tested": _("tested"),
        "waiting": _("waiting"),
        "late": _("waiting too long"),
        "active": _("in consult"),
        "tech": _("technical problem"),
        "phone": _("phone"),
        "done": _("done"),
        "noshow": _("did not appear"),
        "cancelled": _("cancelled"),
    }
)
MODALITIES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "video": _("video"),
        "phone": _("phone"),
        "visit": _("in person"),
        "written": _("in writing"),
        "break": _("break"),
        "flex": _("flex"),
        "urgent": _("urgent"),
    }
)
KINDS: Mapping[str, str | Promise] = MappingProxyType(
    {"new": _("new %(form)s"), "follow_up": _("follow-up %(form)s")},
)

# What a template passes on for a variable that is not there.
MISSING = (None, "")
Missing = str | None
DELAY_SHOWN = 5
# A day of forty clinicians shows a thousand of a few dozen symbols and words: each is made once.
# `typed`: what is safe is not taken for what is not.
SYMBOLS, WORDS = 200, 500
DELAY_ALARMING = 15


@register.simple_tag
@lru_cache(maxsize=SYMBOLS, typed=True)
def icon(name: str) -> SafeString:
    """A symbol of the sprite. It is never the only carrier of meaning, so it is hidden from screen readers."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.simple_tag
def status(
    name: str, since: datetime | Missing = None, text: object = "", minutes: int | Missing = None
) -> SafeString:
    """Shape, word and colour of a status; `since` adds the time it began, `minutes` how long it lasts."""
    key = _known(name, STATUSES)
    word = gettext("%(status)s %(minutes)d min") if minutes not in MISSING else "%(status)s"
    chip = _with_word("st", key, word % {"status": text or STATUSES[key], "minutes": minutes})
    if not isinstance(since, datetime):
        return chip
    return format_html('<span class="sc">{}<span class="since">{}</span></span>', chip, clock_element(since))


@register.simple_tag
def modality(name: str, kind: str = "", text: object = "") -> SafeString:
    """Icon and word of a form of contact; `kind` new or follow_up makes it "NP video" or "CP video"."""
    key = _known(name, MODALITIES)
    word = text or MODALITIES[key]
    if kind:
        word = str(KINDS[_known(kind, KINDS)]) % {"form": word}
    return _with_word("mo", key, str(word))


@lru_cache(maxsize=WORDS, typed=True)
def _with_word(look: str, key: str, word: str) -> SafeString:
    return format_html('<span class="{} {}-{}">{}<span>{}</span></span>', look, look, key, icon(key), word)


@register.simple_tag
def delay(minutes: int) -> SafeString:
    """How late a clinician runs: amber from 5 minutes, outlined in rust from 15, a check when on time."""
    if minutes < DELAY_SHOWN:
        return format_html('<span class="delay none">{}{}</span>', icon("done"), gettext("on time"))
    look = "much" if minutes >= DELAY_ALARMING else "some"
    words = gettext("runs %(minutes)d min late") % {"minutes": minutes}
    return format_html('<span class="delay {}">{}{}</span>', look, icon("clock"), words)


@register.filter
def clock(moment: datetime | None) -> str:
    """A moment as the wall clock in the Netherlands shows it: 14.10."""
    return clock_text(moment) if moment else ""


@register.filter
def clock_element(moment: datetime | None) -> SafeString:
    """The same in a <time> element, so that a machine can read the whole moment."""
    if not moment:
        return NOTHING
    local = moment.astimezone(AMSTERDAM)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), clock(moment))


@register.filter
def day(value: date | None, length: str = "long") -> str:
    """A day as people say it: "dinsdag 24 november", short "di 24 nov"; with the year when it is another one."""
    return day_text(value, length) if value else ""


@register.filter
def tel(number: object) -> str:
    """What a tel: link needs of a number written for people."""
    return "".join(sign for sign in str(number or "") if sign.isdigit() or sign == "+")


def _known(name: str, names: Mapping[str, object]) -> str:
    key = str(getattr(name, "value", name)).lower()
    if key not in names:
        raise ValueError(f"{name!r} is none of {', '.join(names)}")
    return key
