"""A clinician is reported ill while colleagues book. And the same without the guards: someone is forgotten."""

from collections import Counter
from contextlib import nullcontext
from functools import partial

import pytest
from django.db import connection

from praktijkplan.placing import RefusalId
from scheduling import locks
from scheduling.actions import absences, booking
from scheduling.actions.absences import enter_absence
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.locks import Busy
from scheduling.models import Absence, Appointment
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-27", "9.00")
DAYS = ["2026-11-30", "2026-12-01", "2026-12-02"]
CLERKS = 6
ROUNDS = 5
ROUNDS_TO_LOSE = 40


class Clinic:
    def __init__(self):
        self.department = make.department("longziekten")
        self.kind = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        for day in DAYS:
            make.session_with(self.clinician, day, "13.00", "17.00")
        self.patients = [make.PatientFactory(department=self.department) for _ in range(CLERKS)]

    def book(self, n):
        start = make.amsterdam(DAYS[n % len(DAYS)], f"{13 + n // len(DAYS)}.00")
        try:
            answer = book_appointment(
                patient=self.patients[n], plan=Plan(start, self.clinician, self.kind), by="system", now=NOW
            )
        except Busy:
            return "busy"
        except Exception as error:  # what the guards keep away
            return type(error).__name__
        return answer.refusals[0].id if isinstance(answer, NotPlaced) else "booked"

    def fall_ill(self):
        try:
            enter_absence(
                clinician=self.clinician,
                starts=make.amsterdam(DAYS[0], "0.00"),
                ends=make.amsterdam(DAYS[-1], "23.00"),
                kind=Absence.Kind.ILL,
                by="system",
                now=NOW,
            )
        except Busy:
            return "busy"
        except Exception as error:  # what the guards keep away
            return type(error).__name__
        return "ill"

    def race(self):
        jobs = [partial(self.book, n) for n in range(CLERKS)]
        return Counter(together(*jobs[:3], self.fall_ill, *jobs[3:]))

    @staticmethod
    def forgotten():
        """Booked with an absent clinician, and nobody knows."""
        return Appointment.objects.filter(clinician__absences__isnull=False, misfits__isnull=True).count()

    @staticmethod
    def clear():
        for appointment in Appointment.objects.all():
            appointment.misfits.all().delete()
            appointment.messages.all().delete()
            appointment.delete()
        Absence.objects.all().delete()


def test_whoever_is_first_nobody_is_booked_with_an_absent_clinician_unnoticed():
    clinic = Clinic()
    for _ in range(ROUNDS):
        ends = clinic.race()
        assert set(ends) <= {"booked", RefusalId.ABSENT, "busy", "ill"}
        assert sum(ends.values()) == CLERKS + 1
        assert clinic.forgotten() == 0
        clinic.clear()


def test_without_locks_someone_is_forgotten(monkeypatch):
    """On SQLite the lock is the IMMEDIATE transaction itself, so there the transaction goes."""
    if connection.vendor == "postgresql":
        monkeypatch.setattr(locks, "take", lambda wanted: None)
    else:
        for module in (absences, booking):
            monkeypatch.setattr(module, "planning", lambda wanted: nullcontext())
    clinic = Clinic()
    for _ in range(ROUNDS_TO_LOSE):
        clinic.race()
        if clinic.forgotten():
            return
        clinic.clear()
    pytest.fail(f"{ROUNDS_TO_LOSE} races without locks, and nobody was forgotten: the race is not one")
