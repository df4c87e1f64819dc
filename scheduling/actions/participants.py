"""Who takes part in an appointment: the patient or who acts for the patient, the clinicians, an interpreter."""

from collections.abc import Collection, Iterable, Sequence

from people.models import Representative
from praktijkplan.placing import Need
from scheduling.localtime import local_day
from scheduling.models import Appointment, Participant, ParticipantRole, Resource
from scheduling.queries.representation import acting_representatives, must_be_represented
from statements.inserting import insert

_NEEDED = (ParticipantRole.SECOND_CLINICIAN, ParticipantRole.INTERPRETER)


def invite(
    appointment: Appointment, representatives: Iterable[Representative] | None, needs: Collection[Need]
) -> None:
    """Under twelve the parents act; from twelve on the patient, and who is named (domain.md)."""
    named = list(representatives or ())
    participants = [
        Participant(appointment=appointment, role=ParticipantRole.CLINICIAN),
        *patient_side(appointment, named),
        *_needed(appointment, needs),
    ]
    insert(*participants)


def invite_anew(appointment: Appointment, needs: Collection[Need]) -> None:
    """After it was planned anew: on another day a child may be twelve, and others may be needed.

    Nobody on the patient's side is left out: they were told of it, and hear what became of it.
    """
    there = list(appointment.participants.all())
    named = [each.representative for each in there if each.representative is not None]
    wanted = [*patient_side(appointment, named), *_needed(appointment, needs)]
    known = {_who(each) for each in there}
    Participant.objects.bulk_create(each for each in wanted if _who(each) not in known)
    still = {_who(each) for each in wanted}
    gone = [each.pk for each in there if each.role in _NEEDED and _who(each) not in still]
    if gone:
        Participant.objects.filter(pk__in=gone).delete()


def patient_side(appointment: Appointment, named: Sequence[Representative] = ()) -> list[Participant]:
    day = local_day(appointment.start)
    represented = must_be_represented(appointment.patient, day)
    acting = list(named)
    if represented and not acting:
        acting = acting_representatives(appointment.patient, day)
    own = [] if represented else [Participant(appointment=appointment, role=ParticipantRole.PATIENT)]
    return own + [
        Participant(appointment=appointment, role=ParticipantRole.REPRESENTATIVE, representative=who)
        for who in acting
    ]


def _needed(appointment: Appointment, needs: Collection[Need]) -> list[Participant]:
    """A workplace takes no part."""
    second, interpreter = _NEEDED
    return [
        Participant(appointment=appointment, role=second, clinician_id=need.resource_id)
        if need.resource == Resource.CLINICIAN
        else Participant(appointment=appointment, role=interpreter, interpreter_id=need.resource_id)
        for need in sorted(needs)
        if need.resource in (Resource.CLINICIAN, Resource.INTERPRETER)
    ]


def _who(participant: Participant) -> tuple[str, int | None, int | None, int | None]:
    return (
        participant.role,
        participant.representative_id,
        participant.clinician_id,
        participant.interpreter_id,
    )
