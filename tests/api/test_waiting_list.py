"""The waiting list through the API: for staff, and for who holds a personal link."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import FreedPlace, PlaceOffer, WaitingListEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "10.00")


@pytest.fixture
def held(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make.appointment(start=make.amsterdam("2026-12-10", "14.10"))


@pytest.fixture
def offer(held):
    entry = make.waiting_for_earlier(held)
    leaves = make.appointment(start=make.amsterdam("2026-11-26", "10.00"), clinician=held.clinician)
    cancel_appointment(appointment=leaves, by="user:1", now=NOW)
    return make.place_offer(entry, FreedPlace.objects.get())


@pytest.fixture
def planner(held, staff):
    return staff(make.member("planner", held.department))


def test_planner_puts_a_patient_on_the_list_and_takes_them_off(planner, held):
    wanted = {"appointment": str(held.public_id), "weekdays": [1, 3], "half_day": "morning", "notice_hours": 48}
    told = planner.post("api-waiting-list", wanted)
    assert told.status_code == 200
    assert {name: told.json()[name] for name in ("weekdays", "half_day", "notice_hours", "own_clinician")} == {
        "weekdays": [1, 3],
        "half_day": "morning",
        "notice_hours": 48,
        "own_clinician": False,
    }
    [line] = planner.get("api-waiting-list", {"department": held.department_id}).json()["waiting"]
    assert (line["appointment"], line["offer"]) == (str(held.public_id), None)
    assert planner.post("api-waiting-list-leave", public_id=held.public_id).status_code == 200
    assert WaitingListEntry.objects.get().end == "left"


def test_what_is_left_out_is_as_agreed(planner, held):
    make.policy(held.department, freed_place_notice_hours=12)
    told = planner.post("api-waiting-list", {"appointment": str(held.public_id)}).json()
    assert (told["weekdays"], told["half_day"], told["notice_hours"]) == ([1, 2, 3, 4, 5, 6, 7], "", 12)


@pytest.mark.parametrize("wrong", [{"weekdays": []}, {"weekdays": [8]}, {"notice_hours": 0}, {"half_day": "night"}])
def test_wishes_that_are_none_are_refused_field_by_field(planner, held, wrong):
    told = planner.post("api-waiting-list", {"appointment": str(held.public_id), **wrong})
    assert (told.status_code, list(told.json()["errors"])) == (400, list(wrong))
    assert not WaitingListEntry.objects.exists()


def test_cancelled_appointment_cannot_wait(planner, held):
    cancel_appointment(appointment=held, by="user:1", now=NOW)
    told = planner.post("api-waiting-list", {"appointment": str(held.public_id)})
    assert (told.status_code, told.json()["type"].rpartition(":")[2]) == (409, "cannot-wait")


def test_planner_accepts_for_who_says_yes_on_the_phone(planner, held, offer):
    [line] = planner.get("api-waiting-list", {"department": held.department_id}).json()["waiting"]
    answer = {"offer": line["offer"]["id"], "accept": True}
    told = planner.post("api-place-offer", answer, public_id=held.public_id).json()
    assert (told["start"], told["version"]) == ("2026-11-26T10:00:00+01:00", 2)


def test_patient_joins_changes_and_leaves(holder, held):
    me = holder(held)
    assert me.get("api-me-waiting-list").json() == {"waiting": None, "offer": None}
    assert me.put("api-me-waiting-list", {"half_day": "morning"}).json()["waiting"]["half_day"] == "morning"
    assert me.put("api-me-waiting-list", {}).json()["waiting"]["half_day"] == ""
    assert me.delete("api-me-waiting-list").json()["waiting"] is None
    assert WaitingListEntry.objects.count() == 1


def test_patient_accepts_once(holder, held, offer):
    me = holder(held)
    shown = me.get("api-me-waiting-list").json()["offer"]
    assert (shown["start"], shown["state"]) == ("2026-11-26T10:00:00+01:00", "open")
    told = me.post("api-me-place-offer", {"offer": shown["id"], "accept": True})
    assert (told.status_code, told.json()["offer"]["state"], told.json()["waiting"]) == (200, "taken", None)
    held.refresh_from_db()
    assert held.start == make.amsterdam("2026-11-26", "10.00")


def test_second_hears_that_it_is_gone_and_keeps_the_appointment(holder, held, offer):
    PlaceOffer.objects.update(state="lost")
    told = holder(held).post("api-me-place-offer", {"offer": str(offer.ref), "accept": True})
    assert (told.status_code, told.json()["state"]) == (409, "lost")
    held.refresh_from_db()
    assert held.schedule_version == 1


@pytest.mark.parametrize("late", [True, False])
def test_offer_that_is_over_or_never_was(holder, held, offer, late):
    ref = offer.ref if late else uuid.uuid4()
    PlaceOffer.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    told = holder(held).post("api-me-place-offer", {"offer": str(ref), "accept": True})
    assert (told.status_code, told.json()["state"]) == (409, "expired")


def test_looking_uses_nothing_up(holder, held, offer):
    me = holder(held)
    assert me.get("api-me-waiting-list").json() == me.get("api-me-waiting-list").json()
    assert me.get("api-me-place-offer").status_code == 405
    offer.refresh_from_db()
    assert offer.state == "open"
