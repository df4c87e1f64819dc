"""What is said of a call on the screen: read from the form beside it, and shown again where it cannot be kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.actions.right_numbers import NumberProblem
from pages.planner.patient_forms import PhoneField

NUMBER_PROBLEMS: Mapping[NumberProblem, "str | Promise"] = {
    NumberProblem.NOT_HEARD: _("Only where the patient was reached, or the number was wrong."),
    NumberProblem.THE_SAME: _("This is the number that was wrong. Write the right one."),
    NumberProblem.NO_MOBILE: _(
        "Of who stands for the patient only a mobile number is kept. Write this one in the note."
    ),
}


class RightNumberForm(forms.Form):
    """Mobile or landline: which of the two, its digits say."""

    juist = PhoneField(mobile=False)

    @property
    def is_filled_in(self) -> bool:
        return bool(self.data.get("juist", "").strip())

    @property
    def problem(self) -> str:
        """Empty where it is a number, or nothing."""
        return str(next(iter(self.errors.get("juist", [])), ""))


@dataclass(frozen=True)
class Typed:
    """What stands in the form of a call. `problem`: why it could not be kept so."""

    note: str
    right_number: str
    dialled: str
    problem: str = ""

    @property
    def words(self) -> str:
        return ", ".join(text for text in (self.right_number, self.note) if text)


def typed_in(said: QueryDict, problem: str = "") -> Typed:
    return Typed(said.get("notitie", "").strip(), said.get("juist", "").strip(), said.get("nummer", ""), problem)
