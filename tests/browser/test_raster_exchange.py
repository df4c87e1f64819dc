"""A raster out and in, in a browser: by file, by keyboard, at every size, in light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Raster
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}
ROWS = (
    "naam;geldig_vanaf;dag;van;tot;soort;afspraaktypes\n"
    "Van elders;2027-01-04;maandag;8.00;12.00;flexibel;cp-video-20\n"
    "Van elders;2027-01-04;dinsdag;9.00;12.00;flexibel;cp-video-10\n"
)
WRONG = ROWS.replace("8.00", "8.3").replace("dinsdag", "2").replace("cp-video-10", "cp-video-99")


class Desk:
    """Longziekten with a raster of one clinician, and Samira."""

    def __init__(self) -> None:
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.raster = make.starter_raster("PP-22", department=self.department)


@pytest.fixture
def desk(site):
    return Desk()


@pytest.fixture
def page(desk, new_context) -> Page:
    return new_context(user=desk.planner).new_page()


def read(page: Page, address: str, text: str) -> None:
    page.goto(address)
    if page.locator("select[name=owner]").count():
        page.locator("select[name=owner]").select_option("starter")
    page.locator("textarea[name=text]").fill(text)
    # The answer is a page of its own: nothing is measured in between.
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(desk, page, axe, size, complaints):
    complaints.expect("status of 422")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    over = f"/rasters/{desk.raster.pk}/bestand/importeren/"
    opened = {
        "file": lambda: page.goto(f"/rasters/{desk.raster.pk}/bestand/"),
        "import": lambda: page.goto("/rasters/importeren/"),
        "nothing given": lambda: read(page, "/rasters/importeren/", ""),
        "mistakes": lambda: read(page, over, WRONG),
        "preview of a new one": lambda: read(page, "/rasters/importeren/", ROWS),
        "preview over a draft": lambda: read(page, over, ROWS),
    }
    wrong = []
    for name, open_it in opened.items():
        open_it()
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{name}: {wide} px wide")
        try:
            axe(page)
        except AssertionError as found:
            wrong.append(f"{name}: {found}")
    assert not wrong, "\n".join(wrong)


def test_what_is_downloaded_can_be_uploaded_again(desk, page, tmp_path):
    page.goto(f"/rasters/{desk.raster.pk}/bestand/")
    for link, name in (("CSV", "voorbeeld-pp-22.csv"), ("JSON", "voorbeeld-pp-22.json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        assert download.value.suggested_filename == name
        file = tmp_path / name
        download.value.save_as(file)
        page.goto("/rasters/importeren/")
        page.locator("select[name=owner]").select_option("starter")
        page.locator("input[type=file]").set_input_files(file)
        page.locator("main [type=submit]").click()
        expect(page.locator("main table tbody tr")).to_have_count(desk.raster.blocks.count())
        page.goto(f"/rasters/{desk.raster.pk}/bestand/")


def test_raster_is_imported_by_keyboard_alone(desk, page):
    page.goto("/rasters/importeren/")
    page.locator("select[name=owner]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.insert_text(ROWS)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    keep = page.locator("button[name=keep]")
    expect(keep).to_be_visible()
    keep.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/rasters/\d+/$"))
    assert Raster.objects.get(name="Van elders").clinician == desk.raster.clinician


def test_mistakes_are_mended_in_place(desk, page, complaints):
    complaints.expect("status of 422")
    read(page, "/rasters/importeren/", WRONG)
    expect(page.locator(".mistakes tbody tr")).to_have_count(3)
    text = page.locator("textarea[name=text]")
    text.fill(
        text.input_value().replace("8.3", "8.30").replace(";2;", ";dinsdag;").replace("cp-video-99", "cp-video-10")
    )
    page.locator("main form [type=submit]").click()
    expect(page.locator("main table tbody tr")).to_have_count(2)
