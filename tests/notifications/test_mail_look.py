"""The HTML of a mail in a real browser, at the width of a phone, in light and dark."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from notifications.content.letters import write_letter
from notifications.models import MessageKind
from tests.notifications.test_texts import facts
from tests.support.accessibility import violations

pytestmark = pytest.mark.browser
UNSUBSCRIBE = (
    "https://dewaard.example/afmelden/0b0d6a435a5c4a0e9d2e1f6f4c9c7a11:abcdefghijklmnopqrstuvwxyz-0123456789_ABCDE"
)


def mail(kind, **said):
    """As it is sent: with the foot."""
    return replace(write_letter(facts(kind, **said)), unsubscribe=UNSUBSCRIBE).as_html()


@pytest.fixture
def mail_page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", [kind.value for kind in MessageKind])
def test_mail_is_accessible_in_light_and_dark(mail_page, kind):
    mail_page.set_content(mail(kind))
    assert violations(mail_page, "light") == []
    assert violations(mail_page, "dark") == []
    picture(mail_page, kind)


@pytest.mark.parametrize("width", [390, 320])
def test_mail_fits_a_phone(mail_page, width):
    mail_page.set_viewport_size({"width": width, "height": 844})
    mail_page.set_content(mail("confirmation", hospital="Streekziekenhuis Zuidoost-Beemster"))
    assert mail_page.evaluate("() => document.documentElement.scrollWidth") == width


def test_button_is_large_enough_for_a_thumb(mail_page):
    mail_page.set_content(mail("hour_before"))
    box = mail_page.get_by_role("link", name="Naar de wachtkamer").bounding_box()
    assert box["height"] >= 48
    assert box["width"] >= 250


def test_link_to_the_leaflet_is_large_enough_for_a_thumb(mail_page):
    guide = {"guide": "Zo werkt beeldbellen", "guide_link": "https://dewaard.example/film"}
    mail_page.set_content(mail("confirmation", **guide))
    assert mail_page.get_by_role("link", name="Zo werkt beeldbellen").bounding_box()["height"] >= 48


@pytest.mark.parametrize(("language", "words"), [("nl", "Meld u af"), ("en", "Unsubscribe")])
def test_link_that_ends_the_mail_is_small_to_read_and_large_to_touch(mail_page, language, words):
    mail_page.set_content(mail("confirmation", language=language))
    link = mail_page.get_by_role("link", name=words)
    assert link.get_attribute("href") == UNSUBSCRIBE
    assert link.bounding_box()["height"] >= 48
    assert link.evaluate("element => getComputedStyle(element).fontSize") == "16px"


def test_greeting_and_hospital_stand_on_lines_of_their_own(mail_page):
    mail_page.set_content(mail("confirmation"))
    assert mail_page.get_by_text("Met vriendelijke groet").inner_text().splitlines() == [
        "Met vriendelijke groet,",
        "De Waard ziekenhuis",
    ]


def test_confirmation_that_stands_for_the_reminders_is_accessible_too(mail_page):
    includes = frozenset({"day_before", "hour_before"})
    mail_page.set_content(mail("confirmation", includes=includes, day="vandaag"))
    assert violations(mail_page, "light") == []
    assert violations(mail_page, "dark") == []


def test_mail_asks_nothing_from_the_network(mail_page):
    """No pictures, fonts or counters: opening a mail tells nobody."""
    asked = []
    mail_page.on("request", lambda request: asked.append(request.url))
    mail_page.set_content(mail("confirmation"), wait_until="networkidle")
    assert asked == []


def picture(page, name):
    """To look at: MAIL_PICTURES=/some/folder."""
    if folder := os.environ.get("MAIL_PICTURES"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)
