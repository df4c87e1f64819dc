"""What a simulation takes for granted, to be read and changed beside its outcome: a field per assumption (PP-31)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from praktijkplan.assumptions import Assumptions, Bounds, bounds
from praktijkplan.draws import Duration, Family
from scheduling.queries.simulation import DAYS, MOST_DAYS, MOST_SEED, HalfDayOfWeek, Question, TypeFacts

HALF_DAY, DAYS_FIELD, SEED = "dagdeel", "dagen", "toeval"
WEEK = "week"
LEAST_DAYS = 100
FIRST_SEED = 1
LONGEST, MOST_SPREAD = 240, 5

GROUPS: Sequence[tuple[StrOrPromise, Sequence[str]]] = (
    (
        _("Patients"),
        ("no_show", "no_show_minutes", "patient_late_mean", "patient_late_sd", "urgent_fill"),
    ),
    (
        _("The clinician"),
        ("clinician_late_mean", "clinician_late_cv", "break_kept_minutes", "early_start"),
    ),
    (
        _("Technique, in video calls"),
        (
            "failure",
            "failure_minutes_mean",
            "failure_minutes_cv",
            "phone",
            "phone_minutes",
            "absorbing_minutes",
        ),
    ),
)
LABELS: Mapping[str, StrOrPromise] = {
    "no_show": _("Does not appear"),
    "no_show_minutes": _("Clinician gives up after"),
    "patient_late_mean": _("Patient is late by, on average"),
    "patient_late_sd": _("Give or take"),
    "urgent_fill": _("Held urgent places that are used"),
    "clinician_late_mean": _("Clinician begins late by, on average"),
    "clinician_late_cv": _("Spread of that, × the average"),
    "early_start": _("Begins early when the patient is there"),
    "break_kept_minutes": _("Of a break always remains"),
    "failure": _("Technique fails"),
    "failure_minutes_mean": _("Repair takes, on average"),
    "failure_minutes_cv": _("Spread of the repair, × the average"),
    "phone": _("Of these go on by phone"),
    "phone_minutes": _("Changing to phone takes"),
    "absorbing_minutes": _("No time is lost in consults longer than"),
}
HELP: Mapping[str, StrOrPromise] = {"patient_late_mean": _("Below 0 is early.")}
UNITS: Mapping[str, StrOrPromise] = {"minutes": _("min"), "share": "%", "cv": "×"}


def source_of(kind: Bounds) -> str:
    if not kind.rule:
        return gettext("our own estimate")
    return gettext("praktijkplan, %(rule)s") % {"rule": kind.rule}


class AssumptionField(forms.FloatField):
    """A number between its bounds; a share is written as a percentage, as people say it."""

    def __init__(self, kind: Bounds, default: float, **more: Any) -> None:
        self.scale = 100 if kind.unit == "share" else 1
        low, high = kind.low * self.scale, kind.high * self.scale
        super().__init__(
            min_value=low,
            max_value=high,
            localize=True,
            widget=forms.TextInput(
                {"inputmode": "text" if low < 0 else "decimal", "class": "n", "autocomplete": "off"}
            ),
            error_messages={
                name: gettext("Fill in a number from %(low)s to %(high)s.") % {"low": told(low), "high": told(high)}
                for name in ("required", "invalid", "min_value", "max_value")
            },
            **more,
        )
        self.kind = kind
        self.default = default * self.scale

    def clean(self, value: Any) -> float:
        return float(super().clean(value)) / self.scale


def told(number: float) -> str:
    """As few digits as say it, with the reader's own decimal sign."""
    return str(formats.localize_input(round(number, 6))) if number % 1 else str(int(number))


@dataclass(frozen=True)
class Shown:
    """A field with what stands beside it."""

    field: BoundField
    unit: StrOrPromise
    default: str
    changed: bool


@dataclass(frozen=True)
class TypeRow:
    """How long consults of one type last: the average and the spread."""

    facts: TypeFacts
    mean: Shown
    cv: Shown


class SimulationForm(forms.Form):
    """Everything has a default: what is left out of the address is the standard. See `of`."""

    def __init__(
        self, data: QueryDict, *, half_days: Sequence[HalfDayOfWeek], types: Mapping[int, TypeFacts]
    ) -> None:
        """`half_days`: those there are, the one that stands chosen first."""
        self.types = types
        standard = Assumptions()
        numbers = {
            name: AssumptionField(kind, getattr(standard, name), label=LABELS[name])
            for name, kind in bounds().items()
        }
        for name, number in numbers.items():
            number.help_text = _standard(name, number)
        for facts in types.values():
            numbers |= dict(_of_type(facts))
        choices = [*map(str, half_days), WEEK]
        # What each field says when the address leaves it out.
        self.base = {HALF_DAY: choices[0], DAYS_FIELD: str(DAYS), SEED: str(FIRST_SEED)}
        self.base |= {name: told(field.default) for name, field in numbers.items()}
        super().__init__(_filled_up(data, self.base, numbers), auto_id="sim-%s")
        self.fields[HALF_DAY] = forms.ChoiceField(
            label=_("Half-day"), choices=[(each, each) for each in choices], widget=forms.HiddenInput
        )
        self.fields[DAYS_FIELD] = _whole(_("Simulated half-days"), LEAST_DAYS, MOST_DAYS)
        self.fields[SEED] = _whole(_("Seed of chance"), 0, MOST_SEED)
        self.fields |= numbers
        self.fields["early_start"] = forms.BooleanField(label=LABELS["early_start"], required=False)

    @property
    def groups(self) -> Iterator[tuple[StrOrPromise, list[Shown]]]:
        for title, names in GROUPS:
            yield title, [self._shown(name) for name in names]

    @property
    def type_rows(self) -> list[TypeRow]:
        return [
            TypeRow(facts, self._shown(f"duur_{pk}"), self._shown(f"spreiding_{pk}"))
            for pk, facts in self.types.items()
        ]

    @property
    def changed_assumptions(self) -> list[Shown]:
        """What differs from the standard; of a form that is right."""
        rows = [each for row in self.type_rows for each in (row.mean, row.cv)]
        return [each for each in [*(each for _, group in self.groups for each in group), *rows] if each.changed]

    def _shown(self, name: str) -> Shown:
        field = self[name]
        if isinstance(field.field, AssumptionField):
            kind = field.field.kind
            changed = self._value(name) != self.base[name]
            return Shown(field, UNITS[kind.unit], self.base[name], changed)
        return Shown(field, "", "", bool(field.value()))

    def _value(self, name: str) -> str:
        cleaned = getattr(self, "cleaned_data", {}).get(name)
        field = self.fields[name]
        if cleaned is None or not isinstance(field, AssumptionField):
            return str(self[name].value() if cleaned is None else cleaned)
        return told(cleaned * field.scale)

    # --- Of a form that is right ------------------------------------------------------------------------------------
    @property
    def half_day(self) -> HalfDayOfWeek | None:
        chosen = self.cleaned_data[HALF_DAY]
        return None if chosen == WEEK else HalfDayOfWeek.read(chosen)

    @property
    def assumptions(self) -> Assumptions:
        names = [*bounds(), "early_start"]
        return Assumptions(**{name: self.cleaned_data[name] for name in names})

    @property
    def durations(self) -> dict[int, Duration]:
        """Of the types that somebody filled in for themselves."""
        return {
            row.facts.id: Duration(
                Family.LOGNORMAL,
                self.cleaned_data[f"duur_{row.facts.id}"],
                self.cleaned_data[f"spreiding_{row.facts.id}"],
            )
            for row in self.type_rows
            if row.mean.changed or row.cv.changed
        }

    @property
    def query(self) -> dict[str, str]:
        """For an address to share: the half-day, and what differs from the standard."""
        named = {name: self._value(name) for name in self.base if name != HALF_DAY}
        if self.cleaned_data["early_start"]:
            named["early_start"] = "on"
        differing = {name: _plain(value) for name, value in named.items() if value != self.base.get(name)}
        return {HALF_DAY: self.cleaned_data[HALF_DAY]} | differing


def _standard(name: str, number: AssumptionField) -> str:
    words = {"default": told(number.default), "unit": UNITS[number.kind.unit], "source": source_of(number.kind)}
    standard = gettext("Standard %(default)s %(unit)s, %(source)s.") % words
    return f"{HELP[name]} {standard}" if name in HELP else standard


def _whole(label: StrOrPromise, low: int, high: int) -> forms.IntegerField:
    message = gettext("Fill in a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.TextInput({"inputmode": "numeric", "class": "n", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
    )


def _of_type(facts: TypeFacts) -> Iterator[tuple[str, AssumptionField]]:
    label: Callable[[str], str] = lambda what: f"{facts.name}: {what}"  # noqa: E731
    mean, cv = round(facts.duration.mean, 1), round(facts.duration.cv, 2)
    yield (
        f"duur_{facts.id}",
        AssumptionField(Bounds(0.5, LONGEST, "minutes"), mean, label=label(gettext("lasts on average"))),
    )
    yield f"spreiding_{facts.id}", AssumptionField(Bounds(0, MOST_SPREAD, "cv"), cv, label=label(gettext("spread")))


def _filled_up(data: QueryDict, standard: Mapping[str, str], numbers: Iterable[str]) -> QueryDict:
    """A box that was emptied is not one that was left out: it stays empty, and that is an error."""
    filled = data.copy()
    decimal_sign = str(formats.get_format("DECIMAL_SEPARATOR"))
    for name in numbers:
        if name in filled:
            filled[name] = str(filled[name]).replace(".", decimal_sign)
    for name, value in standard.items():
        filled.setdefault(name, value)
    return filled


def _plain(number: str) -> str:
    """An address is the same in every language."""
    return number.replace(",", ".")


def sent_with(question: Question, days: int, seed: int) -> QueryDict:
    """As the form was sent that asked this."""
    sent = QueryDict(mutable=True)
    sent[HALF_DAY] = str(question.only) if question.only else WEEK
    sent[DAYS_FIELD], sent[SEED] = str(days), str(seed)
    for name, kind in bounds().items():
        sent[name] = told(getattr(question.assumptions, name) * (100 if kind.unit == "share" else 1))
    if question.assumptions.early_start:
        sent["early_start"] = "on"
    for pk, facts in question.types.items():
        sent[f"duur_{pk}"] = told(round(facts.duration.mean, 1))
        sent[f"spreiding_{pk}"] = told(round(facts.duration.cv, 2))
    return sent
