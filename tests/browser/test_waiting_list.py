"""Coming earlier in a browser: two taps to wait, a tap to see the place, one to have it; and the clerk's list."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import FreedPlace, PlaceOffer, WaitingListEntry
from tests import factories as make
from tests.browser.test_planner import SIZES

pytestmark = pytest.mark.browser
BORN = "29-03-1951"
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 320, "height": 256}


@pytest.fixture
def held():
    patient = make.PatientFactory(family_name="Veen", particle="van der", birth_date="1951-03-29")
    day = make.next_workday(timezone.localdate() + timedelta(days=20))
    return make.appointment(patient=patient, start=make.amsterdam(day, "14.10"))


def offered(held):
    day = make.next_workday(timezone.localdate() + timedelta(days=5))
    leaves = make.appointment(start=make.amsterdam(day, "10.00"), clinician=held.clinician)
    cancel_appointment(appointment=leaves, by="user:1", now=timezone.now())
    return make.place_offer(WaitingListEntry.objects.get(appointment=held), FreedPlace.objects.get())


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("viewport", [PHONE, ZOOMED], ids=["phone", "400 %"])
def test_patient_waits_and_takes_the_place(site, new_context, axe, held, viewport):
    page = new_context(viewport=viewport).new_page()
    page.goto(make.personal_link(held)[1])
    page.locator("input[name=birth_date]").fill(BORN)
    page.locator("main button[type=submit]").click()
    page.locator("a[href$='/eerder/']").click()
    expect(page.locator("input[name=weekdays]").first).to_be_checked()
    axe(page)
    assert fits(page)
    page.locator("form:has(input[name=weekdays]) button[type=submit]").click()
    expect(page.locator("form[action$='/stoppen/']")).to_be_visible()
    axe(page)

    offer = offered(held)
    page.goto(page.url)
    expect(page.locator(".compare .when")).to_have_count(2)
    axe(page)
    assert fits(page)
    page.locator("button[value=accept]").click()
    expect(page.locator(".notice.good")).to_be_visible()
    axe(page)
    held.refresh_from_db()
    assert held.start == offer.start


@pytest.mark.parametrize("size", SIZES)
def test_clerk_sees_who_waits_and_takes_the_answer_by_phone(site, new_context, axe, held, size):
    make.waiting_for_earlier(held)
    offer = offered(held)
    width, height = SIZES[size]
    planner = make.member("planner", held.department)
    page = new_context(user=planner, viewport={"width": width, "height": height}).new_page()
    page.goto("/wachtlijst/")
    expect(page.locator(".waiting > li")).to_have_count(1)
    axe(page)
    assert fits(page)
    page.locator("button[value=accept]").click()
    page.wait_for_url("**/klaar/")
    assert PlaceOffer.objects.get(pk=offer.pk).state == PlaceOffer.State.TAKEN
