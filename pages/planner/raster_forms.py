from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.widgets import DateField
from people.models import Clinician, Department
from praktijkplan.rasters import RasterPlan, WeekPattern
from praktijkplan.starters import WORKDAYS, fixed_hour, hybrid_afternoon, video_block
from scheduling.models import Raster, Workplace

EMPTY = "empty"
OF_DEPARTMENT = "starter:"


def empty_week(valid_from: date, weekdays: Iterable[int]) -> RasterPlan:
    return RasterPlan(WeekPattern.EVERY, valid_from, None, ())


STARTERS: dict[str, Callable[[date, Iterable[int]], RasterPlan]] = {
    "fixed_hour": fixed_hour,
    "video_block": video_block,
    "hybrid_afternoon": hybrid_afternoon,
    EMPTY: empty_week,
}
STARTER_NAMES: dict[str, str | Promise] = {
    "fixed_hour": _("Fixed hour of video"),
    "video_block": _("Morning block of video"),
    "hybrid_afternoon": _("Hybrid afternoon"),
    EMPTY: _("An empty week"),
}
STARTER_HELP: dict[str, str | Promise] = {
    "fixed_hour": _("13.00 to 14.00: 4 video consults of 15 minutes."),
    "video_block": _("9.00 to 12.00: video consults of 10 or 20 minutes, with short breaks."),
    "hybrid_afternoon": _("13.00 to 17.00: video and phone as the clinic chooses, with a break."),
    EMPTY: _("You paint the blocks yourself."),
}
FURTHEST_YEARS = 2


class _DatedForm(forms.Form):
    """Fields of a department, and a first day from today on."""

    def __init__(self, *args: Any, department: Department, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department, self.today = department, today

    def offer(self, field: str, rows: QuerySet[Any]) -> None:
        choice = self.fields[field]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  for the type checker
        choice.queryset = rows

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(gettext("This day is over. Choose today or later."))
        if day.year > self.today.year + FURTHEST_YEARS:
            raise forms.ValidationError(gettext("This is too far ahead. Choose a day within two years."))
        return day


class NewRasterForm(_DatedForm):
    """An example of the praktijkplan (PP-21 to PP-23), a starter of the department, or an empty week."""

    starter = forms.ChoiceField(label=_("Begin with"), choices=list(STARTER_NAMES.items()), widget=forms.RadioSelect)
    clinician = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), empty_label=_("choose")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DateField)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=[(day, WEEKDAYS[day]) for day in WORKDAYS],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For an example of the plan."),
    )
    workplace = forms.ModelChoiceField(
        label=_("Workplace"), queryset=Workplace.objects.none(), required=False, empty_label=_("none yet")
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)

    def __init__(self, *args: Any, department: Department, today: date, begin: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": today, "weekdays": list(WORKDAYS), "starter": begin})
        super().__init__(*args, department=department, today=today, **kwargs)
        self.own = {f"{OF_DEPARTMENT}{each.pk}": each for each in department.rasters.filter(clinician=None)}
        starter = self.fields["starter"]
        assert isinstance(starter, forms.ChoiceField)  # noqa: S101  for the type checker
        starter.choices = [*STARTER_NAMES.items(), *((key, each.name) for key, each in self.own.items())]
        self.offer("clinician", department.clinicians.order_by("name"))
        self.offer("workplace", department.workplaces.all())
        if self.data.get("starter", "") not in ("", *self._examples):
            self.fields["weekdays"].required = False

    _examples = frozenset(STARTERS) - {EMPTY}

    def help_of_choices(self) -> dict[str, str | Promise]:
        return {**STARTER_HELP, **dict.fromkeys(self.own, _("A starter of the department."))}

    def starter_chosen(self) -> Raster | None:
        """None for an example of the plan, or an empty week."""
        return self.own.get(self.cleaned_data["starter"])

    def plan(self) -> RasterPlan:
        chosen = self.cleaned_data
        return STARTERS[chosen["starter"]](chosen["valid_from"], chosen["weekdays"])

    def chosen_name(self) -> str:
        starter = self.starter_chosen()
        if self.cleaned_data["name"] or starter is None:
            return self.cleaned_data["name"] or str(STARTER_NAMES[self.cleaned_data["starter"]])
        return starter.name


class CopyRasterForm(_DatedForm):
    """Without a clinician it becomes a starter of the department."""

    clinician = forms.ModelChoiceField(
        label=_("For whom?"),
        queryset=Clinician.objects.none(),
        required=False,
        empty_label=_("nobody: a starter of the department"),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    valid_from = forms.DateField(label=_("Valid from"), widget=DateField)

    def __init__(self, *args: Any, department: Department, today: date, raster: Raster, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": max(today, raster.valid_from), "name": raster.name})
        super().__init__(*args, department=department, today=today, **kwargs)
        self.offer("clinician", department.clinicians.order_by("name"))
