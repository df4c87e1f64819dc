"""Requests for another form of contact, for programs: of the desk, and of the patient."""

import pytest

from scheduling.actions.requests import decline_request
from scheduling.models import Appointment, ModalityRequest
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


class Clinic:
    """Video of 20 minutes at 14.00 with somebody after it; phone fits there, a visit of 30 only later."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        kinds = {"video": 20, "phone": 20, "visit": 30}
        self.video, self.phone, self.visit = (
            make.AppointmentTypeFactory(department=self.department, modality=form, duration_minutes=minutes)
            for form, minutes in kinds.items()
        )
        self.clinician = make.ClinicianFactory(departments=[self.department])
        make.session_with(self.clinician, "2026-11-30", "13.00", "17.00", types=[self.video, self.phone, self.visit])
        self.held = self.book("14.00")
        self.book("14.20")
        self.program = staff(make.member("planner", self.department))

    def book(self, clock):
        patient = make.PatientFactory(department=self.department)
        start = make.amsterdam("2026-11-30", clock)
        return make.appointment(patient=patient, clinician=self.clinician, type=self.video, start=start, now=NOW)

    def ask(self, asked="phone", **more):
        body = {"appointment": str(self.held.public_id), "asked": asked, **more}
        return self.program.post("api-form-requests", body)

    def listed(self):
        return self.program.get("api-form-requests", {"department": self.department.pk}).json()["requests"]

    def answer(self, how, **body):
        return self.program.post(f"api-form-request-{how}", body, pk=ModalityRequest.objects.get().pk)


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_what_is_asked_is_listed_with_what_can_be(clinic):
    made = clinic.ask(note="Geen camera", asked_by="representative")
    assert (made.status_code, made.json()["state"], made.json()["by_patient"]) == (201, "open", False)
    (told,) = clinic.listed()
    assert (told["asked"], told["note"], told["fits_in_place"], told["places"], told["version"]) == (
        "phone",
        "Geen camera",
        True,
        [],
        1,
    )


def test_what_does_not_fit_there_has_places_and_is_granted_at_one(clinic):
    clinic.ask("visit")
    (told,) = clinic.listed()
    assert (told["fits_in_place"], bool(told["refusals"])) == (False, True)
    assert kind_of(clinic.answer("grant", version=1)) == "not-placed"
    place = told["places"][0]
    sent = {"start": place["start"], "clinician": place["clinician"]["id"], "type": place["type"]}
    granted = clinic.answer("grant", version=1, place=sent)
    assert (granted.status_code, granted.json()["modality"], granted.headers["ETag"]) == (200, "visit", '"2"')
    assert clinic.listed() == []


def test_granted_in_place_and_once(clinic):
    clinic.ask()
    assert clinic.answer("grant", version=1).json()["modality"] == "phone"
    assert kind_of(clinic.answer("grant", version=2)) == "already-answered"
    assert kind_of(clinic.answer("decline", reason="no_place")) == "already-answered"


def test_appointment_that_changed_meanwhile_is_not_granted_unseen(clinic):
    clinic.ask()
    make.move_appointment(appointment=clinic.held, start=make.amsterdam("2026-11-30", "15.00"), by="user:1", now=NOW)
    assert kind_of(clinic.answer("grant", version=1)) == "changed-meanwhile"
    assert ModalityRequest.objects.get().is_open


@pytest.mark.parametrize(
    ("place", "field"),
    [({"type": "video"}, "place"), ({"type": "phone", "clinician": 999999}, "clinician")],
)
def test_place_of_another_form_or_with_a_stranger_is_refused(clinic, place, field):
    clinic.ask()
    kind = getattr(clinic, place["type"])
    sent = {"start": "2026-11-30T15:00:00+01:00", "clinician": clinic.clinician.pk, **place, "type": kind.pk}
    answer = clinic.answer("grant", version=1, place=sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Appointment.objects.get(pk=clinic.held.pk).schedule_version == 1


@pytest.mark.parametrize(
    ("sent", "reason"), [({"reason": "other", "words": "Wij zien u liever"}, "Wij zien u liever")]
)
def test_declined_with_words(clinic, sent, reason):
    clinic.ask()
    answer = clinic.answer("decline", **sent)
    assert (answer.status_code, answer.json()["state"], answer.json()["reason"]) == (200, "declined", reason)


@pytest.mark.parametrize(
    ("sent", "field"), [({}, "reason"), ({"reason": "other"}, "words"), ({"reason": "because"}, "reason")]
)
def test_declining_needs_a_reason(clinic, sent, field):
    clinic.ask()
    answer = clinic.answer("decline", **sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_withdrawn(clinic):
    clinic.ask()
    assert clinic.answer("withdraw").json()["state"] == "withdrawn"


def test_form_that_it_has_is_nothing_to_ask(clinic):
    assert kind_of(clinic.ask("video")) == "nothing-to-ask"
    assert not ModalityRequest.objects.exists()


class TestPatient:
    def test_asks_reads_the_answer_and_withdraws(self, clinic, holder):
        mine = holder(clinic.held)
        assert mine.get("api-me-form-request").json()["state"] == "none"
        mine.put("api-me-preference", {"preference": "phone"})
        assert mine.get("api-me-form-request").json()["state"] == "open"
        assert mine.delete("api-me-form-request").json()["state"] == "withdrawn"
        assert kind_of(mine.delete("api-me-form-request")) == "already-answered"
        mine.put("api-me-preference", {"preference": "visit"})
        standing = ModalityRequest.objects.get(ended_at=None)
        decline_request(request=standing, reason="Wij bellen u liever", by="user:1", now=NOW)
        told = mine.get("api-me-form-request").json()
        assert (told["asked"], told["state"], told["reason"]) == ("visit", "declined", "Wij bellen u liever")

    def test_wish_in_general_is_said_apart(self, clinic, holder):
        mine = holder(clinic.held)
        mine.put("api-me-preference", {"preference": "phone", "in_general": True})
        said = clinic.held.patient.preferences.values_list("appointment", "preference")
        assert set(said) == {(clinic.held.pk, "phone"), (None, "phone")}
