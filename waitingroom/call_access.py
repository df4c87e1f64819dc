"""Who may be in the call of an appointment, asked at the door and again with every message.

The clinician of the appointment, while that department lets them hold consults; and who came by a personal link, gave
the birth date and was let in. Nobody else, whatever they know of the address.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from people.actions.access import log_access
from people.models import User
from people.permissions import Permission, may, role_for
from scheduling.models import Appointment, AppointmentStatus, Participant, ParticipantRole
from scheduling.patient_session import participant_from_cookies
from waitingroom.models import Presence
from waitingroom.visits import PATIENT_SIDE


@dataclass(frozen=True)
class Knock:
    """What a browser brings: the address, and cookies. `link` is the ref of a personal link, empty for staff."""

    appointment: uuid.UUID
    link: str
    session_key: str
    cookies: Mapping[str, str]

    @property
    def holder(self) -> str:
        """Whose sockets are counted together; a session's key itself is kept nowhere."""
        if self.link:
            return f"link:{self.link}"
        return f"session:{hashlib.sha256(self.session_key.encode()).hexdigest()}"


@dataclass(frozen=True)
class Entrant:
    participant: Participant
    actor: str
    role: str

    @property
    def is_patient_side(self) -> bool:
        return self.participant.role in PATIENT_SIDE


@dataclass(frozen=True)
class Turned:
    """`reason`: unknown, not_admitted or over."""

    reason: str
    actor: str = ""
    appointment: Appointment | None = None


def who_enters(knock: Knock, now: datetime) -> Entrant | Turned:
    return _by_link(knock, now) if knock.link else _by_session(knock)


def log_knock(knock: Knock, answer: Entrant | Turned) -> None:
    """One row per try to come in (NEN 7513), also for a try at a call of others."""
    if isinstance(answer, Entrant):
        appointment: Appointment | None = answer.participant.appointment
        role = answer.role
    else:
        appointment, role = answer.appointment, ""
    log_access(
        actor=answer.actor,
        role=role,
        action="join.call",
        department=appointment.department_id if appointment else None,
        patient=appointment.patient_id if appointment else None,
        appointment=appointment.pk if appointment else None,
        allowed=isinstance(answer, Entrant),
    )


def _by_link(knock: Knock, now: datetime) -> Entrant | Turned:
    try:
        participant = participant_from_cookies(uuid.UUID(knock.link), knock.cookies, now)
    except ValueError:
        participant = None
    actor = f"link:{knock.link}" if participant else ""
    if participant is None or participant.appointment.public_id != knock.appointment:
        return Turned("unknown", actor, Appointment.objects.filter(public_id=knock.appointment).first())
    appointment = participant.appointment
    if appointment.status != AppointmentStatus.BOOKED:
        return Turned("over", actor, appointment)
    if not Presence.objects.filter(participant=participant, admitted_at__isnull=False).exists():
        return Turned("not_admitted", actor, appointment)
    return Entrant(participant, actor, participant.role)


def _by_session(knock: Knock) -> Entrant | Turned:
    user = _staff_of(knock.session_key)
    appointment = Appointment.objects.filter(public_id=knock.appointment).select_related("clinician").first()
    if user is None:
        return Turned("unknown", "", appointment)
    own = appointment is not None and appointment.clinician.user_id == user.pk
    if appointment is None or not own or not may(user, Permission.HOLD_CONSULT, appointment.department_id):
        return Turned("unknown", user.actor, appointment)
    if appointment.status != AppointmentStatus.BOOKED:
        return Turned("over", user.actor, appointment)
    participant = appointment.participants.filter(role=ParticipantRole.CLINICIAN).first()
    if participant is None:
        return Turned("unknown", user.actor, appointment)
    return Entrant(participant, user.actor, role_for(user, Permission.HOLD_CONSULT, appointment.department_id))


def _staff_of(session_key: str) -> User | None:
    """The session as it is now, not as it was when the socket opened: signing out ends a call too."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None
