"""Which detail of an appointment is visible at which level: the one table (reliability, Access).

The birth date is friction against a wrong recipient, not authentication: what would really hurt waits for a login.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from scheduling.patient_session import Level


class Detail(StrEnum):
    DAY_AND_TIME = "day_and_time"
    FORM = "form"
    PHONE_NUMBER = "phone_number"
    CLINICIAN = "clinician"
    NAME = "name"
    PREFERENCE = "preference"
    MESSAGES = "messages"
    WAITING_ROOM = "waiting_room"
    CALL = "call"


NEEDS: Mapping[Detail, Level] = MappingProxyType(
    {
        Detail.DAY_AND_TIME: Level.LINK,
        Detail.FORM: Level.LINK,
        Detail.PHONE_NUMBER: Level.LINK,
        Detail.CLINICIAN: Level.BIRTH_DATE,
        Detail.NAME: Level.BIRTH_DATE,
        Detail.PREFERENCE: Level.BIRTH_DATE,
        Detail.MESSAGES: Level.BIRTH_DATE,
        Detail.WAITING_ROOM: Level.BIRTH_DATE,
        Detail.CALL: Level.BIRTH_DATE,
    }
)


def visible_at(level: Level) -> dict[str, bool]:
    """For templates: `sees.clinician`."""
    return {detail.value: level >= needed for detail, needed in NEEDS.items()}
