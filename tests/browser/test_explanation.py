"""What a department offers to read and watch, on the patient's own page."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from notifications.actions.instructions import add_instruction
from notifications.models import InstructionKind
from tests import factories as make

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("PICTURES")


@pytest.mark.parametrize("size", [(390, 844), (320, 256)], ids=["phone", "zoomed"])
def test_explanation_on_the_page_of_an_appointment(site, new_context, axe, size):
    visit = make.appointment()
    for kind, title in (
        (InstructionKind.LEAFLET, "Zo werkt beeldbellen"),
        (InstructionKind.FILM, "Een film"),
    ):
        add_instruction(
            department=visit.department,
            kind=kind,
            title=title,
            url=f"https://dewaard.example/{kind.value}",
            language="nl",
            by="user:1",
            now=timezone.now(),
        )
    page = new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.set_default_timeout(8000)
    page.goto(make.personal_link(visit)[1])
    page.locator("[name=birth_date]").fill(f"{visit.patient.birth_date:%d-%m-%Y}")
    page.locator("main [type=submit]").click()
    link = page.get_by_role("link", name="Zo werkt beeldbellen")
    expect(link).to_have_attribute("href", "https://dewaard.example/leaflet")
    assert link.bounding_box()["height"] >= 48
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"patient-{size[0]}.png", full_page=True)
    axe(page)
