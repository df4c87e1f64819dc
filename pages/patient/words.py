"""The forms of contact in a patient's words, each with what it means for that person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from praktijkplan.contact import Modality
from scheduling.vocabulary import UNDECIDED

Words = str | Promise


@dataclass(frozen=True)
class Form:
    """`word` names it, `meaning` explains the choice, `plan` says what the patient does in a booked appointment."""

    value: str
    word: Words
    meaning: Words
    plan: tuple[Words, ...] = ()


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.value: form
        for form in (
            Form(
                Modality.VIDEO.value,
                _("Video calling"),
                _("You see and hear your clinician on your screen."),
                (
                    _("You stay at home. You do not come to the hospital."),
                    _("You see and hear your clinician on your phone, tablet or computer."),
                ),
            ),
            Form(
                Modality.PHONE.value,
                _("Phone call"),
                _("You talk with your clinician on the phone."),
                (_("You stay at home. We call you. The number may be unknown."),),
            ),
            Form(
                Modality.VISIT.value,
                _("Coming to the hospital"),
                _("You visit your clinician."),
                (_("You come to the hospital."),),
            ),
            Form(
                Modality.WRITTEN.value,
                _("In a message"),
                _("You ask and get an answer in writing."),
                (_("Your clinician writes to you. You do not need to come or call."),),
            ),
            Form(UNDECIDED, _("I do not know"), _("That is fine. You choose together with your clinician.")),
        )
    }
)
