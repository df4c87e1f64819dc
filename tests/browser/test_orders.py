"""What must be planned, in a browser: twenty at once, counted; and pages that fit and can be heard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Appointment, FollowUpOrder
from scheduling.models.minutes import from_minute
from tests import factories as make
from tests.browser.test_planner import SIZES, Hands

pytestmark = pytest.mark.browser
MOST_INTERACTIONS = 4


class Clinic:
    """Two clinicians with a morning tomorrow, and patients who were ordered to come back."""

    def __init__(self, orders):
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.lead = make.member("lead", self.department)
        self.kinds = [
            make.AppointmentTypeFactory(department=self.department, modality=form, duration_minutes=15)
            for form in ("video", "visit")
        ]
        self.day = make.next_workday()
        for name in ("dr. Wit", "dr. Grijs"):
            clinician = make.ClinicianFactory(departments=[self.department], name=name)
            make.session_with(clinician, self.day, "9.00", "12.00")
        today = timezone.localdate()
        self.orders = [
            make.FollowUpOrderFactory(
                department=self.department,
                type=self.kinds[0],
                earliest=today - timedelta(days=20),
                latest=today + timedelta(days=n - 2 if n < 2 else n + 4),
            )
            for n in range(orders)
        ]
        self.pathway = make.pathway([(self.kinds[1], 0, 14), (self.kinds[0], 91, 14)])


def test_twenty_follow_ups_are_planned_in_few_interactions(site, new_context):
    clinic = Clinic(20)
    page = new_context(user=clinic.planner).new_page()
    hands = Hands(page)
    page.goto("/vandaag/")
    hands.press("Alt+w")
    expect(page.locator(".orderrows > li")).to_have_count(20)
    hands.click(".bulk button[type=submit]")
    hands.click(".confirm button[type=submit]")
    expect(page.locator(".orderrows")).to_have_count(0)
    assert Appointment.objects.count() == 20
    assert not FollowUpOrder.objects.filter(appointment=None).exists()
    assert hands.count <= MOST_INTERACTIONS


def test_one_that_was_taken_meanwhile_stays_with_a_new_place(site, new_context, complaints):
    complaints.expect("status of 409")
    clinic = Clinic(3)
    page = new_context(user=clinic.planner).new_page()
    page.goto("/te-plannen/")
    expect(page.locator(".orderrows > li")).to_have_count(3)
    value = page.locator(f"select[name=place-{clinic.orders[0].pk}]").input_value()
    minute, clinician, _kind = map(int, value.split("."))
    make.appointment(
        clinician=clinic.department.clinicians.get(pk=clinician),
        type=clinic.kinds[0],
        start=from_minute(minute),
    )
    page.locator(".bulk button[type=submit]").click()
    expect(page.locator(".orderrows > li")).to_have_count(1)
    expect(page.locator(".orderrows .errors")).to_be_visible()
    assert Appointment.objects.count() == 3


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_can_be_heard(site, new_context, axe, size):
    clinic = Clinic(3)
    patient = clinic.orders[0].patient
    # A visit on that day speaks against the video call that was ordered.
    at = make.amsterdam(clinic.day.isoformat(), "14.00")
    make.appointment(patient=patient, department=make.department("neurologie"), modality="visit", start=at)
    make.pathway_run(clinic.pathway, timezone.localdate(), patient=patient)
    width, height = SIZES[size]
    pages = {
        clinic.planner: [
            "/te-plannen/",
            f"/patienten/{patient.public_id}/",
            f"/patienten/{patient.public_id}/vervolg/",
            f"/vervolg/{clinic.orders[0].pk}/",
            f"/vervolg/{clinic.orders[0].pk}/vervalt/",
            f"/patienten/{clinic.orders[1].patient.public_id}/zorgpad/?zorgpad={clinic.pathway.pk}"
            f"&begin={timezone.localdate()}&zorgverlener=",
        ],
        clinic.lead: ["/zorgpaden/", f"/zorgpaden/{clinic.pathway.pk}/"],
    }
    for user, addresses in pages.items():
        page = new_context(user=user, viewport={"width": width, "height": height}).new_page()
        for address in addresses:
            page.goto(address)
            fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert page.evaluate(fits), address
            axe(page)
