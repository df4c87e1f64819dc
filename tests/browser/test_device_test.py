"""The test of the device in a real browser: all well, and each way in which it is not."""

import wave
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from scheduling.models import Appointment
from tests import factories as make
from tests.support.browser import FAKE_MEDIA, FLAGS, chromium_path
from tests.support.media import LISTEN, refuse, running_tracks, times_asked
from waitingroom.models import DeviceTest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Narrow, and magnified as by who sees badly.
SMALL = {"viewport": {"width": 320, "height": 568}}
SUMMARY = "[data-step=summary] h1:visible"


@pytest.fixture
def appointment(site: str) -> Appointment:
    """Of Mr Baars, who was given a tablet by his daughter."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    start -= timedelta(minutes=start.minute % 5)
    return make.appointment(start=start, patient=make.PatientFactory(family_name="Baars", initials="K."))


def to_the_test(context: BrowserContext, appointment: Appointment) -> Page:
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.goto(make.personal_link(appointment)[1])
    born = appointment.patient.birth_date
    page.get_by_label("Wat is uw geboortedatum?").fill(f"{born:%d-%m-%Y}")
    page.get_by_role("button", name="Verder").click()
    page.locator("a[href$='/test/']").click()
    # How fast this machine is, is not what is tested.
    page.locator("[data-device-test]").evaluate("(root) => Object.assign(root.dataset, {enoughKbit: 0, mostMs: 1e9})")
    return page


def press(page: Page, button: str) -> None:
    page.locator(f"button[{button}]:visible").click()


def skip(page: Page, *steps: str) -> None:
    for step in steps:
        expect(page.locator(f"[data-panel={step}]")).to_be_visible()
        press(page, "data-skip")


def found(page: Page, step: str, finding: str) -> None:
    expect(page.locator(f"[data-step={step}] [data-finding={finding}]")).to_be_visible(timeout=20_000)


def kept(page: Page) -> DeviceTest:
    with page.expect_response(lambda answer: answer.url.endswith("/test/") and answer.request.method == "POST"):
        press(page, "data-next")
    return DeviceTest.objects.latest("pk")


@pytest.mark.both_worlds
def test_all_is_well_and_no_camera_goes_on_by_itself(new_context, appointment, axe):
    page = to_the_test(new_context(media=True, **SMALL), appointment)
    axe(page)
    press(page, "data-start")
    assert times_asked(page) == 0
    press(page, "data-run")
    found(page, "camera", "good")
    assert running_tracks(page) == 1
    axe(page)
    press(page, "data-next")
    assert running_tracks(page) == 0
    press(page, "data-run")
    found(page, "microphone", "good")
    press(page, "data-next")
    press(page, "data-run")
    press(page, "data-answer=good")
    press(page, "data-next")
    press(page, "data-run")
    found(page, "connection", "good")

    test = kept(page)

    devices = (test.browser, test.camera, test.microphone, test.speaker, test.connection)
    assert (test.verdict, *devices) == ("works", *["good"] * 5)
    assert (test.browser_family, test.kbit_per_s > 0) == ("chrome", True)
    expect(page.locator(SUMMARY)).to_have_attribute("data-verdict", "works")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    axe(page)


def test_camera_that_is_not_allowed_is_told_and_can_be_tried_again(new_context, appointment):
    context = new_context(media=True)
    refuse(context, "NotAllowedError")
    page = to_the_test(context, appointment)
    press(page, "data-start")
    press(page, "data-run")
    found(page, "camera", "denied")
    press(page, "data-next")
    skip(page, "microphone", "speaker")
    press(page, "data-run")
    found(page, "connection", "good")
    test = kept(page)
    assert (test.verdict, test.camera, test.microphone) == ("fails", "denied", "skipped")
    expect(page.locator(SUMMARY)).to_have_attribute("data-verdict", "fails")

    page.evaluate("() => { window.__refuse = () => ''; }")
    press(page, "data-again=camera")
    press(page, "data-run")
    found(page, "camera", "good")

    assert kept(page).camera == "good"
    assert DeviceTest.objects.count() == 2


def test_slow_line_is_told_and_still_makes_a_call(new_context, appointment):
    page = to_the_test(new_context(media=True), appointment)
    page.locator("[data-device-test]").evaluate("(root) => { root.dataset.mostMs = -1; }")
    press(page, "data-start")
    skip(page, "camera", "microphone", "speaker")
    press(page, "data-run")
    found(page, "connection", "slow")
    assert kept(page).verdict == "partly"
    expect(page.locator(SUMMARY)).to_have_attribute("data-verdict", "partly")


def test_no_camera_and_a_server_that_is_not_reached(new_context, appointment, complaints):
    """Without fake devices this machine has none."""
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    context = new_context(permissions=["camera", "microphone"])
    page = to_the_test(context, appointment)
    press(page, "data-start")
    press(page, "data-run")
    found(page, "camera", "no_device")
    press(page, "data-next")
    skip(page, "microphone", "speaker")
    context.set_offline(True)
    press(page, "data-run")
    found(page, "connection", "unreachable")
    press(page, "data-next")
    expect(page.locator("[data-not-kept]")).to_be_visible()
    expect(page.locator(SUMMARY)).to_have_attribute("data-verdict", "fails")


@pytest.fixture
def silent_browser(_playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """Its microphone is there, and gives nothing: turned off on the headset."""
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 48_000))
    flags = [*FLAGS, *FAKE_MEDIA, f"--use-file-for-fake-audio-capture={silence}"]
    browser = _playwright.chromium.launch(executable_path=chromium_path(), args=flags)
    yield browser
    browser.close()


def test_microphone_that_stays_silent(silent_browser, site, appointment):
    context = silent_browser.new_context(base_url=site, locale="nl-NL", permissions=["camera", "microphone"])
    page = to_the_test(context, appointment)
    press(page, "data-start")
    skip(page, "camera")
    press(page, "data-run")
    found(page, "microphone", "silent")
    press(page, "data-next")
    skip(page, "speaker")
    press(page, "data-skip")
    expect(page.locator(SUMMARY)).to_have_attribute("data-verdict", "fails")
