"""Fills the agendas through the real booking: seeded, so that the same patients have the same appointments.

The closer a day, the fuller: about 70 % for two weeks, then less. What lies behind us has been held and closed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from demo.hospital.letters import remember_sent
from demo.hospital.patients import SEED, VERY_OLD
from demo.hospital.sessions import SOURCE
from demo.progress import Tell, counted
from people.models import Patient, TreatmentRelation, User
from praktijkplan.contact import ContactKind
from praktijkplan.slots import BlockMode
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import Appointment, AppointmentType, ContactPreference, SessionBlock
from scheduling.models.minutes import from_minute

# Weeks from now, and the share of the time that is booked.
FILLING = ((2, 0.74), (4, 0.15), (8, 0.05))
FILLING_BEFORE = 0.35
GRID = 5
# Long enough for one transaction to be worth it, short enough to see the bar move.
BATCH = 25
LONGEST_LEAD = timedelta(weeks=7)
FRIDAY = 4
NEAR = timedelta(days=7)


class Waiting:
    """Whose turn it is to get an appointment in a department: everybody once before anybody twice."""

    def __init__(self, today: date) -> None:
        patients = Patient.objects.in_bulk()
        booked = Appointment.objects.order_by("pk").values_list("patient_id", "department_id", "start")
        self.busy = {(patient, local_day(start)) for patient, _, start in booked}
        self.seen = {(patient, department) for patient, department, _ in booked}
        self.queues: dict[int, list[Patient]] = defaultdict(list)
        relations = TreatmentRelation.objects.order_by("pk").values_list("department_id", "patient_id")
        for department, patient in relations:
            self.queues[department].append(patients[patient])
        times = Counter(patient for patient, _, _ in booked)
        for department, queue in self.queues.items():
            Random(SEED + department).shuffle(queue)
            # The few who are very old are to be met soon, whatever the dice say.
            queue.sort(key=lambda patient: (times[patient.pk], patient.age_on(today) < VERY_OLD))
        stated = ContactPreference.objects.order_by("pk").values_list("patient_id", "preference")
        self.wishes = dict(stated)

    def next_for(self, department: int, day: date) -> Patient | None:
        queue = self.queues[department]
        for place, patient in enumerate(queue):
            if (patient.pk, day) not in self.busy:
                queue.append(queue.pop(place))
                return patient
        return None

    def booked(self, appointment: Appointment) -> None:
        self.busy.add((appointment.patient_id, local_day(appointment.start)))
        self.seen.add((appointment.patient_id, appointment.department_id))


class Agendas:
    """The agendas as they stand; each block is filled by dice of its own, whichever process does it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waiting = Waiting(local_day(now))
        self.clerks = _clerks()

    def fill(self, block: SessionBlock) -> None:
        dice = Random(SEED + block.starts * 1_000 + block.clinician_id)
        share = _share(block.start, self.now)
        step = block.slot_minutes or GRID
        at = block.starts + block.start_up_minutes
        while fitting := [kind for kind in block.types.all() if at + kind.duration_minutes <= block.ends]:
            patient = self.waiting.next_for(block.department_id, local_day(from_minute(at)))
            if patient is None:
                return
            kind = self._kind_for(patient, fitting, dice, block.department_id)
            if dice.random() < share:
                self._book(patient, kind, block, at, dice)
            at += -(-kind.duration_minutes // step) * step

    def _kind_for(
        self, patient: Patient, types: list[AppointmentType], dice: Random, department: int
    ) -> AppointmentType:
        known = (patient.pk, department) in self.waiting.seen
        return _kind_for(types, dice, wish=self.waiting.wishes.get(patient.pk, ""), known=known)

    def _book(self, patient: Patient, kind: AppointmentType, block: SessionBlock, at: int, dice: Random) -> None:
        booked = book_appointment(
            patient=patient,
            plan=Plan(from_minute(at), block.session.clinician, kind),
            by=self.clerks[block.department_id],
            now=_booked_at(from_minute(at), self.now, dice),
        )
        if isinstance(booked, Appointment):
            self.waiting.booked(booked)


def fill_near(*, now: datetime, tell: Tell) -> date:
    """Last week and the next; the last day that is filled. The doors open after this."""
    last = local_day(now) + NEAR
    agendas, blocks = Agendas(now), _blocks(until=last)
    batches = [blocks[first : first + BATCH] for first in range(0, len(blocks), BATCH)]
    for batch in counted(batches, tell, "Appointments", len(batches)):
        with transaction.atomic():
            for block in batch:
                agendas.fill(block)
    return last


def fill_ahead(*, after: date, now: datetime) -> Iterator[date]:
    """The weeks after that, one block at a time while the demo is open; each step tells what day is done."""
    agendas, blocks = Agendas(now), _blocks(after=after)
    for index, block in enumerate(blocks):
        with transaction.atomic():
            agendas.fill(block)
            remember_sent(now=now, appointments=Appointment.objects.filter(session=block.session))
        day = local_day(block.start)
        whole = index + 1 == len(blocks) or local_day(blocks[index + 1].start) > day
        yield day if whole else day - timedelta(days=1)


def _blocks(*, after: date | None = None, until: date | None = None) -> list[SessionBlock]:
    found = SessionBlock.objects.exclude(mode=BlockMode.BREAK).exclude(session__source=SOURCE)
    if after is not None:
        found = found.filter(session__date__gt=after)
    if until is not None:
        found = found.filter(session__date__lte=until)
    return list(found.order_by("starts", "pk").select_related("session__clinician").prefetch_related("types"))


def _clerks() -> dict[int, str]:
    planners = User.objects.filter(memberships__role="planner").values_list("memberships__department_id", "pk")
    return {department: f"user:{user}" for department, user in planners}


def _share(start: datetime, now: datetime) -> float:
    if start < now:
        return FILLING_BEFORE
    return next((share for weeks, share in FILLING if start < now + timedelta(weeks=weeks)), 0.0)


def _kind_for(types: list[AppointmentType], dice: Random, *, wish: str, known: bool) -> AppointmentType:
    """One in five who was not seen before is new; the form is what the patient wants where the block has it."""
    new = not known and dice.random() < 0.2
    of_kind = [kind for kind in types if (kind.contact_kind == ContactKind.NEW) == new] or types
    wanted = [kind for kind in of_kind if kind.modality == wish] or of_kind
    # Longer consults are more common than many short ones.
    return dice.choices(wanted, [kind.duration_minutes for kind in wanted])[0]


def _booked_at(start: datetime, now: datetime, dice: Random) -> datetime:
    """On a working day in office hours, days or weeks ahead; else in the last days, but within the horizon."""
    before = (start - timedelta(days=dice.randint(3, LONGEST_LEAD.days))).astimezone(AMSTERDAM)
    before = before.replace(hour=dice.randint(8, 16), minute=dice.randint(0, 59))
    while before.weekday() > FRIDAY:
        before -= timedelta(days=1)
    lately = now - timedelta(minutes=dice.randint(60, 3 * 24 * 60))
    return before if before < now - timedelta(hours=1) else max(lately, start - timedelta(days=55))
