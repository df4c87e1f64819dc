"""Deciding the form of contact together (PP-01 to PP-03): what is known, what is asked, what speaks against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.widgets import Segmented
from people.models import Patient
from praktijkplan.contact import Modality
from praktijkplan.findings import Severity
from praktijkplan.suitability import Answer, Question
from scheduling.actions.deciding import Suitability
from scheduling.models import Appointment, AppointmentType
from scheduling.queries.suitability import Weighed, weigh
from scheduling.suitability_sentences import ANSWERS, QUESTIONS, finding_sentence, known_words

# The button that asks for another form instead; its value is a type.
INSTEAD = "anders"


class AnswersForm(forms.Form):
    """A field for each question, empty where nobody answered it."""

    overruled_reason = forms.CharField(
        label=_("Why this form of contact all the same?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for question in Question:
            self.fields[question.value] = forms.ChoiceField(
                label=str(QUESTIONS[question]), choices=ANSWERS, required=False, widget=Segmented
            )

    @property
    def answers(self) -> dict[Question, Answer]:
        """As far as they are answers."""
        if not self.is_bound:
            return {}
        self.is_valid()
        given = ((question, self.cleaned_data.get(question.value)) for question in Question)
        return {question: Answer(said) for question, said in given if said}


@dataclass(frozen=True)
class ShownFinding:
    sentence: str
    warns: bool
    instead: AppointmentType | None


@dataclass(frozen=True)
class Deciding:
    """What stands beside a form of contact that was chosen; `instead` holds a type of each other form.

    `instead_url` is where another form is chosen, if not where the form around it is sent.
    """

    weighed: Weighed
    form: AnswersForm
    instead: Mapping[str, AppointmentType]
    instead_url: str = ""

    @property
    def check(self) -> Suitability | None:
        return Suitability.of(self.weighed, self.form.cleaned_data["overruled_reason"] if self.form.is_bound else "")

    @property
    def warned(self) -> bool:
        return not self.weighed.assessment.suited

    @property
    def answered(self) -> bool:
        return bool(self.weighed.answers)

    @property
    def questions(self) -> list[forms.BoundField]:
        """What is left to ask, and what was answered: an answer can be taken back."""
        shown = {*self.weighed.assessment.to_ask, *self.weighed.answers}
        return [self.form[question.value] for question in Question if question in shown]

    @property
    def left(self) -> int:
        return len(self.weighed.assessment.to_ask)

    @property
    def known(self) -> list[str]:
        return list(known_words(self.weighed.known, Modality(self.weighed.type.modality)))

    @property
    def findings(self) -> list[ShownFinding]:
        return [
            ShownFinding(
                finding_sentence(found),
                found.severity is Severity.WARNING,
                self.instead.get(found.proposes) if found.proposes else None,
            )
            for found in self.weighed.assessment.findings
        ]


def decide(
    kind: AppointmentType,
    patient: Patient,
    day: date,
    form: AnswersForm,
    *,
    others: Iterable[AppointmentType],
    held: Appointment | None = None,
    instead_url: str = "",
) -> Deciding:
    """`others`: types that could be chosen instead, the likeliest of each form first."""
    instead: dict[str, AppointmentType] = {}
    for other in others:
        if other.modality != kind.modality:
            instead.setdefault(other.modality, other)
    return Deciding(weigh(kind, patient, day, form.answers, held=held), form, instead, instead_url)
