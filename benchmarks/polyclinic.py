"""A polyclinic from data.json, through the models: local minutes become dated sessions, blocks and appointments."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from django.db import connection

from people.models import Clinician, Department, Membership, Patient, Role, TreatmentRelation, User
from praktijkplan.contact import ContactKind, Modality, Profession
from praktijkplan.localtime import half_day, to_instant
from praktijkplan.slots import BlockMode
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, AppointmentType, ClinicSession, Occupancy, Resource, SessionBlock
from scheduling.models.minutes import from_minute

PATIENTS = 2000
BATCH = 2000


@dataclass(frozen=True)
class Polyclinic:
    first_day: date
    department: Department
    planner: User
    type_id: int
    clinicians: dict[int, int]  # number in the data -> id


def load(data: dict[str, Any], *, consult: int) -> Polyclinic:
    department = Department.objects.create(
        slug="bench", name="Polyclinic", phone="020-1234567", helpdesk_phone="020-1234568"
    )
    planner = User.objects.create(email="planner@bench.example", name="Planner")
    Membership.objects.create(user=planner, department=department, role=Role.PLANNER)
    asked = make_type(department, "asked", consult)
    clinicians = {row["id"]: make_clinician(row["id"], department).pk for row in data["clinicians"]}
    sessions = _load_sessions(data["sessions"], department, clinicians, asked)
    _load_bookings(data["bookings"], department, clinicians, sessions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what a running server does by itself after a while
    return Polyclinic(date.fromisoformat(data["start"]), department, planner, asked.pk, clinicians)


def make_type(department: Department, code: str, minutes: int) -> AppointmentType:
    return AppointmentType.objects.create(
        department=department,
        code=code,
        name=f"CP video {minutes}",
        contact_kind=ContactKind.FOLLOW_UP.value,
        modality=Modality.VIDEO.value,
        duration_minutes=minutes,
    )


def make_clinician(number: int, department: Department) -> Clinician:
    clinician = Clinician.objects.create(name=f"Clinician {number:02}", profession=Profession.SPECIALIST.value)
    clinician.departments.add(department)
    return clinician


def _minutes(day: str, minute: int) -> int:
    return to_instant(date.fromisoformat(day), time(minute // 60, minute % 60), AMSTERDAM)


def _load_sessions(
    rows: list[list[Any]], department: Department, clinicians: dict[int, int], asked: AppointmentType
) -> dict[tuple[int, str], list[tuple[int, int, int]]]:
    """Each session is one flexible block that allows the type asked for; returns where each is."""
    sessions = ClinicSession.objects.bulk_create(
        (
            ClinicSession(
                department=department,
                clinician_id=clinicians[number],
                date=date.fromisoformat(day),
                half_day=half_day(time(start // 60, start % 60)).value,
                source="bench",
            )
            for number, day, start, *_ in rows
        ),
        batch_size=BATCH,
    )
    blocks = SessionBlock.objects.bulk_create(
        (
            SessionBlock(
                session=session,
                department_id=department.pk,
                clinician_id=session.clinician_id,
                starts=_minutes(day, start),
                ends=_minutes(day, end),
                mode=BlockMode.FLEXIBLE.value,
            )
            for session, (_, day, start, end, *_) in zip(sessions, rows, strict=True)
        ),
        batch_size=BATCH,
    )
    through = SessionBlock.types.through
    through.objects.bulk_create(
        (through(sessionblock_id=block.pk, appointmenttype_id=asked.pk) for block in blocks), batch_size=BATCH
    )
    places: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    for session, (number, day, start, end, *_) in zip(sessions, rows, strict=True):
        places.setdefault((number, day), []).append((start, end, session.pk))
    return places


def _load_bookings(
    rows: list[list[Any]],
    department: Department,
    clinicians: dict[int, int],
    sessions: dict[tuple[int, str], list[tuple[int, int, int]]],
) -> None:
    patients = _patients(department)
    types: dict[int, AppointmentType] = {}
    booked_at = datetime(2026, 1, 1, tzinfo=UTC)
    waiting = iter(rows)
    index = 0
    while batch := list(islice(waiting, BATCH)):
        appointments = []
        for number, day, start, end in batch:
            minutes = end - start
            if minutes not in types:
                types[minutes] = make_type(department, f"booked-{minutes}", minutes)
            held = next(pk for low, high, pk in sessions[number, day] if low <= start < high)
            appointments.append(
                Appointment(
                    department=department,
                    patient_id=patients[index % len(patients)],
                    clinician_id=clinicians[number],
                    type=types[minutes],
                    session_id=held,
                    start=from_minute(_minutes(day, start)),
                    end=from_minute(_minutes(day, end)),
                    modality=Modality.VIDEO.value,
                    booked_by="system",
                    booked_at=booked_at,
                )
            )
            index += 1
        made = Appointment.objects.bulk_create(appointments)
        Occupancy.objects.bulk_create(
            Occupancy(
                appointment=appointment,
                resource=Resource.CLINICIAN,
                resource_id=clinicians[number],
                starts=_minutes(day, start),
                ends=_minutes(day, end),
            )
            for appointment, (number, day, start, end) in zip(made, batch, strict=True)
        )


def _patients(department: Department) -> list[int]:
    made = Patient.objects.bulk_create(
        Patient(
            number=f"B{number:05}",
            family_name=f"Patient {number}",
            search_name=f"patient {number}",
            birth_date=date(1983, 1, 1),
        )
        for number in range(PATIENTS)
    )
    TreatmentRelation.objects.bulk_create(
        TreatmentRelation(patient=patient, department=department, since=date(2026, 1, 1)) for patient in made
    )
    return [patient.pk for patient in made]
