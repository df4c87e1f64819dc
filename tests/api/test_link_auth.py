"""The personal link as a key: what opens, what does not, and that a guesser learns nothing."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from events.models import Event
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.links import BIRTH_DATE_TRIES, revoke_links
from scheduling.models import AppointmentLink
from tests import factories as make
from tests.api.conftest import Program, kind_of
from tests.support.together import together

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-30", "9.00")
WRONG = "1900-01-01"


@pytest.fixture
def held(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make.appointment(start=make.amsterdam("2026-11-30", "14.00"), now=NOW)


def with_token(token, born=None):
    headers = {"Authorization": f"Link {token}"} | ({"Birth-Date": born} if born else {})
    return Program(Client(raise_request_exception=False), headers)


def test_link_alone_shows_day_time_form_and_phone(held, holder):
    response = holder(held, born=False).get("api-me")
    assert response.json() == {
        "level": "link",
        "id": str(held.public_id),
        "takes_place": True,
        "start": "2026-11-30T14:00:00+01:00",
        "end": "2026-11-30T14:20:00+01:00",
        "modality": "video",
        "phone": held.department.phone,
    }
    assert response["Cache-Control"] == "no-store"


def test_birth_date_shows_the_rest(held, holder):
    told = holder(held).get("api-me").json()
    assert (told["level"], told["name"], told["clinician"]) == (
        "birth_date",
        held.patient.full_name,
        held.clinician.name,
    )
    assert told["waiting_room"]["state"] == "too_early"


@pytest.mark.parametrize(
    "verb", ["me-preference", "me-messages", "me-calendar", "me-waiting-room", "me-call-request"]
)
def test_what_needs_the_birth_date_says_so(verb, held, holder):
    method = {"me-preference": "put", "me-call-request": "post"}.get(verb, "get")
    response = holder(held, born=False).send(method, f"api-{verb}", {"preference": "video"})
    assert response.status_code == 403
    assert kind_of(response) == "birth-date-needed"
    assert AccessLog.objects.filter(patient=held.patient, result="refused", role="patient").exists()


def refused_answers(held, time_machine):
    """A link that never was, one revoked, one of a cancelled appointment, one long expired."""
    revoked = make.appointment(start=make.amsterdam("2026-12-01", "10.00"), now=NOW)
    cancelled = make.appointment(start=make.amsterdam("2026-12-02", "10.00"), now=NOW)
    paths = [make.personal_link(one, now=NOW)[1] for one in (revoked, cancelled)]
    revoke_links(appointment=revoked, now=NOW)
    cancel_appointment(appointment=cancelled, by="user:1", now=NOW)
    tokens = ["A" * 22, *(path.removeprefix("/v/") for path in paths)]
    answers = [with_token(token).get("api-me") for token in tokens]
    _link, path = make.personal_link(held, now=NOW)
    time_machine.move_to(NOW + timedelta(days=3), tick=False)
    return [*answers, with_token(path.removeprefix("/v/")).get("api-me")]


def test_unknown_revoked_cancelled_and_expired_are_answered_the_same(held, time_machine):
    answers = refused_answers(held, time_machine)
    assert {one.status_code for one in answers} == {401}
    assert len({one.content for one in answers}) == 1
    assert len({tuple(sorted(one.headers.items())) for one in answers}) == 1
    assert kind_of(answers[0]) == "authentication-failed"


def test_try_with_a_revoked_link_is_on_record_and_one_with_an_invented_link_touches_nobody(held, holder):
    program = holder(held)
    revoke_links(appointment=held, now=NOW)
    program.get("api-me")
    with_token("B" * 22).get("api-me")
    assert [(one.patient, one.result) for one in AccessLog.objects.all()] == [(held.patient, "refused")]


@pytest.mark.parametrize(
    "value", ["Link", "Link ", "Link " + "x" * 5000, "Bearer abc", "Link \x00", "Link caf\u00e9", "link  a b c"]
)
def test_header_that_is_no_key(value, anyone):
    response = anyone.get("api-me", headers={"Authorization": value})
    assert response.status_code == 401
    assert "Link" in response["WWW-Authenticate"]


def test_five_wrong_birth_dates_lock_the_link_for_the_right_one_too(held):
    _link, path = make.personal_link(held, now=NOW)
    token = path.removeprefix("/v/")
    answers = [with_token(token, WRONG).get("api-me") for _ in range(BIRTH_DATE_TRIES)]
    assert [one.json().get("tries_left") for one in answers] == [4, 3, 2, 1, None]
    assert [kind_of(one) for one in answers] == ["birth-date-wrong"] * 4 + ["link-locked"]
    right = with_token(token, held.patient.birth_date.isoformat()).get("api-me")
    assert (right.status_code, kind_of(right)) == (403, "link-locked")
    assert held.department.phone in right.json()["title"]
    assert with_token(token).get("api-me").json()["level"] == "link"


def test_other_link_of_the_same_patient_is_not_locked_with_it(held, holder):
    locked = holder(held, born=WRONG)
    for _ in range(BIRTH_DATE_TRIES):
        locked.get("api-me")
    assert holder(held).get("api-me").status_code == 200


@pytest.mark.parametrize("text", ["", "29-03-1951", "1951-02-30", "gisteren", "19510329T00", "\u00b2"])
def test_text_that_is_no_date_costs_no_try(text, held, holder):
    response = holder(held, born=text.encode().decode("latin-1")).get("api-me")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["Birth-Date"]
    assert AppointmentLink.objects.get().birth_date_failures == 0


def test_that_the_link_was_opened_is_told_once(held, holder):
    program = holder(held)
    for _ in range(3):
        program.get("api-me")
    assert Event.objects.filter(kind="link.opened").count() == 1


def test_link_of_before_a_move_explains_and_offers_a_new_one(held, holder):
    program = holder(held)
    make.move_appointment(appointment=held, start=make.amsterdam("2026-11-30", "14.30"), by="user:1", now=NOW)
    response = program.get("api-me")
    assert (response.status_code, kind_of(response)) == (410, "link-replaced")
    for method, name in (("get", "api-me-waiting-room"), ("get", "api-me-messages"), ("post", "api-me-waiting-room")):
        assert program.send(method, name).status_code == 410
    assert program.post("api-me-new-link").json() == {"sent": True}
    assert held.messages.filter(kind="moved", channel="email", occasion_key__contains="resend").count() == 1


def test_new_link_is_not_sent_for_a_link_that_works(held, holder):
    response = holder(held, born=False).post("api-me-new-link")
    assert (response.status_code, kind_of(response)) == (409, "link-current")


def test_link_shows_its_own_appointment_only(held, holder):
    other = make.appointment(start=make.amsterdam("2026-12-01", "10.00"), now=NOW)
    assert holder(held).get("api-me").json()["id"] == str(held.public_id)
    assert holder(other).get("api-me").json()["id"] == str(other.public_id)


def test_parent_comes_with_the_childs_birth_date(time_machine, holder):
    time_machine.move_to(NOW, tick=False)
    child, mother = make.child_with_parent(NOW.date(), years=7)
    held = make.appointment(patient=child, start=make.amsterdam("2026-11-30", "14.00"), now=NOW)
    told = holder(held).get("api-me").json()
    assert told["name"] == mother.name
    assert AccessLog.objects.latest("pk").role == "representative"


def test_mandate_that_lapsed_opens_nothing(time_machine, holder):
    time_machine.move_to(NOW, tick=False)
    child, mother = make.child_with_parent(NOW.date(), years=7)
    held = make.appointment(patient=child, start=make.amsterdam("2026-11-30", "14.00"), now=NOW)
    program = holder(held)
    mother.valid_until = NOW.date() - timedelta(days=1)
    mother.save()
    assert program.get("api-me").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_share_one_count():
    """With a count that is read before it is locked, more than five would be tried."""
    held = make.appointment()
    link, path = make.personal_link(held)
    programs = [with_token(path.removeprefix("/v/"), f"1950-01-{n + 1:02}") for n in range(12)]
    kinds = Counter(map(kind_of, together(*[partial(program.get, "api-me") for program in programs])))
    link.refresh_from_db()
    assert link.birth_date_failures == BIRTH_DATE_TRIES
    assert kinds["birth-date-wrong"] <= BIRTH_DATE_TRIES - 1
