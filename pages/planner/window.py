"""The period, clinician and half-day in which a place is looked for: fields, defaults, and what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.templatetags.look import day
from pages.widgets import DateField
from people.models import Clinician, Department, Patient
from praktijkplan.localtime import HalfDay
from scheduling.models import AppointmentType
from scheduling.queries.openings import Asked
from scheduling.queries.policy import policy_on
from scheduling.vocabulary import HALF_DAYS

USUAL_WINDOW = timedelta(weeks=4)


class WindowForm(forms.Form):
    """Fields that are not given count as the usual window; the names are those of the address bar, in Dutch."""

    van = forms.DateField(label=_("From"), widget=DateField)
    tot = forms.DateField(label=_("Until"), widget=DateField)
    zorgverlener = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), required=False, empty_label=_("any")
    )
    dagdeel = forms.ChoiceField(label=_("Half-day"), choices=[("", _("any")), *HALF_DAYS], required=False)

    def __init__(
        self,
        data: Any,
        *,
        department: Department,
        today: date,
        first: date | None = None,
        last: date | None = None,
        usual: Mapping[str, Any] | None = None,
    ) -> None:
        """`first`, `last` and `usual` are what counts until something else is asked."""
        self.today = today
        self.horizon = today + timedelta(weeks=policy_on(department.pk, today).horizon_weeks)
        begins = min(max(today, first or today), self.horizon)
        ends = last if last and last >= begins else begins + USUAL_WINDOW
        asked: dict[str, Any] = {"van": begins, "tot": min(ends, self.horizon)}
        asked |= {name: value for name, value in (usual or {}).items() if name not in data}
        asked |= {name: data[name] for name in self.base_fields if data.get(name)}
        if data.get("van") and not data.get("tot"):
            asked["tot"] = self._usual_end(data["van"])
        super().__init__(asked)
        clinicians = self.fields["zorgverlener"]
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101  for the type checker
        clinicians.queryset = department.clinicians.order_by("name")

    def _usual_end(self, van: str) -> date:
        try:
            return min(date.fromisoformat(van) + USUAL_WINDOW, self.horizon)
        except (ValueError, OverflowError):
            return self.horizon

    def clean_van(self) -> date:
        first: date = self.cleaned_data["van"]
        if first < self.today:
            raise forms.ValidationError(gettext("This day is over. Choose today or later."))
        if first > self.horizon:
            raise forms.ValidationError(
                gettext("Nothing can be booked that far ahead. Choose a day until %(day)s.")
                % {"day": day(self.horizon)}
            )
        return first

    def clean_tot(self) -> date:
        """What lies beyond the horizon holds no places; that is no mistake of who asks."""
        last: date = self.cleaned_data["tot"]
        if last < self.cleaned_data.get("van", last):
            raise forms.ValidationError(gettext("This is before the first day. Choose a later day."))
        return min(last, self.horizon) if self.cleaned_data.get("van", last) <= self.horizon else last

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What was asked, as it goes into an address or a form again; a name stands once for each of its values."""
        asked = ((name, self.data.get(name, "")) for name in self.fields)
        return [
            (name, _kept(one)) for name, value in asked for one in (value if isinstance(value, list) else [value])
        ]

    @property
    def kept(self) -> dict[str, str]:
        return dict(self.pairs)

    @property
    def query(self) -> str:
        return urlencode([(name, value) for name, value in self.pairs if value])

    @property
    def query_of_any_length(self) -> str:
        """For another type, which has a length of its own."""
        return urlencode([(name, value) for name, value in self.pairs if value and name != "duur"])

    def asks(self, patient: Patient, types: Sequence[AppointmentType], **more: Any) -> Asked:
        """The question that these fields put."""
        return Asked(
            patient=patient,
            types=types,
            first=self.first,
            last=self.last,
            clinician=self.clinician.pk if self.clinician else None,
            half_day=self.half_day,
            **more,
        )

    @property
    def first(self) -> date:
        found: date = self.cleaned_data["van"]
        return found

    @property
    def last(self) -> date:
        found: date = self.cleaned_data["tot"]
        return found

    @property
    def clinician(self) -> Clinician | None:
        found: Clinician | None = self.cleaned_data["zorgverlener"]
        return found

    @property
    def half_day(self) -> HalfDay | None:
        return HalfDay(self.cleaned_data["dagdeel"]) if self.cleaned_data["dagdeel"] else None


def _kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
