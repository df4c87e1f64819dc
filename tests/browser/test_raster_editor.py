"""The raster editor in a browser: by mouse and by keyboard, counted, live, at every size."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from scheduling.models import AppointmentType, Raster, RasterPhase
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}


class Desk:
    def __init__(self) -> None:
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.types = make.usual_types(self.department)
        self.clinician = make.ClinicianFactory(departments=[self.department], name="dr. M. van der Veen")
        self.place = make.WorkplaceFactory(department=self.department, name="Cabine 2")

    def type_of(self, code: str) -> AppointmentType:
        return next(each for each in self.types if each.code == code)

    def raster(self, **more) -> Raster:
        return make.RasterFactory(department=self.department, clinician=self.clinician, **more)


@pytest.fixture
def desk(site: str) -> Desk:
    return Desk()


@pytest.fixture
def full_week(desk) -> Raster:
    """Odd weeks with every form, an error on Wednesday, and another raster in the even weeks."""
    raster = desk.raster(weeks="odd")
    video, phone, visit = (desk.type_of(code) for code in ("cp-video-20", "cp-phone-10", "np-visit-30"))
    fixed = {"mode": "fixed", "workplace": desk.place}
    make.raster_block(raster, 0, "8.30", "10.00", types=[visit], slot_minutes=30, **fixed)
    make.raster_block(raster, 0, "10.00", "10.15", "break")
    make.raster_block(raster, 0, "10.15", "12.15", types=[video], slot_minutes=20, **fixed)
    make.raster_block(raster, 0, "13.00", "14.00", types=[phone], slot_minutes=10, **fixed)
    make.raster_block(raster, 1, "8.30", "10.30", types=[video], slot_minutes=20, **fixed)
    make.raster_block(raster, 1, "10.30", "10.45", "break")
    make.raster_block(raster, 1, "10.45", "12.00", types=[phone], slot_minutes=15, **fixed)
    make.raster_block(raster, 2, "8.20", "11.40", types=[video], slot_minutes=20, **fixed)
    make.raster_block(raster, 2, "13.00", "15.30", types=[visit], slot_minutes=30, **fixed)
    make.raster_block(raster, 3, "13.00", "14.30", "hybrid", types=[video, phone], workplace=desk.place)
    make.raster_block(raster, 4, "8.30", "10.30", types=[video], slot_minutes=20, **fixed)
    make.raster_block(raster, 4, "11.45", "12.15", types=[phone], release_minutes=1440, workplace=desk.place)
    even = desk.raster(weeks="even", name="Even weken")
    make.raster_block(even, 4, "13.00", "15.00", types=[visit], slot_minutes=30, **fixed)
    make.publish(even)
    return raster


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["week", "list"])
def test_editor_fits_every_screen_and_axe_finds_nothing(desk, full_week, new_context, axe, size, view):
    width, height = SIZES[size]
    context = new_context(user=desk.planner, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(reverse("raster", args=[full_week.pk]))
    if view == "list":
        page.keyboard.press("Alt+l")
        expect(page.locator("#as-list")).to_be_visible()
    else:
        page.locator("#finding-1 [data-choose]").click()
        expect(page.get_by_role("heading", name="Gekozen: woensdag")).to_be_visible()
        expect(page.locator("[data-bubble]")).to_contain_text(
            "3 uur en 20 minuten video zonder pauze. Hooguit 3 uur."
        )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    axe(page)


def test_whole_working_day_and_the_fields_stand_on_one_screen(desk, full_week, new_context):
    page = opened(desk, new_context, full_week)
    page.locator("#finding-1 [data-choose]").click()
    expect(page.get_by_role("heading", name="Gekozen: woensdag")).to_be_visible()
    for part in (page.locator("#grid"), page.locator(".selrow"), page.locator("[data-bubble] .finding")):
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1366
        assert box["y"] + box["height"] <= 768


def opened(desk, new_context, raster, user=None, **more):
    context = new_context(user=user or desk.planner, viewport={"width": 1366, "height": 768}, **more)
    page = context.new_page()
    page.goto(reverse("raster", args=[raster.pk]))
    return page


def blocks(raster):
    return [(b.weekday, f"{b.start:%H.%M}", f"{b.end:%H.%M}", b.mode) for b in raster.blocks.all()]


def at(page: Page, weekday: int, clock: str):
    """Where this moment is on the screen."""
    hours, minutes = map(int, clock.split("."))
    box = page.locator(f"[data-weekday='{weekday}']").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + (hours * 60 + minutes - 480) + 1


def drag(page: Page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 3, start[1] + 5)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_block_is_dragged_in_moved_resized_undone_and_done_again(desk, new_context):
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    chip = page.locator("[data-item=follow_up-video]").bounding_box()
    drag(page, (chip["x"] + 5, chip["y"] + 5), at(page, 1, "9.00"))
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    assert blocks(raster) == [(1, "09.00", "10.00", "fixed")]
    drag(page, at(page, 1, "9.30"), at(page, 2, "10.30"))
    expect(page.locator("[data-weekday='2'] [data-block]")).to_have_count(1)
    assert blocks(raster) == [(2, "10.00", "11.00", "fixed")]
    x, y = at(page, 2, "11.00")
    drag(page, (x, y - 4), (x, y + 56))
    expect(page.locator("#grid [data-block]")).to_contain_text("10.00–12.00")
    page.locator("#grid").focus()
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("#grid [data-block]")).to_have_count(0)
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    expect(page.locator("[data-weekday='2'] [data-block]")).to_have_count(1)
    assert blocks(raster) == [(2, "10.00", "11.00", "fixed")]


def test_block_is_placed_resized_grabbed_copied_and_removed_by_key(desk, new_context):
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    page.locator("#grid").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    page.keyboard.down("Shift")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.up("Shift")
    expect(page.locator("#grid [data-block]")).to_contain_text("9.00–11.05")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-weekday='1'] [data-block]")).to_contain_text("9.00–11.05")
    page.keyboard.press("Control+c")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+v")
    expect(page.locator("#grid [data-block]")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    page.keyboard.press("Alt+l")
    expect(page.locator("#as-list")).to_be_visible()
    assert page.evaluate("() => document.activeElement.id") == "list-head"


class Hands:
    """Counts as ux.md does: a key press, a click, a drag."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        self.count += 1
        self.page.get_by_role("button", name=name).first.click()

    def drag(self, start, end) -> None:
        self.count += 1
        drag(self.page, start, end)


def is_on_trial(page: Page, raster: Raster) -> None:
    page.wait_for_url(f"**{reverse('raster', args=[raster.pk])}")
    raster.refresh_from_db()
    assert (raster.phase, raster.version) == (RasterPhase.TRIAL, 1)
    assert {session.date.weekday() for session in raster.sessions.all()} == set(range(5))


# ux.md 7: a week of five video half-days in at most 12 interactions.
def test_week_of_five_video_half_days_is_painted_with_the_mouse(desk, new_context):
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    hands = Hands(page)
    hands.drag(at(page, 0, "9.00"), at(page, 0, "11.55"))
    expect(page.locator("#grid [data-block]")).to_contain_text("9.00–12.00")
    hands.click("Pauze om 10.30 toevoegen")
    expect(page.locator("#grid [data-block]")).to_have_count(2)
    hands.click("Naar alle werkdagen")
    expect(page.locator("#grid [data-block]")).to_have_count(10)
    publish = page.get_by_role("link", name="Naar proef")
    expect(publish).to_have_attribute("href", reverse("raster-publish", args=[raster.pk]))
    assert hands.count <= 12
    morning = [("09.00", "12.00", "fixed"), ("10.30", "10.45", "break")]
    assert blocks(raster) == [(day, *each) for day in range(5) for each in morning]
    publish.click()
    page.locator("main form button[type=submit]").click()
    is_on_trial(page, raster)


def test_same_week_is_painted_with_the_keyboard_alone(desk, new_context):
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    page.locator("#item-follow_up-video").focus()
    while page.evaluate("() => document.activeElement.id") != "grid":
        page.keyboard.press("Tab")
    hands = Hands(page)
    hands.press("PageDown", "Enter")
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    page.keyboard.down("Shift")
    hands.press("PageDown", "PageDown")
    page.keyboard.up("Shift")
    expect(page.locator("#grid [data-block]")).to_contain_text("9.00–12.00")
    expect(page.get_by_role("button", name="Pauze om 10.30 toevoegen").first).to_be_visible()
    hands.press("Alt+h")
    expect(page.locator("#grid [data-block]")).to_have_count(2)
    hands.press("Control+c", "Control+Shift+V")
    expect(page.locator("#grid [data-block]")).to_have_count(10)
    assert hands.count <= 12
    expect(page.get_by_role("link", name="Naar proef")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == "Naar proef":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('raster-publish', args=[raster.pk])}")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('main form button[type=submit]')"):
            break
    page.keyboard.press("Enter")
    is_on_trial(page, raster)


def test_fields_and_list_do_what_dragging_does(desk, new_context, complaints):
    complaints.expect("status of 422")
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    page.keyboard.press("Alt+l")
    page.get_by_label("van", exact=True).fill("9.15")
    page.get_by_label("tot", exact=True).fill("10.45")
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_role("heading", name="Gekozen: maandag")).to_be_visible()
    start = page.get_by_label("van", exact=True)
    start.fill("9.17")
    start.press("Enter")
    expect(start).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Tijden gaan in stappen van 5 minuten.")).to_be_visible()
    start.fill("9.30")
    start.press("Enter")
    page.get_by_label("min per patiënt").fill("10")
    page.get_by_label("min per patiënt").press("Enter")
    expect(page.locator("#as-list")).to_contain_text("7 × 10 min")
    page.get_by_text("Meer over dit blok").click()
    page.get_by_label("Werkplek", exact=True).select_option(label="Cabine 2")
    expect(page.locator("#as-list")).to_contain_text("Cabine 2")
    block = raster.blocks.get()
    assert (f"{block.start:%H.%M}", block.slot_minutes, block.workplace) == ("09.30", 10, desk.place)
    assert [kind.duration_minutes for kind in block.types.all()] == [10]
    page.get_by_role("button", name="Verwijder: CP video, Maandag 9.30–10.45").click()
    expect(page.locator("#as-list")).to_contain_text("Nog geen blokken")


def test_escape_lets_go_of_what_was_dragged_or_grabbed(desk, new_context):
    raster = desk.raster()
    make.raster_block(raster, 0, "9.00", "10.00", "fixed", types=[desk.types[2]], slot_minutes=20)
    page = opened(desk, new_context, raster)
    page.mouse.move(*at(page, 0, "9.30"))
    page.mouse.down()
    page.mouse.move(*at(page, 2, "13.00"), steps=3)
    expect(page.locator(".ghost")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    page.locator("#grid").focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#editor-spoken")).to_have_text("Losgelaten: er is niets veranderd")
    raster.refresh_from_db()
    assert raster.revision == 1
    assert blocks(raster) == [(0, "09.00", "10.00", "fixed")]


def test_two_clerks_see_each_other_and_lose_nothing(desk, new_context, complaints):
    complaints.expect("status of 409")
    raster = desk.raster()
    make.raster_block(raster, 0, "9.00", "10.00", "fixed", types=[desk.types[2]], slot_minutes=20)
    emma = make.member("planner", desk.department, name="Emma de Boer")
    one, other = opened(desk, new_context, raster), opened(desk, new_context, raster, user=emma)
    drag(one, at(one, 0, "9.30"), at(one, 0, "10.30"))
    expect(other.locator("#grid [data-block]")).to_contain_text("10.00–11.00")
    expect(other.locator("#editor-notices")).to_contain_text("Samira Bouzid wijzigde maandag 10.00–11.00")
    # Emma moves the same block while what Samira makes of it has not reached her.
    other.route("**/concept/stand/", lambda route: route.abort())
    complaints.expect("net::ERR_FAILED")
    drag(one, at(one, 0, "10.30"), at(one, 1, "10.30"))
    expect(one.locator("[data-weekday='1'] [data-block]")).to_have_count(1)
    drag(other, at(other, 0, "10.30"), at(other, 3, "10.30"))
    expect(other.locator("#editor-notices")).to_contain_text("Samira Bouzid wijzigde dinsdag 10.00–11.00 net vóór u")
    expect(other.locator("[data-weekday='1'] [data-block]")).to_have_count(1)
    other.get_by_role("button", name="Mijn wijziging toch doorvoeren").click()
    expect(other.locator("[data-weekday='3'] [data-block]")).to_have_count(1)
    expect(one.locator("[data-weekday='3'] [data-block]")).to_have_count(1)
    expect(other.locator("#editor-notices")).not_to_contain_text("net vóór u")
    assert blocks(raster) == [(3, "10.00", "11.00", "fixed")]


def test_undo_leaves_alone_what_a_colleague_has_changed_since(desk, new_context):
    raster = desk.raster()
    emma = make.member("planner", desk.department, name="Emma de Boer")
    one, other = opened(desk, new_context, raster), opened(desk, new_context, raster, user=emma)
    drag(one, at(one, 0, "9.00"), at(one, 0, "9.55"))
    drag(one, at(one, 1, "9.00"), at(one, 1, "9.55"))
    expect(other.locator("#grid [data-block]")).to_have_count(2)
    drag(other, at(other, 1, "9.30"), at(other, 1, "13.30"))
    expect(one.locator("#editor-notices")).to_contain_text("Emma de Boer wijzigde dinsdag 13.00–14.00")
    one.locator("#grid").focus()
    one.keyboard.press("Control+z")
    expect(one.locator("#grid [data-block]")).to_have_count(1)
    expect(one.get_by_role("button", name="Ongedaan maken")).to_have_attribute("aria-disabled", "true")
    assert blocks(raster) == [(1, "13.00", "14.00", "fixed")]


def test_change_without_a_connection_is_kept_and_saved_later(desk, new_context, complaints):
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    raster = desk.raster()
    page = opened(desk, new_context, raster)
    page.context.set_offline(True)
    drag(page, at(page, 0, "9.00"), at(page, 0, "9.55"))
    expect(page.locator("#editor-notices")).to_contain_text("geen verbinding")
    page.context.set_offline(False)
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    expect(page.locator("#editor-notices")).not_to_contain_text("geen verbinding")
    assert blocks(raster) == [(0, "09.00", "10.00", "fixed")]


def test_focus_stays_in_the_editor_when_what_was_pressed_goes(desk, full_week, new_context):
    page = opened(desk, new_context, full_week)
    page.locator("#finding-1 [data-apply]").press("Enter")
    expect(page.locator("#grid [data-block]")).to_have_count(13)
    expect(page.locator("#grid")).to_be_focused()


def test_answer_that_is_lost_does_not_place_a_block_twice(desk, new_context, complaints):
    complaints.expect("net::ERR_FAILED")
    raster = desk.raster()
    page = opened(desk, new_context, raster)

    def lose_answer(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/concept/", lose_answer)
    drag(page, at(page, 0, "9.00"), at(page, 0, "9.55"))
    expect(page.locator("#editor-notices")).to_contain_text("Kijk of uw wijziging er staat")
    expect(page.locator("#grid [data-block]")).to_have_count(1)
    assert blocks(raster) == [(0, "09.00", "10.00", "fixed")]


def test_on_a_phone_a_tap_on_a_block_leads_to_its_fields(desk, full_week, new_context):
    context = new_context(user=desk.planner, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(reverse("raster", args=[full_week.pk]))
    page.locator("[data-weekday='0'] [data-block]").first.tap()
    expect(page.get_by_role("heading", name="Gekozen: maandag")).to_be_focused()
    until = page.get_by_label("tot", exact=True)
    expect(until).to_be_in_viewport()
    until.fill("9.30")
    until.press("Enter")
    expect(page.locator("[data-weekday='0'] [data-block]").first).to_contain_text("8.30–9.30")
    for button in page.locator(".selrow button, .chip, .seg label").all():
        assert button.bounding_box()["height"] >= 44
