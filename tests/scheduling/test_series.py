"""A series in one go: its places read, and booked all or none."""

from datetime import date, timedelta

import pytest

from events.models import Event
from praktijkplan.placing import RefusalId
from praktijkplan.series import SeriesWish, WhyNot
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.actions.series import book_series
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentChange, Occupancy
from scheduling.models.minutes import from_minute
from scheduling.queries.series import places_of_series
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = date(2026, 11, 30)


class Clinic:
    """Dr. Zwart on six Mondays from 13.00 to 15.00, dr. Beekman on the second Tuesday."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.zwart, self.beekman = (make.ClinicianFactory(departments=[self.department]) for _ in range(2))
        for week in range(6):
            make.session_with(self.zwart, MONDAY + timedelta(weeks=week), "13.00", "15.00")
        make.session_with(self.beekman, MONDAY + timedelta(days=8), "13.00", "15.00")
        self.patient = make.PatientFactory(department=self.department)

    def places(self, count=4, **more):
        wish = SeriesWish(count=count, every=7, **more)
        return places_of_series(self.patient, self.video, wish, MONDAY, now=NOW)

    def plan(self, week, clock="13.00"):
        return Plan(make.amsterdam(MONDAY + timedelta(weeks=week), clock), self.zwart, self.video)

    def book(self, *plans):
        return book_series(patient=self.patient, plans=plans, by="user:7", now=NOW)


@pytest.fixture
def clinic():
    return Clinic()


def days(positions):
    return [each.chosen and local_day(from_minute(each.chosen[0])) for each in positions]


class TestPlaces:
    def test_each_week_at_the_same_time(self, clinic):
        found = clinic.places()
        assert days(found) == [MONDAY + timedelta(weeks=week) for week in range(4)]
        assert {each.chosen[1] for each in found} == {clinic.zwart.pk}
        assert all(each.others and each.chosen not in each.others for each in found)

    def test_what_is_missing_says_why_and_offers_what_is_near(self, clinic):
        """The second Monday is full; dr. Beekman has room the day after."""
        for clock in ("13.00", "13.20", "13.40", "14.00", "14.20", "14.40"):
            make.appointment(start=make.amsterdam("2026-12-07", clock), clinician=clinic.zwart, type=clinic.video)
        second = clinic.places()[1]
        assert (second.chosen, second.why_not) == (None, WhyNot.NOTHING_FREE)
        assert {each[1] for each in second.others} == {clinic.beekman.pk}
        assert days(clinic.places(margin=1))[1] == date(2026, 12, 8)
        assert clinic.places(margin=1, clinician=clinic.zwart.pk)[1].why_not is WhyNot.OTHER_CLINICIAN

    def test_when_the_patient_is_elsewhere_there_is_no_place(self, clinic):
        elsewhere = make.AppointmentTypeFactory(department=make.department("neurologie"), duration_minutes=120)
        make.appointment(start=make.amsterdam(MONDAY, "13.00"), patient=clinic.patient, type=elsewhere)
        assert days(clinic.places())[0] == MONDAY + timedelta(weeks=1)

    def test_what_lies_too_far_ahead_says_so(self, clinic):
        make.policy(clinic.department, horizon_weeks=2)
        assert [each.beyond for each in clinic.places()] == [False, False, True, True]

    def test_nothing_at_all(self, clinic):
        Occupancy.objects.all().delete()
        clinic.department.clinicians.clear()
        found = places_of_series(
            clinic.patient, clinic.video, SeriesWish(count=2, every=7), date(2027, 6, 1), now=NOW
        )
        assert [(each.chosen, each.others) for each in found] == [(None, ())] * 2

    def test_asks_as_many_queries_for_two_as_for_six(self, clinic, count_queries):
        with count_queries() as two:
            clinic.places(2)
        with count_queries() as six:
            clinic.places(6)
        assert two.count == six.count, str(six)


class TestBooked:
    def test_all_with_one_batch(self, clinic):
        done = clinic.book(*(clinic.plan(week) for week in range(4)))
        assert [each.start for each in done] == [clinic.plan(week).start for week in range(4)]
        batches = set(AppointmentChange.objects.values_list("batch", "kind"))
        assert len(batches) == 1
        assert batches.pop()[1] == "booked"
        assert Event.objects.filter(kind="appointment.booked").count() == 4

    @pytest.mark.parametrize("taken", [0, 2])
    def test_one_that_is_taken_leaves_nothing_booked_and_is_named(self, clinic, taken):
        plans = [clinic.plan(week) for week in range(3)]
        make.appointment(start=plans[taken].start, clinician=clinic.zwart, type=clinic.video)
        refused = clinic.book(*plans)
        assert isinstance(refused, NotPlaced)
        assert (refused.which, [each.id for each in refused.refusals]) == (taken, [RefusalId.TAKEN])
        assert not Appointment.objects.filter(patient=clinic.patient).exists()
        assert Event.objects.filter(kind="appointment.booked").count() == 1

    def test_two_at_the_same_moment_are_refused(self, clinic):
        refused = clinic.book(clinic.plan(0), clinic.plan(0))
        assert isinstance(refused, NotPlaced)
        assert refused.which == 1
        assert not Appointment.objects.exists()
