"""The hospital in which `benchmarks.booking` books, and what it finds there afterwards."""

from collections.abc import Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from benchmarks.polyclinic import BATCH, make_clinician, make_type
from people.models import Department, Membership, Patient, Role, TreatmentRelation, User
from praktijkplan.intervals import overlaps as meet
from praktijkplan.localtime import half_day, to_instant
from praktijkplan.slots import BlockMode
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, AppointmentStatus, ClinicSession, Occupancy, Resource, SessionBlock

MINUTES = 20
OPENS, CLOSES = time(8), time(17)
# Of the clinician whom everybody wants.
SAME_PLACES = 30
PATIENTS = 2000
# A bare table with nothing but the guard.
FLOOR = "bench_floor"


def make_world(*, clinicians: int, days: Sequence[date], clients: int) -> dict[str, Any]:
    """Clinics from eight to five, and a client's session each; what a client must know, ready for JSON."""
    department = Department.objects.create(slug="bench", name="Polyclinic", phone="020-1234567")
    kind = make_type(department, "asked", MINUTES)
    who = [make_clinician(number, department).pk for number in range(clinicians)]
    sessions = ClinicSession.objects.bulk_create(
        [
            ClinicSession(
                department=department, clinician_id=pk, date=day, half_day=half_day(OPENS).value, source="bench"
            )
            for pk in who
            for day in days
        ],
        batch_size=BATCH,
    )
    blocks = SessionBlock.objects.bulk_create(
        [
            SessionBlock(
                session=session,
                department_id=department.pk,
                clinician_id=session.clinician_id,
                starts=to_instant(session.date, OPENS, AMSTERDAM),
                ends=to_instant(session.date, CLOSES, AMSTERDAM),
                mode=BlockMode.FLEXIBLE.value,
            )
            for session in sessions
        ],
        batch_size=BATCH,
    )
    through = SessionBlock.types.through
    through.objects.bulk_create(
        [through(sessionblock_id=block.pk, appointmenttype_id=kind.pk) for block in blocks], batch_size=BATCH
    )
    patients = Patient.objects.bulk_create(
        [
            Patient(
                number=f"B{number:05}",
                family_name=f"Bakker{number}",
                search_name=f"bakker{number}",
                birth_date="1960-05-05",
                email=f"p{number}@post.example",
            )
            for number in range(PATIENTS)
        ],
        batch_size=BATCH,
    )
    TreatmentRelation.objects.bulk_create(
        [TreatmentRelation(patient=patient, department=department, since=days[0]) for patient in patients],
        batch_size=BATCH,
    )
    _make_floor()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    per_day = (CLOSES.hour - OPENS.hour) * 60 // MINUTES
    starts = [to_instant(day, OPENS, AMSTERDAM) + slot * MINUTES for day in days for slot in range(per_day)]
    return {
        "type": kind.pk,
        "clinicians": who,
        "starts": starts,
        "same": starts[:SAME_PLACES],
        "minutes": MINUTES,
        "patients": [[patient.pk, str(patient.public_id)] for patient in patients],
        "sessions": [_signed_in(department, n) for n in range(clients)],
        "cookie": settings.SESSION_COOKIE_NAME,
    }


def _signed_in(department: Department, number: int) -> str:
    user = User.objects.create(email=f"planner{number}@bench.example", name=f"Planner {number}")
    Membership.objects.create(user=user, department=department, role=Role.PLANNER)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    return session.session_key


def _make_floor() -> None:
    with connection.cursor() as cursor:
        guard = ""
        if connection.vendor == "postgresql":
            guard = ", EXCLUDE USING gist (clinician WITH =, int4range(starts, ends) WITH &&)"
        cursor.execute(f"CREATE TABLE {FLOOR} (clinician integer, starts integer, ends integer{guard})")
        cursor.execute(f"CREATE INDEX {FLOOR}_starts ON {FLOOR} (clinician, starts)")


def begin_anew() -> None:
    """Nothing stands booked; what was booked before is a history, as in a clinic."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {FLOOR}")
    Occupancy.objects.update(active=False)
    Appointment.objects.update(status=AppointmentStatus.CANCELLED)


def overlaps(way: str) -> int:
    if way == "floor":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT clinician, starts, ends FROM {FLOOR} ORDER BY clinician, starts")
            rows = cursor.fetchall()
    else:
        held = Occupancy.objects.filter(active=True, resource=Resource.CLINICIAN).order_by("resource_id", "starts")
        rows = list(held.values_list("resource_id", "starts", "ends"))
    return sum(one[0] == other[0] and meet(one[1:], other[1:]) for one, other in pairwise(rows))
