"""What a contact is: its form, its kind, and who holds it."""

from enum import StrEnum


class Modality(StrEnum):
    """How a contact is held (PP-01)."""

    VIDEO = "video"
    PHONE = "phone"
    VISIT = "visit"
    WRITTEN = "written"

    @property
    def is_remote(self) -> bool:
        return self is not Modality.VISIT

    @property
    def is_live(self) -> bool:
        """Both sides are there at the same moment; a written contact occupies only the clinician."""
        return self is not Modality.WRITTEN


class ContactKind(StrEnum):
    """Why a contact is held, as far as activity codes tell it apart (PP-10, PP-12)."""

    NEW = "new"
    FOLLOW_UP = "follow_up"
    SECOND_OPINION = "second_opinion"
    INTERCOLLEGIAL = "intercollegial"
    CO_TREATMENT = "co_treatment"


class Profession(StrEnum):
    """Who holds a contact; it decides whether the contact may be registered."""

    SPECIALIST = "specialist"
    NURSE_SPECIALIST = "nurse_specialist"
    PHYSICIAN_ASSISTANT = "physician_assistant"
    RESIDENT = "resident"
    EMERGENCY_PHYSICIAN = "emergency_physician"
    CLINICAL_TECHNOLOGIST = "clinical_technologist"
    PSYCHOLOGIST = "psychologist"
    NURSE = "nurse"
    DIETITIAN = "dietitian"
    SECRETARY = "secretary"

    @property
    def may_register(self) -> bool:
        """Whether this profession's contacts may be registered as an activity (PP-12)."""
        return self in _REGISTERING


# The psychologist is uncertain: medical psychology also knows activity codes of its own.
_REGISTERING = frozenset(
    {
        Profession.SPECIALIST,
        Profession.NURSE_SPECIALIST,
        Profession.PHYSICIAN_ASSISTANT,
        Profession.RESIDENT,
        Profession.EMERGENCY_PHYSICIAN,
        Profession.CLINICAL_TECHNOLOGIST,
        Profession.PSYCHOLOGIST,
    }
)
