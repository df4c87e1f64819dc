"""Every fact there is, in the order of an appointment's life. Any room may record and read them.

A fact holds ids and small values, nothing personal. `appointment` and `session` are database ids of scheduling.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Fact:
    kind: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class RasterPublished(Fact):
    kind = "raster.published"
    raster: int
    department: int
    version: int
    sessions_made: int
    sessions_changed: int
    misfits: int


@dataclass(frozen=True, kw_only=True)
class RasterApproved(Fact):
    kind = "raster.approved"
    raster: int
    department: int
    version: int


@dataclass(frozen=True, kw_only=True)
class RasterDraftChanged(Fact):
    """Names no department: nobody but who has the draft open needs to hear of it."""

    kind = "raster.draft_changed"
    raster: int
    revision: int


@dataclass(frozen=True, kw_only=True)
class RasterExceptionMade(Fact):
    """Also when it was taken back."""

    kind = "raster.exception_made"
    raster: int
    department: int
    date: str
    half_day: str


@dataclass(frozen=True, kw_only=True)
class PolicyAgreed(Fact):
    """`changed`: the names of what was agreed anew."""

    kind = "policy.agreed"
    department: int
    valid_from: str
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SessionChanged(Fact):
    kind = "session.changed"
    session: int
    department: int


@dataclass(frozen=True, kw_only=True)
class AppointmentFact(Fact):
    appointment: int
    session: int | None
    department: int


@dataclass(frozen=True, kw_only=True)
class MisfitLeft(AppointmentFact):
    """Its clinic has no room for it, and it is held as it was promised."""

    kind = "misfit.left"


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(AppointmentFact):
    kind = "appointment.booked"
    schedule_version: int
    modality: str


@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(AppointmentFact):
    """`reason` is a short code; what people write in their own words stays on the appointment."""

    kind = "appointment.moved"
    schedule_version: int
    from_session: int | None
    from_start: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentFact):
    kind = "appointment.cancelled"
    schedule_version: int
    cancelled_by: str


@dataclass(frozen=True, kw_only=True)
class PreferenceStated(AppointmentFact):
    kind = "preference.stated"
    preference: str


@dataclass(frozen=True, kw_only=True)
class ContactFact(Fact):
    """Someone was told something; without an appointment where it was an invitation to plan one."""

    appointment: int | None
    session: int | None
    department: int


@dataclass(frozen=True, kw_only=True)
class MessageFact(ContactFact):
    message: int
    message_kind: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageFact):
    kind = "message.sent"


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageFact):
    kind = "message.failed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class MessageExpired(MessageFact):
    kind = "message.expired"


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(MessageFact):
    """The provider says that it arrived."""

    kind = "message.delivered"


@dataclass(frozen=True, kw_only=True)
class MessageBounced(MessageFact):
    """It was accepted, and came back."""

    kind = "message.bounced"
    reason: str


@dataclass(frozen=True, kw_only=True)
class MessageRead(MessageFact):
    """Its reader opened it: in the inbox, or through its link with the right birth date."""

    kind = "message.read"


@dataclass(frozen=True, kw_only=True)
class ConsentStated(Fact):
    """Whether someone wants messages over a channel. Names no department: it holds in all of them."""

    kind = "consent.stated"
    patient: int
    representative: int | None
    channel: str
    wish: str


@dataclass(frozen=True, kw_only=True)
class AddressRepaired(Fact):
    """Staff say that an address that did not take messages takes them again. Names nobody."""

    kind = "address.repaired"
    channel: str


@dataclass(frozen=True, kw_only=True)
class CallTaskOpened(ContactFact):
    """A person has to phone; `reason` as in notifications."""

    kind = "call_task.opened"
    task: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PatientPhoned(ContactFact):
    """A member of staff phoned, and how it went; `task` where a call task asked for it.

    `result`: what came of it where the patient was reached, a code.
    """

    kind = "patient.phoned"
    outcome: str
    task: int | None = None
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class CallTaskSettled(ContactFact):
    """Nobody was reached by phone; `how` says what was done instead."""

    kind = "call_task.settled"
    task: int
    how: str


@dataclass(frozen=True, kw_only=True)
class CallListBuilt(Fact):
    """`opened`: how many patients were added, `withdrawn`: how many no longer need a call."""

    kind = "call_list.built"
    department: int
    day: str
    opened: int
    withdrawn: int


@dataclass(frozen=True, kw_only=True)
class LinkOpened(AppointmentFact):
    kind = "link.opened"
    link: str
    level: str


@dataclass(frozen=True, kw_only=True)
class ParticipantFact(AppointmentFact):
    participant: int
    role: str


@dataclass(frozen=True, kw_only=True)
class ParticipantArrived(ParticipantFact):
    """The participant is in the waiting room, seen by staff. `again`: back on a place that was kept."""

    kind = "participant.arrived"
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(ParticipantFact):
    """`cause`: "closed" (the person left), "silent" (no sign of life any more), "ended" (the consult was closed),
    "cancelled" or "moved" (the appointment was).
    """

    kind = "participant.left"
    cause: str


@dataclass(frozen=True, kw_only=True)
class ParticipantAdmitted(ParticipantFact):
    kind = "participant.admitted"


@dataclass(frozen=True, kw_only=True)
class CallConnected(ParticipantFact):
    """Media of the other side arrived at this participant's browser."""

    kind = "call.connected"


@dataclass(frozen=True, kw_only=True)
class TechniqueFailed(ParticipantFact):
    """What kept sound or picture away: "denied", "no_device", "in_use", "insecure" or "no_connection"."""

    kind = "technique.failed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class CallEnded(AppointmentFact):
    kind = "call.ended"
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class ContinuedByPhone(AppointmentFact):
    kind = "call.continued_by_phone"
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class CallRequested(ParticipantFact):
    """ "Bel mij liever": the participant asks to be phoned."""

    kind = "participant.call_requested"


@dataclass(frozen=True, kw_only=True)
class ConsultClosed(AppointmentFact):
    kind = "consult.closed"
    outcome: str
    modality_held: str
    code: str


@dataclass(frozen=True, kw_only=True)
class DemoBegun(Fact):
    """This database is a demo's: it may be filled with invented people, and emptied again."""

    kind = "demo.begun"


@dataclass(frozen=True, kw_only=True)
class DemoFilled(Fact):
    """The agendas of the demo are filled through this local date."""

    kind = "demo.filled"
    through: str
