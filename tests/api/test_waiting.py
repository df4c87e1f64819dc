"""The day of a consult over the API, on both sides: enter, wait, be admitted, hang up, close."""

from datetime import timedelta

import pytest
from django.conf import settings

from events.models import Event
from notifications.models import CallTask
from people.models import AccessLog
from scheduling.models import ContactPreference
from tests import factories as make
from tests.api.conftest import kind_of
from waitingroom.models import Presence, RegisteredActivity

pytestmark = pytest.mark.django_db
DAY = "2026-11-30"
EARLY, OPEN = make.amsterdam(DAY, "9.00"), make.amsterdam(DAY, "13.50")
START = make.amsterdam(DAY, "14.00")


class Visit:
    """Ms Van der Veen, always early, and the doctor who runs late."""

    def __init__(self, staff, holder, time_machine):
        time_machine.move_to(EARLY, tick=False)
        self.clock = time_machine
        self.department = make.department("longziekten")
        self.doctor = make.member("clinician", self.department)
        self.held = make.appointment(
            start=START, department=self.department, clinician=self.doctor.clinician, now=EARLY
        )
        self.patient = holder(self.held)
        self.clinic = staff(self.doctor)

    def at(self, moment):
        self.clock.move_to(moment, tick=False)
        return self

    def do(self, verb, body=None):
        return self.clinic.post(f"api-consult-{verb}", body, public_id=self.held.public_id)

    def status(self):
        return self.clinic.get("api-my-day").json()["rows"][0]["status"]

    def state(self):
        return self.patient.get("api-me-waiting-room").json()["state"]


@pytest.fixture
def visit(staff, holder, time_machine):
    return Visit(staff, holder, time_machine)


def test_the_whole_day_from_both_sides(visit):
    visit.at(OPEN)
    assert visit.state() == "may_enter"
    assert visit.patient.post("api-me-waiting-room").json()["state"] == "waiting"
    visit.at(START + timedelta(minutes=4))
    visit.patient.post("api-me-beat")
    row = visit.clinic.get("api-my-day").json()["rows"][0]
    assert (row["status"], row["waits"], row["present"]) == ("waiting", 4, True)
    assert row["patient"]["name"] == visit.held.patient.full_name
    admitted = visit.do("admit").json()["admitted"]
    assert [one["role"] for one in admitted] == ["patient"]
    told = visit.patient.get("api-me-waiting-room").json()
    token = visit.patient.headers["Authorization"].removeprefix("Link ")
    assert (told["state"], told["join_url"]) == ("call", f"{settings.BASE_URL}/v/{token}")
    assert visit.status() == "active"
    visit.at(START + timedelta(minutes=18))
    assert visit.do("hang-up").status_code == 204
    assert visit.state() == "ended"
    closing = visit.do("close", {"outcome": "held", "comparable": True, "next_steps": "Over drie maanden bellen."})
    assert closing.status_code == 200
    assert closing.json()["code"] == RegisteredActivity.objects.get().code == "190166"
    assert closing.json()["registration"].startswith("190166")
    assert visit.patient.get("api-me").json()["takes_place"] is False
    assert visit.state() == "closed"


def test_consult_that_went_on_by_phone_is_registered_as_phone(visit):
    visit.at(START)
    visit.patient.post("api-me-waiting-room")
    visit.do("admit")
    assert visit.patient.post("api-me-by-phone").status_code == 204
    assert visit.state() == "phone"
    closing = visit.do("close", {"outcome": "held_by_phone", "comparable": True}).json()
    assert (closing["modality_held"], closing["code"]) == ("phone", "190162")


def test_too_early_says_when_it_opens(visit):
    response = visit.patient.post("api-me-waiting-room")
    assert (response.status_code, kind_of(response)) == (409, "visit-too-early")
    assert response.json()["opens_at"].startswith("2026-11-30T13:")
    assert not Presence.objects.exists()


def test_reading_and_signs_of_life_never_take_a_place(visit):
    """What a script or a mail scanner can do by itself."""
    visit.at(OPEN)
    for name in ("api-me", "api-me-waiting-room", "api-me-messages", "api-me-calendar"):
        assert visit.patient.get(name).status_code == 200
    response = visit.patient.post("api-me-beat")
    assert (response.status_code, kind_of(response)) == (409, "not-in-waiting-room")
    assert not Presence.objects.exists()


def test_unchanged_standing_is_not_sent_again_nor_logged(visit):
    visit.at(OPEN)
    visit.patient.post("api-me-waiting-room")
    first = visit.patient.get("api-me-waiting-room")
    rows = AccessLog.objects.count()
    again = visit.patient.get("api-me-waiting-room", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, AccessLog.objects.count()) == (304, b"", rows)
    visit.do("admit")
    changed = visit.patient.get("api-me-waiting-room", headers={"If-None-Match": first["ETag"]})
    assert changed.json()["state"] == "call"


def test_leaving_keeps_the_place(visit):
    visit.at(OPEN)
    visit.patient.post("api-me-waiting-room")
    visit.at(OPEN + timedelta(minutes=3))
    assert visit.patient.delete("api-me-waiting-room").status_code == 204
    assert visit.state() == "may_enter"
    back = visit.patient.post("api-me-waiting-room").json()
    assert back["arrived_at"] == "2026-11-30T13:50:00+01:00"


def test_entering_twice_is_arriving_once(visit):
    visit.at(OPEN)
    for _ in range(3):
        assert visit.patient.post("api-me-waiting-room").status_code == 200
    assert Event.objects.filter(kind="participant.arrived").count() == 1


def test_waiting_room_is_for_video(visit, holder):
    by_phone = make.appointment(modality="phone", start=START + timedelta(hours=1), now=EARLY)
    program = holder(by_phone)
    assert "waiting_room" not in program.get("api-me").json()
    for method in ("get", "post"):
        assert kind_of(program.send(method, "api-me-waiting-room")) == "no-waiting-room"


def test_asking_to_be_phoned_gives_a_person_the_task(visit):
    assert visit.patient.post("api-me-call-request").status_code == 204
    assert CallTask.objects.exclude(reason="prepare").get().reason == "asked"


def test_preference_is_kept_with_who_said_it(visit):
    assert visit.patient.put("api-me-preference", {"preference": "phone"}).json() == {"preference": "phone"}
    row = ContactPreference.objects.get()
    assert (row.preference, row.appointment, row.stated_by[:5]) == ("phone", visit.held, "link:")
    assert visit.patient.get("api-me").json()["preference"] == "phone"


def test_preference_that_is_none_is_refused(visit):
    response = visit.patient.put("api-me-preference", {"preference": "fax"})
    assert list(response.json()["errors"]) == ["preference"]
    assert not ContactPreference.objects.exists()


def test_calendar_carries_the_link_they_came_by(visit):
    response = visit.patient.get("api-me-calendar")
    token = visit.patient.headers["Authorization"].removeprefix("Link ")
    assert response["Content-Type"].startswith("text/calendar")
    file = response.content.decode().replace("\r\n ", "")
    assert f"/v/{token}" in file
    assert f"UID:{visit.held.public_id}" in file
    assert visit.held.clinician.name not in file


def test_admitting_an_empty_waiting_room_is_refused_with_a_sentence(visit):
    response = visit.at(START).do("admit")
    assert (response.status_code, kind_of(response)) == (409, "consult-nobody-waiting")
    assert response.json()["refusal"] == "nobody_waiting"


def test_second_patient_waits_while_the_first_is_inside(visit, holder):
    later = make.appointment(
        start=START + timedelta(minutes=20), department=visit.department, clinician=visit.doctor.clinician, now=EARLY
    )
    visit.at(START + timedelta(minutes=15))
    visit.patient.post("api-me-waiting-room")
    holder(later).post("api-me-waiting-room")
    visit.do("admit")
    response = visit.clinic.post("api-consult-admit", public_id=later.public_id)
    assert kind_of(response) == "consult-in-another-consult"


@pytest.mark.parametrize(
    ("minutes", "arrived", "phoned", "kind"),
    [
        (-5, False, True, "consult-not-started"),
        (12, True, True, "consult-patient-was-there"),
        (12, False, False, "consult-nobody-phoned"),
    ],
)
def test_nobody_is_absent_without_evidence(visit, minutes, arrived, phoned, kind):
    """PP-61."""
    visit.at(START + timedelta(minutes=minutes))
    if arrived:
        visit.patient.post("api-me-waiting-room")
    if phoned:
        assert visit.do("phoned", {"outcome": "no_answer"}).status_code == 204
    response = visit.do("close", {"outcome": "no_show"})
    assert (response.status_code, kind_of(response)) == (409, kind)


def test_absent_after_a_phone_call(visit):
    visit.at(START + timedelta(minutes=12))
    visit.do("phoned", {"outcome": "voicemail"})
    closed = visit.do("close", {"outcome": "no_show"}).json()
    assert (closed["modality_held"], closed["code"]) == ("", "")
    assert visit.status() == "noshow"


def test_closing_twice_says_that_it_is_closed(visit):
    visit.at(START)
    assert visit.do("close", {"outcome": "not_needed"}).status_code == 200
    assert kind_of(visit.do("close", {"outcome": "held"})) == "consult-closed"
