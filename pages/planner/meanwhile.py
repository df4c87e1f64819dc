"""What is said where someone else was first, and which version a form goes on with."""

from django import forms
from django.utils.translation import gettext

from pages.planner.history import moment_words
from scheduling.models import Appointment


def shown_version(appointment: Appointment, form: forms.Form, status: int) -> object:
    """A refused form keeps the version its sender saw; one that says what changed meanwhile shows the new one."""
    return form["version"].value() if status in (422, 503) else appointment.schedule_version


def busy_sentence() -> str:
    return gettext("Someone else is booking on this day. Nothing was changed. Try again.")


def changed_sentence(appointment: Appointment) -> str:
    if not appointment.is_active:
        return gettext("Someone else cancelled this appointment just now.")
    return gettext(
        "Someone else changed this appointment just now. It is on %(moment)s. Nothing of yours was done yet: "
        "look at it and choose again."
    ) % {"moment": moment_words(appointment.start)}
