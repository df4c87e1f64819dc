"""The simulation of a raster in a browser: read, changed and shared, at every size, in the background too."""

import re
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from scheduling.actions.drafts import PutBlock, change_draft
from scheduling.contents import draft_content
from scheduling.models import SimulationRun
from scheduling.tasks import carry_out_simulation
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed": (320, 256)}
PICTURES = Path(__file__).parents[2] / "test-results"


class Clinic:
    """Wednesday of dr. Van der Veen: 8.20 to 12.00 by video and phone; published, and then its break went later."""

    def __init__(self) -> None:
        department = make.department("longziekten")
        self.planner = make.member("planner", department, name="Samira Bouzid")
        video, phone = (
            make.AppointmentTypeFactory(department=department, modality=form, duration_minutes=10)
            for form in ("video", "phone")
        )
        doctor = make.ClinicianFactory(departments=[department], name="dr. M. van der Veen")
        self.raster = make.RasterFactory(department=department, clinician=doctor, name="Raster dr. M. van der Veen")
        make.raster_block(self.raster, 2, "8.20", "10.20", types=[video, phone])
        make.raster_block(self.raster, 2, "9.00", "9.20", "break")
        make.raster_block(self.raster, 2, "10.35", "12.00", types=[phone])
        make.raster_block(self.raster, 3, "13.00", "14.00", types=[phone])
        make.publish(self.raster)
        self.raster.blocks.filter(mode="break").update(start="09:40", end="10:00")

    def url(self, rest: str = "") -> str:
        return f"/rasters/{self.raster.pk}/simulatie/{rest}"


@pytest.fixture
def clinic(site):
    return Clinic()


@pytest.fixture
def desk(clinic, new_context):
    page = new_context(user=clinic.planner).new_page()
    page.goto(clinic.url())
    return page


def drawn(page: Page) -> str:
    """The look of the one chart that is shown."""
    shown = [each for each in page.locator("figure .chart").all() if each.is_visible()]
    assert len(shown) == 1
    return shown[0].get_attribute("class")


def test_assumption_is_changed_with_the_keyboard_and_the_address_is_shared(clinic, desk, new_context):
    before = desk.locator(".verdict").inner_text()
    field = desk.locator("#sim-failure")
    field.focus()
    desk.keyboard.press("Control+a")
    desk.keyboard.type("100")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"\?dagdeel=2-morning&failure=100$"))
    after = desk.locator(".verdict").inner_text()
    assert after != before
    expect(desk.locator(".field.changed #sim-failure")).to_have_value("100")
    other = new_context(user=clinic.planner).new_page()
    other.goto(desk.url)
    assert other.locator(".verdict").inner_text() == after
    desk.locator(".ends > a").click()
    expect(desk.locator(".verdict")).to_have_text(before)


def test_mistake_has_the_focus_and_leads_to_its_field(clinic, desk, complaints):
    complaints.expect("status of 422")
    desk.locator("#sim-no_show").fill("110")
    desk.locator("form.assumptions button").click()
    expect(desk.locator("[data-summary]")).to_be_focused()
    desk.locator("[data-summary] a").click()
    expect(desk.locator("#sim-no_show")).to_be_focused()
    expect(desk.locator(".field.wrong #sim-no_show")).to_have_value("110")


def test_chart_and_table_say_the_same(clinic, desk):
    desk.locator("details summary").click()
    rows = desk.locator(".slotwaits tbody tr")
    median, p90 = (int(rows.last.locator("td").nth(number).inner_text()) for number in (1, 2))
    top = desk.locator(".chart.large text[text-anchor=end]").all_text_contents()
    assert max(int(text) for text in top if text.isdigit()) >= p90 >= median
    name = desk.locator(".chart.large")
    title, description = (desk.locator(f"#chart-large-{part}").text_content() for part in "td")
    expect(name).to_have_accessible_name(f"{title} {description}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_page_fits_every_size(clinic, new_context, size, scheme):
    width, height = SIZES[size]
    context = new_context(user=clinic.planner, viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    for name, rest in {"half-day": "", "week": "?dagdeel=week"}.items():
        page.goto(clinic.url(rest))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"simulation-{name}-{size}-{scheme}.png", full_page=True)
    page.goto(clinic.url())
    assert ("large" if size == "clinic" else "small") in drawn(page)
    smallest = page.locator(f".chart.{'large' if size == 'clinic' else 'small'} text").first
    assert smallest.bounding_box()["height"] >= 14


def test_pages_are_accessible(clinic, desk, axe):
    axe(desk)
    desk.goto(clinic.url("?dagdeel=week"))
    axe(desk)
    desk.goto(clinic.url("?dagen=200000"))
    axe(desk)


def test_chart_stays_visible_in_forced_colours(clinic, new_context):
    page = new_context(user=clinic.planner, forced_colors="active").new_page()
    page.goto(clinic.url())
    band = page.locator(".chart.large .bandp").evaluate("each => getComputedStyle(each).stroke")
    ground = page.locator(".chart.large .bandp").evaluate("each => getComputedStyle(each).fill")
    assert band != ground


def test_long_simulation_shows_its_progress_and_then_its_result(clinic, desk, axe):
    desk.goto(clinic.url("?dagen=200000"))
    desk.get_by_role("button", name=re.compile("achtergrond|background")).click()
    desk.wait_for_url(re.compile(r"/simulatie/\d+/$"))
    expect(desk.locator("progress")).to_have_attribute("value", "0")
    axe(desk)
    run = SimulationRun.objects.get()
    SimulationRun.objects.update(state="running", attempts=1, done=run.total // 2, beat_at=timezone.now())
    expect(desk.locator("progress")).to_have_attribute("value", str(run.total // 2), timeout=10_000)
    SimulationRun.objects.update(state="waiting", days=500)
    carry_out_simulation(run.pk)
    expect(desk.locator("#run .chart.large")).to_be_visible(timeout=10_000)
    expect(desk.locator("progress")).to_have_count(0)
    # Nobody asks any more.
    assert desk.locator("main [hx-trigger]").count() == 0


def test_panel_beside_the_editor_follows_the_draft_and_keeps_the_half_day(clinic, new_context):
    page = new_context(user=clinic.planner).new_page()
    page.goto(f"/rasters/{clinic.raster.pk}/")
    panel = page.locator("#simulation")
    expect(panel.locator(".chart")).to_be_visible()
    panel.locator("select").select_option("3-afternoon")
    expect(panel.locator("option:checked")).to_have_attribute("value", "3-afternoon")
    before = panel.locator(".verdict").inner_text()
    longer = next(block for block in draft_content(clinic.raster).blocks if block.plan.weekday == 3)
    longer = replace(longer, plan=replace(longer.plan, end=time(15)))
    clinic.raster.refresh_from_db()
    change_draft(
        raster=clinic.raster,
        base=clinic.raster.revision,
        changes=[PutBlock(longer)],
        by=clinic.planner,
        now=timezone.now(),
    )
    expect(panel.locator(".verdict")).not_to_have_text(before, timeout=10_000)
    expect(panel.locator("option:checked")).to_have_attribute("value", "3-afternoon")
