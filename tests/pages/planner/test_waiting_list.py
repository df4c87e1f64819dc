"""Wachtlijst: who waits, what is offered, and the answer that a patient gives by phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.telling import tell_freed_place
from notifications.models import CallTask
from pages.call_scripts import script_of
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import FreedPlace, PlaceOffer, WaitingListEntry
from tests import factories as make

pytestmark = pytest.mark.django_db


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def held(desk):
    """In two weeks, with the clinician of tomorrow."""
    start = make.amsterdam(make.next_workday(desk.clinic.date + timedelta(days=14)), "10.00")
    patient = make.PatientFactory(department=desk.department, particle="", family_name="Zwart")
    return make.appointment(start=start, clinician=desk.clinician, type=desk.type, patient=patient)


@pytest.fixture
def offer(desk, held):
    entry = make.waiting_for_earlier(held)
    leaves = make.appointment(start=desk.at("10.40"), clinician=desk.clinician, type=desk.type)
    cancel_appointment(appointment=leaves, by="user:1", now=timezone.now())
    return make.place_offer(entry, make.freed_place(leaves))


def earlier(held, part=""):
    return reverse(f"appointment-earlier{part}", args=[held.public_id])


def wishes(**changed):
    every = {"weekdays": ["0", "1", "2", "3", "4"], "half_day": "either", "notice_hours": "24"}
    return {**every, **changed}


def answer(desk, held, offer, said="accept", **more):
    sent = {"offer": str(offer.ref), "answer": said, **more}
    return desk.client.post(earlier(held, "-answer"), sent, follow=True)


def test_from_the_appointment_a_patient_is_put_on_the_list(desk, held):
    page = reverse("appointment", args=[held.public_id])
    assert "Kan eerder komen" in words(desk.client.get(page))
    done = desk.client.post(earlier(held), wishes(half_day="morning"), follow=True)
    assert "Op de wachtlijst" in words(done)
    entry = WaitingListEntry.objects.get()
    assert (entry.half_day, entry.by) == ("morning", desk.planner.actor)
    listed = words(desk.client.get(reverse("waiting-list")))
    assert "Zwart" in listed
    assert "ochtend" in listed


def test_no_day_keeps_what_was_typed(desk, held):
    done = desk.client.post(earlier(held), wishes(weekdays=[], notice_hours="48"))
    assert done.status_code == 422
    assert done.context["form"]["notice_hours"].value() == "48"
    assert "Kies ten minste één dag." in words(done)


def test_wishes_that_a_colleague_changed_are_not_overwritten_unseen(desk, held):
    make.waiting_for_earlier(held)
    seen = desk.client.get(earlier(held)).context["seen"]
    desk.client.post(earlier(held), wishes(half_day="morning", gezien=seen))
    late = desk.client.post(earlier(held), wishes(notice_hours="48", gezien=seen))
    assert (late.status_code, WaitingListEntry.objects.get().half_day) == (409, "morning")
    assert late.context["form"]["notice_hours"].value() == "48"
    desk.client.post(earlier(held), wishes(notice_hours="48", gezien=late.context["seen"]))
    assert WaitingListEntry.objects.get().notice_hours == 48


def test_who_was_taken_off_the_list_is_not_put_back_unseen(desk, held):
    make.waiting_for_earlier(held)
    seen = desk.client.get(earlier(held)).context["seen"]
    desk.client.post(earlier(held, "-leave"))
    assert desk.client.post(earlier(held), wishes(gezien=seen)).status_code == 409
    assert not WaitingListEntry.objects.filter(ended_at=None).exists()


def test_off_the_list_from_the_list(desk, held):
    make.waiting_for_earlier(held)
    done = desk.client.post(earlier(held, "-leave"), {"from": "list"}, follow=True)
    assert "Niemand wacht op een eerdere plek" in words(done)


def test_cancelled_appointment_is_not_put_on_the_list(desk, held):
    cancel_appointment(appointment=held, by="user:1", now=timezone.now())
    assert desk.client.post(earlier(held), wishes()).status_code == 302
    assert not WaitingListEntry.objects.exists()


def test_yes_on_the_phone_moves_the_appointment(desk, held, offer):
    assert "10.40" in words(desk.client.get(reverse("waiting-list")))
    done = answer(desk, held, offer)
    assert done.redirect_chain[-1][0] == reverse("appointment-done", args=[held.public_id])
    held.refresh_from_db()
    assert (held.start, held.changes.last().by) == (desk.at("10.40"), desk.planner.actor)


def test_no_on_the_phone_leaves_it(desk, held, offer):
    done = answer(desk, held, offer, "decline", **{"from": "list"})
    assert "neemt deze plek niet" in words(done)
    offer.refresh_from_db()
    assert offer.state == PlaceOffer.State.DECLINED


def test_too_late_is_said_and_changes_nothing(desk, held, offer):
    PlaceOffer.objects.update(state=PlaceOffer.State.LOST)
    assert "Iemand anders was deze patiënt net voor." in words(answer(desk, held, offer))
    held.refresh_from_db()
    assert held.schedule_version == 1


def test_whom_no_message_reaches_is_marked_and_stands_on_the_worklist(desk, held, offer):
    held.patient.email = held.patient.mobile = ""
    held.patient.save()
    tell_freed_place(offer=PlaceOffer.objects.get(), now=timezone.now())
    page = desk.client.get(reverse("waiting-list"))
    assert "moet gebeld worden" in words(page)
    task = CallTask.objects.get(about="freed_place")
    assert "Er is een plek vrij vóór uw afspraak" in script_of([task], task.needs)[0]


def test_another_department_sees_nobody(desk, held, client_of):
    make.waiting_for_earlier(held)
    stranger = client_of(make.member("planner", make.department("neurologie")))
    assert "Zwart" not in words(stranger.get(reverse("waiting-list")))
    assert stranger.post(earlier(held, "-leave")).status_code == 404
    assert WaitingListEntry.objects.get().ended_at is None


def test_list_asks_a_fixed_number_of_queries(desk, held, offer, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(reverse("waiting-list"))
        return queries

    ask()
    one = ask()
    for clock in ("11.00", "11.20"):
        more = make.appointment(
            start=held.start.replace(hour=int(clock[:2]), minute=int(clock[3:])),
            clinician=desk.clinician,
            type=desk.type,
        )
        make.place_offer(make.waiting_for_earlier(more), FreedPlace.objects.first())
    assert ask().count == one.count, str(ask())
