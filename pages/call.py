"""What templates/_components/call.html needs to know: the same call for both sides."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from pages.names import listed_name
from scheduling.models import Participant, ParticipantRole


@dataclass(frozen=True)
class CallView:
    appointment: UUID
    side: str
    socket: str
    ice: str
    clinician_name: str
    patient_name: str
    representative_name: str
    hang_up_url: str
    phone_url: str
    help_phone: str

    @property
    def on_staff_page(self) -> bool:
        return self.side == ParticipantRole.CLINICIAN


def call_view(
    *, participant: Participant, side: str, hang_up_url: str, phone_url: str, link_ref: UUID | str | None = None
) -> CallView:
    """`side`: patient or clinician. A patient's socket says by which link it comes, a clinician's comes signed in."""
    appointment = participant.appointment
    path = f"/ws/call/{appointment.public_id}/"
    return CallView(
        appointment=appointment.public_id,
        side=side,
        socket=f"{path}?link={link_ref}" if link_ref else path,
        ice=json.dumps([{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []),
        clinician_name=appointment.clinician.name,
        patient_name=listed_name(appointment.patient),
        representative_name=_representative_name(participant),
        hang_up_url=hang_up_url,
        phone_url=phone_url,
        help_phone=appointment.department.helpdesk_phone if side == ParticipantRole.CLINICIAN else "",
    )


def _representative_name(participant: Participant) -> str:
    """A call may be joined by two parents: the one who looks is not the one who is seen."""
    others = participant.appointment.participants.filter(role=ParticipantRole.REPRESENTATIVE).exclude(
        pk=participant.pk
    )
    return ", ".join(other.display_name for other in others.select_related("representative"))
