"""An order is planned once, and who books in two tabs hears of the other one."""

from functools import partial

import pytest
from django.db.models import QuerySet

from events.models import Event
from people.models import Patient
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import ChangedMeanwhile, Plan
from scheduling.locks import Busy
from scheduling.models import Appointment
from scheduling.queries.seen import SeenOfPatient, seen_of_patient
from tests import factories as make
from tests.support.together import together

NOW = make.amsterdam("2026-11-27", "9.00")
CLOCKS = ("13.00", "13.20", "13.40", "14.00", "14.20", "14.40")
DAYS = ("2026-11-30", "2026-12-01")


class Clinic:
    """Two clinicians, each on two days."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinicians = [make.ClinicianFactory(departments=[self.department]) for _ in DAYS]
        for day in DAYS:
            for clinician in self.clinicians:
                make.session_with(clinician, day, "13.00", "16.00")
        self.patient = make.PatientFactory(department=self.department)

    def book(self, n=0, clock="13.00", patient=None, **more):
        """With the n-th clinician on the n-th day: no lock is shared."""
        plan = Plan(make.amsterdam(DAYS[n], clock), self.clinicians[n], self.video)
        return book_appointment(patient=patient or self.patient, plan=plan, by="user:7", now=NOW, **more)

    def attempt(self, *args, **more):
        try:
            return type(self.book(*args, **more)).__name__
        except (ChangedMeanwhile, Busy) as refused:
            return type(refused).__name__


def order_for(clinic):
    return make.FollowUpOrderFactory(department=clinic.department, patient=clinic.patient, type=clinic.video)


@pytest.mark.django_db
class TestOne:
    def test_order_is_planned_by_its_appointment(self):
        clinic = Clinic()
        order = order_for(clinic)
        booked = clinic.book(order=order)
        order.refresh_from_db()
        assert (order.appointment, booked.order) == (booked, order)
        assert Event.objects.get(kind="appointment.booked").data["order"] == order.pk
        planned = Event.objects.get(kind="order.planned")
        assert (planned.appointment_id, planned.data["order"]) == (booked.pk, order.pk)

    @pytest.mark.parametrize("why", ["planned", "dropped", "of another patient"])
    def test_order_that_cannot_be_planned_any_more_books_nothing(self, why):
        clinic = Clinic()
        order = order_for(clinic)
        if why == "planned":
            clinic.book(order=order)
        elif why == "dropped":
            order.dropped_at, order.drop_reason = NOW, "Verhuisd"
            order.save()
        before = Appointment.objects.count()
        with pytest.raises(ChangedMeanwhile):
            clinic.book(
                1, order=order, patient=make.PatientFactory() if why == "of another patient" else clinic.patient
            )
        assert Appointment.objects.count() == before

    def test_who_saw_the_newest_books(self):
        clinic = Clinic()
        assert seen_of_patient(clinic.patient.pk, clinic.department.pk) == SeenOfPatient(0)
        first = clinic.book(seen=SeenOfPatient(0))
        assert seen_of_patient(clinic.patient.pk, clinic.department.pk) == SeenOfPatient(first.pk)
        assert isinstance(clinic.book(1, seen=SeenOfPatient(first.pk)), Appointment)

    def test_who_did_not_see_what_another_booked_is_told(self):
        clinic = Clinic()
        clinic.book()
        with pytest.raises(ChangedMeanwhile):
            clinic.book(1, seen=SeenOfPatient(0))
        assert Appointment.objects.count() == 1

    def test_another_department_books_for_itself(self):
        clinic = Clinic()
        other = make.department("neurologie")
        make.treated_by(clinic.patient, [other])
        make.appointment(patient=clinic.patient, department=other, start=make.amsterdam(DAYS[0], "15.00"), now=NOW)
        assert isinstance(clinic.book(seen=SeenOfPatient(0)), Appointment)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_order_is_planned_once(self):
        clinic = Clinic()
        order = order_for(clinic)
        ends = together(*[partial(clinic.attempt, n, clock, order=order) for n in (0, 1) for clock in CLOCKS])
        assert ends.count("Appointment") == 1
        assert set(ends) <= {"Appointment", "ChangedMeanwhile", "NotPlaced", "Busy"}
        assert Appointment.objects.count() == 1

    def test_two_tabs_book_once(self):
        clinic = Clinic()
        ends = together(
            *[partial(clinic.attempt, n, clock, seen=SeenOfPatient(0)) for n in (0, 1) for clock in CLOCKS]
        )
        assert ends.count("Appointment") == 1
        assert set(ends) <= {"Appointment", "ChangedMeanwhile", "NotPlaced", "Busy"}

    @pytest.mark.postgres
    def test_without_the_patients_lock_two_tabs_book_twice(self, monkeypatch):
        """Proof that the test above can fail; on SQLite there is one writer at a time."""
        real = QuerySet.select_for_update

        def unlocked(rows, *args, **named):
            return rows.all() if rows.model is Patient else real(rows, *args, **named)

        monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
        for _ in range(10):
            clinic = Clinic()
            seen = seen_of_patient(clinic.patient.pk, clinic.department.pk)
            ends = together(*[partial(clinic.attempt, n, clock, seen=seen) for n in (0, 1) for clock in CLOCKS])
            if ends.count("Appointment") > 1:
                return
        pytest.fail("ten races without the lock, and none was lost: the race is not one")
