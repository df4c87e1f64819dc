"""What a series is to be: fields whose names are those of the address bar, in Dutch."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.widgets import DateField
from people.models import Clinician, Department
from praktijkplan.series import FEWEST, MOST, SeriesWish
from scheduling.models import AppointmentType
from scheduling.vocabulary import Choices

WEEK = 7  # days
MOST_WEEKS = 26
MARGINS: Choices = [
    ("0", _("always the same weekday")),
    ("1", _("at most 1 day earlier or later")),
    ("2", _("at most 2 days earlier or later")),
    ("3", _("at most 3 days earlier or later")),
]


class SeriesForm(forms.Form):
    type = forms.ModelChoiceField(label=_("Appointment"), queryset=AppointmentType.objects.none())
    aantal = forms.IntegerField(
        label=_("How many?"),
        min_value=FEWEST,
        max_value=MOST,
        error_messages=dict.fromkeys(("min_value", "max_value"), _("A series has 2 to 24 appointments.")),
    )
    weken = forms.IntegerField(
        label=_("Every how many weeks?"),
        min_value=1,
        max_value=MOST_WEEKS,
        error_messages=dict.fromkeys(("min_value", "max_value"), _("Choose 1 to 26 weeks.")),
    )
    van = forms.DateField(label=_("From"), widget=DateField)
    speling = forms.ChoiceField(label=_("Weekday"), choices=MARGINS, widget=forms.Select(attrs={"class": "wide"}))
    zelfde_tijd = forms.BooleanField(label=_("Always at the very same time"), required=False)
    zorgverlener = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), required=False, empty_label=_("any")
    )

    def __init__(self, data: Any, *, department: Department, today: date) -> None:
        self.today = today
        usual = {"aantal": "4", "weken": "4", "van": today.isoformat(), "speling": "2"}
        asked = {name: data.get(name) or usual.get(name, "") for name in self.base_fields}
        super().__init__(asked)
        types, clinicians = self.fields["type"], self.fields["zorgverlener"]
        assert isinstance(types, forms.ModelChoiceField)  # noqa: S101  for the type checker
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101  for the type checker
        types.queryset = department.appointment_types.filter(active=True).order_by("name")
        clinicians.queryset = department.clinicians.order_by("name")
        self.is_asked = "type" in data

    def clean_van(self) -> date:
        first: date = self.cleaned_data["van"]
        if first < self.today:
            raise forms.ValidationError(gettext("This day is over. Choose today or later."))
        return first

    @property
    def kind(self) -> AppointmentType:
        found: AppointmentType = self.cleaned_data["type"]
        return found

    @property
    def wish(self) -> SeriesWish:
        said = self.cleaned_data
        return SeriesWish(
            count=said["aantal"],
            every=said["weken"] * WEEK,
            margin=int(said["speling"]),
            same_time=said["zelfde_tijd"],
            clinician=said["zorgverlener"].pk if said["zorgverlener"] else None,
        )

    @property
    def kept(self) -> dict[str, str]:
        """What was asked, as it goes into a form again."""
        return {name: str(self.data[name]) for name in self.fields if self.data[name]}
