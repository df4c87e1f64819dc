"""Whom a call task asks to phone, and on which numbers."""

from dataclasses import dataclass

from notifications.models import CallTask
from scheduling.models import ParticipantRole


@dataclass(frozen=True, slots=True)
class Callee:
    name: str
    numbers: tuple[str, ...]


def callee_of(task: CallTask) -> Callee:
    """Who asked to be phoned; else whoever stands for the patient, or the patient."""
    patient = task.appointment.patient
    if task.participant is not None:
        stand_ins = [task.participant.representative] if task.participant.representative else []
    else:
        parts = task.appointment.participants.all()
        stand_ins = [
            part.representative
            for part in parts
            if part.role == ParticipantRole.REPRESENTATIVE and part.representative is not None
        ]
    numbers = [one.mobile for one in stand_ins] or [patient.mobile, patient.phone]
    name = ", ".join(f"{one.name} ({one.relation})" for one in stand_ins) or patient.full_name
    return Callee(name, tuple(number for number in numbers if number))
