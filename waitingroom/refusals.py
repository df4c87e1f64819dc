"""Why something cannot be done on the day: returned, not raised. The sentences are made by the pages and the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias


@dataclass(frozen=True)
class TooEarly:
    """The waiting room is not open yet."""

    id: ClassVar[str] = "too_early"
    opens_at: datetime


@dataclass(frozen=True)
class Cancelled:
    id: ClassVar[str] = "cancelled"


@dataclass(frozen=True)
class Closed:
    """The consult was closed, perhaps a moment ago by a colleague or in another tab."""

    id: ClassVar[str] = "closed"


@dataclass(frozen=True)
class NobodyWaiting:
    id: ClassVar[str] = "nobody_waiting"


@dataclass(frozen=True)
class InAnotherConsult:
    """The clinician has someone else in the room."""

    id: ClassVar[str] = "in_another_consult"
    appointment: int


@dataclass(frozen=True)
class NotStarted:
    """Nobody can fail to appear before the appointment has begun."""

    id: ClassVar[str] = "not_started"
    start: datetime


@dataclass(frozen=True)
class PatientWasThere:
    """PP-61: who waited, alone perhaps, did appear."""

    id: ClassVar[str] = "patient_was_there"
    arrived_at: datetime


@dataclass(frozen=True)
class TechniqueWasFailing:
    """PP-61: faltering technique is not a no-show."""

    id: ClassVar[str] = "technique_was_failing"
    reason: str


@dataclass(frozen=True)
class NobodyPhoned:
    """PP-61: no one is marked as absent whom nobody called."""

    id: ClassVar[str] = "nobody_phoned"


@dataclass(frozen=True)
class FormMissing:
    """A consult that was held was held in some form."""

    id: ClassVar[str] = "form_missing"


@dataclass(frozen=True)
class NotByVideo:
    """There is nothing to test for it."""

    id: ClassVar[str] = "not_by_video"


@dataclass(frozen=True)
class TooManyTests:
    """More tests than a person makes on one day."""

    id: ClassVar[str] = "too_many_tests"


NotOpen: TypeAlias = TooEarly | Cancelled | Closed
CannotAdmit: TypeAlias = NobodyWaiting | InAnotherConsult | Cancelled | Closed
CannotClose: TypeAlias = (
    TooEarly | Cancelled | Closed | NotStarted | PatientWasThere | TechniqueWasFailing | NobodyPhoned | FormMissing
)
CannotTest: TypeAlias = Cancelled | Closed | NotByVideo | TooManyTests
