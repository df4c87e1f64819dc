"""The page that shows the look, as a browser draws it: sizes, colours, focus, nothing out of its frame."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PARTS = ["/look/", "/look/?part=patient"]
SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}


def test_login_page_fits_and_says_what_is_missing(page, axe):
    page.goto("/account/login/")
    page.locator("main button[type=submit]").click()
    expect(page.locator("[data-summary]")).to_be_focused()
    axe(page)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("size", SIZES)
def test_look_page_is_accessible_and_never_scrolls_sideways(page, axe, part, size):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(part)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    axe(page)


def test_patient_text_has_enhanced_contrast_in_light_and_dark(page, axe):
    page.goto("/look/?part=patient")
    axe(page)  # loads axe-core into the page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("() => axe.run({runOnly: ['color-contrast-enhanced']}).then(r => r.violations)")
        assert found == [], scheme


def test_patient_targets_are_at_least_48_pixels(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/look/?part=patient")
    assert _smaller_than(page, 48) == []


def test_staff_targets_are_at_least_32_pixels_and_44_on_touch(page, new_context):
    page.goto("/look/")
    assert _smaller_than(page, 32) == []
    touching = new_context(has_touch=True, is_mobile=True, viewport={"width": 800, "height": 1200}).new_page()
    touching.goto("/look/")
    assert _smaller_than(touching, 44) == []


def test_symbols_are_drawn_under_the_content_security_policy(page):
    page.goto("/look/")
    drawn = page.locator("svg.i:visible use").evaluate_all("all => all.map(use => use.getBBox().width > 0)")
    assert len(drawn) > 100
    assert all(drawn)


def test_every_status_keeps_its_shape_and_word_without_colour(page):
    page.emulate_media(forced_colors="active")
    page.goto("/look/")
    shapes = page.locator(".st").evaluate_all(
        "all => all.map(st => [st.querySelector('use').getAttribute('href').split('#')[1], st.innerText.trim()])"
    )
    words: dict[str, set[str]] = {}
    for shape, word in shapes:
        assert word
        words.setdefault(shape, set()).add(word)
    assert len(words) == 10


def test_error_summary_takes_the_focus_and_leads_to_the_field(page):
    page.goto("/look/")
    summary = page.locator("[data-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.locator("#id_name").first).to_be_focused()
    described = page.locator("#id_name").first.get_attribute("aria-describedby")
    assert described is not None
    assert [page.locator(f"#{one}").count() > 0 for one in described.split()] == [True, True]


def test_arrow_keys_walk_over_the_rows_of_the_board(page):
    page.goto("/look/")
    page.locator("#row-3").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#row-4")).to_be_focused()


def test_closing_a_panel_by_escape_presses_its_own_button(page):
    page.goto("/look/")
    page.locator("#row-3").focus()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("#$"))


def _smaller_than(page: Page, pixels: int) -> list[str]:
    """Links inside a sentence are exempt (WCAG 2.5.8), and a radio counts with the label around it."""
    return page.evaluate(
        """pixels => [...document.querySelectorAll('a, button, input, select, summary, textarea')]
            .map(one => one.closest('label') ?? one)
            .filter(one => one.getClientRects().length && !one.matches('.skip, p a:not(.btn), li a:not(.btn)'))
            .map(one => [one, one.getBoundingClientRect()])
            .filter(([one, box]) => Math.min(box.width, box.height) < pixels - .5)
            .map(([one, box]) => `${box.width} x ${box.height}: ${one.outerHTML.slice(0, 120)}`)""",
        pixels,
    )
