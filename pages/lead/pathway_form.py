"""A care pathway as a form: its name, and a row for each step. A row without a type is left out."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.planner.orders.forms import UNITS, number_field
from people.models import Department
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.pathways import DIABETES, Step, StepProblem, steps_of
from praktijkplan.windows import Period, Unit, period_of
from scheduling.actions.pathways import Pattern
from scheduling.models import AppointmentType, CarePathway
from scheduling.queries.pathways import steps_of_pathway
from scheduling.sentences import step_sentence

MOST_STEPS = 24
# Empty rows below those that are filled in.
SPARE = 4


class StepForm(forms.Form):
    type = forms.ModelChoiceField(
        label=_("Appointment"), queryset=AppointmentType.objects.none(), required=False, empty_label=_("no step")
    )
    number = number_field(_("So long after the beginning"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, initial=Unit.MONTHS, required=False)
    margin = number_field(_("Earlier or later"), required=False)
    margin_unit = forms.ChoiceField(label=_("Unit of that"), choices=UNITS[:2], initial=Unit.WEEKS, required=False)

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = self.fields["type"]
        assert isinstance(types, forms.ModelChoiceField)  # noqa: S101  for the type checker
        types.queryset = kinds

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("type"):
            for name in ("number", "margin"):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, gettext("Fill in a whole number; 0 may be."))
        return given

    @property
    def is_step(self) -> bool:
        return bool(self.cleaned_data.get("type"))

    def step(self, position: int) -> Step:
        given = self.cleaned_data
        after = Period(given["number"], Unit(given["unit"] or Unit.MONTHS))
        margin = Period(given["margin"], Unit(given["margin_unit"] or Unit.WEEKS))
        return Step(position, given["type"].pk, after.days, margin.days)


class PathwayForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    active = forms.BooleanField(label=_("Patients may start it"), required=False, initial=True)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        department: Department,
        pathway: CarePathway | None = None,
        example: bool = False,
    ) -> None:
        kept = {"name": pathway.name, "active": pathway.active, "revision": pathway.revision} if pathway else {}
        super().__init__(data, initial=kept)
        self.department = department
        self._steps = steps_of_pathway(pathway) if pathway else _example(department) if example else []
        held = {step.type for step in self._steps}
        self._kinds = (
            department.appointment_types.filter(active=True) | department.appointment_types.filter(pk__in=held)
        ).order_by("name")

    @cached_property
    def rows(self) -> list[StepForm]:
        count = min(max(len(self._steps) + SPARE, self._posted_rows()), MOST_STEPS)
        # Read once for all rows.
        kinds = self._kinds
        return [
            StepForm(self.data if self.is_bound else None, prefix=f"stap{n}", initial=self._initial(n), kinds=kinds)
            for n in range(1, count + 1)
        ]

    def is_valid(self) -> bool:
        """All rows are looked at, so that each says what is wrong with it."""
        rows = [row.is_valid() for row in self.rows]
        return super().is_valid() and all(rows)

    @property
    def pattern(self) -> Pattern:
        steps = [row.step(n) for n, row in enumerate(self._filled, start=1)]
        return Pattern(name=self.cleaned_data["name"].strip(), steps=steps, active=self.cleaned_data["active"])

    def add_problems(self, problems: tuple[StepProblem, ...]) -> None:
        for problem in problems:
            if problem.position:
                self._filled[problem.position - 1].add_error("number", step_sentence(problem))
            else:
                self.add_error(None, step_sentence(problem))

    @property
    def has_wrong_rows(self) -> bool:
        return self.is_bound and any(row.errors for row in self.rows)

    @property
    def _filled(self) -> list[StepForm]:
        return [row for row in self.rows if row.is_step]

    def _posted_rows(self) -> int:
        if not self.is_bound:
            return 0
        return sum(f"stap{n}-type" in self.data for n in range(1, MOST_STEPS + 1))

    def _initial(self, n: int) -> dict[str, Any]:
        if n > len(self._steps):
            return {}
        step = self._steps[n - 1]
        after, margin = period_of(step.after_days), period_of(step.margin_days)
        if margin.unit is Unit.MONTHS:
            margin = Period(step.margin_days, Unit.DAYS)
        return {
            "type": step.type,
            "number": after.number,
            "unit": after.unit,
            "margin": margin.number,
            "margin_unit": margin.unit,
        }


def _example(department: Department) -> list[Step]:
    """Four controls a year, with the department's own follow-ups; nothing where it lacks one of the two forms."""
    follow_ups = department.appointment_types.filter(active=True, contact_kind=ContactKind.FOLLOW_UP)
    types = {Modality(each.modality): each.pk for each in follow_ups.order_by("-duration_minutes")}
    try:
        return list(steps_of(DIABETES, types))
    except KeyError:
        return []
