"""Book, look, move, cancel: statuses, versions, reasons."""

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from notifications.models import Message, MessageState
from people.models import AccessLog
from scheduling.models import Appointment, AppointmentStatus
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
START = "2026-11-30T13:00:00+01:00"


class Clinic:
    """An afternoon of a lung doctor, a patient who is treated there, and Fatima who plans."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.type = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        make.session_with(self.clinician, "2026-11-30", "13.00", "17.00")
        self.patient = make.PatientFactory(department=self.department)
        self.planner = make.member("planner", self.department)
        self.program = staff(self.planner)

    def wish(self, **fields):
        return {
            "patient": str(self.patient.public_id),
            "type": self.type.pk,
            "clinician": self.clinician.pk,
            "start": START,
            **fields,
        }

    def book(self, headers=None, **fields):
        return self.program.post("api-appointments", self.wish(**fields), headers=headers)


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_booking_answers_where_the_appointment_is(clinic):
    response = clinic.book()
    made = Appointment.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/appointments/{made.public_id}"
    assert response["ETag"] == '"1"'
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "id": str(made.public_id),
        "version": 1,
        "status": "booked",
        "start": "2026-11-30T13:00:00+01:00",
        "end": "2026-11-30T13:20:00+01:00",
        "duration_minutes": 20,
        "modality": "video",
        "department": clinic.department.pk,
        "type": clinic.type.pk,
        "clinician": clinic.clinician.pk,
        "session": str(made.session.public_id),
        "patient": str(clinic.patient.public_id),
        "preference": "",
        "decided_by": "together",
        "booked_at": "2026-11-27T09:00:00+01:00",
    }
    assert made.booked_by == clinic.planner.actor


def test_booking_plans_messages_and_leaves_an_access_row(clinic):
    clinic.book()
    made = Appointment.objects.get()
    assert Message.objects.filter(appointment=made, state=MessageState.PLANNED).exists()
    row = AccessLog.objects.get(action="book.appointment")
    assert (row.patient, row.role, row.result) == (clinic.patient, "planner", "allowed")


@pytest.mark.parametrize("start", ["2026-11-30T12:00:00Z", "2026-11-30T12:00Z", "2026-11-30T13:00+01:00"])
def test_start_in_utc_or_local_time_is_the_same_moment(clinic, start):
    assert clinic.book(start=start).json()["start"] == START


def test_taken_place_says_why_and_what_else(clinic):
    clinic.book()
    other = make.PatientFactory(department=clinic.department)
    response = clinic.book(patient=str(other.public_id))
    assert response.status_code == 409
    assert kind_of(response) == "not-placed"
    told = response.json()
    assert [(one["id"], one["rule"], one["facts"]) for one in told["refusals"]] == [
        ("taken", "", {"from": START, "until": "2026-11-30T13:20:00+01:00"})
    ]
    assert "13.00" in told["refusals"][0]["sentence"]
    assert told["refusals"][0]["sentence"] in told["detail"]
    first = told["proposals"][0]
    assert first["clinician"] == {"id": clinic.clinician.pk, "name": clinic.clinician.name}
    assert all(reason["sentence"] for reason in first["reasons"])
    again = clinic.book(patient=str(other.public_id), start=first["start"])
    assert again.status_code == 201


def test_every_reason_is_told_at_once(clinic):
    """At 12.52 nothing begins, and no clinic is held."""
    response = clinic.book(start="2026-11-30T17:52:00+01:00")
    assert [one["id"] for one in response.json()["refusals"]] == ["outside_block"]


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("2026-11-30T13:00:00", "2026-11-30T13:00:00+01:00"),
        ("2026-11-30T13:00:00", "2026-11-30T12:00:00Z"),
        ("2027-03-28T02:30:00", ""),
        ("2027-03-28T02:30:00+01:00", ""),
        ("2026-10-25T02:30:00", "+02:00"),
        ("2026-07-01T10:00:00+01:00", "2026-07-01T11:00:00+02:00"),
        ("2026-11-30T13:00:30+01:00", ""),
        ("2026-11-30", ""),
        ("gisteren", "2026-11-30T13:00:00+01:00"),
        ("9999-12-31T23:59:00Z", ""),
        (None, ""),
        (1796040000, ""),
        ([], ""),
    ],
)
def test_start_that_is_no_moment_is_refused_with_what_to_do(clinic, start, says):
    response = clinic.book(start=start)
    assert response.status_code == 400
    assert kind_of(response) == "invalid"
    assert says in " ".join(response.json()["errors"]["start"])
    assert not Appointment.objects.exists()


def test_the_doubled_hour_is_two_moments(clinic):
    """Both are told apart by their offset, and refused for another reason only."""
    first = clinic.book(start="2026-10-25T02:30:00+02:00")
    second = clinic.book(start="2026-10-25T02:30:00+01:00")
    assert [first.status_code, second.status_code] == [409, 409]


def test_patient_of_another_department_does_not_exist_here(clinic):
    stranger = make.PatientFactory(department=make.department("neurologie"))
    response = clinic.book(patient=str(stranger.public_id))
    assert response.status_code == 404
    assert AccessLog.objects.get(patient=stranger).result == "refused"


def test_clinician_of_another_department_cannot_be_chosen(clinic):
    neurologist = make.ClinicianFactory(departments=[make.department("neurologie")])
    response = clinic.book(clinician=neurologist.pk)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["clinician"]


def test_type_that_is_no_longer_offered_cannot_be_booked(clinic):
    clinic.type.active = False
    clinic.type.save()
    assert clinic.book().status_code == 404


def test_looking_shows_history_by_kind_and_person(clinic):
    where = clinic.book()["Location"]
    clinic.program.post(
        f"{where}/move", {"start": "2026-11-30T14:00:00+01:00", "version": 1, "reason": "clinic_changed"}
    )
    response = clinic.program.get(where)
    assert response["ETag"] == '"2"'
    told = response.json()
    assert told["person"]["name"] == clinic.patient.full_name
    assert [(one["kind"], one["by"], one["name"]) for one in told["history"]] == [
        ("appointment.booked", "staff", clinic.planner.name),
        ("appointment.moved", "staff", clinic.planner.name),
    ]
    assert told["history"][1]["facts"]["reason"] == "clinic_changed"


def test_history_holds_no_id_of_ours(clinic):
    """Facts hold database ids; outside they would tell how many there are, and whose neighbour one is."""
    where = clinic.book()["Location"]
    facts = clinic.program.get(where).json()["history"][0]["facts"]
    assert facts == {"schedule_version": 1, "modality": "video"}


def test_moving_by_etag_raises_the_version(clinic):
    booked = clinic.book()
    response = clinic.program.post(
        f"{booked['Location']}/move", {"start": "2026-11-30T15:00:00+01:00"}, headers={"If-Match": booked["ETag"]}
    )
    assert response.status_code == 200
    assert (response["ETag"], response.json()["version"]) == ('"2"', 2)
    assert response.json()["start"] == "2026-11-30T15:00:00+01:00"


def test_moving_to_a_taken_place_proposes_others(clinic):
    booked = clinic.book()
    other = make.PatientFactory(department=clinic.department)
    clinic.book(patient=str(other.public_id), start="2026-11-30T14:00:00+01:00")
    response = clinic.program.post(f"{booked['Location']}/move", {"start": "2026-11-30T14:00:00+01:00", "version": 1})
    assert kind_of(response) == "not-placed"
    assert response.json()["proposals"]
    assert Appointment.objects.get(patient=clinic.patient).schedule_version == 1


@pytest.mark.parametrize("verb", ["move", "cancel"])
@pytest.mark.parametrize("how", ["field", "header"])
def test_changed_meanwhile_is_a_conflict(clinic, verb, how):
    booked = clinic.book()
    appointment = Appointment.objects.get()
    make.move_appointment(
        appointment=appointment, start=datetime(2026, 11, 30, 14, 0, tzinfo=UTC), by="user:7", now=NOW
    )
    body = {"start": "2026-11-30T16:00:00+01:00"} if verb == "move" else {}
    headers = {"If-Match": booked["ETag"]} if how == "header" else {}
    response = clinic.program.post(
        f"{booked['Location']}/{verb}", body | ({"version": 1} if how == "field" else {}), headers=headers
    )
    assert response.status_code == 409
    assert kind_of(response) == "changed-meanwhile"
    appointment.refresh_from_db()
    assert (appointment.status, appointment.schedule_version) == ("booked", 2)


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_change_without_a_version_is_asked_which(clinic, verb):
    booked = clinic.book()
    response = clinic.program.post(f"{booked['Location']}/{verb}", {"start": START})
    assert response.status_code == 428
    assert kind_of(response) == "version-needed"


@pytest.mark.parametrize("tag", ['"een"', "*", '"1", "2"', '"99999999999999999999"', "²"])
def test_if_match_that_is_no_etag_of_ours(clinic, tag):
    booked = clinic.book()
    response = clinic.program.post(
        f"{booked['Location']}/cancel", headers={"If-Match": tag.encode().decode("latin-1")}
    )
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["If-Match"]


def test_two_versions_that_differ_are_a_mistake(clinic):
    booked = clinic.book()
    response = clinic.program.post(f"{booked['Location']}/cancel", {"version": 2}, headers={"If-Match": '"1"'})
    assert response.status_code == 400


def test_cancelling_right_after_booking_tells_nobody(clinic):
    """The undo of the API: nothing was claimed, so nothing is sent at all."""
    booked = clinic.book()
    response = clinic.program.post(f"{booked['Location']}/cancel", {"version": 1, "reason": "toch niet nodig"})
    assert response.json()["status"] == AppointmentStatus.CANCELLED
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SUPERSEDED}
    told = clinic.program.get(booked["Location"]).json()
    assert told["cancel_reason"] == "toch niet nodig"
    assert not any("toch niet" in str(event.data) for event in Event.objects.all())


def test_messages_say_what_is_planned(clinic):
    booked = clinic.book()
    told = clinic.program.get(f"{booked['Location']}/messages").json()["messages"]
    assert {(one["kind"], one["state"]) for one in told} == {
        ("confirmation", "planned"),
        ("day_before", "planned"),
        ("hour_before", "planned"),
    }
    assert {one["recipient"] for one in told} == {"patient"}
    due = min(one["due_at"] for one in told)
    assert datetime.fromisoformat(due) == NOW + timedelta(minutes=2)
