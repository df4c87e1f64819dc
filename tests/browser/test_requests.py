"""Requests in a browser: granted in one press, declined with a reason by keys, and readable on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import ModalityRequest
from tests import factories as make
from tests.browser.test_planner import SIZES, Hands

pytestmark = pytest.mark.browser


class Clinic:
    """Three patients of dr. Zwart next week by video; phone fits where they stand, a visit does not."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.kinds = {
            form: make.AppointmentTypeFactory(department=self.department, modality=form, duration_minutes=minutes)
            for form, minutes in (("video", 20), ("phone", 20), ("visit", 30))
        }
        self.zwart = make.ClinicianFactory(departments=[self.department], name="dr. Zwart")
        day = make.next_workday(timezone.localdate())
        make.session_with(self.zwart, day, "9.00", "12.00")
        for clock, asked in (("9.00", "phone"), ("9.20", "visit"), ("9.40", "phone")):
            held = make.appointment(
                patient=make.PatientFactory(department=self.department),
                clinician=self.zwart,
                type=self.kinds["video"],
                start=make.amsterdam(day, clock),
            )
            make.modality_request(held, asked)


def ends():
    return list(ModalityRequest.objects.order_by("appointment__start").values_list("end", flat=True))


def test_three_requests_are_answered_in_few_interactions(site, new_context):
    clinic = Clinic()
    page = new_context(user=clinic.planner).new_page()
    hands = Hands(page)
    page.goto("/vandaag/")
    hands.press("Alt+q")
    rows = page.locator(".asked > li")
    expect(rows).to_have_count(3)
    for left in (2, 1):
        hands.click(".asked > li:first-child button.primary")
        expect(rows).to_have_count(left)
    hands.click(".asked > li:first-child .acts a:first-child")
    hands.click("label:has(input[value=no_place])")
    hands.click("form.roomy button.primary")
    expect(rows).to_have_count(0)
    assert set(ends()) == {"granted", "declined"}
    assert hands.count <= 6


@pytest.mark.parametrize("size", SIZES)
def test_list_fits_and_is_accessible(site, new_context, axe, size):
    clinic = Clinic()
    width, height = SIZES[size]
    page = new_context(user=clinic.planner, viewport={"width": width, "height": height}).new_page()
    page.goto("/verzoeken/")
    expect(page.locator(".asked > li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    axe(page)
