"""What the demo's patients and clinicians do, each through the real action and at its own moment."""

from datetime import datetime, timedelta
from random import Random

from scheduling.models import Appointment, Participant, ParticipantRole
from waitingroom.actions.call import call_connected
from waitingroom.actions.closing import close_consult
from waitingroom.actions.phoning import record_phone_call
from waitingroom.actions.presence import admit, arrive
from waitingroom.models import Outcome
from waitingroom.visits import PATIENT_SIDE, opens_at

MINUTE = timedelta(minutes=1)
# As spoken to the patient, at B1.
NEXT_STEPS = (
    "Het gaat goed. Wij spreken u weer over 3 maanden.",
    "U gaat door met dezelfde medicijnen. Het recept ligt klaar bij uw apotheek.",
    "Laat uw bloed prikken in de week voor de volgende afspraak.",
    "De uitslag was goed. U hoeft nu niets te doen.",
    "",
)
NEXT_CONTACTS = ("video", "video", "phone", "visit", "")


def actor_of(appointment: Appointment) -> str:
    user = appointment.clinician.user_id
    return f"user:{user}" if user else "system"


def patient_side(appointment: Appointment) -> list[Participant]:
    return list(appointment.participants.filter(role__in=PATIENT_SIDE).order_by("pk"))


def wait_since(appointment: Appointment, at: datetime, *, now: datetime) -> None:
    """The patient's side is in the waiting room since `at`, or since it opened."""
    moment = min(max(at, opens_at(appointment)), now)
    for participant in patient_side(appointment)[:1]:
        arrive(participant=participant, now=moment, by="system")


def begin_consult(appointment: Appointment, at: datetime) -> None:
    """Who waits is let in, and both sides see and hear each other."""
    by = actor_of(appointment)
    admit(appointment=appointment, by=by, now=at)
    clinician = appointment.participants.filter(role=ParticipantRole.CLINICIAN)
    for participant in (*clinician, *patient_side(appointment)[:1]):
        call_connected(participant=participant, by=by, now=at + MINUTE / 6)


def close_held(appointment: Appointment, at: datetime, dice: Random, *, by_phone: bool = False) -> None:
    close_consult(
        appointment=appointment,
        outcome=Outcome.HELD_BY_PHONE if by_phone else Outcome.HELD,
        modality_held="",
        comparable=True,
        next_contact=dice.choice(NEXT_CONTACTS),
        next_steps=dice.choice(NEXT_STEPS),
        by=actor_of(appointment),
        now=at,
    )


def hold(appointment: Appointment, dice: Random, *, until: datetime | None = None) -> None:
    """The whole consult, as it went: on time or a little late, by video with somebody waiting first."""
    # The same for a whole session: consults of one clinician follow each other.
    late = (appointment.session_id or 0) % 4 * MINUTE
    begin, end = appointment.start + late, appointment.end + late
    if until is not None:
        begin, end = min(begin, until - 2 * MINUTE), min(end, until)
    if appointment.modality == "video":
        wait_since(appointment, begin - timedelta(minutes=dice.randint(2, 12)), now=begin)
        begin_consult(appointment, begin)
    close_held(appointment, end, dice, by_phone=appointment.modality == "video" and dice.random() < 0.06)


def miss(appointment: Appointment, dice: Random) -> None:
    """The patient did not appear, and was called before anybody wrote that down (PP-61)."""
    by = actor_of(appointment)
    record_phone_call(appointment=appointment, outcome="no_answer", by=by, now=appointment.start + 6 * MINUTE)
    close_consult(
        appointment=appointment,
        outcome=Outcome.NO_SHOW,
        modality_held="",
        comparable=False,
        next_contact="",
        next_steps="",
        by=by,
        now=appointment.start + 12 * MINUTE,
    )
