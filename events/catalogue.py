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
    """`urgent`: it might use what is held for urgent consults; `order`: what asked for it."""

    kind = "appointment.booked"
    schedule_version: int
    modality: str
    overbooked: bool = False
    urgent: bool = False
    order: int | None = None


@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(AppointmentFact):
    """To another moment or another clinician, and perhaps another form or length.

    `reason` is a short code; what people write in their own words stays on the appointment.
    """

    kind = "appointment.moved"
    schedule_version: int
    from_session: int | None
    from_start: str
    from_clinician: int
    from_modality: str
    modality: str
    from_minutes: int
    minutes: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentFormChanged(AppointmentFact):
    """At the same moment with the same clinician; perhaps longer or shorter."""

    kind = "appointment.form_changed"
    schedule_version: int
    from_session: int | None
    from_modality: str
    modality: str
    from_minutes: int
    minutes: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentLengthChanged(AppointmentFact):
    """Or its type, or who is needed besides: nothing of what the patient was told."""

    kind = "appointment.length_changed"
    schedule_version: int
    from_session: int | None
    from_minutes: int
    minutes: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentFact):
    """`asked_by`: on whose behalf, where it was said; `reason` a short code; `new_time`: they need another one."""

    kind = "appointment.cancelled"
    schedule_version: int
    cancelled_by: str
    asked_by: str = ""
    reason: str = ""
    new_time: bool = True


@dataclass(frozen=True, kw_only=True)
class AppointmentPutBack(AppointmentFact):
    """A change was undone before anybody heard of it; `change` is the one that was undone."""

    kind = "appointment.put_back"
    schedule_version: int
    from_session: int | None
    change: int


@dataclass(frozen=True, kw_only=True)
class SuitabilityAssessed(AppointmentFact):
    """`findings`: ids of what argued against the form; `overruled`: it was chosen all the same."""

    kind = "suitability.assessed"
    modality: str
    findings: tuple[str, ...]
    overruled: bool


@dataclass(frozen=True, kw_only=True)
class FormRequested(AppointmentFact):
    """The patient asks for another form of contact. `asked_by`: on whose behalf, where staff writes it down."""

    kind = "form.requested"
    request: int
    modality: str
    asked_by: str = ""


@dataclass(frozen=True, kw_only=True)
class FormRequestEnded(AppointmentFact):
    request: int
    modality: str


@dataclass(frozen=True, kw_only=True)
class FormRequestGranted(FormRequestEnded):
    kind = "form_request.granted"


@dataclass(frozen=True, kw_only=True)
class FormRequestDeclined(FormRequestEnded):
    kind = "form_request.declined"


@dataclass(frozen=True, kw_only=True)
class FormRequestWithdrawn(FormRequestEnded):
    kind = "form_request.withdrawn"


@dataclass(frozen=True, kw_only=True)
class OrderFact(Fact):
    order: int
    department: int


@dataclass(frozen=True, kw_only=True)
class OrderMade(OrderFact):
    """Also by a pathway: `run` is the patient's course through it."""

    kind = "order.made"
    run: int | None = None


@dataclass(frozen=True, kw_only=True)
class OrderChanged(OrderFact):
    kind = "order.changed"
    revision: int


@dataclass(frozen=True, kw_only=True)
class OrderPlanned(OrderFact):
    kind = "order.planned"
    appointment: int


@dataclass(frozen=True, kw_only=True)
class OrderReopened(OrderFact):
    """Its appointment was cancelled."""

    kind = "order.reopened"
    appointment: int


@dataclass(frozen=True, kw_only=True)
class OrderDropped(OrderFact):
    kind = "order.dropped"


@dataclass(frozen=True, kw_only=True)
class PathwayFact(Fact):
    run: int
    pathway: int
    department: int


@dataclass(frozen=True, kw_only=True)
class PathwayStarted(PathwayFact):
    kind = "pathway.started"


@dataclass(frozen=True, kw_only=True)
class PathwayStopped(PathwayFact):
    kind = "pathway.stopped"


@dataclass(frozen=True, kw_only=True)
class AbsenceFact(Fact):
    """One for each department of the clinician; `affected`: how many of its appointments need another place."""

    absence: int
    clinician: int
    department: int
    affected: int


@dataclass(frozen=True, kw_only=True)
class AbsenceEntered(AbsenceFact):
    kind = "absence.entered"


@dataclass(frozen=True, kw_only=True)
class AbsenceChanged(AbsenceFact):
    kind = "absence.changed"


@dataclass(frozen=True, kw_only=True)
class AbsenceLifted(AbsenceFact):
    kind = "absence.lifted"


@dataclass(frozen=True, kw_only=True)
class WaitingListJoined(AppointmentFact):
    """The patient wants this appointment earlier when a place is freed."""

    kind = "waiting_list.joined"
    entry: int


@dataclass(frozen=True, kw_only=True)
class WaitingListLeft(AppointmentFact):
    """`end`: why, a code."""

    kind = "waiting_list.left"
    entry: int
    end: str


@dataclass(frozen=True, kw_only=True)
class PlaceFreed(Fact):
    """A cancelled or moved appointment left a place that can be offered."""

    kind = "place.freed"
    freed: int
    session: int
    department: int


@dataclass(frozen=True, kw_only=True)
class PlaceOfferFact(AppointmentFact):
    """`appointment` is the one that could come earlier."""

    offer: int
    freed: int


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(PlaceOfferFact):
    kind = "place.offered"


@dataclass(frozen=True, kw_only=True)
class PlaceAccepted(PlaceOfferFact):
    kind = "place.accepted"


@dataclass(frozen=True, kw_only=True)
class PlaceLost(PlaceOfferFact):
    """Somebody else was first, or it was taken otherwise."""

    kind = "place.lost"


@dataclass(frozen=True, kw_only=True)
class PlaceOfferEnded(PlaceOfferFact):
    """Nobody took it from them: they said no, did not answer in time, or it no longer holds. `state`: a code."""

    kind = "place.offer_ended"
    state: str


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
class DeviceTested(ParticipantFact):
    """As the participant's browser told it: per device "good", "skipped" or what is the matter (PP-47)."""

    kind = "device.tested"
    verdict: str
    browser: str
    camera: str
    microphone: str
    speaker: str
    connection: str


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
