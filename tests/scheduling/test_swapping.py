"""Who fits in whose place: what is read must be what the action then does."""

from datetime import date

import pytest

from praktijkplan.placing import RefusalId
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.actions.replanning import swap_appointments
from scheduling.models import Appointment
from scheduling.queries.swapping import swaps_on
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY, TUESDAY = "2026-11-30", "2026-12-01"


class Clinic:
    """Dr. Zwart on Monday and dr. Beekman on Tuesday from 13.00 to 15.00; dr. Beekman takes no visits."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.visit = make.AppointmentTypeFactory(department=self.department, modality="visit", duration_minutes=30)
        self.zwart, self.beekman = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "dr. Beekman")
        )
        make.session_with(self.zwart, MONDAY, "13.00", "15.00", department=self.department)
        make.session_with(self.beekman, TUESDAY, "13.00", "15.00", types=[self.video], department=self.department)

    def book(self, clock, day=MONDAY, *, type=None, patient=None, **more):  # noqa: A002
        who = self.zwart if day == MONDAY else self.beekman
        booked = book_appointment(
            patient=patient or make.PatientFactory(department=self.department),
            plan=Plan(make.amsterdam(day, clock), who, type or self.video, **more),
            by="user:7",
            now=NOW,
        )
        assert isinstance(booked, Appointment), booked
        return booked


@pytest.fixture
def clinic():
    return Clinic()


def swaps(appointment, day):
    return swaps_on(appointment, date.fromisoformat(day), now=NOW)


def ids(refusals):
    return [refusal.id for refusal in refusals]


def test_what_fits_stands_first_and_each_says_why_not(clinic):
    one = clinic.book("13.00")
    visit, other = clinic.book("13.20", type=clinic.visit), clinic.book("14.00")
    there = clinic.book("13.40", TUESDAY)
    assert [(each.other, each.fits) for each in swaps(one, MONDAY)] == [(other, True), (visit, False)]
    assert [(each.other, each.fits) for each in swaps(one, TUESDAY)] == [(there, True)]
    [not_there] = swaps(visit, TUESDAY)
    assert ids(not_there.refused) == [RefusalId.TYPE_NOT_ALLOWED]
    assert not_there.other_refused == ()


def test_longer_one_that_would_reach_into_its_own_old_neighbour_does_not_fit(clinic):
    """Both leave before either is placed; side by side the longer one still gets in the way."""
    one, longer = clinic.book("13.00"), clinic.book("13.20", minutes=35)
    [swap] = swaps(one, MONDAY)
    assert not swap.fits
    assert isinstance(done(one, longer), NotPlaced)


@pytest.mark.parametrize("needs", [False, True], ids=["alone", "with an interpreter"])
def test_what_is_read_is_what_happens(clinic, needs):
    """Every pair of a full clinic, read and then done."""
    nuray = make.InterpreterFactory(department=clinic.department)
    more = {"needs": frozenset({make.need(nuray)})} if needs else {}
    held = [
        clinic.book("13.00", **more),
        clinic.book("13.20", type=clinic.visit),
        clinic.book("13.50", minutes=35),
        clinic.book("13.00", TUESDAY),
        clinic.book("13.20", TUESDAY, minutes=15),
        clinic.book("13.40", TUESDAY, **more),
    ]
    read = {
        (one.pk, swap.other.pk): swap.fits for one in held for day in (MONDAY, TUESDAY) for swap in swaps(one, day)
    }
    assert len(read) == len(held) * (len(held) - 1)
    assert len(set(read.values())) == 2
    by_key = {each.pk: each for each in held}
    for (one, other), fits in read.items():
        pair = Appointment.objects.get(pk=one), Appointment.objects.get(pk=other)
        outcome = done(*pair)
        assert isinstance(outcome, tuple) is fits, (by_key[one].start, by_key[other].start, outcome)
        if fits:
            assert isinstance(done(*outcome), tuple)


def done(one, other):
    return swap_appointments(one=one, other=other, by="user:8", now=NOW)


def test_other_departments_past_ones_and_the_very_same_place_are_left_out(clinic):
    one = clinic.book("13.00")
    make.appointment(start=make.amsterdam(MONDAY, "13.00"), department=make.department("neurologie"), now=NOW)
    clinic.book("13.00", overbook=True, overbook_reason="Kan alleen vandaag")
    clinic.book("13.20")
    late = swaps_on(one, date.fromisoformat(MONDAY), now=make.amsterdam(MONDAY, "13.30"))
    assert late == []
    assert [each.other.start for each in swaps(one, MONDAY)] == [make.amsterdam(MONDAY, "13.20")]


def test_asks_as_many_queries_for_one_as_for_four(clinic, count_queries):
    one = clinic.book("13.00")
    clinic.book("13.20")
    with count_queries() as few:
        swaps(one, MONDAY)
    for clock in ("13.40", "14.00", "14.20"):
        clinic.book(clock)
    with count_queries() as many:
        swaps(one, MONDAY)
    assert many.count == few.count, str(many)
