"""Ending e-mail on a telephone, at 400 % and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from notifications.channels.mail.unsubscribing import PATH, unsubscribe_link
from notifications.models import Message
from people.models.patients import Consent
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address():
    make.appointment()
    mail = Message.objects.get(kind="confirmation", channel="email")
    return PATH + unsubscribe_link(mail).rpartition(PATH)[2]


@pytest.mark.parametrize(
    "viewport", [{"width": 390, "height": 844}, {"width": 320, "height": 256}], ids=["phone", "400 %"]
)
def test_ended_and_taken_back_with_one_tap_each(new_context, axe, address, viewport):
    page: Page = new_context(viewport=viewport, java_script_enabled=True).new_page()
    page.goto(address)
    axe(page)
    page.locator("button[name=wish][value=refused]").click()
    expect(page.locator("button[name=wish][value=given]")).to_be_visible()
    axe(page)
    assert Message.objects.first().patient.mail_consent == Consent.REFUSED
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button[name=wish][value=given]").click()
    expect(page.locator("button[name=wish][value=refused]")).to_be_visible()
    assert Message.objects.first().patient.mail_consent == Consent.GIVEN


def test_language_is_chosen_on_this_page_too(new_context, address):
    page: Page = new_context().new_page()
    page.goto(address)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_have_count(1)
