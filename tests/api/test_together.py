"""Two that are swapped, and what was done in one go undone."""

import uuid

import pytest

from notifications.models import Message
from scheduling.models import Appointment
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


class Clinic:
    """Video at 13.20 and at 14.40 with one clinician."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        make.session_with(self.clinician, "2026-11-30", "13.00", "16.00")
        self.one, self.other = (self.book(clock) for clock in ("13.20", "14.40"))
        self.program = staff(make.member("planner", self.department))

    def book(self, clock, **more):
        return make.appointment(
            clinician=self.clinician, type=self.video, start=make.amsterdam("2026-11-30", clock), now=NOW, **more
        )

    def swap(self, headers=None, **body):
        sent = {"version": 1, "other": str(self.other.public_id), "other_version": 1} | body
        return self.program.post("api-appointment-swap", sent, public_id=self.one.public_id, headers=headers)

    def undo(self, batch):
        return self.program.post("api-batch-undo", batch=batch)


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_who_can_be_swapped_with_is_told_with_why_not(clinic):
    longer = clinic.book("15.00", minutes=60)
    listed = clinic.program.get("api-appointment-swap", public_id=clinic.other.public_id).json()["swaps"]
    assert [(each["id"], each["fits"]) for each in listed] == [
        (str(clinic.one.public_id), True),
        (str(longer.public_id), False),
    ]
    [refusal] = listed[1]["other_refusals"]
    assert (refusal["id"], listed[1]["refusals"]) == ("taken", [])
    elsewhere = clinic.program.get(
        "api-appointment-swap", {"date": "2026-12-01"}, public_id=clinic.other.public_id
    ).json()
    assert elsewhere == {"swaps": []}


def test_swapped_looked_at_and_undone(clinic):
    told = clinic.swap(reason="patient_asked").json()
    assert [each["start"] for each in told["appointments"]] == [
        "2026-11-30T14:40:00+01:00",
        "2026-11-30T13:20:00+01:00",
    ]
    shown = clinic.program.get("api-batch", batch=told["batch"]).json()
    assert [(each["kind"], each["version"], each["may_be_undone"]) for each in shown["changes"]] == [
        ("swapped", 2, True)
    ] * 2
    outcomes = clinic.undo(told["batch"]).json()["outcomes"]
    assert [each["ended"] for each in outcomes] == ["done", "done"]
    clinic.one.refresh_from_db()
    assert clinic.one.start == make.amsterdam("2026-11-30", "13.20")
    assert [each["ended"] for each in clinic.undo(told["batch"]).json()["outcomes"]] == ["changed", "changed"]


def test_who_was_told_is_why_it_stays(clinic):
    batch = clinic.swap().json()["batch"]
    Message.objects.filter(appointment=clinic.other, schedule_version=2).update(offered_at=NOW)
    outcomes = clinic.undo(batch).json()["outcomes"]
    assert [(each["ended"], each["why"]) for each in outcomes] == [("refused", "told")] * 2


@pytest.mark.parametrize("versions", [{"version": 2}, {"other_version": 2}])
def test_version_of_either_counts(clinic, versions):
    response = clinic.swap(**versions)
    assert (response.status_code, kind_of(response)) == (409, "changed-meanwhile")


def test_version_of_this_one_may_be_its_etag(clinic):
    sent = {"other": str(clinic.other.public_id), "other_version": 1}
    without = clinic.program.post("api-appointment-swap", sent, public_id=clinic.one.public_id)
    assert without.status_code == 428
    etag = clinic.program.get("api-appointment", public_id=clinic.one.public_id)["ETag"]
    response = clinic.program.post(
        "api-appointment-swap", sent, public_id=clinic.one.public_id, headers={"If-Match": etag}
    )
    assert response.status_code == 200


def test_what_does_not_fit_says_whose_it_is(clinic):
    longer = clinic.book("15.00", minutes=60)
    clinic.book("13.40")
    response = clinic.swap(other=str(longer.public_id))
    assert (response.status_code, kind_of(response)) == (409, "not-placed")
    assert response.json()["which"] == "other"
    assert response.json()["refusals"][0]["id"] == "taken"
    assert set(Appointment.objects.values_list("schedule_version", flat=True)) == {1}


def test_with_itself_or_with_one_of_another_department_is_refused(clinic):
    theirs = make.appointment(department=make.department("neurologie"), now=NOW)
    for other in (clinic.one.public_id, theirs.public_id, uuid.uuid4()):
        response = clinic.swap(other=str(other))
        assert (response.status_code, list(response.json()["errors"])) == (400, ["other"])


def test_same_key_swaps_once(clinic):
    key = {"Idempotency-Key": "swap-1"}
    first, again = clinic.swap(key), clinic.swap(key)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    clinic.one.refresh_from_db()
    assert clinic.one.schedule_version == 2
