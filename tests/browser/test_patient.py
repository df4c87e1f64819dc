"""The patient's path in a real browser: taps counted, without scripts, by keyboard, at 320 px, and live."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from events.models import Event
from notifications.models import CallTask
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, ContactPreference
from tests import factories as make
from waitingroom.actions.presence import admit, arrive
from waitingroom.models import Presence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BORN = date(1938, 12, 1)
PHONE = {"viewport": {"width": 390, "height": 844}}
# 400 % zoom on a screen of 1280 by 1024.
ZOOMED = {"viewport": {"width": 320, "height": 256}}
ENTER = "Naar de wachtkamer"


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def link(self, path: str) -> None:
        self.page.goto(path)
        self.count += 1

    def on(self, place: Locator) -> None:
        place.click()
        self.count += 1


def begins_in(minutes: int, **fields: object) -> Appointment:
    """Of Mr 't Hart, who is hard of hearing and has no computer but a telephone."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    start -= timedelta(minutes=start.minute % 5)
    fields.setdefault(
        "patient", make.PatientFactory(family_name="Hart", particle="'t", initials="J.", birth_date=BORN)
    )
    return make.appointment(start=start, **fields)


def link_to(appointment: Appointment) -> str:
    return make.personal_link(appointment)[1]


def give_birth_date(page: Page) -> None:
    page.get_by_label("Wat is uw geboortedatum?").fill("1 dec 1938")
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_text("Met ", exact=False).first).to_be_visible()


@pytest.fixture
def telephone(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(**PHONE).new_page()


def test_from_the_link_to_the_waiting_room_in_three_taps_and_a_birth_date(telephone):
    appointment = begins_in(20)
    taps = Taps(telephone)

    taps.link(link_to(appointment))
    telephone.get_by_label("Wat is uw geboortedatum?").fill("1-12-1938")
    taps.on(telephone.get_by_role("button", name="Verder"))
    taps.on(telephone.get_by_role("button", name=ENTER))

    expect(telephone.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")
    assert taps.count == 3
    assert Presence.objects.get().participant.appointment == appointment


def test_preference_in_three_taps(telephone):
    appointment = begins_in(60 * 24)
    telephone.goto(link_to(appointment))
    give_birth_date(telephone)
    taps = Taps(telephone)

    taps.on(telephone.get_by_role("link", name="Zeg hoe u contact wilt"))
    taps.on(telephone.get_by_role("button", name="Langskomen"))
    taps.on(telephone.get_by_role("button", name="Ja, dit klopt"))

    expect(telephone.get_by_text("Wij hebben uw wens bewaard.")).to_be_visible()
    assert taps.count == 3
    assert ContactPreference.objects.get().preference == "visit"


def test_scanner_that_runs_scripts_records_nothing_and_uses_nothing_up(telephone):
    personal, path = make.personal_link(begins_in(20))
    before = Event.objects.count()

    for _ in range(6):
        telephone.goto(path)
        telephone.wait_for_load_state("networkidle")

    personal.refresh_from_db()
    assert (Event.objects.count(), Presence.objects.count(), personal.birth_date_failures) == (before, 0, 0)


def test_whole_path_without_scripts(new_context):
    page = new_context(java_script_enabled=False, **PHONE).new_page()
    page.goto(link_to(begins_in(20)))
    page.get_by_label("Wat is uw geboortedatum?").fill("1/12/1938")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("link", name="Zeg hoe u contact wilt").click()
    page.get_by_role("button", name="Weet ik niet").click()
    page.get_by_role("button", name="Ja, dit klopt").click()
    page.get_by_role("link", name="Naar mijn afspraak").click()
    page.get_by_role("button", name=ENTER).click()
    page.get_by_role("link", name="Vernieuwen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")
    page.get_by_role("button", name="Bel mij liever").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Wij bellen u")
    assert CallTask.objects.exclude(reason="prepare").get().reason == "asked"


def test_whole_path_by_keyboard(telephone):
    telephone.goto(link_to(begins_in(20)))

    tab_to(telephone, telephone.get_by_label("Wat is uw geboortedatum?"))
    telephone.keyboard.type("1 december 1938")
    telephone.keyboard.press("Enter")
    tab_to(telephone, telephone.get_by_role("button", name=ENTER))
    telephone.keyboard.press("Enter")

    expect(telephone.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")


def test_wrong_birth_date_leads_the_keyboard_to_the_field(telephone, complaints):
    complaints.expect("status of 422")
    telephone.goto(link_to(begins_in(20)))
    telephone.get_by_label("Wat is uw geboortedatum?").fill("1-1-1901")
    telephone.get_by_role("button", name="Verder").click()

    expect(telephone.locator("[data-summary]")).to_be_focused()
    telephone.keyboard.press("Tab")
    telephone.keyboard.press("Enter")
    expect(telephone.get_by_label("Wat is uw geboortedatum?")).to_be_focused()
    expect(telephone.get_by_text("U kunt het nog 4 keer proberen.")).to_be_visible()


def test_admission_appears_by_itself_and_the_focus_stays(new_context):
    page = new_context(media=True, **PHONE).new_page()
    appointment = begins_in(5)
    page.goto(link_to(appointment))
    give_birth_date(page)
    page.get_by_role("button", name=ENTER).click()
    expect(page.get_by_role("link", name="Vernieuwen")).to_be_hidden()
    help_line = page.get_by_role("link", name="Bel 020")
    help_line.focus()

    admit(appointment=appointment, by="user:1", now=timezone.now())

    expect(page.get_by_role("heading", level=1)).to_have_text("Uw gesprek begint")
    expect(page.get_by_role("status").first).to_contain_text("Uw camera en microfoon gaan nu aan.")
    expect(help_line).to_be_focused()


def test_cancellation_appears_by_itself(telephone):
    appointment = begins_in(20)
    telephone.goto(link_to(appointment))
    give_birth_date(telephone)
    telephone.get_by_role("button", name=ENTER).click()
    expect(telephone.get_by_role("link", name="Vernieuwen")).to_be_hidden()

    cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())

    expect(telephone.get_by_role("heading", level=1)).to_have_text("Uw afspraak gaat niet door")


def test_lost_connection_is_said_and_unsaid(telephone, complaints):
    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED")
    telephone.goto(link_to(begins_in(20)))
    give_birth_date(telephone)
    telephone.get_by_role("button", name=ENTER).click()
    expect(telephone.get_by_role("link", name="Vernieuwen")).to_be_hidden()
    lost = telephone.get_by_text("De verbinding is weg.")

    telephone.context.set_offline(True)
    expect(lost).to_be_visible()
    telephone.context.set_offline(False)
    expect(lost).to_be_hidden(timeout=15_000)


def test_our_own_failure_is_called_ours(telephone, complaints):
    complaints.expect("status of 500")
    telephone.goto(link_to(begins_in(20)))
    give_birth_date(telephone)
    telephone.route("**/teken/", lambda route: route.fulfill(status=500))
    telephone.get_by_role("button", name=ENTER).click()

    expect(telephone.get_by_text("Wij zien de wachttijd nu niet.")).to_be_visible()


def tab_to(page: Page, place: Locator) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if place.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")


# --- Every state: accessible, readable, and whole at 320 px -------------------------------------------------


def unknown_link(page: Page) -> None:
    page.goto("/v/nooit-verstuurd")


def birth_date(page: Page) -> None:
    page.goto(link_to(begins_in(60 * 24)))


def wrong_birth_date(page: Page) -> None:
    birth_date(page)
    page.get_by_label("Wat is uw geboortedatum?").fill("1-1-1901")
    page.get_by_role("button", name="Verder").click()


def planned(page: Page) -> None:
    birth_date(page)
    give_birth_date(page)


def preference(page: Page) -> None:
    planned(page)
    page.get_by_role("link", name="Zeg hoe u contact wilt").click()
    page.get_by_text("Twijfelt u?").click()


def preference_check(page: Page) -> None:
    preference(page)
    page.get_by_role("button", name="Weet ik niet").click()


def preference_saved(page: Page) -> None:
    preference_check(page)
    page.get_by_role("button", name="Ja, dit klopt").click()


def room_opens(page: Page) -> None:
    page.goto(link_to(begins_in(20)))
    give_birth_date(page)


def waiting(page: Page) -> None:
    room_opens(page)
    page.get_by_role("button", name=ENTER).click()
    expect(page.get_by_role("link", name="Vernieuwen")).to_be_hidden()


def late(page: Page) -> None:
    """On the same day: what was missed yesterday cannot be entered today."""
    now = timezone.localtime()
    page.goto(link_to(begins_in(-min(30, now.hour * 60 + now.minute))))
    give_birth_date(page)
    page.get_by_role("button", name=ENTER).click()


def call(page: Page) -> None:
    appointment = begins_in(0)
    participant = appointment.participants.exclude(role="clinician").get()
    arrive(participant=participant, now=timezone.now(), by="system")
    admit(appointment=appointment, by="user:1", now=timezone.now())
    page.goto(link_to(appointment))
    give_birth_date(page)
    page.get_by_role("link", name="Terug naar de wachtkamer").click()


def cancelled(page: Page) -> None:
    appointment = begins_in(60 * 24)
    path = link_to(appointment)
    cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())
    page.goto(path)


def moved(page: Page) -> None:
    appointment = begins_in(60 * 24)
    path = link_to(appointment)
    appointment.participants.exclude(role="clinician").get().links.update(replaced_at=timezone.now())
    page.goto(path)


STATES = [
    unknown_link,
    birth_date,
    wrong_birth_date,
    planned,
    preference,
    preference_check,
    preference_saved,
    room_opens,
    waiting,
    late,
    call,
    cancelled,
    moved,
]

TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility() && !one.classList.contains("skip"))
  .map((one) => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
SMALL_TEXT = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    const shown = texts.currentNode.data.trim() && parent.checkVisibility() && !parent.closest("script, noscript");
    if (shown && parseFloat(getComputedStyle(parent).fontSize) < 18) found.push(texts.currentNode.data.trim());
  }
  return found;
}"""
HIGH_CONTRAST = """() => axe.run(document, {runOnly: {type: "rule", values: ["color-contrast-enhanced"]}})
  .then((result) => result.violations.flatMap((one) => one.nodes.map((node) => node.failureSummary)))"""


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_state_is_accessible_readable_and_whole_at_320_px(new_context, axe, complaints, state):
    complaints.expect("status of (404|422)")
    page = new_context(**PHONE).new_page()
    state(page)

    axe(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(HIGH_CONTRAST) == []
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.locator(".btn.primary:visible").count() <= 1
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(SMALL_TEXT) == []
    for size in ({"width": 320, "height": 640}, ZOOMED["viewport"]):
        page.set_viewport_size(size)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
        assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("state", [birth_date, planned, waiting], ids=lambda state: state.__name__)
def test_first_view_weighs_less_than_100_kb(new_context, state):
    context = new_context(**PHONE)
    page = context.new_page()
    state(page)
    page.wait_for_function("() => document.readyState === 'complete'")
    address = page.url

    fresh = new_context(**PHONE)
    fresh.add_cookies(context.cookies())
    page = fresh.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(transferred(request)))
    page.goto(address)
    page.wait_for_function("() => document.fonts.ready.then(() => true)")

    assert sum(sizes) < 100_000, sizes


def transferred(request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def test_page_is_english_throughout_after_one_tap(telephone):
    telephone.goto(link_to(begins_in(20)))
    telephone.get_by_role("button", name="English").click()
    telephone.get_by_label("What is your date of birth?").fill("1 December 1938")
    telephone.get_by_role("button", name="Continue").click()
    telephone.get_by_role("button", name="Go to the waiting room").click()

    expect(telephone.get_by_role("heading", level=1)).to_have_text("You are in the waiting room")
    expect(telephone.locator("html")).to_have_attribute("lang", "en")


def test_two_links_in_two_tabs_of_one_browser(new_context):
    context = new_context(**PHONE)
    first, second = begins_in(20), begins_in(25, clinician=make.ClinicianFactory(departments=[make.department()]))
    tabs = []
    for appointment in (first, second):
        tab = context.new_page()
        tab.goto(link_to(appointment))
        give_birth_date(tab)
        tab.get_by_role("button", name=ENTER).click()
        tabs.append(tab)

    for tab in tabs:
        expect(tab.get_by_role("heading", level=1)).to_have_text("U bent in de wachtkamer")
    assert Presence.objects.filter(place="waiting").count() == 2
