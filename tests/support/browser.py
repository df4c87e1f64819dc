"""Chromium of the system, driven by Playwright; whatever a page complains about fails its test."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, sync_playwright
from playwright.sync_api import Error as PlaywrightError

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A camera and microphone that play a test picture and beeps, and calls between two pages of one machine.
FAKE_MEDIA = [
    # Ten pictures a second: software on two cores encodes and decodes them for every page of a test.
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
LOCAL = {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "reduced_motion": "reduce"}
PICTURES = Path(__file__).parents[2] / "test-results"
FAILED = pytest.StashKey[bool]()


class Complaints:
    """Console errors, uncaught exceptions, breaches of the CSP and requests that leave the site."""

    def __init__(self, site: str) -> None:
        self.host = urlsplit(site).netloc
        self.heard: list[str] = []
        self.expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """This test provokes a complaint on purpose: `complaints.expect("status of 403")`."""
        self.expected.append(re.compile(pattern))

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda event: self.heard.append(f"uncaught: {event.error}"))
        context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self.host:
            self.heard.append(f"left the site: {address.netloc}")

    @property
    def unexpected(self) -> list[str]:
        return [one for one in self.heard if not any(pattern.search(one) for pattern in self.expected)]


def chromium_path() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CANDIDATES)), None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


# One module long, as Playwright keeps an event loop running in this thread: no other test could run one of its own.
@pytest.fixture(scope="module")
def _playwright() -> Iterator[Playwright]:
    if chromium_path() is None:
        pytest.skip("Chromium is absent: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def media_browser(_playwright: Playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *FAKE_MEDIA])
    yield browser
    browser.close()


@pytest.fixture
def complaints(site: str) -> Complaints:
    return Complaints(site)


@pytest.fixture
def new_context(
    request: pytest.FixtureRequest, site: str, complaints: Complaints
) -> Iterator[Callable[..., BrowserContext]]:
    """`new_context(media=True, user=…, **playwright options)`: a visitor with cookies of their own."""
    opened: list[BrowserContext] = []

    def open_context(*, media: bool = False, user: Any = None, **options: Any) -> BrowserContext:
        browser = request.getfixturevalue("media_browser" if media else "browser")
        if media:
            options.setdefault("permissions", ["camera", "microphone"])
        context = browser.new_context(base_url=site, **{**LOCAL, **options})
        complaints.listen(context)
        if user is not None:
            context.add_cookies([session_cookie(user, site)])
        opened.append(context)
        return context

    yield open_context
    if request.node.stash.get(FAILED, False):
        _picture(request.node.name, opened)
    for context in opened:
        context.close()
    if complaints.unexpected:
        pytest.fail("the browser complained:\n" + "\n".join(complaints.unexpected))


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def session_cookie(user: Any, site: str) -> dict[str, str]:
    """Someone who has logged in before."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": site,
    }


def _picture(test: str, contexts: list[BrowserContext]) -> None:
    PICTURES.mkdir(exist_ok=True)
    name = re.sub(r"[^\w-]+", "_", test)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        # A page that crashed or went away has no picture; the test has failed already.
        with suppress(PlaywrightError):
            page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
