"""How many a message reaches, for lists of many patients: where it is nobody, somebody must phone."""

from collections.abc import Sequence
from datetime import date

from notifications.recipients import RECIPIENT_ROLES, broken_addresses, reach_of
from people.models import Patient
from scheduling.localtime import local_day
from scheduling.models import Appointment, Participant
from scheduling.queries.policy import Policies
from scheduling.queries.representation import acting_for_each, must_be_represented


def letters_to(appointments: Sequence[Appointment]) -> dict[int, int]:
    """Per appointment how many recipients a message reaches by mail or text message; three selects."""
    held = {each.pk: each for each in appointments}
    found = dict.fromkeys(held, 0)
    told = list(
        Participant.objects.filter(appointment__in=held, role__in=RECIPIENT_ROLES).select_related("representative")
    )
    people = {each.pk: each.representative or held[each.appointment_id].patient for each in told}
    broken = broken_addresses(people.values())
    agreed = {department: Policies(department) for department in {each.department_id for each in held.values()}}
    for each in told:
        appointment = held[each.appointment_id]
        policy = agreed[appointment.department_id].on(local_day(appointment.start))
        reached = reach_of(people[each.pk], appointment.patient, policy, broken)
        found[each.appointment_id] += reached is not None and reached.reaches
    return found


def letters_before_booking(asked: Sequence[tuple[Patient, date]], department: int) -> list[int]:
    """For each how many would be reached about an appointment on that local day; three selects."""
    acting = acting_for_each(asked)
    told = [
        who if must_be_represented(patient, day) else [patient]
        for (patient, day), who in zip(asked, acting, strict=True)
    ]
    broken = broken_addresses(person for people in told for person in people)
    policies = Policies(department)
    found = []
    for (patient, day), people in zip(asked, told, strict=True):
        reached = (reach_of(person, patient, policies.on(day), broken) for person in people)
        found.append(sum(each is not None and each.reaches for each in reached))
    return found
