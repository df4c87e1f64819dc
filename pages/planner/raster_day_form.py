"""What a clerk fills in for one half-day that is not as the raster says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.planner.raster_words import Vocabulary, block_words
from pages.widgets import ClockField
from praktijkplan.localtime import HalfDay, half_day
from praktijkplan.rasters import BlockPlan, RasterPlan, RasterProblemId, WeekPattern, raster_problems
from praktijkplan.slots import BlockMode
from scheduling.actions.exceptions import FURTHEST_SHIFT
from scheduling.contents import BlockContent, Types, read_block, write_block
from scheduling.models import RasterException

FOLLOW = "follow"
KINDS = [
    (RasterException.Kind.CLOSED.value, _("No clinic")),
    (RasterException.Kind.SHIFTED.value, _("Earlier or later")),
    (RasterException.Kind.OWN_BLOCKS.value, _("Other blocks")),
]
FOLLOW_CHOICE = (FOLLOW, _("As the raster says again"))
BREAK = "break"
SPARE_ROWS = 3
CLOCK_FORMATS = ["%H.%M", "%H:%M", "%H"]
STEP_MINUTES = 5


class DayForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happens?"), choices=KINDS, widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("Minutes later"),
        required=False,
        min_value=-FURTHEST_SHIFT,
        max_value=FURTHEST_SHIFT,
        help_text=_("Earlier: with a minus, such as -30."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "day-reasons", "autocomplete": "off"}),
        error_messages={"required": _("Write why: colleagues see it in the year and on the day.")},
    )

    def __init__(self, *args: Any, can_follow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  for the type checker
        kind.choices = [FOLLOW_CHOICE, *KINDS] if can_follow else KINDS
        if self.data.get("kind") == FOLLOW:
            self.fields["reason"].required = False

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.cleaned_data.get("kind") == RasterException.Kind.SHIFTED and "minutes" not in self.errors:
            minutes = self.cleaned_data.get("minutes")
            if not minutes:
                self.add_error("minutes", gettext("Say how many minutes later, or earlier with a minus."))
            elif minutes % STEP_MINUTES:
                self.add_error("minutes", gettext("A clinic begins on five minutes: 5, 10, 15, and so on."))
        return given


class RowForm(forms.Form):
    """One block; a row without times is no block."""

    start = forms.TimeField(label=_("Begins"), required=False, widget=ClockField, input_formats=CLOCK_FORMATS)
    end = forms.TimeField(label=_("Ends"), required=False, widget=ClockField, input_formats=CLOCK_FORMATS)
    what = forms.ChoiceField(label=_("What"), required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], half: HalfDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101  for the type checker
        what.choices = list(choices)
        self.half = half

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.errors or self.is_empty:
            return given
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        if start is None or end is None:
            self.add_error("start" if start is None else "end", gettext("Give both times, or neither."))
        elif end <= start:
            self.add_error("end", gettext("The block must end after it begins."))
        elif any(at.minute % STEP_MINUTES for at in (start, end)):
            self.add_error("start", gettext("Blocks begin and end on five minutes."))
        elif half_day(start) is not self.half:
            self.add_error("start", gettext("This time is in the other half of the day."))
        return given

    @property
    def is_empty(self) -> bool:
        return self.cleaned_data.get("start") is None and self.cleaned_data.get("end") is None


@dataclass(frozen=True)
class Kinds:
    """What a row may say: a block as one of the raster's is, a break, or one type of appointment."""

    blocks: Sequence[BlockContent]
    words: Vocabulary

    @property
    def choices(self) -> list[tuple[str, str]]:
        own: dict[str, str] = {}
        for block in self.blocks:
            if block.plan.mode is not BlockMode.BREAK:
                told = block_words(block, self.words)
                own.setdefault(told, f"key:{block.key}")
        active = [kind for kind in self.words.types.values() if kind.active]
        types = [(f"type:{kind.pk}", kind.name) for kind in sorted(active, key=lambda each: each.name)]
        return [*((value, told) for told, value in own.items()), (BREAK, gettext("break")), *types]

    def value_of(self, block: BlockContent) -> str:
        if block.plan.mode is BlockMode.BREAK:
            return BREAK
        told = block_words(block, self.words)
        return next((value for value, words in self.choices if words == told), BREAK)

    def content(self, key: int, weekday: int, start: time, end: time, what: str) -> BlockContent:
        sort, _colon, number = what.partition(":")
        if sort == "key":
            like = next(block for block in self.blocks if block.key == int(number))
            return replace(like, plan=replace(like.plan, key=key, weekday=weekday, start=start, end=end))
        types = [int(number)] if sort == "type" else []
        mode = BlockMode.FLEXIBLE if types else BlockMode.BREAK
        return _fresh(BlockPlan(key, weekday, start, end, mode), types, self.words.types)


def _fresh(plan: BlockPlan, types: Sequence[int], known: Types) -> BlockContent:
    """A block as contents would read it, which knows what its types mean for the rules."""
    return read_block(write_block(BlockContent(plan, frozenset(types))), known)


def rows_of(kinds: Kinds, held: Iterable[BlockContent], half: HalfDay, data: Any = None) -> BaseFormSet[RowForm]:
    """A row per block that is held, and some to spare."""
    rows = formset_factory(RowForm, extra=SPARE_ROWS, max_num=40, absolute_max=40)
    initial = [{"start": block.plan.start, "end": block.plan.end, "what": kinds.value_of(block)} for block in held]
    return rows(data, initial=initial, prefix="rows", form_kwargs={"choices": kinds.choices, "half": half})


def blocks_in(rows: BaseFormSet[RowForm], kinds: Kinds, day: date) -> list[BlockContent]:
    """What valid rows say, each with its own key; errors between rows are put beside the row that has them."""
    filled = [row for row in rows.forms if not row.is_empty]
    blocks = [
        kinds.content(
            number, day.weekday(), row.cleaned_data["start"], row.cleaned_data["end"], row.cleaned_data["what"]
        )
        for number, row in enumerate(filled, start=1)
    ]
    plan = RasterPlan(WeekPattern.EVERY, day, day, tuple(block.plan for block in blocks))
    for problem in raster_problems(plan):
        if problem.key is not None:
            filled[problem.key - 1].add_error("start", _PROBLEMS[problem.id]())
    return blocks


_PROBLEMS = {
    RasterProblemId.ENDS_FIRST: lambda: gettext("The block must end after it begins."),
    RasterProblemId.START_UP_FILLS_BLOCK: lambda: gettext("The start-up time fills the whole block: make it longer."),
    RasterProblemId.NO_SLOT_LENGTH: lambda: gettext("This kind has no length per patient: choose another."),
    RasterProblemId.SLOTS_LEAVE_REST: lambda: gettext("The consults do not fit exactly: make it longer or shorter."),
    RasterProblemId.OVERLAPS: lambda: gettext("This block overlaps another one."),
}
