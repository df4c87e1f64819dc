"""Many at once for one interpreter, one overbooking, one appointment: one wins, and nothing is half done."""

from collections import Counter
from functools import partial

import pytest

from scheduling import locks
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import ChangedMeanwhile, Plan
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentChange
from tests import factories as make
from tests.support.planned import overlapping
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = "2026-11-30"
WORKERS = 12


def at(clock):
    return make.amsterdam(MONDAY, clock)


class Clinic:
    def __init__(self, clinicians=2):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinicians = [make.ClinicianFactory(departments=[self.department]) for _ in range(clinicians)]
        for clinician in self.clinicians:
            make.session_with(clinician, MONDAY, "13.00", "17.00")
        self.patients = [make.PatientFactory(department=self.department) for _ in range(WORKERS)]

    def plan(self, n, clock, **more):
        return Plan(at(clock), self.clinicians[n % len(self.clinicians)], self.video, **more)

    def book(self, n, clock, **more):
        return book_appointment(patient=self.patients[n], plan=self.plan(n, clock, **more), by="system", now=NOW)


def outcome(act):
    try:
        return type(act()).__name__
    except (ChangedMeanwhile, Busy) as refused:
        return type(refused).__name__


def race(*acts):
    return Counter(together(*[partial(outcome, act) for act in acts]))


class TestInterpreter:
    def ends(self):
        clinic = Clinic(clinicians=WORKERS)
        nuray = make.InterpreterFactory(department=clinic.department)
        needs = frozenset({make.need(nuray)})
        return race(*[partial(clinic.book, n, "13.20", needs=needs) for n in range(WORKERS)])

    def test_one_of_many_gets_the_interpreter(self):
        ends = self.ends()
        assert ends["Appointment"] == 1
        assert set(ends) <= {"Appointment", "NotPlaced", "Busy"}
        assert not overlapping()

    def test_constraint_alone_still_leaves_one_winner(self, monkeypatch):
        monkeypatch.setattr(locks, "take", lambda wanted: None)
        assert self.ends()["Appointment"] == 1
        assert not overlapping()


class TestOverbooking:
    """No constraint counts overbookings: the lock on the clinician's day is all that guards their number."""

    @pytest.fixture(autouse=True)
    def one_a_session(self):
        make.policy(make.department("longziekten"), overbooks_most=1)

    def overbooked(self):
        clinic = Clinic(clinicians=1)
        assert isinstance(clinic.book(0, "13.20"), Appointment)
        beside = {"overbook": True, "overbook_reason": "Kan alleen vandaag"}
        return race(*[partial(clinic.book, n, "13.20", **beside) for n in range(1, WORKERS)])["Appointment"]

    def test_no_more_than_agreed(self):
        assert self.overbooked() == 1

    @pytest.mark.postgres
    def test_without_the_lock_more_than_agreed(self, monkeypatch):
        """Proof that the test above can fail; on SQLite the lock is the transaction that the facts need too."""
        monkeypatch.setattr(locks, "take", lambda wanted: None)
        for _ in range(10):
            if self.overbooked() > 1:
                return
        pytest.fail("ten races without the lock, and none was lost: the race is not one")


class TestOneAppointment:
    def booked(self):
        clinic = Clinic()
        one, other = (clinic.book(n, clock) for n, clock in ((0, "13.20"), (1, "14.40")))
        return clinic, one, other

    def swap(self, one, other):
        return swap_appointments(one=one, other=other, by="system", now=NOW)

    def test_swaps_of_the_same_two_in_opposite_directions_do_not_deadlock(self):
        _, one, other = self.booked()
        ends = race(*[partial(self.swap, *pair) for pair in ((one, other), (other, one)) * 4])
        assert ends["tuple"] == 1
        assert set(ends) <= {"tuple", "ChangedMeanwhile", "Busy"}
        self.all_is_whole()

    def test_swap_against_moves_of_either(self):
        clinic, one, other = self.booked()
        moves = [
            partial(replan_appointment, appointment=held, plan=clinic.plan(n, clock), by="system", now=NOW)
            for n, held in enumerate((one, other))
            for clock in ("15.00", "15.20", "16.00")
        ]
        ends = race(partial(self.swap, one, other), partial(self.swap, other, one), *moves)
        assert set(ends) <= {"tuple", "Appointment", "ChangedMeanwhile", "NotPlaced", "Busy"}
        # Each row changed once: by the swap that had both, or by a move of its own.
        assert set(Appointment.objects.values_list("schedule_version", flat=True)) <= {1, 2}
        assert ends["tuple"] * 2 + ends["Appointment"] == AppointmentChange.objects.exclude(kind="booked").count()
        self.all_is_whole()

    def all_is_whole(self):
        """What stands is what the last change says, and every version has its change."""
        assert not overlapping()
        for appointment in Appointment.objects.all():
            rows = list(appointment.changes.all())
            assert [row.version for row in rows] == [*range(1, appointment.schedule_version + 1)]
            held = {(row.starts, row.ends) for row in appointment.occupancies.filter(active=True)}
            assert held == {(rows[-1].after["start"], rows[-1].after["end"])}
            assert rows[-1].after["clinician"] == appointment.clinician_id
