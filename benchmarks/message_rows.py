"""Appointments with messages, written in bulk: what is measured is what becomes of them."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from notifications.models import Channel, Message, MessageKind
from notifications.rows import Planned, rows_for
from people.models import Clinician, Department, Patient
from praktijkplan.contact import ContactKind, Modality
from scheduling.models import Appointment, AppointmentType, Participant, ParticipantRole

BATCH = 2000
DEPARTMENTS = 5


class Hospital:
    """Five departments; every appointment is one of a patient of its own, some day of the next two weeks."""

    def __init__(self) -> None:
        self.kinds = [self._department(n) for n in range(DEPARTMENTS)]
        self.clinician = Clinician.objects.create(name="dr. Bart Smit")
        self._made = Patient.objects.count()

    def _department(self, n: int) -> AppointmentType:
        department, _ = Department.objects.get_or_create(
            slug=f"poli-{n}", defaults={"name": f"Poli {n}", "phone": f"020-123450{n}"}
        )
        kind, _ = AppointmentType.objects.get_or_create(
            department=department,
            code="cp-video",
            defaults={
                "name": "CP video",
                "contact_kind": ContactKind.FOLLOW_UP,
                "modality": Modality.VIDEO,
                "duration_minutes": 10,
            },
        )
        return kind

    def appointments(self, count: int) -> list[Participant]:
        """One participant of each, with its appointment."""
        made: list[Participant] = []
        while len(made) < count:
            made += self._some(min(BATCH, count - len(made)))
        return made

    def _some(self, count: int) -> list[Participant]:
        first, self._made = self._made, self._made + count
        morning = timezone.now().replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=7)
        numbers = range(first, first + count)
        patients = Patient.objects.bulk_create(
            Patient(
                number=str(n),
                family_name=f"Bakker{n}",
                search_name=f"bakker{n}",
                birth_date="1960-05-05",
                email=f"p{n}@post.example",
            )
            for n in numbers
        )
        appointments = Appointment.objects.bulk_create(
            self._appointment(patient, morning + timedelta(days=n % 14, minutes=n * 5 % 540), self.kinds[n % 5])
            for n, patient in zip(numbers, patients, strict=True)
        )
        return Participant.objects.bulk_create(
            Participant(appointment=appointment, role=ParticipantRole.PATIENT) for appointment in appointments
        )

    def _appointment(self, patient: Patient, start: datetime, kind: AppointmentType) -> Appointment:
        return Appointment(
            department=kind.department,
            patient=patient,
            clinician=self.clinician,
            type=kind,
            start=start,
            end=start + timedelta(minutes=10),
            modality=Modality.VIDEO,
            booked_by="user:1",
            booked_at=timezone.now(),
        )


def write_rows(whom: list[Participant], *, due: datetime, channels: tuple[Channel, ...]) -> int:
    """A confirmation to each of them; returns the number of rows."""
    rows = (row for one in whom for row in _rows(one, due, channels))
    written = 0
    while some := list(islice(rows, BATCH)):
        written += len(Message.objects.bulk_create(some))
    return written


def _rows(whom: Participant, due: datetime, channels: tuple[Channel, ...]) -> list[Any]:
    plan = [Planned(MessageKind.CONFIRMATION, due, whom.appointment.start)]
    return rows_for(whom.appointment, whom, plan, channels)
