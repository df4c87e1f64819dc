"""Whom a call task asks to phone, and on which numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.models import CallTask
from people.models import Patient, Representative
from scheduling.localtime import local_day
from scheduling.models import ParticipantRole
from scheduling.queries.representation import must_be_represented

# What callee_of reads of a task, for a list that reads them all at once.
READS = ("participant__representative", "appointment__patient", "patient")
READS_MANY = ("appointment__participants__representative", "patient__representatives")


@dataclass(frozen=True, slots=True)
class Callee:
    name: str
    numbers: tuple[str, ...]
    is_patient: bool = True


def callee_of(task: CallTask) -> Callee:
    """Who asked to be phoned; else whoever stands for the patient, or the patient."""
    stand_ins = list(_stand_ins(task))
    if not stand_ins:
        return Callee(task.patient.full_name, _known([task.patient.mobile, task.patient.phone]))
    names = ", ".join(f"{one.name} ({one.relation})" for one in stand_ins)
    return Callee(names, _known(one.mobile for one in stand_ins), is_patient=False)


def person_on(task: CallTask, number: str) -> Patient | Representative:
    """Whose number this is: of whoever stands for the patient the one who has it, else the first; or the patient."""
    stand_ins = list(_stand_ins(task))
    return next((one for one in stand_ins if one.mobile == number), next(iter(stand_ins), task.patient))


def mobiles_of(task: CallTask) -> set[str]:
    """The numbers to which text messages go."""
    return {task.patient.mobile, *(one.mobile for one in _stand_ins(task))} - {""}


def _stand_ins(task: CallTask) -> Iterable[Representative]:
    if task.participant is not None:
        return [task.participant.representative] if task.participant.representative else []
    if task.appointment is None:
        return _parents(task)
    return [
        part.representative
        for part in task.appointment.participants.all()
        if part.role == ParticipantRole.REPRESENTATIVE and part.representative is not None
    ]


def _parents(task: CallTask) -> list[Representative]:
    """Without an appointment nobody is named: for a child whoever stands for it."""
    on = local_day(task.created_at)
    if not must_be_represented(task.patient, on):
        return []
    return [
        one
        for one in task.patient.representatives.all()
        if one.valid_from <= on and (one.valid_until is None or on <= one.valid_until)
    ]


def _known(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))
