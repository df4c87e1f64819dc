"""Whose page is whose: every address of the patient against every other browser (reliability, Access)."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from notifications.models import CallTask
from pages.patient.urls import urlpatterns
from people.models import AccessLog
from scheduling.models import ContactPreference
from tests import factories as make
from waitingroom.models import Presence

pytestmark = pytest.mark.django_db

# A new address of the patient needs a row here: its methods, and what stands in the access log.
ADDRESSES = {
    "patient_appointment": {"get": "view.appointment", "post": "view.appointment"},
    "patient_calendar": {"post": "save.calendar"},
    "patient_new_link": {"post": "send.new_link"},
    "patient_messages": {"get": "view.messages"},
    "patient_earlier": {"get": "view.waiting_list", "post": "join.waiting_list"},
    "patient_earlier_answer": {"post": "answer.place_offer"},
    "patient_earlier_leave": {"post": "leave.waiting_list"},
    "patient_preference": {"get": "view.preference", "post": "view.preference"},
    "patient_preference_check": {"get": "view.preference", "post": "state.preference"},
    "patient_preference_saved": {"get": "view.preference", "post": "state.preference"},
    "patient_request_withdraw": {"post": "withdraw.request"},
    "patient_device_test": {"get": "view.device_test", "post": "test.devices"},
    "patient_device_sample": {"get": "test.connection", "post": "test.connection"},
    "patient_waiting_room": {"get": "view.waitingroom", "post": "enter.waitingroom"},
    "patient_standing": {"get": "view.waitingroom"},
    "patient_sign_of_life": {"post": "beat.waitingroom"},
    "patient_call_me": {"post": "request.call"},
    "patient_hang_up": {"post": "leave.call"},
    "patient_by_phone": {"post": "continue.by_phone"},
}
# What a form on one of these asks, at the least.
SAID = {"preference": "video", "weekdays": "0", "half_day": "either", "notice_hours": "24"}
SAID |= {
    **dict.fromkeys(("browser", "camera", "microphone", "speaker", "connection"), "good"),
    "browser_family": "other",
}
# A script asks these again and again, and they show nothing of the patient.
UNLOGGED = {"patient_sign_of_life", "patient_device_sample"}
# Ending e-mail is by a signed address of one message: tests/pages/patient/test_unsubscribe.py.
WITHOUT_PATIENT = {"patient_entry", "patient_unsubscribe", "set_language"}
EACH = [(name, method, action) for name, methods in ADDRESSES.items() for method, action in methods.items()]


def test_every_address_of_the_patient_is_in_the_matrix():
    assert {pattern.name for pattern in urlpatterns} == set(ADDRESSES) | WITHOUT_PATIENT


@pytest.fixture
def theirs(link):
    """Mrs Van der Veen's link, never opened in this browser."""
    return link[0]


def written():
    return (
        Event.objects.count(),
        Presence.objects.count(),
        ContactPreference.objects.count(),
        CallTask.objects.count(),
    )


@pytest.mark.parametrize(("name", "method", "action"), EACH)
@pytest.mark.parametrize("other", ["nobody", "another patient", "another department", "a clinician"])
def test_page_of_another_is_not_there_and_the_try_is_logged(phone, theirs, name, method, action, other):
    actor = someone(phone, other)
    before = written()

    answer = getattr(phone, method)(reverse(name, args=[theirs.ref]))

    assert answer.status_code == 404
    row = AccessLog.objects.filter(result="refused").get()
    assert (row.action, row.patient, row.appointment_id) == (
        action,
        theirs.participant.appointment.patient,
        theirs.participant.appointment_id,
    )
    assert row.actor == actor
    assert written() == before
    theirs.refresh_from_db()
    assert theirs.birth_date_failures == 0


def someone(phone, other):
    if other in ("nobody", "a clinician"):
        if other == "a clinician":
            phone.force_login(
                make.member("clinician", make.department()), backend="django.contrib.auth.backends.ModelBackend"
            )
        return "anonymous"
    place = make.department("neurologie" if other == "another department" else "longziekten")
    own = make.appointment(patient=make.PatientFactory(department=place), department=place)
    personal, path = make.personal_link(own)
    phone.enter_with(path, own.patient.birth_date)
    return f"link:{personal.ref}"


@pytest.mark.parametrize(("name", "method", "action"), EACH)
def test_invented_address_gets_the_same_answer_and_no_row(phone, name, method, action):
    answer = getattr(phone, method)(reverse(name, args=["00000000-0000-4000-8000-000000000000"]))

    assert answer.status_code == 404
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(("name", "method", "action"), [row for row in EACH if row[0] not in UNLOGGED])
def test_own_page_is_logged(phone, link, name, method, action):
    phone.enter_with(link[1])
    AccessLog.objects.all()._raw_delete("default")

    answer = getattr(phone, method)(reverse(name, args=[link[0].ref]), SAID)

    assert answer.status_code in (200, 204, 303)
    rows = AccessLog.objects.values_list("actor", "role", "action", "patient_id")
    assert (f"link:{link[0].ref}", "patient", action, link[0].participant.appointment.patient_id) in set(rows)


@pytest.mark.parametrize(
    ("name", "method"),
    [(name, method) for name, method, _ in EACH if name not in ("patient_appointment", "patient_new_link")],
)
def test_without_the_birth_date_nothing_but_the_appointment_opens(phone, link, name, method):
    phone.open(link[1])
    before = written()

    answer = getattr(phone, method)(reverse(name, args=[link[0].ref]), SAID)

    assert (answer.status_code, answer["Location"]) == (303, f"/p/{link[0].ref}/")
    assert AccessLog.objects.filter(result="refused").count() == 1
    assert written() == before


def test_form_that_cannot_be_trusted_is_refused_in_plain_words(link):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(link[1])["Location"]

    answer = strict.post(page, {"birth_date": "29-03-1951"})

    assert (answer.status_code, answer.templates[0].name) == (403, "403_csrf.html")
    link[0].refresh_from_db()
    assert link[0].birth_date_failures == 0
