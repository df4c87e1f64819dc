"""What differs between two contents of a raster, in words, per weekday."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.planner.raster_words import Vocabulary, block_words, span_words, weekday_name
from scheduling.contents import BlockContent, RasterContent
from scheduling.vocabulary import WEEK_PATTERNS
from scheduling.words import day_text

LABELS: dict[str, str | Promise] = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}


@dataclass(frozen=True)
class Change:
    """A block that was added (no `before`), removed (no `after`) or changed."""

    before: str = ""
    after: str = ""

    @property
    def kind(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


@dataclass(frozen=True)
class DayChanges:
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Differences:
    fields: tuple[FieldChange, ...]
    days: tuple[DayChanges, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.days)


def differences(before: RasterContent, after: RasterContent, words: Vocabulary) -> Differences:
    """A block is the same one when it has the same key, also on another day."""
    old = {block.key: block for block in before.blocks}
    new = {block.key: block for block in after.blocks}
    touched = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    days: dict[int, list[tuple[BlockContent, Change]]] = {}
    for key in touched:
        at = new.get(key) or old[key]
        change = Change(_told(old.get(key), at, words), _told(new.get(key), at, words))
        days.setdefault(at.plan.weekday, []).append((at, change))
    return Differences(
        fields=tuple(_fields(before, after)),
        days=tuple(
            DayChanges(weekday_name(weekday), tuple(change for _, change in sorted(found, key=_in_order)))
            for weekday, found in sorted(days.items())
        ),
    )


def validity_words(content: RasterContent) -> str:
    first = day_text(content.valid_from)
    if content.valid_until is None:
        return gettext("from %(first)s") % {"first": first}
    return gettext("%(first)s until %(last)s") % {"first": first, "last": day_text(content.valid_until)}


def weeks_words(content: RasterContent) -> str:
    return str(dict(WEEK_PATTERNS)[content.weeks.value])


def _in_order(found: tuple[BlockContent, Change]) -> tuple[object, ...]:
    return found[0].plan.start, found[0].key


def _told(block: BlockContent | None, at: BlockContent, words: Vocabulary) -> str:
    """With its weekday where that is another one than the line's."""
    if block is None:
        return ""
    elsewhere = block.plan.weekday != at.plan.weekday
    day = f"{weekday_name(block.plan.weekday)} " if elsewhere else ""
    return f"{day}{span_words(block)} {block_words(block, words)}"


def _fields(before: RasterContent, after: RasterContent) -> Iterator[FieldChange]:
    shown = (
        (gettext("Name"), before.name, after.name),
        (gettext("Weeks"), weeks_words(before), weeks_words(after)),
        (gettext("Validity"), validity_words(before), validity_words(after)),
    )
    for label, one, other in shown:
        if one != other:
            yield FieldChange(label, one, other)
