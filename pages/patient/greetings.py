"""How the patient, or who acts for the patient, is greeted (PP-54)."""

from django.utils.translation import gettext

from people.models.patients import Salutation
from scheduling.models import Participant


def greeted_name(participant: Participant) -> str:
    """Mevrouw Van der Veen; the whole name for who wants no salutation, and for a parent."""
    if participant.representative is not None:
        return participant.representative.name
    patient = participant.appointment.patient
    if patient.salutation == Salutation.MS:
        return gettext("Ms %(surname)s") % {"surname": patient.surname}
    if patient.salutation == Salutation.MR:
        return gettext("Mr %(surname)s") % {"surname": patient.surname}
    return patient.full_name
