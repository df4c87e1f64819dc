"""Another form and another length where the appointment stands."""

import pytest

from notifications.models import CallTask, Message
from scheduling.models import Appointment, AppointmentChange
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


class Clinic:
    """Video of 20 minutes at 14.00 in an afternoon that takes phone calls too, and visits only on Tuesday."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        kinds = {"video": 20, "phone": 10, "visit": 30}
        self.video, self.phone, self.visit = (
            make.AppointmentTypeFactory(department=self.department, modality=form, duration_minutes=minutes)
            for form, minutes in kinds.items()
        )
        self.clinician = make.ClinicianFactory(departments=[self.department])
        make.session_with(self.clinician, "2026-11-30", "13.00", "17.00", types=[self.video, self.phone])
        make.session_with(self.clinician, "2026-12-01", "13.00", "17.00", types=[self.visit])
        self.held = make.appointment(
            patient=make.PatientFactory(department=self.department),
            clinician=self.clinician,
            type=self.video,
            start=make.amsterdam("2026-11-30", "14.00"),
            now=NOW,
        )
        self.planner = make.member("planner", self.department)
        self.program = staff(self.planner)

    def form(self, headers=None, **body):
        return self._post("form", {"type": self.phone.pk, "version": 1} | body, headers)

    def duration(self, headers=None, **body):
        return self._post("duration", {"minutes": 35, "version": 1} | body, headers)

    def _post(self, what, body, headers):
        sent = {name: value for name, value in body.items() if value is not None}
        return self.program.post(f"api-appointment-{what}", sent, public_id=self.held.public_id, headers=headers)


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


class TestForm:
    def test_it_changes_where_it_stands(self, clinic):
        response = clinic.form(reason="patient_asked", decided_by="patient")
        assert response.status_code == 200
        assert response["ETag"] == '"2"'
        told = response.json()
        assert (told["modality"], told["type"], told["duration_minutes"], told["decided_by"]) == (
            "phone",
            clinic.phone.pk,
            10,
            "patient",
        )
        assert told["start"] == "2026-11-30T14:00:00+01:00"
        change = AppointmentChange.objects.get(version=2)
        assert (change.kind, change.by, change.reason) == ("form", clinic.planner.actor, "patient_asked")

    def test_who_decided_stays_as_it_was_unless_given(self, clinic):
        Appointment.objects.update(decided_by="clinician")
        assert clinic.form().json()["decided_by"] == "clinician"

    def test_what_does_not_fit_is_answered_with_where_it_does(self, clinic):
        response = clinic.form(type=clinic.visit.pk)
        assert (response.status_code, kind_of(response)) == (409, "not-placed")
        assert response.json()["refusals"]
        first = response.json()["proposals"][0]
        assert first["start"].startswith("2026-12-01T13:00")
        clinic.held.refresh_from_db()
        assert clinic.held.schedule_version == 1

    def test_same_key_is_done_once(self, clinic):
        one, other = (clinic.form(headers={"Idempotency-Key": "a"}) for _ in range(2))
        assert one.json() == other.json()
        assert other["Idempotency-Replayed"] == "true"
        assert AppointmentChange.objects.filter(kind="form").count() == 1

    def test_form_it_has_already_is_no_change(self, clinic):
        assert clinic.form(type=clinic.video.pk)["ETag"] == '"1"'

    def test_type_for_another_contact_is_refused(self, clinic):
        stranger = make.AppointmentTypeFactory(department=make.department("neurologie"), modality="phone")
        first_contact = make.AppointmentTypeFactory(
            department=clinic.department, modality="phone", contact_kind="new"
        )
        for pk in (stranger.pk, first_contact.pk, 999_999):
            response = clinic.form(type=pk)
            assert (response.status_code, list(response.json()["errors"])) == (400, ["type"])


class TestFormElsewhere:
    def test_form_at_another_place_is_weighed_as_when_booking(self, clinic):  # PP-03
        make.session_with(clinic.clinician, "2026-12-02", "13.00", "17.00", types=[clinic.phone])
        sent = {"start": "2026-12-02T13:00:00+01:00", "type": clinic.phone.pk, "version": 1}
        refused = clinic._post("move", sent | {"answers": {"emergency": "yes"}}, None)
        assert list(refused.json()["errors"]) == ["overruled_reason"]
        moved = clinic._post("move", sent | {"decided_by": "patient"}, None).json()
        assert (moved["start"], moved["modality"], moved["decided_by"]) == (sent["start"], "phone", "patient")
        assert moved["duration_minutes"] == 10


class TestDuration:
    def test_it_gets_longer_and_nothing_new_is_told(self, clinic):
        before = Message.objects.count()
        response = clinic.duration(note="Er is veel te bespreken")
        assert response.status_code == 200
        assert response.json()["end"] == "2026-11-30T14:35:00+01:00"
        assert Message.objects.count() == before
        assert AppointmentChange.objects.get(version=2).note == "Er is veel te bespreken"

    def test_what_does_not_fit_is_answered_with_where_that_length_fits(self, clinic):
        make.appointment(
            clinician=clinic.clinician, type=clinic.video, start=make.amsterdam("2026-11-30", "14.20"), now=NOW
        )
        response = clinic.duration()
        assert (response.status_code, kind_of(response)) == (409, "not-placed")
        assert [one["id"] for one in response.json()["refusals"]] == ["taken"]
        start = response.json()["proposals"][0]["start"]
        assert start[11:16] <= "13:25" or start[11:16] >= "14:40"

    @pytest.mark.parametrize("minutes", [0, 4, 17, 241, "lang", None, 10**30])
    def test_no_length_is_refused(self, clinic, minutes):
        response = clinic.duration(minutes=minutes)
        assert (response.status_code, list(response.json()["errors"])) == (400, ["minutes"])


@pytest.mark.parametrize("what", ["form", "duration"])
def test_version_must_be_the_one_that_stands(clinic, what):
    post = getattr(clinic, what)
    assert kind_of(post(version=None)) == "version-needed"
    make.move_appointment(appointment=clinic.held, start=make.amsterdam("2026-11-30", "15.00"), by="user:1", now=NOW)
    assert post().status_code == 409
    assert post(version=None, headers={"If-Match": '"2"'}).status_code == 200


@pytest.mark.parametrize(("said", "kept"), [({"asked_by": "clinician"}, "clinician"), ({}, "")])
def test_cancellation_keeps_who_asked_for_it(clinic, said, kept):
    body = {"version": 1, "reason": "griep", **said}
    assert clinic.program.post("api-appointment-cancel", body, public_id=clinic.held.public_id).status_code == 200
    assert AppointmentChange.objects.get(kind="cancelled").asked_by == kept
    history = clinic.program.get("api-appointment", public_id=clinic.held.public_id).json()["history"]
    assert [told["facts"]["asked_by"] for told in history if told["kind"] == "appointment.cancelled"] == [kept]


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        ({"asked_by": "clinician"}, True),
        ({"asked_by": "patient"}, False),
        ({"asked_by": "patient", "new_time": True}, True),
        ({"asked_by": "clinic", "new_time": False}, False),
    ],
)
def test_cancellation_tells_whether_another_appointment_is_needed(clinic, said, needed):
    body = {"version": 1, **said}
    assert clinic.program.post("api-appointment-cancel", body, public_id=clinic.held.public_id).status_code == 200
    assert CallTask.objects.filter(reason="new_time", done_at=None).exists() == needed


def test_cancellation_by_who_knows_whom_is_refused(clinic):
    body = {"version": 1, "asked_by": "the neighbour"}
    response = clinic.program.post("api-appointment-cancel", body, public_id=clinic.held.public_id)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["asked_by"])


class TestUndo:
    def undo(self, clinic, **body):
        return clinic.program.post("api-appointment-undo", body, public_id=clinic.held.public_id)

    def test_last_change_is_undone(self, clinic):
        clinic.form()
        response = self.undo(clinic, version=2)
        assert response.status_code == 200
        told = response.json()
        assert (told["modality"], told["duration_minutes"], told["version"]) == ("video", 20, 3)

    def test_booking_is_cancelled(self, clinic):
        assert self.undo(clinic, version=1).json()["status"] == "cancelled"

    def test_what_was_told_stays(self, clinic):
        Message.objects.update(state="sent", offered_at=NOW, sent_at=NOW)
        response = self.undo(clinic, version=1)
        assert (response.status_code, kind_of(response), response.json()["why"]) == (409, "not-undone", "told")

    def test_place_taken_meanwhile_says_so(self, clinic):
        make.move_appointment(
            appointment=clinic.held, start=make.amsterdam("2026-11-30", "15.00"), by="user:1", now=NOW
        )
        make.appointment(
            clinician=clinic.clinician, type=clinic.video, start=make.amsterdam("2026-11-30", "14.00"), now=NOW
        )
        response = self.undo(clinic, version=2)
        assert (response.status_code, kind_of(response)) == (409, "not-placed")
        assert [one["id"] for one in response.json()["refusals"]] == ["taken"]

    def test_change_of_a_colleague_is_not_undone_unseen(self, clinic):
        clinic.duration()
        assert kind_of(self.undo(clinic, version=1)) == "changed-meanwhile"
        assert kind_of(self.undo(clinic)) == "version-needed"
