"""A clinician is ill for a week, in a browser: counted, and nobody is left without an end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from notifications.models import CallTask
from praktijkplan.localtime import monday
from scheduling.models import Appointment, AppointmentStatus, Misfit
from tests import factories as make
from tests.browser.test_planner import SIZES, Hands

pytestmark = pytest.mark.browser
PER_DAY = [f"{hour}.{minute:02d}" for hour in (9, 10, 11) for minute in (0, 15, 30, 45)]
DAYS = 5
MOST_INTERACTIONS = 8


class Clinic:
    """Dr. Zwart is booked full next week; two colleagues have room for some of it."""

    def __init__(self, clocks=PER_DAY, days=DAYS):
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.kind = make.AppointmentTypeFactory(department=self.department, modality="video", duration_minutes=15)
        names = ("dr. Zwart", "dr. Wit", "dr. Grijs")
        self.zwart, *self.others = (make.ClinicianFactory(departments=[self.department], name=each) for each in names)
        first = monday(timezone.localdate()) + timedelta(days=7)
        for day in (first + timedelta(days=n) for n in range(days)):
            for clinician in (self.zwart, *self.others):
                end = "12.00" if clinician is self.zwart else "11.00"
                make.session_with(clinician, day, "9.00", end)
            for clock in clocks:
                make.appointment(clinician=self.zwart, type=self.kind, start=make.amsterdam(day, clock))
        self.first = first


def test_ill_for_a_week_with_sixty_appointments_in_few_interactions(site, new_context):
    clinic = Clinic()
    page = new_context(user=clinic.planner).new_page()
    hands = Hands(page)
    page.goto("/vandaag/")
    hands.press("Alt+z")
    expect(page.locator("#id_clinician")).to_be_focused()
    hands.type("dr. Zwart")
    hands.click("label:has(input[name=period][value=next_week])")
    hands.press("Enter")
    expect(page.locator(".awayrows > li")).to_have_count(len(PER_DAY) * DAYS)
    hands.click("button[name=act][value=accept]")
    hands.click(".confirm button[value=accept]")
    expect(page.locator(".awayrows > li")).to_have_count(Misfit.objects.filter(ended_at=None).count())
    if Misfit.objects.filter(ended_at=None).exists():
        hands.click("button[name=act][value=cancel]")
        hands.click(".confirm button[value=cancel]")
    expect(page.locator(".awayrows")).to_have_count(0)
    assert not Misfit.objects.filter(ended_at=None).exists()
    cancelled = Appointment.objects.filter(status=AppointmentStatus.CANCELLED)
    assert CallTask.objects.filter(appointment__in=cancelled, done_at=None).count() == cancelled.count()
    assert not Appointment.objects.filter(status=AppointmentStatus.BOOKED, clinician=clinic.zwart).filter(
        start__lt=make.amsterdam(clinic.first + timedelta(days=6), "0.00")
    )
    assert hands.count <= MOST_INTERACTIONS


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit(site, new_context, size):
    clinic = Clinic(PER_DAY[:4], 1)
    width, height = SIZES[size]
    page = new_context(user=clinic.planner, viewport={"width": width, "height": height}).new_page()
    page.goto("/ziek-verlof/")
    expect(page.locator("h1")).to_be_visible()
    page.locator("#id_clinician").select_option(label="dr. Zwart")
    page.locator("#id_first").fill(clinic.first.isoformat())
    page.locator("form.roomy button[type=submit]").click()
    expect(page.locator(".awayrows > li")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
