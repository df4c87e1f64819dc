"""What staff are told when something cannot be done on the day, and what to do instead."""

from django.utils.translation import gettext

from scheduling.models import Appointment
from scheduling.words import clock_text
from waitingroom import refusals
from waitingroom.models import Closing
from waitingroom.refusals import CannotAdmit, CannotClose, CannotTest, NotOpen
from waitingroom.registration import NotRegistered, Registered, WhyNot


def refusal_sentence(refusal: CannotAdmit | CannotClose, appointment: Appointment) -> str:
    match refusal:
        case refusals.Cancelled():
            return gettext("This appointment was cancelled.")
        case refusals.Closed():
            return _already_closed(appointment)
        case refusals.NobodyWaiting():
            return gettext("The patient is not in the waiting room any more. Phone the patient, or wait a moment.")
        case refusals.InAnotherConsult():
            return gettext("You are still in another consult. Hang up there first.")
        case refusals.TooEarly(opens_at):
            return gettext("This consult can be closed from %(time)s.") % {"time": clock_text(opens_at)}
        case _:
            return _closing_sentence(refusal)


def _closing_sentence(refusal: CannotAdmit | CannotClose) -> str:
    match refusal:
        case refusals.NotStarted(start):
            return gettext("The appointment begins at %(time)s: nobody is absent before that.") % {
                "time": clock_text(start)
            }
        case refusals.PatientWasThere(arrived_at):
            return gettext(
                "The patient was in the waiting room at %(time)s, so this is not a no-show. "
                "Choose how it went, or that technique failed."
            ) % {"time": clock_text(arrived_at)}
        case refusals.TechniqueWasFailing():
            return gettext("The patient's technique failed, so this is not a no-show. Choose: technique failed.")
        case refusals.NobodyPhoned():
            return gettext("Nobody has phoned the patient yet. Phone first and record how it went.")
        case _:
            return gettext("Choose the form in which the consult was held.")


def _already_closed(appointment: Appointment) -> str:
    closing = Closing.objects.filter(appointment=appointment).first()
    if closing is None:
        return gettext("This consult is closed already.")
    return gettext("This consult was closed already at %(time)s, as: %(outcome)s.") % {
        "time": clock_text(closing.closed_at),
        "outcome": closing.get_outcome_display(),
    }


def patient_sentence(refusal: NotOpen | CannotTest) -> str:
    """What a patient is told, in the patient's words."""
    match refusal:
        case refusals.TooEarly(opens_at):
            return gettext("The waiting room opens at %(time)s.") % {"time": clock_text(opens_at)}
        case refusals.Cancelled():
            return gettext("Your appointment was cancelled.")
        case refusals.Closed():
            return gettext("Your consult is over.")
        case refusals.NotByVideo():
            return gettext("This is not a video call: there is nothing to test.")
        case refusals.TooManyTests():
            return gettext("You tested very often today. Try again tomorrow, or call us.")


def registration_sentence(answer: Registered | NotRegistered) -> str:
    """What goes to the financial administration, or why nothing does."""
    if isinstance(answer, Registered):
        return f"{answer.code} {answer.description}"
    return {
        WhyNot.NOT_HELD: gettext("No activity: the consult was not held."),
        WhyNot.NOT_COMPARABLE: gettext("No activity: confirm first that it was like a regular consult."),
        WhyNot.PROFESSION: gettext("No activity: your profession does not register consults."),
        WhyNot.NO_CODE: gettext("No activity: there is no code for this form of contact on this date."),
    }[answer.reason]
