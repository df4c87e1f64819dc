"""Who is away, and from when until when: a day or a week in one choice, or dates with hours where it is a part."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.planner.wall_clock import CLOCKS, WHICH, Doubled, doubled_sentence, read_moment
from pages.widgets import ClockField, DateField, Segmented
from people.models import Clinician, Department
from praktijkplan.localtime import monday
from scheduling.actions.absences import MOST_DAYS
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Absence
from scheduling.models.minutes import from_minute

# How far from today an absence is entered: beyond it nothing is booked, and a wrong year is the likelier reason.
FARTHEST = timedelta(days=2 * 366)


class Period(StrEnum):
    TODAY = "today"
    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    OTHER = "other"


PERIODS = [
    (Period.TODAY.value, _("today")),
    (Period.THIS_WEEK.value, _("this week")),
    (Period.NEXT_WEEK.value, _("next week")),
    (Period.OTHER.value, _("other days")),
]


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=ClockField, input_formats=CLOCKS)


def _which(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=WHICH, required=False)


class PeriodForm(forms.Form):
    """Days that are filled in count, whatever period was chosen. Without hours it is whole days.

    `first_which` and `last_which` are asked only in the hour that autumn doubles. Filled in and valid, `starts` and
    `ends` are the moments.
    """

    kind = forms.ChoiceField(label=_("Why"), choices=Absence.Kind.choices, widget=Segmented)
    period = forms.ChoiceField(label=_("When"), choices=PERIODS, widget=Segmented)
    first = forms.DateField(label=_("From"), required=False, widget=DateField)
    first_at = _clock(_("From, at"))
    last = forms.DateField(label=_("Until and including"), required=False, widget=DateField)
    last_at = _clock(_("Until, at"))
    first_which = forms.ChoiceField(
        label=_("Which of the two hours does it begin in?"), choices=WHICH, required=False
    )
    last_which = forms.ChoiceField(label=_("Which of the two hours does it end in?"), choices=WHICH, required=False)

    starts: datetime
    ends: datetime

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.doubled: set[str] = set()

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        first, last = self._days()
        if first is None or last is None:
            return cleaned
        starts = self._moment("first", first, day_span(first)[0])
        ends = self._moment("last", last, day_span(last)[1])
        if starts and ends:
            self._check(first, last, starts, ends)
            self.starts, self.ends = starts, ends
        return cleaned

    @property
    def asks_first(self) -> bool:
        """Which of two hours it begins in must be said, or was."""
        return "first" in self.doubled or bool(self["first_which"].value())

    @property
    def asks_last(self) -> bool:
        return "last" in self.doubled or bool(self["last_which"].value())

    def _days(self) -> tuple[date | None, date | None]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        today, period = local_day(self.now), self.cleaned_data["period"]
        if first is None and last is None and period != Period.OTHER:
            this_monday = monday(today)
            return {
                Period.TODAY: (today, today),
                Period.THIS_WEEK: (today, this_monday + timedelta(days=6)),
                Period.NEXT_WEEK: (this_monday + timedelta(days=7), this_monday + timedelta(days=13)),
            }[Period(period)]
        if first is None:
            self.add_error("first", gettext("Fill in the first day."))
        elif last is None:
            last = first
        for name, value in (("first", first), ("last", last)):
            if value is not None and abs(value - today) > FARTHEST:
                self.add_error(name, gettext("This is more than two years from now. Is the year right?"))
        return (None, None) if self.errors else (first, last)

    def _moment(self, field: str, on: date, whole_day: int) -> datetime | None:
        at: time | None = self.cleaned_data.get(f"{field}_at")
        if at is None:
            return from_minute(whole_day)
        which = self.cleaned_data.get(f"{field}_which")
        try:
            return read_moment(on, at, which or "")
        except forms.ValidationError as skipped:
            self.add_error(f"{field}_at", skipped)
        except Doubled:
            self.doubled.add(field)
            self.add_error(f"{field}_which", doubled_sentence())
        return None

    def _check(self, first: date, last: date, starts: datetime, ends: datetime) -> None:
        if ends <= starts:
            self.add_error("last", gettext("This is before the beginning. Choose a later end."))
        elif (last - first).days >= MOST_DAYS:
            said = gettext("An absence lasts at most %(days)d days. Enter the rest as another one.")
            self.add_error("last", said % {"days": MOST_DAYS})
        elif ends <= self.now:
            self.add_error("last", gettext("This is over. Choose a later end."))


class AbsenceForm(PeriodForm):
    clinician = forms.ModelChoiceField(
        label=_("Clinician"),
        queryset=Clinician.objects.none(),
        empty_label=_("choose"),
        widget=forms.Select(attrs={"autofocus": True}),
    )

    field_order = ("clinician", "kind", "period")

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinicians = self.fields["clinician"]
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101  for the type checker
        clinicians.queryset = department.clinicians.order_by("name")


class ChangeForm(PeriodForm):
    """`revision` is that of the absence as it was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def as_it_is(absence: Absence) -> dict[str, Any]:
    """What a form shows of an absence: whole days without hours."""
    starts, ends = (from_minute(each).astimezone(AMSTERDAM) for each in (absence.starts, absence.ends))
    last = from_minute(absence.ends - 1).astimezone(AMSTERDAM).date()
    whole_end = day_span(last)[1] == absence.ends
    return {
        "kind": absence.kind,
        "period": Period.OTHER,
        "revision": absence.revision,
        "first": starts.date(),
        "first_at": None if day_span(starts.date())[0] == absence.starts else starts.time(),
        "first_which": str(starts.fold) if starts.fold else "",
        "last": last if whole_end else ends.date(),
        "last_at": None if whole_end else ends.time(),
        "last_which": str(ends.fold) if ends.fold else "",
    }
