"""The number on which someone is reached from now on, heard on the phone: can it be that, and where is it kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from notifications.actions.contacts import change_number
from notifications.callees import person_on
from notifications.models import CallOutcome, CallTask
from people.models import Patient, Representative
from people.phone_numbers import is_mobile, read_phone_number
from scheduling.models import Appointment, AppointmentStatus

# Who did not answer told no number.
TELLS_A_NUMBER = (CallOutcome.REACHED, CallOutcome.WRONG_NUMBER)


class NumberProblem(StrEnum):
    """Why a number cannot be the right one."""

    NOT_HEARD = "not_heard"  # nobody was there to tell it
    THE_SAME = "the_same"  # it is the one that was found to be wrong
    NO_MOBILE = "no_mobile"  # of who stands for a patient only a mobile number is known


@dataclass(frozen=True, slots=True)
class NumberRefused:
    """The right number cannot be that; nothing was written."""

    why: NumberProblem


@dataclass(frozen=True, slots=True)
class Heard:
    """The right `number` as people.phone_numbers.read_phone_number returns it; `dialled` as it was known."""

    number: str
    dialled: str
    outcome: CallOutcome


def refuse_number(task: CallTask, heard: Heard) -> NumberRefused | None:
    if heard.outcome not in TELLS_A_NUMBER:
        return NumberRefused(NumberProblem.NOT_HEARD)
    # What came from elsewhere may be written in another way.
    same = heard.number in (heard.dialled, read_phone_number(heard.dialled))
    if heard.outcome is CallOutcome.WRONG_NUMBER and same:
        return NumberRefused(NumberProblem.THE_SAME)
    if isinstance(person_on(task, heard.dialled), Representative) and not is_mobile(heard.number):
        return NumberRefused(NumberProblem.NO_MOBILE)
    return None


def keep_number(*, task: CallTask, heard: Heard, now: datetime) -> None:
    """What is still to be told goes there. Call it within the transaction that writes how the call went."""
    wrong = heard.dialled if heard.outcome is CallOutcome.WRONG_NUMBER else ""
    change_number(person=person_on(task, heard.dialled), number=heard.number, instead_of=wrong, now=now)


def lock_all_of_patient(tasks: Sequence[CallTask], now: datetime) -> None:
    """What another number changes, in the order in which everybody locks: patient, what is planned, calls."""
    patient = tasks[0].patient_id
    own = Q(pk__in=[task.appointment_id for task in tasks if task.appointment_id])
    coming = Q(patient=patient, status=AppointmentStatus.BOOKED, start__gt=now)
    patients = Patient.objects.select_for_update(no_key=True).filter(pk=patient)
    planned = Appointment.objects.select_for_update(no_key=True).filter(own | coming).order_by("start", "pk")
    calls = CallTask.objects.select_for_update(no_key=True).filter(patient=patient, done_at=None).order_by("pk")
    for rows in (patients, planned, calls):
        list(rows.values_list("pk", flat=True))
