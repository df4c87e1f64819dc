"""The agenda, the day list and the palette in a browser: by keyboard, by place, live, and without a script."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from scheduling.models import Appointment
from tests import factories as make

pytestmark = pytest.mark.browser


class Clinic:
    """Longziekten: six clinicians tomorrow morning, and someone at half past nine with the first of them."""

    NAMES = ("A. Yıldız", "dr. K. Sørensen", "dr. M. van der Veen", "dr. R. Hoekstra", "I. 't Hooft", "J. Dijkstra")

    def __init__(self) -> None:
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.type = make.AppointmentTypeFactory(department=self.department, modality="video", duration_minutes=20)
        self.day = make.next_workday()
        self.clinicians = [make.ClinicianFactory(departments=[self.department], name=name) for name in self.NAMES]
        for clinician in self.clinicians:
            make.session_with(clinician, self.day, "9.00", "12.00", breaks=[("10.20", "10.40")])
        self.held = self.book("9.20", self.clinicians[0], family_name="Ferrée", particle="")

    def book(self, at: str, clinician, **person) -> Appointment:
        return make.appointment(
            clinician=clinician,
            type=self.type,
            start=make.amsterdam(self.day, at),
            patient=make.PatientFactory(department=self.department, **person),
        )

    def url(self, **more: str) -> str:
        return reverse("agenda", query={"datum": self.day.isoformat()} | more)


@pytest.fixture
def clinic(site):
    return Clinic()


@pytest.fixture
def desk(clinic, new_context) -> Page:
    page = new_context(user=clinic.planner).new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    return page


def focused(page: Page):
    return page.locator(":focus")


def lane_of(page: Page, name: str):
    return page.locator(".aglane", has_text=name)


def box(found):
    place = found.bounding_box()
    assert place
    return place


def test_six_clinicians_stand_side_by_side_without_scrolling_sideways(clinic, desk):
    desk.goto(clinic.url())
    heads = desk.locator(".aghead h3")
    expect(heads).to_have_count(6)
    assert set(heads.all_inner_texts()) == set(Clinic.NAMES)
    assert desk.locator("[data-agenda]").evaluate("it => it.scrollWidth <= it.clientWidth")
    tops = heads.evaluate_all("all => all.map(it => Math.round(it.getBoundingClientRect().top))")
    assert len(set(tops)) == 1


def test_tile_stands_at_its_time_and_is_as_long_as_its_consult(clinic, desk):
    later = clinic.book("11.00", clinic.clinicians[1])
    desk.goto(clinic.url())
    first, second = (
        box(desk.locator(f'.t-booked:has(a[href="{reverse("appointment", args=[held.public_id])}"])'))
        for held in (clinic.held, later)
    )
    hour = second["y"] - first["y"]
    # Twenty minutes are a fifth of a hundred.
    assert round(first["height"] / hour, 1) == 0.2
    assert second["x"] > first["x"] + first["width"]


@pytest.mark.parametrize("minutes", [5, 10, 15, 30])
def test_shortest_consult_in_view_can_be_hit(clinic, desk, axe, minutes):
    short = make.AppointmentTypeFactory(department=clinic.department, modality="phone", duration_minutes=minutes)
    nurse = make.ClinicianFactory(departments=[clinic.department], name="W. Nijland")
    make.session_with(nurse, clinic.day, "13.00", "14.00", types=[short])
    for at in ("13.00", f"13.{minutes:02}"):
        make.appointment(
            clinician=nurse,
            type=short,
            start=make.amsterdam(clinic.day, at),
            patient=make.PatientFactory(department=clinic.department),
        )
    desk.goto(clinic.url(zorgverlener=str(nurse.pk)))
    expect(desk.locator(".t-booked")).to_have_count(2)
    tops = desk.locator(".t-booked").evaluate_all("all => all.map(it => it.getBoundingClientRect().top)")
    assert tops[1] - tops[0] >= 24
    axe(desk)


def test_names_stay_in_view_while_the_hours_scroll(clinic, desk):
    desk.set_viewport_size({"width": 1000, "height": 500})
    desk.goto(clinic.url())
    frame = desk.locator("[data-agenda]")
    frame.evaluate("it => it.scrollTo(400, 400)")
    inside = box(frame)
    head, hours = box(desk.locator(".aghead").first), box(desk.locator(".aghours"))
    assert abs(head["y"] - inside["y"]) < 3
    assert abs(hours["x"] - inside["x"]) < 3


def test_arrows_walk_over_the_places_and_to_the_colleague_beside(clinic, desk):
    desk.goto(clinic.url())
    own = desk.locator(f'a[href="{reverse("appointment", args=[clinic.held.public_id])}"]')
    own.focus()
    desk.keyboard.press("ArrowDown")
    expect(focused(desk)).to_contain_text("09.40")
    desk.keyboard.press("ArrowRight")
    expect(focused(desk)).to_contain_text("09.40")
    lane = desk.locator(".aglane").nth(1)
    expect(lane.locator(":focus")).to_have_count(1)
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowUp")
    expect(own).to_be_focused()


def test_arrows_with_alt_go_from_day_to_day(clinic, desk):
    desk.goto(clinic.url())
    desk.keyboard.press("Alt+ArrowRight")
    desk.wait_for_url(lambda url: clinic.day.isoformat() not in url)
    desk.keyboard.press("Alt+ArrowLeft")
    desk.wait_for_url(lambda url: clinic.day.isoformat() in url)


def test_free_place_is_booked_for_the_patient_found_after_it(clinic, desk):
    hart = make.PatientFactory(department=clinic.department, particle="'t", family_name="Hartog")
    desk.goto(clinic.url())
    lane_of(desk, "dr. M. van der Veen").locator(".t-place a", has_text="11.00").click()
    expect(desk.locator("main form .says")).to_contain_text("11.00")
    expect(desk.locator("#zoek")).to_be_focused()
    desk.keyboard.type("hartog")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/boeken/*-*/**")
    expect(desk.locator("[name=slot]:checked")).to_have_count(1)
    desk.locator(".decide button[type=submit]").click()
    desk.wait_for_url("**/klaar/")
    booked = Appointment.objects.latest("pk")
    assert (booked.patient, booked.clinician) == (hart, clinic.clinicians[2])
    assert booked.start == make.amsterdam(clinic.day, "11.00")


def test_appointment_is_moved_to_the_place_chosen_in_the_agenda(clinic, desk):
    desk.goto(reverse("appointment-move", args=[clinic.held.public_id]))
    desk.locator("main .cardhead a", has_text="agenda").click()
    desk.wait_for_url("**/agenda/**")
    # The page opens on the first day that can be chosen: the clinic is on the next workday.
    desk.goto(clinic.url(verzetten=str(clinic.held.public_id)))
    lane_of(desk, "J. Dijkstra").locator(".t-place a", has_text="11.40").click()
    expect(desk.locator("#preview .sms").first).to_contain_text("11.40")
    desk.locator(".moving button[type=submit]").click()
    desk.wait_for_url("**/klaar/")
    clinic.held.refresh_from_db()
    assert (clinic.held.start, clinic.held.clinician) == (make.amsterdam(clinic.day, "11.40"), clinic.clinicians[5])


def test_booking_by_a_colleague_appears_by_itself(clinic, desk):
    with desk.expect_response("**/live/"):
        desk.goto(clinic.url())
    expect(desk.locator(".t-booked")).to_have_count(1)
    clinic.book("11.00", clinic.clinicians[3])
    expect(desk.locator(".t-booked")).to_have_count(2)


def test_who_stand_at_the_same_time_do_not_cover_each_other(clinic, desk, axe):
    other = clinic.book("9.40", clinic.clinicians[0])
    start = clinic.held.start
    Appointment.objects.filter(pk=other.pk).update(start=start, end=clinic.held.end)
    clinic.held.occupancies.filter(resource=1).update(overbooked=True)
    desk.goto(clinic.url())
    one, two = (box(found) for found in desk.locator(".t-booked").all())
    assert one["x"] + one["width"] <= two["x"] + 1
    expect(desk.locator(".t-booked .flag")).to_have_count(1)
    make.absence(clinic.clinicians[0], make.amsterdam(clinic.day, "9.00"), make.amsterdam(clinic.day, "11.00"))
    desk.reload()
    expect(desk.locator(".t-booked .flag")).to_have_count(3)
    axe(desk)


def test_phone_has_a_list_per_clinician_in_order_of_time(clinic, desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(clinic.url())
    expect(desk.locator(".aghours")).to_be_hidden()
    tiles = desk.locator(".aglane").first.locator(".tile")
    tops = tiles.evaluate_all("all => all.map(it => it.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    low = desk.locator(".tile a").evaluate_all("all => all.map(it => it.getBoundingClientRect().height)")
    assert min(low) >= 31.5


def test_day_list_has_a_page_per_clinician_and_nothing_of_the_screen(clinic, desk):
    desk.goto(reverse("today-print", query={"datum": clinic.day.isoformat()}))
    expect(desk.locator("[data-print]")).to_be_visible()
    desk.emulate_media(media="print")
    for gone in (".bar", ".head", "[data-print]"):
        expect(desk.locator(gone).first).to_be_hidden()
    breaks = desk.locator(".sheet").evaluate_all("all => all.map(it => getComputedStyle(it).breakBefore)")
    assert breaks == ["auto", *["page"] * 5]
    expect(desk.locator(".sheet").first).to_contain_text("Ferrée")


class TestPalette:
    def open(self, desk: Page) -> None:
        desk.keyboard.press("Control+k")
        expect(desk.locator("#palette-box")).to_be_focused()
        expect(desk.locator("[data-palette-row]").first).to_be_visible()

    def test_patient_is_found_and_opened_in_three(self, clinic, desk):
        desk.goto(clinic.url())
        self.open(desk)
        desk.keyboard.type("ferre")
        desk.keyboard.press("Enter")
        desk.wait_for_url(f"**{reverse('patient', args=[clinic.held.patient.public_id])}")

    def test_booking_is_one_arrow_beside_the_name(self, clinic, desk):
        desk.goto(clinic.url())
        self.open(desk)
        desk.keyboard.type("ferree")
        expect(desk.locator("#palette-found b", has_text="Ferrée")).to_be_visible()
        desk.keyboard.press("ArrowDown")
        desk.keyboard.press("ArrowRight")
        desk.keyboard.press("Enter")
        desk.wait_for_url(f"**{reverse('book', args=[clinic.held.patient.public_id])}")

    def test_enter_before_the_answer_does_not_take_one_of_several(self, clinic, desk):
        make.PatientFactory(department=clinic.department, particle="", family_name="Ferreira")
        desk.goto(clinic.url())
        self.open(desk)
        desk.keyboard.type("ferre")
        desk.keyboard.press("Enter")
        expect(desk.locator("[data-palette-row] a.go:focus")).to_have_count(1)
        assert "/agenda/" in desk.url

    def test_screen_chosen_by_name_says_its_shortcut_which_then_works(self, clinic, desk):
        desk.goto("/boeken/")
        self.open(desk)
        desk.keyboard.type("agen")
        expect(desk.locator("[data-palette-row]")).to_have_count(1)
        expect(desk.locator("[data-palette-row] kbd")).to_have_text("Alt A")
        desk.keyboard.press("Enter")
        desk.wait_for_url("**/agenda/")
        expect(desk.locator("#messages .notice")).to_contain_text("Alt A")
        desk.goto("/vandaag/")
        expect(desk.locator("#messages .notice")).to_have_count(0)
        desk.keyboard.press("Alt+a")
        desk.wait_for_url("**/agenda/")

    def test_escape_gives_the_focus_back_and_leaves_no_name_behind(self, clinic, desk):
        desk.goto(clinic.url())
        own = desk.locator(f'a[href="{reverse("appointment", args=[clinic.held.public_id])}"]')
        own.focus()
        self.open(desk)
        desk.keyboard.type("ferree")
        expect(desk.locator("#palette-found b", has_text="Ferrée")).to_be_visible()
        desk.keyboard.press("Escape")
        expect(own).to_be_focused()
        expect(desk.locator("#palette-found")).to_be_empty()
        expect(desk.locator("#palette-box")).to_have_value("")

    def test_answer_that_comes_after_it_closed_is_not_shown(self, clinic, desk):
        held = []
        desk.goto(clinic.url())
        self.open(desk)
        desk.route("**" + reverse("search"), lambda route: held.append(route))
        with desk.expect_request("**" + reverse("search")):
            desk.keyboard.type("ferree")
        desk.keyboard.press("Escape")
        expect(desk.locator("#palette")).to_be_hidden()
        with desk.expect_response("**" + reverse("search")):
            held[-1].continue_()
        shown = (
            "() => new Promise(told => setTimeout(() => told(document.getElementById('palette-found').innerHTML)))"
        )
        assert desk.evaluate(shown) == ""

    def test_focus_stays_inside_and_the_page_behind_hears_no_shortcut(self, clinic, desk):
        desk.goto(clinic.url())
        self.open(desk)
        desk.keyboard.press("Alt+b")
        for _ in range(8):
            desk.keyboard.press("Tab")
            inside = desk.evaluate(
                "() => document.activeElement === document.body || !!document.activeElement.closest('#palette')"
            )
            assert inside
        assert "/agenda/" in desk.url

    @pytest.mark.parametrize("size", [(1366, 768), (390, 844), (320, 256)])
    def test_open_palette_is_accessible_and_fits(self, clinic, desk, axe, size):
        width, height = size
        desk.set_viewport_size({"width": width, "height": height})
        desk.goto(clinic.url())
        desk.locator("[data-palette]").click()
        expect(desk.locator("#palette-box")).to_be_focused()
        desk.keyboard.type("ferree")
        expect(desk.locator("#palette-found b", has_text="Ferrée")).to_be_visible()
        axe(desk)
        place = box(desk.locator("#palette"))
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width

    def test_without_a_script_the_link_leads_to_a_page_that_finds_the_same(self, clinic, new_context):
        page = new_context(user=clinic.planner, java_script_enabled=False).new_page()
        page.goto(clinic.url())
        page.locator("[data-palette]").click()
        page.wait_for_url("**/zoeken/")
        page.locator("#zoek").fill("ferree")
        page.locator("main [role=search] button").click()
        expect(page.locator("main b", has_text="Ferrée")).to_be_visible()
        assert "ferree" not in page.url
