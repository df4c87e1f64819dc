"""Interpreters, and what an appointment needs besides its clinician, over the API."""

import pytest

from scheduling.models import Appointment, Interpreter
from scheduling.queries.needs import needs_of
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


class Clinic:
    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.zwart, self.beekman = (make.ClinicianFactory(departments=[self.department]) for _ in range(2))
        for clinician in (self.zwart, self.beekman):
            make.session_with(clinician, "2026-11-30", "13.00", "15.00")
        self.nuray = make.InterpreterFactory(department=self.department, name="Nuray Demir", languages=["tr"])
        self.held = self.book(self.zwart)
        self.program = staff(make.member("planner", self.department))

    def book(self, clinician, **more):
        start = make.amsterdam("2026-11-30", "13.00")
        return make.appointment(clinician=clinician, type=self.video, start=start, now=NOW, **more)

    def put(self, *needs, **more):
        sent = {"version": 1, "needs": [dict(zip(("resource", "id"), each, strict=True)) for each in needs]} | more
        return self.program.put("api-appointment-needs", sent, public_id=self.held.public_id)


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_needs_are_set_and_read(clinic):
    told = clinic.put(("interpreter", clinic.nuray.pk), ("clinician", clinic.beekman.pk)).json()
    assert [(each["resource"], each["name"]) for each in told["needs"]] == [
        ("interpreter", "Nuray Demir"),
        ("clinician", clinic.beekman.name),
    ]
    read = clinic.program.get("api-appointment-needs", public_id=clinic.held.public_id)
    assert (read.json(), read["ETag"]) == (told, '"2"')


def test_who_is_taken_is_answered_with_where_all_are_free(clinic):
    clinic.book(clinic.beekman, needs=frozenset({make.need(clinic.nuray)}))
    response = clinic.put(("interpreter", clinic.nuray.pk))
    assert (response.status_code, kind_of(response)) == (409, "not-placed")
    assert response.json()["refusals"][0]["id"] == "interpreter_taken"
    starts = {each["start"] for each in response.json()["proposals"]}
    assert starts
    assert not any(start < "2026-11-30T13:20" for start in starts)
    moved = clinic.put(("interpreter", clinic.nuray.pk), start=min(starts))
    assert moved.status_code == 200
    assert needs_of(clinic.held) == {make.need(clinic.nuray)}


def test_places_are_proposed_where_all_are_free(clinic):
    clinic.book(clinic.beekman, needs=frozenset({make.need(clinic.nuray)}))
    asked = {
        "type": clinic.video.pk,
        "patient": str(make.PatientFactory(department=clinic.department).public_id),
        "from": "2026-11-30",
        "until": "2026-11-30",
        "needs": [f"interpreter.{clinic.nuray.pk}", f"clinician.{clinic.zwart.pk}"],
    }
    found = clinic.program.get("api-proposals", asked).json()["proposals"]
    assert {each["clinician"]["id"] for each in found} == {clinic.beekman.pk}
    assert min(each["start"] for each in found) >= "2026-11-30T13:20"
    for wrong in ("interpreter", "patient.1", "interpreter.999999", "x" * 400):
        assert "needs" in clinic.program.get("api-proposals", asked | {"needs": [wrong]}).json()["errors"]


def test_who_is_of_another_department_or_nobody_is_refused(clinic):
    theirs = make.InterpreterFactory(department=make.department("neurologie"), name="Ali Kaya")
    for need in (("interpreter", theirs.pk), ("workplace", 999999)):
        assert list(clinic.put(need).json()["errors"]) == ["needs"]
    assert clinic.put(("patient", 1)).status_code == 400


def test_seen_version_counts(clinic):
    assert kind_of(clinic.put(("interpreter", clinic.nuray.pk), version=2)) == "changed-meanwhile"


def test_interpreters_are_added_changed_and_listed(clinic):
    sent = {"department": clinic.department.pk, "name": "Samia Haddad", "languages": ["ar", "ar"]}
    added = clinic.program.post("api-interpreters", sent)
    assert (added.status_code, added.json()["languages"]) == (201, ["ar"])
    assert kind_of(clinic.program.post("api-interpreters", sent)) == "invalid"
    pk = added.json()["id"]
    changed = clinic.program.put(
        "api-interpreter", {"name": "Samia Haddad", "languages": ["fr"], "active": False}, pk=pk
    )
    assert (changed.json()["active"], Interpreter.objects.get(pk=pk).languages) == (False, ["fr"])
    listed = clinic.program.get("api-interpreters", {"department": clinic.department.pk}).json()["interpreters"]
    assert [each["name"] for each in listed] == ["Nuray Demir", "Samia Haddad"]
    assert clinic.program.post("api-interpreters", sent | {"name": "X", "languages": ["xx"]}).status_code == 400


class TestBooked:
    def book(self, clinic, *needs):
        sent = {
            "patient": str(make.PatientFactory(department=clinic.department).public_id),
            "type": clinic.video.pk,
            "clinician": clinic.beekman.pk,
            "start": "2026-11-30T13:00:00+01:00",
            "needs": [dict(zip(("resource", "id"), each, strict=True)) for each in needs],
        }
        return clinic.program.post("api-appointments", sent)

    def test_with_an_interpreter_from_the_start(self, clinic):
        response = self.book(clinic, ("interpreter", clinic.nuray.pk))
        assert response.status_code == 201
        booked = Appointment.objects.get(public_id=response.json()["id"])
        assert needs_of(booked) == {make.need(clinic.nuray)}

    def test_who_is_taken_is_answered_with_where_all_are_free(self, clinic):
        clinic.put(("interpreter", clinic.nuray.pk))
        response = self.book(clinic, ("interpreter", clinic.nuray.pk))
        assert (response.status_code, response.json()["refusals"][0]["id"]) == (409, "interpreter_taken")
        assert not any(each["start"] < "2026-11-30T13:20" for each in response.json()["proposals"])

    def test_who_is_of_another_department_is_refused(self, clinic):
        theirs = make.InterpreterFactory(department=make.department("neurologie"), name="Ali Kaya")
        assert list(self.book(clinic, ("interpreter", theirs.pk)).json()["errors"]) == ["needs"]
