"""Publishing again in a browser: a clinic with bookings becomes shorter, and nothing that was booked is lost."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from scheduling.models import Appointment, AppointmentStatus, ClinicSession, Misfit, RasterPhase
from tests import factories as make

pytestmark = pytest.mark.browser

SMALL_TARGETS = """() => [...document.querySelectorAll('main :is(button, select, .btn, summary, .tabs a, .seg a)')]
    .map(it => [it.textContent.trim(), it.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 31.5)"""
SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}


class Shortened:
    """Dr. Van der Veen's afternoons are published until 17.00, A. de Graaf has 16.00; the draft ends at 15.00."""

    def __init__(self) -> None:
        self.department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.lead = make.member("lead", self.department, name="Hans Verkerk")
        make.usual_types(self.department)
        self.clinician = make.ClinicianFactory(departments=[self.department], name="dr. M. van der Veen")
        room = make.WorkplaceFactory(department=self.department, name="Kamer 3", kind="consulting_room")
        self.raster = make.RasterFactory(
            department=self.department, clinician=self.clinician, name="Middagen", valid_from=timezone.localdate()
        )
        visits = [self.department.appointment_types.get(code="cp-visit-20")]
        for weekday in range(5):
            make.raster_block(self.raster, weekday, "13.00", "17.00", types=visits, workplace=room)
        make.publish(self.raster)
        self.raster.refresh_from_db()
        self.day = make.next_workday()
        patient = make.PatientFactory(department=self.department, initials="A.", particle="de", family_name="Graaf")
        self.held = make.appointment(
            clinician=self.clinician, type=visits[0], patient=patient, start=make.amsterdam(self.day, "16.00")
        )
        self.raster.blocks.update(end="15:00", revision=2)
        type(self.raster).objects.filter(pk=self.raster.pk).update(revision=2)

    def url(self, page: str = "publiceren") -> str:
        return f"/rasters/{self.raster.pk}/{page}/"


@pytest.fixture
def shortened(site):
    return Shortened()


@pytest.fixture
def desk(shortened, new_context) -> Page:
    return new_context(user=shortened.planner).new_page()


def test_shorter_clinic_is_previewed_published_and_its_misfit_left_with_a_reason(shortened, desk, complaints):
    complaints.expect("status of 422")
    desk.goto(shortened.url())
    losing = desk.locator("section", has=desk.get_by_role("heading", name="Wat niet meer past"))
    expect(losing).to_contain_text("A. de Graaf")
    expect(losing).to_contain_text("16.00")
    assert not Misfit.objects.exists()
    expect(desk.locator(".places-card .diff").first).to_contain_text("−")
    desk.get_by_role("button", name="Opnieuw publiceren").click()
    desk.get_by_role("link", name="1 afspraak past niet meer").click()
    line = desk.locator(".worklist > li")
    expect(line).to_contain_text("A. de Graaf")
    expect(desk.locator(".bar nav [aria-current] .count")).to_have_text("1")
    line.get_by_role("link", name="Laten staan").click()
    desk.get_by_role("button", name="Laten staan").click()
    expect(desk.locator("[data-summary]")).to_be_focused()
    desk.get_by_label("Waarom kan het blijven staan?").fill("De dokter blijft langer")
    desk.keyboard.press("Enter")
    expect(desk.locator("#no-misfits")).to_be_visible()
    misfit = Misfit.objects.get()
    assert (misfit.end, misfit.reason) == (Misfit.End.LEFT, "De dokter blijft langer")
    held = Appointment.objects.get(pk=shortened.held.pk)
    assert (held.status, held.start) == (AppointmentStatus.BOOKED, shortened.held.start)
    session = ClinicSession.objects.get(raster=shortened.raster, date=shortened.day)
    assert f"{max(block.end for block in session.blocks.all()):%H:%M}" in ("14:00", "13:00")  # 15.00 here, in UTC


def test_worklist_of_a_colleague_changes_by_itself(shortened, new_context):
    watcher = new_context(user=make.member("planner", shortened.department)).new_page()
    watcher.goto("/passen-niet-meer/")
    expect(watcher.locator("#no-misfits")).to_be_visible()
    publisher = new_context(user=shortened.planner).new_page()
    publisher.goto(shortened.url())
    publisher.get_by_role("button", name="Opnieuw publiceren").click()
    line = watcher.locator(".worklist")
    expect(line).to_contain_text("A. de Graaf")
    publisher.goto(f"/passen-niet-meer/{Misfit.objects.get().pk}/laten-staan/")
    publisher.get_by_label("Waarom kan het blijven staan?").fill("De dokter blijft langer")
    publisher.keyboard.press("Enter")
    expect(watcher.locator("#no-misfits")).to_be_visible()


def test_one_afternoon_is_closed_with_the_keyboard_alone(shortened, desk):
    desk.goto(f"{shortened.url('dag')}?datum={shortened.day.isoformat()}&dagdeel=afternoon")
    desk.locator("input[value=closed]").focus()
    desk.keyboard.press("Space")
    desk.get_by_label("Waarom?").focus()
    desk.keyboard.type("overleg")
    desk.keyboard.press("Enter")
    expect(desk.locator(".misfits")).to_contain_text("A. de Graaf")
    assert ClinicSession.objects.get(raster=shortened.raster, date=shortened.day).status == "planned"
    desk.get_by_role("button", name="Zo doen").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#messages")).to_contain_text("Alleen")
    session = ClinicSession.objects.get(raster=shortened.raster, date=shortened.day)
    assert session.status == ClinicSession.Status.CLOSING


def test_lead_makes_the_trial_final(shortened, new_context):
    page = new_context(user=shortened.lead).new_page()
    page.goto(shortened.url("versies"))
    page.get_by_role("button", name="Versie 1 definitief maken").click()
    expect(page.locator("#messages")).to_contain_text("definitief")
    shortened.raster.refresh_from_db()
    assert shortened.raster.phase == RasterPhase.FINAL


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_around_a_raster_fit_and_are_accessible(shortened, desk, axe, size):
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    make.publish(shortened.raster)
    make.WorkplaceFactory(department=shortened.department, name="Thuis", kind="home")
    day = shortened.day.isoformat()
    pages = [
        shortened.url(),
        shortened.url("versies"),
        f"{shortened.url('versies')}vergelijken/?van=1&naar=2",
        f"{shortened.url('versies/1')}terughalen/",
        shortened.url("jaar"),
        shortened.url("dag"),
        f"{shortened.url('dag')}?datum={day}",
        shortened.url("vanaf"),
        shortened.url("kopie"),
        "/rasters/",
        "/rasters/nieuw/",
        "/rasters/alles-publiceren/",
        "/passen-niet-meer/",
        f"/passen-niet-meer/{Misfit.objects.get().pk}/laten-staan/",
        "/werkplekken/",
    ]
    for address in pages:
        desk.goto(address)
        wide = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} is {wide} px too wide"
        assert desk.evaluate(SMALL_TARGETS) == [], address
        axe(desk)
