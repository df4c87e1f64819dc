"""Take the pictures of the user guide from a running demo hospital.

    python docs/take_pictures.py http://localhost:8000 PASSWORD LINK BIRTH_DATE

LINK is a personal link from the demo's mail viewer; BIRTH_DATE belongs to its patient, as 1-9-1974. The first
clinician of the demo's table lets the patient in.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

PICTURES = Path(__file__).parent / "handleiding" / "beelden"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
EXPLANATION = (("leaflet", "Zo bereidt u zich voor", "folder-voorbereiden"), ("film", "Zo werkt beeldbellen", "film"))
SMALL = {"telefoon": PHONE, "400-procent": ViewportSize(width=320, height=256)}


def main(site: str, password: str, link: str, born: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        clerk(signed_in(browser, site, "bianca.mulder@dewaard.example", password), site)
        shot(signed_in(browser, site, "helpdesk@dewaard.example", password), "helpdesk")
        lead(signed_in(browser, site, "w.terhorst@dewaard.example", password), site)
        administrator(signed_in(browser, site, "beheer@dewaard.example", password), site)
        clinician = signed_in(browser, site, "m.vanderveen@dewaard.example", password)
        shot(clinician, "mijn-dag")
        patient_meets(new_page(browser, PHONE), clinician, link, born)
        browser.close()


def new_page(browser: Browser, size: ViewportSize) -> Page:
    context = browser.new_context(
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        viewport=size,
        permissions=["camera", "microphone"],
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def signed_in(browser: Browser, site: str, email: str, password: str) -> Page:
    page = new_page(browser, DESK)
    page.goto(site)
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state("load")
    return page


def shot(page: Page, name: str) -> None:
    page.evaluate("() => document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")


def clerk(page: Page, site: str) -> None:
    shot(page, "vandaag")
    page.goto(f"{site}/boeken/")
    page.keyboard.type("smit", delay=50)
    page.wait_for_selector('#found a[href*="/boeken/"]')
    page.click('#found a[href*="/boeken/"] >> nth=0')
    page.click(".types a:has-text('CP video') >> nth=0")
    page.wait_for_selector("text=Meer plekken")
    shot(page, "boeken")
    series(page)
    page.goto(f"{site}/vandaag/")
    page.click('a[href*="/verzetten/"] >> nth=0')
    page.wait_for_selector("#preview .sms")
    shot(page, "verzetten")
    swap(page)
    worklists(page, site)
    agenda(page, site)
    messages(page, site)
    calls(page, site)
    rasters(page, site)


def series(page: Page) -> None:
    """Of the type that is chosen; nothing is booked."""
    page.click("#series")
    page.fill("#id_aantal", "3")
    page.fill("#id_weken", "1")
    page.click("form.window button[type=submit]")
    page.wait_for_selector(".serieslist")
    shot(page, "reeks")


def swap(page: Page) -> None:
    """From the page of a move to that of its appointment; nobody is swapped."""
    page.goto(page.url.split("verzetten/")[0])
    page.click('a[href$="/ruilen/"]')
    page.wait_for_selector("#swap")
    shot(page, "ruilen")


def worklists(page: Page, site: str) -> None:
    """Somebody of Longgeneeskunde is ill; whatever is asked stays open."""
    department(page, "Longgeneeskunde")
    page.goto(f"{site}/ziek-verlof/")
    page.click(".awaylist a >> nth=0")
    page.wait_for_selector(".awayrows")
    shot(page, "ziek-verlof")
    department(page, "Interne geneeskunde")
    for name in ("verzoeken", "te-plannen", "wachtlijst"):
        page.goto(f"{site}/{name}/")
        page.wait_for_selector("main li")
        shot(page, name)


def department(page: Page, name: str) -> None:
    page.click("details.menu summary >> nth=0")
    page.click(f"details.menu button:has-text('{name}')")
    page.wait_for_load_state("load")


def agenda(page: Page, site: str) -> None:
    """The first day from tomorrow with room, its week, its list on paper, and the search over all of it."""
    page.goto(f"{site}/agenda/")
    page.click("a[rel=next]")
    while not page.locator(".t-place a").count():
        page.click("a[rel=next]")
    shot(page, "agenda")
    page.click("nav.seg a >> nth=1")
    page.wait_for_selector(".by-week")
    shot(page, "agenda-week")
    page.go_back()
    page.click('a[href*="/afdrukken/"]')
    page.wait_for_selector(".sheet")
    shot(page, "daglijst")
    page.go_back()
    page.keyboard.press("Control+k")
    page.wait_for_selector("[data-palette-row]")
    page.keyboard.type("de")
    page.wait_for_selector("[data-palette-row] .btn")
    shot(page, "zoeken")
    page.keyboard.press("Escape")


def messages(page: Page, site: str) -> None:
    """What failed, and all that was told to one whom it concerns."""
    page.goto(f"{site}/berichten/?bak=failed")
    page.wait_for_selector("#outbox [data-row]")
    shot(page, "berichten")
    page.click("#outbox [data-row-key=g] >> nth=-1")
    page.click(".talk li:not(.to-come):has-text('sms') summary >> nth=0")
    shot(page, "berichten-patient")


def calls(page: Page, site: str) -> None:
    """With the call open of someone whom a message did not reach; nobody is phoned."""
    page.goto(f"{site}/bellijst/")
    page.click("[data-row]:has-text('niet aangekomen') a.who >> nth=0")
    page.wait_for_selector("[data-row].chosen:has-text('niet aangekomen')")
    page.wait_for_selector("[data-keys-switch]:checked")
    shot(page, "bellijst")


def rasters(page: Page, site: str) -> None:
    """A raster with rules to see to; what is tried here is taken back."""
    page.goto(f"{site}/rasters/")
    shot(page, "rasters")
    page.click("main a:has-text('Spreekuur ochtend') >> nth=-1")
    page.wait_for_selector("#simulation svg")
    page.click(".blk.has-warning >> nth=0")
    page.wait_for_selector("[data-block-form]")
    shot(page, "raster")
    editor = page.url
    for name, size in SMALL.items():
        page.set_viewport_size(size)
        shot(page, f"raster-{name}")
    page.set_viewport_size(DESK)
    page.keyboard.press("Delete")
    page.wait_for_selector("#losses .notice")
    beside = page.context.new_page()
    beside.goto(editor + "simulatie/")
    beside.wait_for_selector("svg.chart, main svg")
    shot(beside, "raster-simulatie")
    beside.goto(editor + "publiceren/")
    shot(beside, "raster-publiceren")
    beside.goto(editor + "versies/")
    shot(beside, "raster-versies")
    beside.close()
    page.keyboard.press("Control+z")
    page.wait_for_selector("#losses:not(:has(.notice))", state="attached")


def lead(page: Page, site: str) -> None:
    shot(page, "leiding")
    page.goto(f"{site}/berichten/teksten/")
    shot(page, "teksten")
    page.click("a.words >> nth=0")
    page.wait_for_selector("#writing")
    page.locator("#body").press("Control+End")
    page.keyboard.type("\nTevens kunt u bellen.")
    page.wait_for_selector("#findings .found")
    page.locator("#body").press("Control+Home")
    shot(page, "tekst")
    page.goto(f"{site}/berichten/afspraken/")
    shot(page, "afspraken")
    explanation(page, site)


def explanation(page: Page, site: str) -> None:
    """Two links are added, and taken away again."""
    page.goto(f"{site}/berichten/uitleg/")
    for kind, title, address in EXPLANATION:
        page.check(f"input[name=kind][value={kind}]", force=True)
        page.fill("input[name=title]", title)
        page.fill("input[name=url]", f"https://www.dewaard.example/{address}")
        page.click("main form.card button[type=submit]")
        page.wait_for_selector(f"#materials :has-text('{title}')")
    shot(page, "uitleg")
    for _, title, _ in EXPLANATION:
        page.click(f".shelf li:has-text('{title}') a[href$='/weg/']")
        page.click("main form.reading button[type=submit]")
        page.wait_for_selector("#materials")


def administrator(page: Page, site: str) -> None:
    page.goto(f"{site}/beheer/berichten/")
    page.wait_for_selector(".hours svg")
    shot(page, "versturen")


def patient_meets(patient: Page, clinician: Page, link: str, born: str) -> None:
    patient.goto(link)
    patient.fill("main input:not([type=hidden])", born)
    patient.click("main button[type=submit]")
    patient.wait_for_selector("text=Naar de wachtkamer")
    shot(patient, "patient-afspraak")
    own = patient.url
    patient.goto(f"{own}voorkeur/")
    shot(patient, "patient-voorkeur")
    patient.goto(f"{own}wachtkamer/")
    patient.click("text=Naar de wachtkamer")
    patient.wait_for_selector("text=/U bent in|Het duurt langer/")
    shot(patient, "patient-wachtkamer")
    clinician.reload()
    clinician.click("li:has-text('is er') a, li:has-text('wacht') a >> nth=-1")
    clinician.click('button:has-text("binnen")')
    clinician.wait_for_selector("text=U bent verbonden")
    shot(clinician, "gesprek")


if __name__ == "__main__":
    main(*sys.argv[1:5])
