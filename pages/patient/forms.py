from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pages.patient.birth_dates import Unreadable, read_birth_date
from scheduling.localtime import local_day
from scheduling.models import Participant
from scheduling.queries.representation import ACTS_THROUGH_PARENTS_UNDER

_SAID = {
    Unreadable.NOT_A_DATE: _("Write day, month and year. For example 24-11-1956."),
    Unreadable.SHORT_YEAR: _("Write the year with 4 digits. For example 1956."),
    Unreadable.NO_SUCH_DAY: _("This day does not exist. Check the day and the month."),
    Unreadable.IN_THE_FUTURE: _("This day is still to come. Check the year."),
}


class BirthDateForm(forms.Form):
    """Friction against a wrong recipient. A text that is no date costs no try."""

    birth_date = forms.CharField(
        help_text=_("For example 24-11-1956."),
        max_length=40,
        error_messages={"required": _SAID[Unreadable.NOT_A_DATE]},
        widget=forms.TextInput(attrs={"autocomplete": "bday", "spellcheck": "false", "size": 20}),
    )

    def __init__(self, data: Any = None, *, participant: Participant, today: date) -> None:
        super().__init__(data)
        self._today = today
        self.fields["birth_date"].label = _question(participant)
        if participant.representative is not None:
            self.fields["birth_date"].widget.attrs["autocomplete"] = "off"

    def clean_birth_date(self) -> date:
        read = read_birth_date(self.cleaned_data["birth_date"], self._today)
        if isinstance(read, Unreadable):
            raise ValidationError(_SAID[read], code=read.value)
        return read


def _question(participant: Participant) -> Any:
    if participant.representative is None:
        return _("What is your date of birth?")
    appointment = participant.appointment
    if appointment.patient.age_on(local_day(appointment.start)) < ACTS_THROUGH_PARENTS_UNDER:
        return _("What is your child's date of birth?")
    return _("What is the patient's date of birth?")
