"""Ik kan eerder komen: on the list in two taps, the free place beside the own one, and one press to have it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from praktijkplan.freed import EVERY_WEEKDAY
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, FreedPlace, PlaceOffer, WaitingListEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
SOON, LATER = "2026-11-26", "2026-12-10"


@pytest.fixture
def held():
    """Her appointment is on the 10th; on the 26th a place came free with the same clinician."""
    patient = make.PatientFactory(family_name="Veen", particle="van der", initials="W.", birth_date="1951-03-29")
    patient.refresh_from_db()
    return make.appointment(patient=patient, start=make.amsterdam(LATER, "14.10"))


@pytest.fixture
def page(phone, held):
    return phone.enter_with(make.personal_link(held)[1])


def wishes(**changed):
    every = {"weekdays": ["0", "1", "2", "3", "4"], "half_day": "either", "notice_hours": "24"}
    return {**every, **changed}


@pytest.fixture
def offered(held):
    entry = make.waiting_for_earlier(held)
    leaves = make.appointment(start=make.amsterdam(SOON, "10.00"), clinician=held.clinician)
    cancel_appointment(appointment=leaves, by="user:1", now=timezone.now())
    return make.place_offer(entry, FreedPlace.objects.get())


def press(phone, page, offer, answer="accept"):
    return phone.post(page + "eerder/plek/", {"offer": str(offer.ref), "answer": answer}, follow=True)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_two_taps_put_the_patient_on_the_list(phone, page, held):
    assert "Ik kan eerder komen" in words(phone.get(page))
    answer = phone.post(page + "eerder/", wishes(), follow=True)
    assert "U staat op de wachtlijst" in words(answer)
    entry = WaitingListEntry.objects.get()
    assert (entry.appointment, entry.weekdays, entry.notice_hours) == (held, EVERY_WEEKDAY, 24)
    assert entry.by.startswith("link:")


def test_wishes_are_kept_and_can_be_changed(phone, page, held):
    phone.post(page + "eerder/", wishes(weekdays=["0", "2"], half_day="morning", own_clinician="on"))
    entry = WaitingListEntry.objects.get()
    assert (entry.weekdays, entry.half_day, entry.own_clinician) == (0b101, "morning", True)
    assert "maandag, woensdag" in words(phone.get(page + "eerder/")).lower()
    phone.post(page + "eerder/", wishes())
    entry.refresh_from_db()
    assert (entry.weekdays, entry.half_day, entry.own_clinician) == (EVERY_WEEKDAY, "", False)


def test_no_day_is_said_beside_the_field_and_nothing_is_kept(phone, page, held):
    answer = phone.post(page + "eerder/", wishes(weekdays=[]))
    assert answer.status_code == 422
    assert "Kies ten minste één dag." in words(answer)
    assert not WaitingListEntry.objects.exists()


def test_patient_leaves_the_list(phone, page, held):
    phone.post(page + "eerder/", wishes())
    answer = phone.post(page + "eerder/stoppen/", follow=True)
    assert "Zet mij op de wachtlijst" in words(answer)
    assert WaitingListEntry.objects.get().end == WaitingListEntry.End.LEFT


def test_free_place_stands_beside_the_own_one(phone, page, offered):
    assert "Er is eerder een plek vrij" in words(phone.get(page))
    shown = words(phone.get(page + "eerder/"))
    assert "10.00" in shown
    assert "14.10" in shown


def test_looking_uses_nothing_up(phone, page, offered):
    for method in ("get", "head"):
        for path in ("", "eerder/"):
            getattr(phone, method)(page + path)
        assert getattr(phone, method)(page + "eerder/plek/").status_code == 405
    offered.refresh_from_db()
    assert offered.state == PlaceOffer.State.OPEN


def test_link_in_the_message_leads_to_the_place_after_the_birth_date(phone, held, offered):
    link, path = make.personal_link(held)
    Message.objects.filter(appointment=held, channel="email").update(link_ref=link.ref, kind="freed_place")
    asked = phone.get(path)["Location"]
    answer = phone.post(asked, {"birth_date": "29-03-1951"})
    assert answer["Location"] == reverse("patient_earlier", args=[link.ref])
    assert phone.get(path)["Location"] == answer["Location"]


def test_one_press_has_the_place_and_the_patient_stays_inside(phone, page, held, offered):
    answer = press(phone, page, offered)
    assert "U heeft de eerdere plek" in words(answer)
    held.refresh_from_db()
    assert held.start == make.amsterdam(SOON, "10.00")
    assert "10.00" in words(phone.get(page))
    assert held.changes.last().asked_by == "patient"


def test_who_is_second_reads_that_the_own_appointment_stays(phone, page, held, offered):
    PlaceOffer.objects.update(state=PlaceOffer.State.LOST)
    answer = words(press(phone, page, offered))
    assert "Deze plek is net vergeven" in answer
    assert "Uw afspraak blijft staan." in answer
    held.refresh_from_db()
    assert held.start == make.amsterdam(LATER, "14.10")


def test_too_late_is_said(phone, page, held, offered):
    PlaceOffer.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert "kunt u niet meer kiezen" in words(press(phone, page, offered))


def test_no_is_no(phone, page, held, offered):
    assert "U neemt deze plek niet" in words(press(phone, page, offered, "decline"))
    offered.refresh_from_db()
    assert offered.state == PlaceOffer.State.DECLINED


def test_offer_of_another_patient_is_not_accepted_here(phone, page, held, offered):
    other = make.appointment(start=make.amsterdam(LATER, "15.00"), clinician=held.clinician)
    theirs = make.place_offer(make.waiting_for_earlier(other), offered.freed)
    press(phone, page, theirs)
    assert set(PlaceOffer.objects.values_list("state", flat=True)) == {PlaceOffer.State.OPEN}
    assert set(Appointment.objects.filter(status="booked").values_list("schedule_version", flat=True)) == {1}


def test_parent_accepts_for_the_child(phone):
    child, _parent = make.child_with_parent(on=timezone.localdate())
    held = make.appointment(patient=child, start=make.amsterdam(LATER, "14.10"))
    leaves = make.appointment(start=make.amsterdam(SOON, "10.00"), clinician=held.clinician)
    entry = make.waiting_for_earlier(held)
    cancel_appointment(appointment=leaves, by="user:1", now=timezone.now())
    offer = make.place_offer(entry, FreedPlace.objects.get())
    page = phone.enter_with(make.personal_link(held)[1], child.birth_date)
    press(phone, page, offer)
    assert Appointment.objects.get(pk=held.pk).changes.last().asked_by == "representative"


def test_appointment_that_has_begun_has_no_earlier(phone, held, time_machine_at):
    page = phone.enter_with(make.personal_link(held)[1])
    with time_machine_at(held.start):
        assert phone.get(page + "eerder/").status_code == 303
        assert phone.post(page + "eerder/", wishes()).status_code == 303
    assert not WaitingListEntry.objects.exists()


def test_page_asks_few_questions_of_the_database(phone, page, offered, count_queries):
    with count_queries() as queries:
        phone.get(page + "eerder/")
    assert queries.count <= 8, str(queries)
