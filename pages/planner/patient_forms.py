from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.widgets import Segmented
from people.models import Patient
from people.models.patients import Salutation
from people.phone_numbers import is_mobile, read_phone_number
from scheduling.queries.patients import parse_birth_date

OLDEST_YEARS = 120


class BirthDateField(forms.CharField):
    """As people say it: 3-2-1950. Three short parts are typed faster than a calendar is clicked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "born"})
        super().__init__(
            label=_("Date of birth"), help_text=_("For example 3-2-1950"), widget=widget, max_length=10, **kwargs
        )

    def clean(self, value: Any) -> date:
        born = parse_birth_date(super().clean(value))
        if born is None:
            raise forms.ValidationError(gettext("This is no date. Write day, month and year, such as 3-2-1950."))
        return born


class PhoneField(forms.CharField):
    def __init__(self, *, mobile: bool, **kwargs: Any) -> None:
        self.mobile = mobile
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(required=False, max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        number = read_phone_number(text)
        if number is None:
            raise forms.ValidationError(gettext("This is no phone number. Check the digits."))
        if self.mobile and not is_mobile(number):
            raise forms.ValidationError(gettext("This is no mobile number. Write it under landline."))
        return number


class NewPatientForm(forms.ModelForm[Patient]):
    birth_date = BirthDateField()
    mobile = PhoneField(mobile=True, label=_("Mobile number"))
    phone = PhoneField(mobile=False, label=_("Landline number"))

    class Meta:
        model = Patient
        fields = [
            "number",
            "birth_date",
            "salutation",
            "initials",
            "particle",
            "family_name",
            "email",
            "mobile",
            "phone",
        ]
        widgets = {"salutation": Segmented}
        labels = {"salutation": _("Salutation")}
        help_texts = {"particle": _("For example van der, el or ’t")}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("salutation", Salutation.NONE)
        self.fields["number"].error_messages["unique"] = gettext(
            "This number belongs to a patient who is known in the hospital. Choose “Known in the hospital”."
        )

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        if born > self.today:
            raise forms.ValidationError(gettext("This date is in the future. Check the year."))
        if born.year < self.today.year - OLDEST_YEARS:
            raise forms.ValidationError(gettext("Nobody is that old. Check the year."))
        return born


class KnownElsewhereForm(forms.Form):
    number = forms.CharField(label=_("Patient number"), max_length=20)
    birth_date = BirthDateField()

    def find(self) -> Patient | None:
        """The same answer for a wrong number and a wrong date: nobody learns which numbers exist."""
        wanted = self.cleaned_data
        patient = Patient.objects.filter(
            number__iexact=wanted["number"].strip(), birth_date=wanted["birth_date"], merged_into=None
        ).first()
        if patient is None:
            self.add_error(None, gettext("No patient has this number and this date of birth. Check both."))
        return patient
