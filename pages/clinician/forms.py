from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.widgets import Segmented
from praktijkplan.contact import ContactKind, Modality
from scheduling.localtime import local_day
from scheduling.models import Appointment
from scheduling.queries.policy import policy_on
from waitingroom.actions.phoning import PHONE_OUTCOMES
from waitingroom.models import Outcome
from waitingroom.queries import DayRow
from waitingroom.registration import HELD

OUTCOMES = [
    (Outcome.HELD.value, _("Held")),
    (Outcome.HELD_BY_PHONE.value, _("Held by phone")),
    (Outcome.TECHNICAL_FAILURE.value, _("Technique")),
    (Outcome.NO_SHOW.value, _("Did not appear")),
    (Outcome.NOT_NEEDED.value, _("Not needed")),
]
NEXT_CONTACT = [
    (Modality.VIDEO.value, _("Video")),
    (Modality.PHONE.value, _("Phone")),
    (Modality.VISIT.value, _("Visit")),
    ("none", _("None")),
]
PHONED = [
    ("reached", _("Reached")),
    ("no_answer", _("No answer")),
    ("voicemail", _("Voicemail")),
    ("wrong_number", _("Wrong number")),
]


class ClosingForm(forms.Form):
    """How it went, how we meet next time, and what the patient is told (PP-13, PP-65)."""

    outcome = forms.ChoiceField(label=_("How did it go?"), choices=OUTCOMES, widget=Segmented)
    next_contact = forms.ChoiceField(label=_("Contact next time"), choices=NEXT_CONTACT, widget=Segmented)
    next_steps = forms.CharField(
        label=_("Next steps, for the patient"),
        widget=forms.Textarea(attrs={"rows": 1}),
        max_length=2000,
        required=False,
    )
    comparable = forms.BooleanField(label=_("Content and time as in a regular consult"), required=False)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{appointment.public_id.hex[:8]}_%s")
        super().__init__(*args, **kwargs)

    def clean_next_contact(self) -> str:
        chosen: str = self.cleaned_data["next_contact"]
        return "" if chosen == "none" else chosen


class PhonedForm(forms.Form):
    outcome = forms.ChoiceField(choices=[(value, label) for value, label in PHONED if value in PHONE_OUTCOMES])


def suggested_outcome(row: DayRow) -> str:
    """What the facts so far make likely; a person decides."""
    return Outcome.HELD_BY_PHONE.value if row.course.by_phone_at else Outcome.HELD.value


def first_answers(row: DayRow) -> dict[str, Any]:
    outcome = suggested_outcome(row)
    appointment = row.appointment
    policy = policy_on(appointment.department_id, local_day(appointment.start))
    return {
        "outcome": outcome,
        "comparable": outcome in HELD,
        "next_contact": policy.default_modality[ContactKind.FOLLOW_UP].value,  # PP-15
    }
