"""Absences through the API: entered, looked at with places, replanned, changed and lifted."""

import pytest

from notifications.models import CallTask
from scheduling.models import Absence, Misfit
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = "2026-11-30"
WHOLE_DAY = {"kind": "ill", "starts": "2026-11-30T00:00:00+01:00", "ends": "2026-12-01T00:00:00+01:00"}


class Clinic:
    """Dr. Zwart has two patients on Monday; dr. Wit has room for one."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.kind = make.AppointmentTypeFactory(department=self.department, modality="visit", duration_minutes=20)
        self.zwart, self.wit = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "dr. Wit")
        )
        make.session_with(self.zwart, MONDAY, "13.00", "15.00")
        make.session_with(self.wit, MONDAY, "13.00", "13.20")
        self.held = [
            make.appointment(clinician=self.zwart, type=self.kind, start=make.amsterdam(MONDAY, clock), now=NOW)
            for clock in ("13.00", "13.20")
        ]
        self.planner = staff(make.member("planner", self.department))

    def enter(self, **more):
        body = {"department": self.department.pk, "clinician": self.zwart.pk, **WHOLE_DAY, **more}
        return self.planner.post("api-absences", body)

    def look(self, absence):
        return self.planner.get("api-absence", {"department": self.department.pk}, public_id=absence)

    def post(self, name, absence, **body):
        return self.planner.post(name, {"department": self.department.pk, **body}, public_id=absence)


@pytest.fixture
def clinic(time_machine, staff):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_entered_looked_at_and_replanned_until_everyone_has_an_end(clinic):
    entered = clinic.enter()
    assert entered.status_code == 201
    absence = entered.json()["id"]
    assert clinic.planner.client.get(entered["Location"]).json()["id"] == absence
    (listed,) = clinic.planner.get("api-absences", {"department": clinic.department.pk}).json()["absences"]
    assert (listed["total"], listed["to_do"], listed["elsewhere"]) == (2, 2, 0)
    tasks = clinic.look(absence).json()["tasks"]
    assert [len(task["places"]) for task in tasks] == [1, 0]
    place = tasks[0]["places"][0]
    choices = [
        {
            "task": tasks[0]["id"],
            "version": tasks[0]["version"],
            "place": {"start": place["start"], "clinician": place["clinician"]["id"], "type": place["type"]},
        },
        {"task": tasks[1]["id"], "version": tasks[1]["version"], "place": None},
    ]
    done = clinic.post("api-absence-replan", absence, choices=choices).json()["outcomes"]
    assert [(each["task"], each["ended"]) for each in done] == [(task["id"], "done") for task in tasks]
    assert sorted(Misfit.objects.values_list("end", flat=True)) == ["cancelled", "moved"]
    assert CallTask.objects.filter(appointment=clinic.held[1], done_at=None).count() == 1
    assert clinic.post("api-absence-replan", absence, choices=choices).status_code == 400


def test_a_place_that_is_taken_is_refused_alone(clinic):
    absence = clinic.enter().json()["id"]
    tasks = clinic.look(absence).json()["tasks"]
    place = {"start": "2026-11-30T13:00:00+01:00", "clinician": clinic.wit.pk, "type": clinic.kind.pk}
    choices = [{"task": task["id"], "version": 1, "place": place} for task in tasks]
    done = clinic.post("api-absence-replan", absence, choices=choices).json()["outcomes"]
    assert [each["ended"] for each in done] == ["done", "refused"]
    assert done[1]["refusals"][0]["id"] == "taken"


def test_what_is_no_task_here_is_refused_as_a_whole(clinic):
    absence = clinic.enter().json()["id"]
    (task, _other) = clinic.look(absence).json()["tasks"]
    place = {"start": "2026-11-30T13:00:00+01:00", "clinician": clinic.wit.pk, "type": clinic.kind.pk}
    right = {"task": task["id"], "version": 1, "place": place}
    for wrong in ({"task": 999999}, {"place": {**place, "clinician": 999999}}, {"place": {**place, "type": 999999}}):
        answer = clinic.post("api-absence-replan", absence, choices=[right, right | wrong])
        assert answer.status_code == 400
    assert not Misfit.objects.exclude(end="").exists()


def test_changed_and_lifted_with_the_revision_that_was_seen(clinic):
    absence = clinic.enter().json()["id"]
    shorter = {**WHOLE_DAY, "starts": "2026-11-30T13:20:00+01:00", "kind": "leave"}
    changed = clinic.post("api-absence-change", absence, revision=1, **shorter).json()
    assert (changed["revision"], changed["kind"]) == (2, "leave")
    assert Misfit.objects.filter(ended_at=None).count() == 1
    assert clinic.post("api-absence-change", absence, revision=1, **shorter).status_code == 409
    assert clinic.post("api-absence-lift", absence, revision=1).status_code == 409
    assert clinic.post("api-absence-lift", absence, revision=2).json()["lifted_at"]
    assert not Misfit.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("ends", ["2026-11-30T00:00:00+01:00", "2028-01-01T00:00:00+01:00"])
def test_what_is_no_period_is_refused(clinic, ends):
    assert clinic.enter(ends=ends).status_code == 400
    assert not Absence.objects.exists()


def test_a_moment_without_offset_is_asked_which(clinic):
    answer = clinic.enter(starts="2026-11-30T09:00:00")
    assert answer.status_code == 400
    assert "starts" in answer.json()["errors"]


def test_same_key_enters_once(clinic):
    body = {"department": clinic.department.pk, "clinician": clinic.zwart.pk, **WHOLE_DAY}
    ids = {
        clinic.planner.post("api-absences", body, headers={"Idempotency-Key": "ziek"}).json()["id"] for _ in range(2)
    }
    assert len(ids) == Absence.objects.count() == 1


def test_another_departments_absence_does_not_exist(clinic, staff):
    absence = clinic.enter().json()["id"]
    neurology = make.department("neurologie")
    stranger = staff(make.member("planner", neurology))
    assert stranger.get("api-absence", {"department": neurology.pk}, public_id=absence).status_code == 404
