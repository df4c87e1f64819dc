"""What is ordered: a type, a window that is said ("over 3 months") or dated, with whom, how long, a note."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pages.widgets import DateField, Segmented
from people.models import Clinician, Department
from praktijkplan.contact import ContactKind
from praktijkplan.windows import Period, Unit, window_around, wrong_window
from scheduling.actions.orders import Wanted
from scheduling.actions.placing import LONGEST, SHORTEST
from scheduling.models import AppointmentType, FollowUpOrder
from scheduling.queries.policy import policy_on
from scheduling.sentences import window_sentence

UNITS: list[tuple[str, str | Promise]] = [
    (Unit.DAYS.value, _("days")),
    (Unit.WEEKS.value, _("weeks")),
    (Unit.MONTHS.value, _("months")),
]
NUMBER = {"inputmode": "numeric", "class": "n", "autocomplete": "off"}
MOST_OF_A_UNIT = 400


def number_field(label: Any, *, least: int = 0, required: bool = True) -> forms.IntegerField:
    widget = forms.TextInput(attrs=NUMBER)
    return forms.IntegerField(
        label=label, min_value=least, max_value=MOST_OF_A_UNIT, required=required, widget=widget
    )


class OrderForm(forms.Form):
    """All but the window."""

    type = forms.ModelChoiceField(label=_("Appointment"), queryset=AppointmentType.objects.none())
    clinician = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), required=False, empty_label=_("any clinician")
    )
    minutes = forms.IntegerField(
        label=_("Another length, in minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        required=False,
        step_size=SHORTEST,
        help_text=_("Empty: as long as its type."),
        widget=forms.TextInput(attrs=NUMBER),
    )
    note = forms.CharField(
        label=_("Note for who plans it"),
        max_length=200,
        required=False,
        help_text=_("Nothing medical."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    earliest: date
    latest: date

    def __init__(self, *args: Any, department: Department, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kinds, clinicians = self.fields["type"], self.fields["clinician"]
        assert isinstance(kinds, forms.ModelChoiceField)  # noqa: S101  for the type checker
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101
        kinds.queryset = department.appointment_types.filter(active=True)
        clinicians.queryset = department.clinicians.order_by("name")

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            type=given["type"],
            clinician=given["clinician"],
            minutes=given["minutes"],
            note=given["note"].strip(),
            earliest=self.earliest,
            latest=self.latest,
        )

    def check_window(self, field: str) -> None:
        wrong = wrong_window(self.earliest, self.latest, today=self.today)
        if wrong is not None:
            self.add_error(field, window_sentence(wrong))


class NewOrderForm(OrderForm):
    """`begins`: the local date from which is counted."""

    number = number_field(_("Over"), least=1)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, widget=Segmented)
    margin = number_field(_("Earlier or later"))
    margin_unit = forms.ChoiceField(label=_("Unit of what it may be earlier or later"), choices=UNITS[:2])

    field_order = ("type", "number", "unit", "margin", "margin_unit", "clinician", "minutes", "note")

    def __init__(self, *args: Any, begins: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begins = begins

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if {"number", "unit", "margin", "margin_unit"} <= given.keys():
            wait = Period(given["number"], Unit(given["unit"]))
            margin = Period(given["margin"], Unit(given["margin_unit"]))
            self.earliest, self.latest = window_around(self.begins, wait, margin)
            self.check_window("number")
        return given


class ChangeOrderForm(OrderForm):
    """`revision` is that of the order as it was shown."""

    earliest_day = forms.DateField(label=_("Not before"), widget=DateField)
    latest_day = forms.DateField(label=_("Not after"), widget=DateField)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    field_order = ("type", "earliest_day", "latest_day", "clinician", "minutes", "note")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if {"earliest_day", "latest_day"} <= given.keys():
            self.earliest, self.latest = given["earliest_day"], given["latest_day"]
            self.check_window("latest_day")
        return given


class DropForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it not needed any more?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "drop-reasons", "autocomplete": "off"}),
        error_messages={"required": _("Write why: a colleague reads it.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def usual(department: Department, today: date) -> dict[str, Any]:
    """Three months, two weeks earlier or later, in the form that the department agreed on (PP-15, PP-17)."""
    form = policy_on(department.pk, today).default_modality.get(ContactKind.FOLLOW_UP)
    kinds = department.appointment_types.filter(active=True, contact_kind=ContactKind.FOLLOW_UP)
    usual_type = kinds.filter(modality=form).order_by("-duration_minutes").first() if form else None
    return {
        "type": usual_type,
        "number": 3,
        "unit": Unit.MONTHS,
        "margin": 2,
        "margin_unit": Unit.WEEKS,
    }


def as_it_is(order: FollowUpOrder) -> dict[str, Any]:
    return {
        "type": order.type_id,
        "clinician": order.clinician_id,
        "minutes": order.minutes,
        "note": order.note,
        "earliest_day": order.earliest,
        "latest_day": order.latest,
        "revision": order.revision,
    }
