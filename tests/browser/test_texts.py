"""Texts and explanation in a browser: written beside what comes of it, at every size, light and dark, by keyboard."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications.actions.instructions import add_instruction, record_check
from notifications.actions.texts import save_text
from notifications.content.defaults import default_text
from notifications.content.text import TextKey
from notifications.models import InstructionKind, LinkProblem, MessageText
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed": (320, 256)}
MAIL = TextKey("confirmation", "mail", "nl", "video")
SMS = TextKey("day_before", "sms", "nl", "video")
PICTURES = os.environ.get("PICTURES")


def address(key, more=""):
    return f"/berichten/teksten/{'/'.join(key)}/{more}"


class Lead:
    """Longziekten, led by Karin, with one text of its own and three links of which one is broken."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.user = make.member("lead", self.department, name="Karin de Wit")
        self.save(SMS, default_text(SMS).body.replace("Hulp nodig?", "Vragen?"))
        for title, kind, problem in (
            ("Zo werkt beeldbellen", InstructionKind.LEAFLET, None),
            ("Een gesprek in 3 minuten", InstructionKind.FILM, LinkProblem.GONE),
            ("Hulp van de leverancier", InstructionKind.SUPPLIER, LinkProblem.SERVER),
        ):
            row = add_instruction(
                department=self.department,
                kind=kind,
                title=title,
                url=f"https://dewaard.example/{kind.value}",
                language="nl",
                by=self.user.actor,
                now=timezone.now(),
            )
            record_check(instruction=row, problem=problem, now=timezone.now())

    def save(self, key, body, *, by=None, base_version=0):
        return save_text(
            department=self.department,
            **key._asdict(),
            body=body,
            base_version=base_version,
            by=by or self.user,
            now=timezone.now(),
        )


@pytest.fixture
def lead(site):
    return Lead()


@pytest.fixture
def page(lead, new_context) -> Page:
    page = new_context(user=lead.user).new_page()
    page.set_default_timeout(8000)
    return page


def picture(page, name):
    if PICTURES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(lead, page, axe, size):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    pages = {
        "texts": "/berichten/teksten/",
        "letter": address(MAIL),
        "sms": address(SMS),
        "versions": address(SMS, "versies/"),
        "default": address(SMS, "standaard/"),
        "explanation": "/berichten/uitleg/",
    }
    for name, where in pages.items():
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        picture(page, f"{name}-{size}")
        axe(page)


def test_writing_shows_at_once_what_comes_of_it(lead, page, axe):
    page.goto(address(SMS))
    page.locator("#body").fill("{ziekenhuis}: uw gesprek is {dag_kort} om {tijd}. Doe de test: {link} Bel {tel}")
    expect(page.locator("#preview .bubble")).to_contain_text("uw gesprek is morgen om 14.10")
    page.locator("#body").fill("Kom naar de longarts, dr. {naam}")
    expect(page.locator("#findings .error").first).to_be_visible()
    expect(page.locator("#preview .bubble")).to_have_count(0)
    picture(page, "errors")
    axe(page)


def test_placeholder_goes_in_at_the_cursor_by_keyboard(lead, page):
    page.goto(address(SMS))
    page.locator("#body").fill("Tot dan!")
    page.locator("#body").press("Home")
    page.get_by_role("button", name="{tijd}").press("Enter")
    expect(page.locator("#body")).to_have_value("{tijd}Tot dan!")
    expect(page.locator("#body")).to_be_focused()


def test_finding_leads_to_its_line(lead, page):
    page.goto(address(MAIL))
    page.locator("#body").fill("onderwerp: Uw afspraak\n# Kop\n\nDit is een {fout}.\n")
    page.locator("#findings button").first.click()
    chosen = page.locator("#body").evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert chosen == "Dit is een {fout}."


def test_example_of_a_parent_is_shown(lead, page):
    page.goto(address(MAIL))
    page.locator("#sample input[value=child]").check(force=True)
    expect(page.locator("#preview")).to_contain_text("uw kind")


def test_saving_by_keyboard_makes_a_version(lead, page):
    page.goto(address(SMS))
    body = page.locator("#body")
    body.fill(default_text(SMS).body.replace("Hulp nodig?", "Lukt het niet?"))
    body.press("Control+s")
    expect(page.locator("#messages .good")).to_be_visible()
    assert MessageText.objects.get(version=2).made_by == lead.user


def test_second_of_two_tabs_sees_what_the_first_made_and_loses_nothing(lead, page, complaints, axe):
    complaints.expect("status of 409")
    page.goto(address(SMS))
    colleague = make.member("lead", lead.department, name="Bart Mulder")
    lead.save(SMS, default_text(SMS).body.replace("Hulp nodig?", "Hulp?"), by=colleague, base_version=1)
    mine = default_text(SMS).body.replace("Hulp nodig?", "Lukt het niet?")
    page.locator("#body").fill(mine)
    page.locator("#body").press("Control+s")
    expect(page.locator(".theirs")).to_be_focused()
    expect(page.locator(".theirs")).to_contain_text("Bart Mulder")
    expect(page.locator("#body")).to_have_value(mine)
    picture(page, "two-tabs")
    axe(page)
    page.locator("#body").press("Control+s")
    expect(page.locator("#messages .good")).to_be_visible()
    assert MessageText.objects.get(version=3).body == mine


def test_order_of_explanation_changes_in_place(lead, page):
    page.goto("/berichten/uitleg/")
    page.locator(".shelf > li").nth(1).locator("button[value='1']").press("Enter")
    expect(page.locator(".shelf b").first).to_have_text("Een gesprek in 3 minuten")


def test_page_works_without_scripts(lead, new_context):
    page = new_context(user=lead.user, java_script_enabled=False).new_page()
    page.goto(address(SMS))
    page.locator("#body").fill("{ziekenhuis}: uw gesprek is {dag_kort} om {tijd}. Doe de test: {link} Bel {tel}")
    page.locator("[data-needless]").click()
    expect(page.locator("#preview .bubble")).to_contain_text("uw gesprek is morgen om 14.10")
    page.locator("button[data-key='Control+s']").click()
    expect(page.locator("#messages .good")).to_be_visible()
