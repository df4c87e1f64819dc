"""The HTML of a mail in a real browser, at the width of a phone, in light and dark."""

import pytest

from notifications.content.letters import write_letter
from notifications.models import MessageKind
from tests.notifications.test_texts import facts
from tests.support.accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def mail_page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", [kind.value for kind in MessageKind])
def test_mail_is_accessible_in_light_and_dark(mail_page, kind):
    mail_page.set_content(write_letter(facts(kind)).as_html())
    assert violations(mail_page, "light") == []
    assert violations(mail_page, "dark") == []


@pytest.mark.parametrize("width", [390, 320])
def test_mail_fits_a_phone(mail_page, width):
    mail_page.set_viewport_size({"width": width, "height": 844})
    mail_page.set_content(
        write_letter(facts("confirmation", hospital="Streekziekenhuis Zuidoost-Beemster")).as_html()
    )
    assert mail_page.evaluate("() => document.documentElement.scrollWidth") == width


def test_button_is_large_enough_for_a_thumb(mail_page):
    mail_page.set_content(write_letter(facts("hour_before")).as_html())
    box = mail_page.get_by_role("link", name="Naar de wachtkamer").bounding_box()
    assert box["height"] >= 48
    assert box["width"] >= 250


def test_link_to_the_leaflet_is_large_enough_for_a_thumb(mail_page):
    shown = facts("confirmation", guide="Zo werkt beeldbellen", guide_link="https://dewaard.example/film")
    mail_page.set_content(write_letter(shown).as_html())
    assert mail_page.get_by_role("link", name="Zo werkt beeldbellen").bounding_box()["height"] >= 48


def test_greeting_and_hospital_stand_on_lines_of_their_own(mail_page):
    mail_page.set_content(write_letter(facts("confirmation")).as_html())
    assert mail_page.get_by_text("Met vriendelijke groet").inner_text().splitlines() == [
        "Met vriendelijke groet,",
        "De Waard ziekenhuis",
    ]


def test_confirmation_that_stands_for_the_reminders_is_accessible_too(mail_page):
    merged = facts("confirmation", includes=frozenset({"day_before", "hour_before"}), day="vandaag")
    mail_page.set_content(write_letter(merged).as_html())
    assert violations(mail_page, "light") == []
    assert violations(mail_page, "dark") == []


def test_mail_asks_nothing_from_the_network(mail_page):
    """No pictures, fonts or counters: opening a mail tells nobody."""
    asked = []
    mail_page.on("request", lambda request: asked.append(request.url))
    mail_page.set_content(write_letter(facts("confirmation")).as_html(), wait_until="networkidle")
    assert asked == []
