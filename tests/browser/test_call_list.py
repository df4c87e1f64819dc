"""The call list in a browser: one patient after the other by keyboard, two clerks at once, at every size."""

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from notifications.actions.call_list import build_call_list
from notifications.actions.call_results import CallReport, complete_calls
from notifications.actions.calls import open_call_task
from notifications.models import CallOutcome, CallTask
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}
TIMES = ("9.00", "9.20", "9.40", "10.00", "10.20", "10.40", "11.00", "11.20", "11.40", "13.00", "13.20", "13.40")
PATIENTS = (
    {"unreachable": True, "phone": "+31201234567"},
    {},
    {"phone": "+31203456789"},
    {"unsafe_address": True},
    {"email": ""},
)


class Office:
    """Longziekten, with a full clinic on the next workday and its call list."""

    def __init__(self) -> None:
        self.department = make.department("longziekten")
        self.samira = make.member("planner", self.department, name="Samira Bouzid")
        self.jurre = make.member("helpdesk", self.department, name="Jurre Kuipers")
        clinician = make.ClinicianFactory(departments=[self.department], name="dr. M. van der Veen")
        kind = make.AppointmentTypeFactory(department=self.department)
        self.day = make.next_workday()
        make.session_with(clinician, self.day, "9.00", "15.00", types=[kind], department=self.department)
        self.booked = [
            make.appointment(
                clinician=clinician,
                type=kind,
                start=make.amsterdam(self.day, clock),
                patient=make.PatientFactory(department=self.department, **PATIENTS[place % len(PATIENTS)]),
            )
            for place, clock in enumerate(TIMES)
        ]
        ask = {"reason": CallTask.Reason.ASKED, "occasion": "1", "now": timezone.now()}
        open_call_task(appointment=self.booked[4], call_before=self.booked[4].start, **ask)
        build_call_list(department=self.department, day=timezone.localdate(), now=timezone.now())

    def patients_done(self) -> set[int]:
        return set(CallTask.objects.filter(done_at__isnull=False).values_list("patient_id", flat=True))


@pytest.fixture
def office(site):
    return Office()


@pytest.fixture
def desk(office, new_context):
    page = new_context(user=office.samira).new_page()
    page.goto("/bellijst/")
    return page


def test_three_patients_are_phoned_with_three_keys(office, desk):
    """Focus once on the open call; after each outcome the next one opens under the same key."""
    desk.locator("#call-title").focus()
    for number in (1, 2, 3):
        desk.keyboard.press("b")
        expect(desk.locator("#progress-words")).to_have_text(re.compile(rf"^{number} .* 12 "))
        expect(desk.locator("#call-title")).to_be_focused()
    assert len(office.patients_done()) == 3


def test_letters_typed_in_the_note_are_letters(office, desk):
    desk.locator("[name=notitie]").fill("")
    desk.locator("[name=notitie]").press_sequentially("bgvfn")
    assert not office.patients_done()
    desk.locator(".outcomes .btn").first.click()
    expect(desk.locator("#progress-words")).to_have_text(re.compile("^1 "))
    assert CallTask.objects.filter(note="bgvfn").exists()


def test_right_number_is_typed_beside_the_call_and_phoned_next(office, desk, complaints):
    """A number that cannot be it is said beside the field; what was typed stays, and the focus goes there."""
    complaints.expect("status of 422")
    title = desk.locator("#call-title").inner_text()
    right, note = desk.locator("[name=juist]"), desk.locator("[name=notitie]")
    right.press_sequentially("06 1122")
    note.press_sequentially("Oud nummer was van de buren")
    desk.locator(".outcomes .btn").last.click()
    expect(right).to_be_focused()
    expect(right).to_have_value("06 1122")
    expect(right).to_have_accessible_description(re.compile("."))
    expect(note).to_have_value("Oud nummer was van de buren")
    right.fill("06 1122 3344")
    desk.locator(".outcomes .btn").last.click()
    expect(desk.locator("#call-title")).to_have_text(title)
    expect(desk.locator(".number").first).to_contain_text("06 11223344")
    expect(right).to_have_value("")
    assert CallTask.objects.filter(note="Oud nummer was van de buren", done_at=None).exists()


def test_what_is_typed_stays_while_the_list_lives_on(office, desk, new_context, complaints):
    """Two fields are filled in, the focus is in neither, and a colleague finishes another call."""
    complaints.expect("status of 422")
    desk.locator("[name=juist]").press_sequentially("06 1122")
    desk.locator("[name=notitie]").press_sequentially("Belt om drie uur")
    other = new_context(user=office.jurre).new_page()
    other.goto("/bellijst/")
    other.locator(".callrows a.who").nth(2).click()
    other.locator(".outcomes .btn").first.click()
    desk.locator("#call-title").evaluate("element => element.ownerDocument.activeElement.blur()")
    expect(desk.locator("#progress-words")).to_have_text(re.compile("^1 "))
    expect(desk.locator("[name=juist]")).to_have_value("06 1122")
    expect(desk.locator("[name=notitie]")).to_have_value("Belt om drie uur")
    desk.locator(".outcomes .btn").nth(1).click()
    expect(desk.locator("[name=juist]")).to_be_focused()


def test_patient_whom_a_colleague_phones_is_shown_and_passed_over(office, desk, new_context):
    other = new_context(user=office.jurre).new_page()
    other.goto("/bellijst/")
    first = desk.locator("#call-title").inner_text()
    expect(other.locator("#call-title")).to_have_text(first)
    desk.locator(".dial .btn").click()
    expect(other.locator(".callrows li").first).to_contain_text("Samira Bouzid")
    expect(other.locator("#call-title")).not_to_have_text(first)


def test_call_does_not_change_under_the_hands_of_who_makes_it(office, desk, new_context):
    """A colleague finishes the very call that is open here, while a note is being written."""
    title = desk.locator("#call-title").inner_text()
    desk.locator("[name=notitie]").press_sequentially("Belt om drie uur")
    other = new_context(user=office.jurre).new_page()
    other.goto("/bellijst/")
    other.locator(".outcomes .btn").first.click()
    expect(other.locator("#progress-words")).to_have_text(re.compile("^1 "))
    expect(desk.locator(".held")).to_be_visible()
    expect(desk.locator("#call-title")).to_have_text(title)
    expect(desk.locator("[name=notitie]")).to_have_value("Belt om drie uur")
    desk.locator(".outcomes .btn").first.click()
    expect(desk.locator(".notice.warn")).to_be_visible()
    expect(desk.locator("#call-title")).not_to_have_text(title)


def test_number_words_and_outcomes_are_together_on_one_screen(office, desk):
    desk.set_viewport_size({"width": 1366, "height": 768})
    for selector in (".number", ".script", ".outcomes", ".results", "[name=juist]", "[name=notitie]"):
        box = desk.locator(f".call {selector}").first.bounding_box()
        assert box["y"] + box["height"] <= 768, selector
    rows = [row for row in desk.locator(".callrows > li").all() if row.bounding_box()["y"] < 768 - 32]
    assert len(rows) >= 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("address", ["/bellijst/", "/bellijst/?toon=unreached", "/bellijst/?toon=done", "/vandaag/"])
def test_every_size_is_accessible_and_scrolls_one_way(office, new_context, axe, address, size):
    task = CallTask.objects.filter(reason="prepare").last()
    for _ in range(3):
        report = CallReport(CallOutcome.NO_ANSWER, note="Zoon belt terug")
        complete_calls(tasks=[task], report=report, by=office.samira.actor, now=timezone.now())
    width, height = SIZES[size]
    page = new_context(user=office.samira, viewport={"width": width, "height": height}).new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"{address.strip('/?').replace('/', '-').replace('?toon=', '-')}-{width}")
    axe(page)


@pytest.mark.parametrize("size", SIZES)
def test_problem_with_a_number_is_accessible_at_every_size(office, new_context, complaints, axe, size):
    complaints.expect("status of 422")
    width, height = SIZES[size]
    page = new_context(user=office.samira, viewport={"width": width, "height": height}).new_page()
    page.goto("/bellijst/")
    page.locator("[name=juist]").fill("0612")
    page.locator(".outcomes .btn").last.click()
    expect(page.locator(".call .errors")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"juist-nummer-{width}")
    axe(page)


def picture(page, name):
    """To look at: CALLS_PICTURES=/some/folder."""
    if folder := os.environ.get("CALLS_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=Path(folder) / f"{name}-dark.png")
        page.emulate_media(color_scheme="light")
