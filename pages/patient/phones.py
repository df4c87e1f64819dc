"""The number on which we can phone someone, shown so that only who knows it recognises it: 06-…78."""

from scheduling.models import Participant

SHOWN = 2


def number_of(participant: Participant) -> str:
    """Empty when no number is known."""
    if participant.representative is not None:
        return participant.representative.mobile
    patient = participant.appointment.patient
    return patient.mobile or patient.phone


def masked(number: str) -> str:
    digits = "".join(sign for sign in number if sign.isdecimal())
    if not digits:
        return ""
    national = (
        "0" + digits[4:] if digits.startswith("0031") else "0" + digits[2:] if digits.startswith("31") else digits
    )
    start = f"{national[:SHOWN]}-" if national.startswith("06") else ""
    return f"{start}…{national[-SHOWN:]}"
