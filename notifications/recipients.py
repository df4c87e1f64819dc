"""Who of an appointment is told, and over which channels."""

from notifications.models import Channel
from people.models import Patient
from scheduling.models import Appointment, Participant, ParticipantRole

RECIPIENT_ROLES = (ParticipantRole.PATIENT, ParticipantRole.REPRESENTATIVE)


def recipients_of(appointment: Appointment) -> list[Participant]:
    """The patient, or whoever stands for the patient."""
    participants = list(
        appointment.participants.filter(role__in=RECIPIENT_ROLES).select_related("representative").order_by("id")
    )
    for participant in participants:
        participant.appointment = appointment
    return participants


def channels_for(participant: Participant) -> list[Channel]:
    """Empty for who died, was merged, or has an unsafe address."""
    if not participant.appointment.patient.may_be_written_to:
        return []
    return [Channel.EMAIL, Channel.INBOX] if participant.email else [Channel.INBOX]


def must_be_phoned_instead(patient: Patient) -> bool:
    """Who died or was merged with another record is not phoned either; an unsafe address asks for a person."""
    return patient.deceased_on is None and patient.merged_into_id is None
