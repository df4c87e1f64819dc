"""The consult itself, with real media between two browsers: see and hear each other, and all that goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from events.models import Event
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment
from tests import factories as make
from tests.support.media import (
    await_facts,
    await_media,
    cut_sockets,
    refuse,
    running_tracks,
    times_asked,
    watch_connections,
)
from tests.waitingroom.visits import at
from waitingroom.models import Closing

pytestmark = [pytest.mark.browser, pytest.mark.both_worlds]
# Software encodes and decodes the pictures of every page; on a busy machine all else then takes its time.
expect.set_options(timeout=25_000)


@dataclass
class Consult:
    appointment: Appointment
    clinician: Page
    patient: Page

    def facts(self) -> list[str]:
        told = Event.objects.filter(appointment_id=self.appointment.pk)
        return list(told.exclude(kind__startswith="appointment.").values_list("kind", flat=True))


@pytest.fixture
def appointment(site: str) -> Iterator[Appointment]:
    with time_machine.travel(at("14.12"), tick=True):
        department = make.department()
        user = make.member("clinician", department, name="dr. M. van der Veen")
        patient = make.PatientFactory(
            department=department,
            salutation="ms",
            initials="T.",
            particle="",
            family_name="Jansen",
            mobile="06-12345678",
        )
        yield make.appointment(start=at("14.10"), patient=patient, clinician=user.clinician, department=department)


Opener = Callable[..., BrowserContext]


def to_my_day(new_context: Opener, appointment: Appointment, **options: Any) -> Page:
    context = new_context(media=True, user=appointment.clinician.user, **options)
    watch_connections(context)
    page = context.new_page()
    page.goto("/mijn-dag/")
    return page


def into_waiting_room(new_context: Opener, appointment: Appointment, **options: Any) -> Page:
    prepare = options.pop("prepare", None)
    context = new_context(media=True, **options)
    watch_connections(context)
    if prepare is not None:
        prepare(context)
    page = context.new_page()
    _link, path = make.personal_link(appointment)
    page.goto(path)
    born = appointment.patient.birth_date
    page.get_by_label("geboortedatum").fill(f"{born.day}-{born.month}-{born.year}")
    page.get_by_role("button", name="Verder").click()
    page.goto(page.url.rstrip("/") + "/wachtkamer/")
    page.get_by_role("button", name="wachtkamer").click()
    return page


@pytest.fixture
def consult(new_context: Opener, appointment: Appointment) -> Consult:
    clinician = to_my_day(new_context, appointment)
    patient = into_waiting_room(new_context, appointment)
    return Consult(appointment, clinician, patient)


def let_in(page: Page) -> None:
    page.get_by_role("button", name="Laat mw. Jansen binnen").click()


def both_connected(consult: Consult) -> None:
    for page in (consult.clinician, consult.patient):
        got = await_media(page)
        assert got["connections"] == 1


def status_of(page: Page) -> Any:
    return page.locator("[data-call-status]")


def test_call_gives_picture_and_sound_on_both_sides(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    for page in (consult.clinician, consult.patient):
        expect(status_of(page)).to_have_text("U bent verbonden.")
    expect(consult.clinician.locator("video[aria-label='Mw. T. Jansen']")).to_be_visible()
    expect(consult.patient.locator("video[aria-label='dr. M. van der Veen']")).to_be_visible()
    expect_fact(consult, "call.connected", times=2)


def expect_fact(consult: Consult, kind: str, times: int = 1) -> None:
    await_facts(consult.clinician, consult.facts, kind, times=times)


def test_nothing_starts_before_it_is_pressed(consult: Consult):
    expect(consult.clinician.get_by_role("button", name="Laat mw. Jansen binnen")).to_be_visible()
    assert (times_asked(consult.clinician), times_asked(consult.patient)) == (0, 0)
    assert running_tracks(consult.patient) == 0


def test_hang_up_turns_everything_off_on_both_sides(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    consult.clinician.get_by_role("button", name="Ophangen").click()
    expect(consult.clinician.locator("[data-call]")).to_have_count(0)
    expect(consult.patient.locator("[data-call]")).to_have_count(0)
    assert (running_tracks(consult.clinician), running_tracks(consult.patient)) == (0, 0)
    expect(consult.patient.get_by_role("heading", level=1)).to_have_text("Uw gesprek is klaar")
    expect(consult.clinician.get_by_role("heading", name="Afronden: mw. Jansen")).to_be_visible()


def test_patient_who_hangs_up_can_come_back(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    consult.patient.get_by_role("button", name="Ophangen").click()
    expect(consult.clinician.get_by_text("De patiënt is uit het gesprek")).to_be_visible()
    consult.patient.get_by_role("button", name="Naar de wachtkamer").click()
    await_media(consult.patient)


@pytest.mark.parametrize("side", ["clinician", "patient"])
def test_either_side_goes_on_by_phone(consult: Consult, side: str):
    let_in(consult.clinician)
    both_connected(consult)
    page: Page = getattr(consult, side)
    page.get_by_role("button", name="Verder via telefoon").click()
    expect(consult.patient.get_by_role("heading", level=1)).to_have_text("Wij bellen u")
    expect(consult.clinician.get_by_role("link", name="06 12345678")).to_be_visible()
    expect(consult.clinician.get_by_role("radio", name="Via telefoon")).to_be_checked()
    expect(consult.clinician.get_by_text("190162")).to_be_visible()
    assert (running_tracks(consult.clinician), running_tracks(consult.patient)) == (0, 0)


def test_reload_comes_back_into_the_call(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    for page in (consult.patient, consult.clinician):
        page.reload()
        both_connected(consult)
    assert consult.facts().count("participant.admitted") == 1


def test_cut_sockets_come_back_by_themselves(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    for page in (consult.patient, consult.clinician):
        page.evaluate("() => { window.__connections.length = 0; }")
        cut_sockets(page)
        await_media(page)
    both_connected(consult)


def test_browser_that_crashed_asks_before_it_goes_on(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    context = consult.clinician.context
    consult.clinician.close()
    consult.clinician = context.new_page()
    consult.clinician.goto("/mijn-dag/")
    start = consult.clinician.get_by_role("button", name="Begin het gesprek")
    expect(start).to_be_visible()
    assert times_asked(consult.clinician) == 0
    start.click()
    both_connected(consult)


def test_second_window_takes_the_call_over(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    first = consult.clinician
    consult.clinician = first.context.new_page()
    consult.clinician.goto("/mijn-dag/")
    consult.clinician.get_by_role("button", name="Begin het gesprek").click()
    expect(status_of(first)).to_have_text("Het gesprek gaat verder in een ander venster.")
    assert running_tracks(first) == 0
    both_connected(consult)


def test_microphone_and_camera_go_off_and_on(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    enabled = "() => document.querySelector('[data-call-self]').srcObject.getTracks().map((track) => track.enabled)"
    for name in ("Microfoon", "Camera"):
        consult.patient.get_by_role("button", name=f"{name} uit").click()
    assert consult.patient.evaluate(enabled) == [False, False]
    for name in ("Microfoon", "Camera"):
        consult.patient.get_by_role("button", name=f"{name} aan").click()
    assert consult.patient.evaluate(enabled) == [True, True]


@pytest.mark.parametrize(
    ("error", "kind", "said", "reason"),
    [
        ("NotAllowedError", "", "Uw browser mag uw camera en microfoon niet gebruiken.", "denied"),
        ("NotFoundError", "", "Wij vinden uw camera of microfoon niet.", "no_device"),
        ("NotReadableError", "video", "Een ander programma gebruikt uw camera of microfoon.", "in_use"),
    ],
)
def test_patient_without_camera_is_told_what_to_do_and_still_hears(
    new_context: Opener, appointment: Appointment, error: str, kind: str, said: str, reason: str
):
    clinician = to_my_day(new_context, appointment)
    patient = into_waiting_room(new_context, appointment, prepare=lambda context: refuse(context, error, kind))
    consult = Consult(appointment, clinician, patient)
    let_in(clinician)
    expect(patient.get_by_text(said)).to_be_visible()
    expect_fact(consult, "technique.failed")
    assert Event.objects.get(kind="technique.failed").data["reason"] == reason
    await_media(patient)
    expect(clinician.get_by_text("techniek").first).to_be_visible()
    # The patient allows the camera after all.
    patient.evaluate("() => { window.__refuse = null; }")
    patient.get_by_role("button", name="Probeer opnieuw").click()
    both_connected(consult)
    expect(patient.get_by_text(said)).to_be_hidden()
    expect(clinician.get_by_text("in gesprek").first).to_be_visible()


def test_cancelled_during_the_call_ends_it_at_once(consult: Consult):
    let_in(consult.clinician)
    both_connected(consult)
    appointment = Appointment.objects.get(pk=consult.appointment.pk)
    cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())
    expect(consult.patient.get_by_role("heading", level=1)).to_have_text("Uw afspraak gaat niet door")
    expect(consult.clinician.locator("[data-call]")).to_have_count(0)
    assert (running_tracks(consult.clinician), running_tracks(consult.patient)) == (0, 0)


def test_closing_and_going_on_takes_two_keys(new_context: Opener, consult: Consult):
    """What is typed stays while the page is live; Ctrl+Enter closes and ends the call, Enter lets the next one in."""
    visitor = make.PatientFactory(department=consult.appointment.department, salutation="mr", family_name="Noël")
    following = make.appointment(
        start=at("14.30"),
        patient=visitor,
        clinician=consult.appointment.clinician,
        type=consult.appointment.type,
        department=consult.appointment.department,
    )
    page = consult.clinician
    let_in(page)
    both_connected(consult)
    page.get_by_label("Wat nu, voor de patiënt").fill("Neem uw pillen na het eten.")
    next_patient = into_waiting_room(new_context, following)
    expect(page.get_by_text("is er al").first).to_be_visible()
    expect(page.get_by_label("Wat nu, voor de patiënt")).to_have_value("Neem uw pillen na het eten.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Afgerond: mw. Jansen. 190166")).to_be_visible()
    expect(consult.patient.get_by_role("heading", level=1)).to_have_text("Uw gesprek is klaar")
    assert Closing.objects.get().next_steps == "Neem uw pillen na het eten."
    expect(page.get_by_role("button", name="Noël binnen")).to_be_focused()
    page.keyboard.press("Enter")
    await_media(page)
    await_media(next_patient)


def heights(page: Page, selector: str) -> list[float]:
    return page.locator(selector).evaluate_all("all => all.map((it) => it.getBoundingClientRect().height)")


def heights_of_targets(page: Page) -> list[float]:
    """Of what is shown, in one look: what is drawn anew between two looks has no height in the second."""
    return page.evaluate(
        "() => [...document.querySelectorAll('main button, main a.btn')]"
        ".map((it) => it.getBoundingClientRect().height).filter((height) => height > 0)"
    )


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (320, 256)])
def test_day_fits_and_is_accessible_in_every_state(consult: Consult, axe: Any, size: tuple[int, int]):
    page = consult.clinician
    page.set_viewport_size({"width": size[0], "height": size[1]})
    steps = [
        lambda: expect(page.get_by_role("button", name="Laat mw. Jansen binnen")).to_be_visible(),
        lambda: (let_in(page), both_connected(consult)),
        lambda: page.get_by_role("button", name="Ophangen").click(),
        lambda: page.get_by_role("button", name="Afronden en volgende").click(),
    ]
    for step in steps:
        step()
        axe(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert all(height >= 32 for height in heights_of_targets(page))


def test_call_and_closing_fit_a_laptop_without_scrolling(consult: Consult):
    page = consult.clinician
    page.set_viewport_size({"width": 1366, "height": 768})
    let_in(page)
    both_connected(consult)
    button = page.get_by_role("button", name="Afronden en volgende").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= 768
    assert page.evaluate("() => scrollY") == 0


def test_patient_in_the_call_fits_a_small_phone(consult: Consult, axe: Any):
    let_in(consult.clinician)
    both_connected(consult)
    for width in (390, 320):
        consult.patient.set_viewport_size({"width": width, "height": 700})
        axe(consult.patient)
        assert consult.patient.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        found = heights(consult.patient, ".call button:visible")
        assert len(found) == 4
        assert min(found) >= 48
