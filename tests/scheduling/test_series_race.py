"""Many series at once over the same days: whole or not at all, and nobody waits for each other in a circle."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest

from scheduling import locks
from scheduling.actions import series
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.actions.series import book_series
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentChange
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = date(2026, 11, 30)
WORKERS, WEEKS = 8, 4


class Clinic:
    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        for week in range(WEEKS):
            make.session_with(self.clinician, MONDAY + timedelta(weeks=week), "13.00", "15.00")
        self.patients = [make.PatientFactory(department=self.department) for _ in range(WORKERS)]

    def plan(self, week, clock):
        return Plan(make.amsterdam(MONDAY + timedelta(weeks=week), clock), self.clinician, self.video)

    def series(self, n, clock="13.00"):
        """Every other one asks for its weeks the other way round."""
        weeks = range(WEEKS) if n % 2 else reversed(range(WEEKS))
        plans = [self.plan(week, clock) for week in weeks]
        return book_series(patient=self.patients[n], plans=plans, by="system", now=NOW)

    def single(self, n, week):
        return book_appointment(patient=self.patients[n], plan=self.plan(week, "13.00"), by="system", now=NOW)


def outcome(act):
    try:
        return type(act()).__name__
    except Busy:
        return "Busy"


def race(*acts):
    return Counter(together(*[partial(outcome, act) for act in acts]))


def held():
    """How many appointments each batch has."""
    assert Appointment.objects.count() == AppointmentChange.objects.count()
    return Counter(AppointmentChange.objects.exclude(batch=None).values_list("batch", flat=True))


def test_one_series_of_many_has_the_same_places_and_has_them_all():
    clinic = Clinic()
    ends = race(*[partial(clinic.series, n) for n in range(WORKERS)])
    assert ends["list"] == 1
    assert set(ends) <= {"list", "NotPlaced", "Busy"}
    assert list(held().values()) == [WEEKS]


def test_series_in_opposite_order_beside_each_other_are_all_booked():
    """Locks are taken in one order whatever the plans say: nobody is refused for a deadlock."""
    clinic = Clinic()
    clocks = ("13.00", "13.20", "13.40", "14.00", "14.20", "14.40")
    ends = race(*[partial(clinic.series, n, clock) for n, clock in enumerate(clocks)])
    assert set(ends) <= {"list", "Busy"}
    assert ends["list"] >= 1
    assert list(held().values()) == [WEEKS] * ends["list"]


@pytest.mark.postgres
def test_locks_taken_one_day_after_the_other_deadlock(monkeypatch):
    """Proof that taking them all at once is needed: with the locks of each booking alone some are refused as busy."""
    monkeypatch.setattr(series, "locks_of", lambda plan, patient: [])
    for _ in range(10):
        clinic = Clinic()
        ends = race(
            *[partial(clinic.series, n, clock) for n, clock in enumerate(("13.00", "13.20", "13.40", "14.00"))]
        )
        if ends["Busy"]:
            return
        Appointment.objects.all().delete()
    pytest.fail("ten races without the locks of the whole series, and none ended in a deadlock")


def test_series_against_single_bookings_in_it():
    clinic = Clinic()
    singles = [partial(clinic.single, n, n % WEEKS) for n in range(2, WORKERS)]
    ends = race(partial(clinic.series, 0), partial(clinic.series, 1), *singles)
    assert set(ends) <= {"list", "Appointment", "NotPlaced", "Busy"}
    assert set(held().values()) <= {WEEKS}
    starts = Appointment.objects.values_list("start", flat=True)
    assert len(starts) == len(set(starts))


def test_constraint_alone_still_keeps_series_whole(monkeypatch):
    monkeypatch.setattr(locks, "take", lambda wanted: None)
    clinic = Clinic()
    ends = race(*[partial(clinic.series, n) for n in range(WORKERS)])
    assert ends["list"] <= 1
    assert set(held().values()) <= {WEEKS}
