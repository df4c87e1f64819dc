"""The fields of the editor. What they hold becomes a change, which scheduling.draft_changes reads and checks."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pages.planner.raster_editor_palette import Item, item_of
from pages.widgets import ClockField, DateField
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, write_block
from scheduling.draft_changes import NAME_MOST, NOTE_MOST, Vocabulary
from scheduling.finding_sentences import length_text, minute_text
from scheduling.models import Raster
from scheduling.vocabulary import BLOCK_MODES

# Until how long before its start a place is kept for urgent consults (PP-32).
RELEASE_CHOICES = (0, 60, 120, 240, 24 * 60, 2 * 24 * 60, 7 * 24 * 60)
DAY_MINUTES = 24 * 60


class BlockForm(forms.Form):
    """Shows a block, or what was typed with what is wrong with it. It checks nothing itself."""

    form = forms.CharField(label=_("Form"), widget=forms.Select)
    weekday = forms.CharField(label=_("Day"), widget=forms.Select)
    start = forms.CharField(label=_("from"), widget=ClockField)
    end = forms.CharField(label=_("until"), widget=ClockField)
    slot_minutes = forms.CharField(
        label=_("min per patient"), widget=forms.TextInput({"class": "n", "inputmode": "numeric"})
    )
    mode = forms.CharField(label=_("Kind of block"), widget=forms.Select)
    start_up_minutes = forms.CharField(
        label=_("Minutes to start up"), widget=forms.TextInput({"class": "n", "inputmode": "numeric"})
    )
    workplace = forms.CharField(label=_("Workplace"), widget=forms.Select)
    release_minutes = forms.CharField(label=_("Kept for urgent consults"), widget=forms.Select)
    note = forms.CharField(label=_("Note"), widget=forms.TextInput({"maxlength": NOTE_MOST}))
    types = forms.CharField(label=_("Types of appointment"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        block: BlockContent,
        known: Vocabulary,
        items: Iterable[Item],
        typed: Mapping[str, Any] | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> None:
        shown = write_block(block) if typed is None else dict(typed)
        shown["form"] = item_of(block, known.types)
        for name in ("start", "end"):
            shown[name] = _dotted(shown.get(name))
        super().__init__(shown, auto_id="block_%s", use_required_attribute=False)
        self.key = block.key
        for name, choices in self._choices(block, known, items).items():
            widget = self.fields[name].widget
            assert isinstance(widget, forms.Select | forms.CheckboxSelectMultiple)  # noqa: S101  for the type checker
            widget.choices = choices
        # Nothing is checked here, so that only what the reader of changes says stands beside a field.
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}
        for name, message in (wrong or {}).items():
            self.add_error(name if name in self.fields else None, message)

    @property
    def is_break(self) -> bool:
        return bool(self.data.get("mode") == BlockMode.BREAK)

    @property
    def is_fixed(self) -> bool:
        return bool(self.data.get("mode") == BlockMode.FIXED)

    @property
    def row(self) -> list[forms.BoundField]:
        """What stands on the line below the grid."""
        return [self[name] for name in ("form", "start", "end", *(["slot_minutes"] if self.is_fixed else []))]

    @property
    def more(self) -> list[forms.BoundField]:
        """What is asked less often; a break is nowhere and for nobody."""
        names = ["weekday", "note"]
        if not self.is_break:
            names = ["weekday", "mode", "workplace", "start_up_minutes", "release_minutes", "note", "types"]
        return [self[name] for name in names]

    @property
    def more_wrong(self) -> bool:
        return any(field.errors for field in self.more)

    def _choices(self, block: BlockContent, known: Vocabulary, items: Iterable[Item]) -> dict[str, list[Any]]:
        forms_known = [(item.name, item.label) for item in items]
        if self.data["form"] not in dict(forms_known):
            forms_known.insert(0, (self.data["form"], gettext("Other")))
        places = [(place.pk, place.name) for place in known.workplaces.values()]
        releases = sorted({*RELEASE_CHOICES, block.plan.release_minutes})
        offered = [kind for kind in known.types.values() if kind.active or kind.pk in block.types]
        return {
            "form": forms_known,
            "weekday": [(day, str(name)) for day, name in WEEKDAYS.items()],
            "mode": [each for each in BLOCK_MODES if each[0] != BlockMode.BREAK],
            "workplace": [("", gettext("none yet")), *places],
            "release_minutes": [(minutes, _release_text(minutes)) for minutes in releases],
            "types": [(kind.pk, kind.name) for kind in sorted(offered, key=lambda kind: kind.name)],
        }


class RasterFieldsForm(forms.Form):
    """The name and the validity; the weeks have a switch of their own."""

    name = forms.CharField(label=_("Name"), widget=forms.TextInput({"maxlength": NAME_MOST}))
    valid_from = forms.CharField(label=_("Valid from"), widget=DateField)
    valid_until = forms.CharField(label=_("Valid until"), widget=DateField, required=False)

    def __init__(
        self, raster: Raster, typed: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None
    ):
        shown = {"name": raster.name, "valid_from": raster.valid_from, "valid_until": raster.valid_until}
        super().__init__({**shown, **(typed or {})}, auto_id="raster_%s", use_required_attribute=False)
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}
        for name, message in (wrong or {}).items():
            self.add_error(name if name in self.fields else None, message)


def _dotted(value: Any) -> str:
    """09:05 as people write it here; what cannot be read stays as it was typed."""
    text = str(value or "")
    hours, colon, minutes = text.partition(":")
    if colon and hours.isdecimal() and minutes.isdecimal():
        return minute_text(int(hours) * 60 + int(minutes))
    return text


def _release_text(minutes: int) -> str:
    if not minutes:
        return gettext("not kept")
    if minutes % DAY_MINUTES:
        return gettext("until %(length)s before") % {"length": length_text(minutes)}
    days = minutes // DAY_MINUTES
    return ngettext("until %(days)d day before", "until %(days)d days before", days) % {"days": days}


def weekday_choices() -> list[tuple[int, str]]:
    """The days that a new block may be put on."""
    return [(day, capfirst(str(name))) for day, name in WEEKDAYS.items()]
