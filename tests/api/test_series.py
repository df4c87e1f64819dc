"""A series proposed and booked over the API: all of it or nothing."""

from datetime import date, timedelta

import pytest

from scheduling.models import Appointment
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = date(2026, 11, 30)


class Clinic:
    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        for week in range(3):
            make.session_with(self.clinician, MONDAY + timedelta(weeks=week), "13.00", "15.00")
        self.patient = make.PatientFactory(department=self.department)
        self.program = staff(make.member("planner", self.department))

    def propose(self, **more):
        asked = {"patient": str(self.patient.public_id), "type": self.video.pk, "count": 3, "every_weeks": 1}
        return self.program.get("api-series", asked | {"from": "2026-11-30"} | more)

    def book(self, places, headers=None):
        sent = {"patient": str(self.patient.public_id), "type": self.video.pk, "places": places}
        return self.program.post("api-series", sent, headers=headers)

    def places(self):
        found = self.propose().json()["positions"]
        return [{"start": each["place"]["start"], "clinician": each["place"]["clinician"]["id"]} for each in found]


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_proposed_booked_and_undone(clinic):
    response = clinic.book(clinic.places())
    told = response.json()
    assert (response.status_code, len(told["appointments"])) == (201, 3)
    assert response["Location"] == f"/api/v1/batches/{told['batch']}"
    outcomes = clinic.program.post("api-batch-undo", batch=told["batch"]).json()["outcomes"]
    assert [each["ended"] for each in outcomes] == ["done"] * 3
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


def test_what_is_missing_says_why(clinic):
    last = clinic.propose(count=4).json()["positions"][-1]
    assert (last["place"], last["why_not"], last["wanted"]) == (None, "nothing_free", "2026-12-21")
    assert last["sentence"]


def test_one_that_is_taken_is_named_and_nothing_is_booked(clinic):
    places = clinic.places()
    make.appointment(start=make.amsterdam("2026-12-07", "13.00"), clinician=clinic.clinician, type=clinic.video)
    response = clinic.book(places)
    assert (response.status_code, kind_of(response), response.json()["which"]) == (409, "not-placed", 1)
    assert not Appointment.objects.filter(patient=clinic.patient).exists()


def test_same_key_books_once(clinic):
    places = clinic.places()
    first, again = (clinic.book(places, {"Idempotency-Key": "series-1"}) for _ in range(2))
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert Appointment.objects.count() == 3


@pytest.mark.parametrize("count", [1, 25])
def test_length_of_a_series_is_bounded(clinic, count):
    assert clinic.propose(count=count).status_code == 400
    assert clinic.book([clinic.places()[0]] * count).status_code == 400
