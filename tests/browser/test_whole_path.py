"""From end to end: a raster, a booking, a letter, a preference, a waiting room, a call, a closed consult.

Every step by the hand of the one whose step it is, on the pages of the product, against real mail and real media.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import BrowserContext, Page, expect

from events.models import Event
from notifications.tasks import send_due
from people.models import AccessLog, User
from scheduling.models import Appointment
from tests import factories as make
from tests.support.media import await_facts, await_media, running_tracks, watch_connections
from tests.waitingroom.visits import at
from waitingroom.models import Closing

pytestmark = [pytest.mark.browser, pytest.mark.both_worlds]
# Software encodes and decodes the pictures of every page; on a busy machine all else then takes its time.
expect.set_options(timeout=25_000)

BOOKED, OPENED, BEGUN = "10.00", "12.40", "13.01"


@pytest.fixture
def clock(site: str) -> Iterator[Any]:
    """Monday 30 November 2026, on the server; it runs on from where the test puts it."""
    with time_machine.travel(at(BOOKED), tick=True) as traveller:
        yield traveller


@pytest.fixture
def clinic(clock: Any) -> dict[str, Any]:
    """Longziekten with dr. Van der Veen, one raster not yet published, and mevrouw El Amrani, who reads her mail."""
    department = make.department("longziekten")
    make.policy(department, undo_minutes=0)
    doctor = make.member("clinician", department, name="dr. M. van der Veen", email="veen@dewaard.example")
    return {
        "planner": make.member("planner", department, name="Samira Bouzid", email="bouzid@dewaard.example"),
        "doctor": doctor,
        "raster": make.starter_raster("PP-21", department=department, clinician=doctor.clinician),
        "patient": make.PatientFactory(
            department=department,
            salutation="ms",
            initials="Y.",
            particle="el",
            family_name="Amrani",
            email="y.elamrani@post.example",
        ),
    }


def signed_in(context: BrowserContext, user: User) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mailadres").fill(user.email)
    page.get_by_label("Wachtwoord").fill(make.PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    return page


def publish_the_raster(page: Page, clinic: dict[str, Any]) -> None:
    page.get_by_role("link", name="Rasters", exact=True).click()
    page.get_by_role("link", name=clinic["raster"].name).click()
    page.get_by_role("link", name=re.compile("^Publiceren")).click()
    page.get_by_role("button", name="Publiceren").click()
    page.goto("/vandaag/")
    expect(page.get_by_text("dr. M. van der Veen").first).to_be_visible()


def book_at_one(page: Page) -> None:
    """A follow-up by video of a quarter of an hour, at 13.00 today."""
    page.get_by_role("link", name="Boeken", exact=True).click()
    page.get_by_role("searchbox").fill("el amrani")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="CP beeldbellen 15 min").click()
    page.locator("label.slot", has_text="13.00").filter(has_text="ma 30 nov").click()
    page.get_by_role("button", name="Boeken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("geboekt", ignore_case=True)


def read_the_letter(mailbox: Any, site: str) -> str:
    """The path of the personal link in the confirmation."""
    send_due()
    letter = mailbox.to("y.elamrani@post.example")[0]
    assert "Longziekten" not in letter.as_string()
    body = letter.get_body(("plain",)).get_content()
    assert "beeldbellen" in body
    assert "text/calendar" in [part.get_content_type() for part in letter.walk()]
    return re.search(rf"{re.escape(site)}(/v/[\w-]+)", body)[1]


def state_a_preference(page: Page, path: str, clinic: dict[str, Any]) -> None:
    page.goto(path)
    page.get_by_label("geboortedatum").fill(f"{clinic['patient'].birth_date:%d-%m-%Y}")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("link", name="contact wilt").click()
    page.get_by_role("button", name="Beeldbellen").click()
    page.get_by_role("button", name="Ja, dit klopt").click()


def test_from_raster_to_closed_consult(
    clinic: dict[str, Any], clock: Any, site: str, mailbox: Any, new_context: Callable[..., BrowserContext]
):
    planner = signed_in(new_context(), clinic["planner"])
    publish_the_raster(planner, clinic)
    book_at_one(planner)
    booked = Appointment.objects.get()
    assert (booked.start, booked.modality, booked.patient) == (at("13.00"), "video", clinic["patient"])

    visitor = new_context(media=True, viewport={"width": 390, "height": 844})
    watch_connections(visitor)
    patient = visitor.new_page()
    path = read_the_letter(mailbox, site)
    state_a_preference(patient, path, clinic)

    clock.move_to(at(OPENED))
    patient.goto(path)
    patient.get_by_role("button", name="wachtkamer").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")
    assert running_tracks(patient) == 0

    clock.move_to(at(BEGUN))
    room = new_context(media=True)
    watch_connections(room)
    doctor = signed_in(room, clinic["doctor"])
    expect(doctor.get_by_text("Wil graag").locator("..")).to_contain_text("beeldbellen")
    planner.goto("/vandaag/")
    expect(planner.get_by_role("row", name="El Amrani")).to_contain_text("wacht", ignore_case=True)
    doctor.get_by_role("button", name="Laat mw. El Amrani binnen").click()
    for page in (doctor, patient):
        got = await_media(page)
        assert (got["connections"], got["frames"] > 0, got["packets"] > 0) == (1, True, True)

    expect(planner.get_by_role("row", name="El Amrani")).to_contain_text("in gesprek")
    # Each browser tells of sound and picture a moment after it has them, and only a running call takes it in.
    await_facts(doctor, lambda: facts_of(booked), "call.connected", times=2)

    doctor.get_by_role("button", name="Ophangen").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("Uw gesprek is klaar")
    expect(doctor.locator("[data-call]")).to_have_count(0)
    assert (running_tracks(doctor), running_tracks(patient)) == (0, 0)
    doctor.get_by_label("Wat nu, voor de patiënt").fill("Wij bellen u in april.")
    doctor.get_by_role("radio", name="Bellen").check(force=True)
    doctor.keyboard.press("Control+Enter")
    expect(doctor.get_by_text("Afgerond: mw. El Amrani. 190166")).to_be_visible()
    expect(planner.get_by_role("row", name="El Amrani")).to_contain_text("klaar")

    what_is_left(booked)


def facts_of(booked: Appointment) -> list[str]:
    return list(Event.objects.filter(appointment_id=booked.pk).values_list("kind", flat=True))


def what_is_left(booked: Appointment) -> None:
    booked.refresh_from_db()
    closing = Closing.objects.get()
    assert (booked.status, closing.outcome, closing.modality_held, closing.next_contact) == (
        "fulfilled",
        "held",
        "video",
        "phone",
    )
    assert (closing.activity.code, closing.activity.on) == ("190166", at("13.00").date())
    told = facts_of(booked)
    order = ["appointment.booked", "message.sent", "preference.stated", "participant.arrived"]
    order += ["participant.admitted", "call.connected", "call.ended", "consult.closed"]
    assert sorted(order, key=told.index) == order
    seen_by = set(AccessLog.objects.filter(patient=booked.patient).values_list("role", flat=True))
    assert {"planner", "clinician", "patient"} <= seen_by
