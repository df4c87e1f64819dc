"""The clerk's screens in a browser: by keyboard, counted, live, at every size."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Department, Membership
from scheduling.actions.replanning import swap_appointments
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.minutes import from_minute
from tests import factories as make

pytestmark = pytest.mark.browser

SIZES = {"clinic": (1366, 768), "phone": (390, 844), "zoomed 400 %": (320, 256)}


class Hands:
    """Counts as ux.md does: a key press, a click; typing a name is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.count += 1
        self.page.keyboard.type(text)

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.locator(selector).first.click()


class Clinic:
    """Longziekten: two clinicians tomorrow morning, with the usual types, and mevrouw Van der Veen."""

    def __init__(self) -> None:
        self.department: Department = make.department("longziekten")
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.types = make.usual_types(self.department)
        self.day = make.next_workday()
        self.clinicians = [
            make.ClinicianFactory(departments=[self.department], name=name)
            for name in ("dr. M. van der Veen", "J. Dijkstra, verpleegkundig specialist")
        ]
        for clinician in self.clinicians:
            make.session_with(clinician, self.day, "9.00", "12.00", breaks=[("10.30", "10.45")])
        self.patient = make.PatientFactory(
            department=self.department, initials="W.", particle="van der", family_name="Veen"
        )

    def book(self, at: str, **more) -> Appointment:
        # Not with setdefault, which would make one anyway: it may be called as the patient that is looked for.
        if "patient" not in more:
            more["patient"] = make.PatientFactory(department=self.department)
        kind = next(each for each in self.types if each.code == "cp-video-20")
        return make.appointment(clinician=self.clinicians[0], type=kind, start=make.amsterdam(self.day, at), **more)

    def url(self) -> str:
        return f"/vandaag/?datum={self.day.isoformat()}"


@pytest.fixture
def clinic(site):
    return Clinic()


@pytest.fixture
def desk(clinic, new_context):
    return new_context(user=clinic.planner).new_page()


def focused(page: Page):
    return page.locator(":focus")


def test_follow_up_by_video_is_booked_in_five_interactions_without_a_mouse(clinic, desk):
    clinic.book("9.00", patient=clinic.patient)
    desk.goto(clinic.url())
    hands = Hands(desk)
    hands.press("Alt+b")
    expect(desk.locator("#zoek")).to_be_focused()
    hands.type("van der veen")
    hands.press("Enter")
    # Nothing is chosen for the patient: the first of all forms has the focus, no more.
    expect(focused(desk)).to_have_class("pick")
    expect(desk.locator(".slot")).to_have_count(0)
    hands.press("Enter")
    expect(focused(desk)).to_have_attribute("name", "slot")
    expect(desk.locator(".slots .slot")).to_have_count(5)
    assert all(desk.locator(".slots .why").all_inner_texts())
    hands.press("Enter")
    desk.wait_for_url("**/klaar/")
    assert hands.count <= 5
    booked = Appointment.objects.latest("pk")
    assert (booked.patient, booked.modality, booked.status) == (clinic.patient, "video", AppointmentStatus.BOOKED)
    # And on: the next patient is one Enter away.
    expect(focused(desk)).to_have_attribute("href", reverse("book-find"))
    desk.keyboard.press("Enter")
    expect(desk.locator("#zoek")).to_be_focused()


def test_appointment_is_moved_in_four_interactions_with_the_letter_in_view(clinic, desk):
    held = clinic.book("9.00")
    desk.goto(clinic.url())
    hands = Hands(desk)
    hands.click(f'a[href="{reverse("appointment-move", args=[held.public_id])}"]')
    expect(focused(desk)).to_have_attribute("name", "slot")
    before = desk.locator("#preview").inner_text()
    with desk.expect_response("**/voorbeeld/**"):
        hands.press("ArrowDown")
    chosen = desk.locator(".slot:has(:checked) .t").inner_text()
    expect(desk.locator("#preview .sms")).to_contain_text(chosen)
    assert desk.locator("#preview").inner_text() != before
    hands.press("Enter")
    desk.wait_for_url("**/klaar/")
    held.refresh_from_db()
    assert hands.count <= 4
    assert held.schedule_version == 2


def test_patients_are_found_while_typing_and_chosen_by_arrows(clinic, desk):
    for name in ("Veenstra", "Veenhuizen"):
        make.PatientFactory(department=clinic.department, particle="", family_name=name)
    desk.goto("/boeken/")
    desk.keyboard.type("veen")
    expect(desk.locator("#found [data-row]")).to_have_count(3)
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#found [data-row]").nth(0)).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#found [data-row]").nth(1)).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("#zoek")).to_be_focused()
    desk.keyboard.type("h")
    expect(desk.locator("#found [data-row]")).to_have_count(1)


def test_enter_with_several_found_goes_to_the_first(clinic, desk):
    make.PatientFactory(department=clinic.department, particle="", family_name="Veenstra")
    desk.goto("/boeken/")
    desk.keyboard.type("veen")
    desk.keyboard.press("Enter")
    expect(desk.locator("#found [data-row]").first).to_be_focused()
    assert "zoek" not in desk.url


def test_other_period_keeps_the_type_and_stays_in_the_address(clinic, desk):
    desk.goto(f"/boeken/{clinic.patient.public_id}/")
    desk.locator(".pick").first.click()
    expect(desk.locator(".slots .slot")).to_have_count(5)
    desk.locator("#id_dagdeel").select_option("afternoon")
    expect(desk.locator(".slots .slot").first).to_be_visible()
    desk.wait_for_url("**dagdeel=afternoon**")
    desk.reload()
    expect(desk.locator("#id_dagdeel")).to_have_value("afternoon")
    expect(desk.locator(".pick[aria-current]")).to_have_count(1)


def test_wrong_period_is_said_beside_the_field(clinic, desk):
    desk.goto(f"/boeken/{clinic.patient.public_id}/")
    desk.locator(".pick").first.click()
    expect(desk.locator(".slot :checked")).to_be_focused()
    desk.locator("#id_tot").fill("2020-01-01")
    desk.locator("#id_tot").press("Tab")
    expect(desk.locator(".field.wrong:has(#id_tot) .errors")).to_be_visible()


def test_place_taken_by_a_colleague_is_said_and_the_choice_is_kept(clinic, desk, complaints):
    complaints.expect("status of 409")
    desk.goto(f"/boeken/{clinic.patient.public_id}/")
    desk.locator(".pick").first.click()
    expect(desk.locator(".slot :checked")).to_be_focused()
    taken = desk.locator(".slot :checked").input_value()
    minute, clinician, _type = map(int, taken.split("."))
    colleague = next(each for each in clinic.clinicians if each.pk == clinician)
    make.appointment(
        patient=make.PatientFactory(department=clinic.department),
        clinician=colleague,
        type=clinic.types[0],
        start=from_minute(minute),
    )
    desk.locator("[name=decided_by][value=patient]").check(force=True)
    desk.locator(".offer button[type=submit]").click()
    expect(desk.locator("[data-summary]")).to_be_focused()
    expect(desk.locator("[name=decided_by][value=patient]")).to_be_checked()
    expect(desk.locator(f'[value="{taken}"]')).to_have_count(0)


def test_form_is_decided_together_beside_the_place_with_a_reason_where_it_is_overruled(clinic, desk, complaints):
    complaints.expect("status of 422")
    desk.goto(f"/boeken/{clinic.patient.public_id}/")
    desk.locator(".pick", has_text="CP beeldbellen 20").click()
    expect(desk.locator(".slot :checked")).to_be_focused()
    expect(desk.locator("#suits-flag")).to_be_empty()
    desk.locator(".deciding summary").click()
    with desk.expect_response("**/ernaast/"):
        desk.locator("[name=unsafe_at_home][value=yes]").check(force=True)
    expect(desk.locator(".deciding .notice.warn")).to_have_count(1)
    expect(desk.locator("#suits-flag a")).to_be_visible()
    expect(desk.locator("[name=unsafe_at_home][value=yes]")).to_be_checked()
    assert "unsafe" not in desk.url
    desk.locator(".offer button[type=submit]").click()
    expect(desk.locator("[data-summary]")).to_be_focused()
    desk.locator("[name=overruled_reason]").fill("Belt vanaf het werk")
    desk.locator("[name=overruled_reason]").press("Enter")
    desk.wait_for_url("**/klaar/")
    kept = Appointment.objects.latest("pk").suitability_checks.get()
    assert (kept.answers, kept.overruled_reason) == ({"unsafe_at_home": "yes"}, "Belt vanaf het werk")


def test_letter_follows_the_place_and_another_form_is_one_click_away(clinic, desk):
    make.appointment(
        patient=clinic.patient,
        clinician=clinic.clinicians[0],
        type=next(each for each in clinic.types if each.code == "cp-visit-20"),
        start=make.amsterdam(clinic.day, "9.00"),
    )
    desk.goto(f"/boeken/{clinic.patient.public_id}/")
    desk.locator(".pick").first.click()
    expect(desk.locator(".slot :checked")).to_be_focused()
    with desk.expect_response("**/ernaast/"):
        desk.keyboard.press("ArrowDown")
    chosen = desk.locator(".slot:has(:checked) .t").inner_text()
    expect(desk.locator("#beside .preview .sms")).to_contain_text(chosen)
    expect(desk.locator(".slot :checked")).to_be_focused()
    desk.locator(".deciding .notice.warn button").click()
    expect(desk.locator(".pick[aria-current]")).to_contain_text("langskomen")
    expect(desk.locator(".deciding .notice.warn")).to_have_count(0)


def test_two_tabs_do_not_overwrite_each_other_unseen(clinic, desk, complaints):
    complaints.expect("status of 409")
    held = clinic.book("9.00")
    url = reverse("appointment-move", args=[held.public_id])
    desk.goto(url)
    other = desk.context.new_page()
    other.goto(url)
    other.keyboard.press("ArrowDown")
    other.keyboard.press("Enter")
    other.wait_for_url("**/klaar/")
    desk.locator("[name=reason]").select_option("clinic_changed")
    desk.locator(".moving button[type=submit]").click()
    expect(desk.locator("[data-summary]")).to_be_focused()
    expect(desk.locator("[name=reason]")).to_have_value("clinic_changed")
    held.refresh_from_db()
    assert held.schedule_version == 2


def test_booking_elsewhere_appears_on_an_open_day_by_itself(clinic, desk):
    clinic.book("9.00")
    with desk.expect_response("**/live/"):
        desk.goto(clinic.url())
    expect(desk.locator("[data-row]")).to_have_count(1)
    clinic.book("9.40")
    expect(desk.locator("[data-row]")).to_have_count(2)


def test_call_outcome_opens_the_next_call(clinic, desk):
    for at in ("9.00", "9.40"):
        clinic.book(at, patient=make.PatientFactory(department=clinic.department, unreachable=True))
    desk.goto(clinic.url())
    first = desk.locator("#calls .panel a").first.inner_text()
    desk.locator("#calls .outcomes button").first.click()
    expect(desk.locator("#call-title")).to_be_focused()
    expect(desk.locator(".callhead .count")).to_have_text("1")
    assert first


def test_department_is_switched_in_the_bar(clinic, desk):
    Membership.objects.create(user=clinic.planner, department=make.department("neurologie"), role="planner")
    desk.goto("/rasters/")
    desk.locator("details.menu summary").click()
    desk.locator("details.menu button").last.click()
    expect(desk.locator(".head .sub")).to_have_text("Neurologie")


def swapped(clinic: Clinic) -> uuid.UUID:
    """What was done with two, as one batch."""
    one, other = (clinic.book(at) for at in ("11.00", "11.20"))
    done = swap_appointments(one=one, other=other, by=clinic.planner.actor, now=timezone.now())
    assert isinstance(done, tuple)
    return done[0].changes.last().batch


def pages_of(clinic: Clinic) -> dict[str, str]:
    held = clinic.book("9.00", patient=clinic.patient)
    clinic.book("9.40", patient=make.PatientFactory(department=clinic.department, unreachable=True))
    rasters = [
        make.starter_raster(rule, department=clinic.department, clinician=clinic.clinicians[0])
        for rule in ("PP-21", "PP-22", "PP-23")
    ]
    kind = next(each for each in clinic.types if each.code == "cp-video-20")
    nuray = make.InterpreterFactory(department=clinic.department)
    return {
        "day": clinic.url(),
        "empty day": "/vandaag/?datum=2030-06-02",
        "day list": f"/vandaag/afdrukken/?datum={clinic.day.isoformat()}",
        "agenda": f"/agenda/?datum={clinic.day.isoformat()}",
        "agenda of a week": f"/agenda/?datum={clinic.day.isoformat()}&weergave=week",
        "agenda to move": f"/agenda/?datum={clinic.day.isoformat()}&verzetten={held.public_id}",
        "search": "/zoeken/",
        "find": "/boeken/",
        "new patient": "/boeken/nieuw/",
        "known patient": "/boeken/bekend/",
        "book": f"/boeken/{clinic.patient.public_id}/",
        "places": f"/boeken/{clinic.patient.public_id}/?type={kind.pk}&dag={clinic.day.isoformat()}",
        "places with an interpreter": f"/boeken/{clinic.patient.public_id}/?type={kind.pk}&nodig=4.{nuray.pk}",
        "appointment": f"/afspraken/{held.public_id}/",
        "done": f"/afspraken/{held.public_id}/klaar/",
        "move": f"/afspraken/{held.public_id}/verzetten/",
        "swap": f"/afspraken/{held.public_id}/ruilen/",
        "swapped": f"/samen/{swapped(clinic)}/",
        "also needed": f"/afspraken/{held.public_id}/ook-nodig/",
        "series": f"/boeken/{clinic.patient.public_id}/reeks/?type={kind.pk}&aantal=2&weken=1&speling=3",
        "cancel": f"/afspraken/{held.public_id}/afzeggen/",
        "other form": f"/afspraken/{held.public_id}/vorm/",
        **{f"as {form.name}": f"/afspraken/{held.public_id}/vorm/?soort={form.pk}" for form in clinic.types},
        "other length": f"/afspraken/{held.public_id}/duur/",
        "patient": f"/patienten/{clinic.patient.public_id}/",
        "rasters": "/rasters/",
        **{f"raster {raster.name}": f"/rasters/{raster.pk}/" for raster in rasters},
        "new raster": "/rasters/nieuw/",
        "publish": f"/rasters/{rasters[0].pk}/publiceren/",
        "helpdesk": "/helpdesk/",
    }


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(clinic, desk, axe, size):
    width, height = SIZES[size]
    desk.set_viewport_size({"width": width, "height": height})
    wrong = []
    for name, address in pages_of(clinic).items():
        desk.goto(address)
        wide = desk.evaluate("() => document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{name}: {wide} px wide")
        try:
            axe(desk)
        except AssertionError as found:
            wrong.append(f"{name}: {found}")
    assert not wrong, "\n".join(wrong)


def test_targets_are_large_enough(clinic, desk):
    small = {}
    for name, address in pages_of(clinic).items():
        desk.goto(address)
        found = desk.evaluate(
            """() => [...document.querySelectorAll('main :is(button, select, .btn, summary, .pick, .hit, .slot)')]
                .map(it => [it.className || it.tagName, it.getBoundingClientRect()])
                .filter(([, box]) => box.height > 0 && box.height < 31.5)
                .map(([what, box]) => `${what} ${Math.round(box.height)}`)"""
        )
        if found:
            small[name] = found
    assert small == {}


def test_ten_rows_of_the_board_are_seen_without_scrolling(clinic, desk):
    desk.set_viewport_size({"width": 1366, "height": 768})
    for minute in range(10):
        hour, rest = divmod(9 * 60 + minute * 5, 60)
        make.appointment(
            clinician=clinic.clinicians[minute % 2],
            type=next(each for each in clinic.types if each.code == "cp-phone-10"),
            start=make.amsterdam(clinic.day, f"{hour}.{rest // 10 * 10:02}"),
            patient=make.PatientFactory(department=clinic.department),
        )
    desk.goto(clinic.url())
    bottoms = desk.locator("[data-row]").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
    assert len([bottom for bottom in bottoms if bottom <= 768]) >= 10


def test_week_of_a_raster_fits_a_screen(clinic, desk):
    desk.set_viewport_size({"width": 1366, "height": 768})
    raster = make.starter_raster("PP-23", department=clinic.department, clinician=clinic.clinicians[0])
    desk.goto(f"/rasters/{raster.pk}/")
    week = desk.locator(".week").bounding_box()
    assert week["y"] + week["height"] <= 768
    tops = desk.locator(".weekday .blk").evaluate_all(
        "all => all.slice(0, 3).map(b => b.getBoundingClientRect().top)"
    )
    # 13.00, 14.00 and 14.05: an hour is sixty pixels.
    assert [round(top - tops[0]) for top in tops] == [0, 60, 65]
