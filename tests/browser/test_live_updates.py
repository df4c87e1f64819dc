"""static/js/live.js against a server whose stream breaks and whose fragments change."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.stream_site import StreamSite

pytestmark = [pytest.mark.browser, pytest.mark.both_worlds]

ROW = '<li data-row tabindex="-1" id="{0}">{1}</li>'
ROWS = '<ul><li data-row tabindex="-1" id="a">Jansen waits</li><li data-row tabindex="-1" id="b">Noël waits</li></ul>'


@pytest.fixture
def stream_site():
    site = StreamSite()
    yield site
    site.close()


@pytest.fixture
def visitor(browser, stream_site):
    context = browser.new_context(base_url=stream_site.url)
    yield context
    context.close()


def opened(visitor: BrowserContext, stream_site: StreamSite) -> Page:
    page = visitor.new_page()
    page.goto("/")
    stream_site.await_listeners(1)
    return page


def test_fragment_follows_the_stream(visitor, stream_site):
    page = opened(visitor, stream_site)
    stream_site.fragment = "<p>second</p>"
    stream_site.tell()
    expect(page.locator("main")).to_have_text("second")


def test_update_keeps_the_focus_the_typed_text_and_the_open_details(visitor, stream_site):
    form = '<input id="note"><details id="more"><summary>more</summary>text</details>'
    stream_site.fragment = "<p>one waits</p>" + form
    page = opened(visitor, stream_site)
    page.locator("summary").click()
    page.locator("#note").fill("half a sen")
    stream_site.fragment = "<p>two wait</p><p>be quick</p>" + form
    stream_site.tell()
    expect(page.locator("main p").first).to_have_text("two wait")
    expect(page.locator("#note")).to_be_focused()
    expect(page.locator("#note")).to_have_value("half a sen")
    expect(page.locator("#more")).to_have_attribute("open", "")


def test_fragment_that_did_not_change_is_not_sent_again(visitor, stream_site):
    opened(visitor, stream_site)
    stream_site.tell()
    stream_site.await_fetches(1)
    stream_site.tell()
    stream_site.await_fetches(2)
    assert stream_site.fetched[-1] == 304


def test_many_hints_at_once_are_one_question(visitor, stream_site):
    page = opened(visitor, stream_site)
    stream_site.fragment = "<p>second</p>"
    for _ in range(20):
        stream_site.tell()
    expect(page.locator("main")).to_have_text("second")
    assert len(stream_site.fetched) <= 3


def test_hint_about_something_else_leaves_a_fragment_alone(visitor, stream_site):
    page = opened(visitor, stream_site)
    stream_site.await_fetches(1)
    expect(page.locator("aside")).to_have_text("no calls")
    stream_site.fragment = "<p>second</p>"
    stream_site.calls = "<p>one call</p>"
    stream_site.tell("clinic:8")
    expect(page.locator("aside")).to_have_text("one call")
    expect(page.locator("main")).to_have_text("first")
    assert len(stream_site.fetched) == 1
    stream_site.tell("user:3")
    expect(page.locator("main")).to_have_text("second")


def test_tabs_share_one_stream_and_pass_it_on_when_one_closes(visitor, stream_site):
    first = opened(visitor, stream_site)
    second = visitor.new_page()
    second.goto("/")
    stream_site.fragment = "<p>second</p>"
    stream_site.tell()
    for tab in (first, second):
        expect(tab.locator("main")).to_have_text("second")
    assert len(stream_site.listeners) == 1
    assert stream_site.opened == 1

    first.close()
    stream_site.await_opened(2)
    stream_site.fragment = "<p>third</p>"
    stream_site.tell()
    expect(second.locator("main")).to_have_text("third")


def test_page_polls_when_there_is_no_stream(visitor, stream_site):
    stream_site.stream_status = 503
    page = visitor.new_page()
    page.clock.install()
    page.goto("/")
    stream_site.fragment = "<p>second</p>"
    page.clock.run_for(31_000)
    expect(page.locator("main")).to_have_text("second")


def test_page_that_cannot_be_checked_says_since_when(visitor, stream_site):
    page = visitor.new_page()
    page.clock.install()
    page.goto("/")
    stream_site.await_listeners(1)
    stream_site.tell()
    stream_site.await_fetches(1)
    expect(page.locator("[data-age-time]").first).to_have_text(page.evaluate(NOW_IN_AMSTERDAM))
    expect(page.locator(".when-stale")).to_be_hidden()

    stream_site.fragment_status = 500
    stream_site.stream_status = 503
    stream_site.hang_up()
    page.clock.run_for(90_000)
    expect(page.locator(".when-stale")).to_be_visible()
    expect(page.locator(".when-fresh")).to_be_hidden()

    stream_site.fragment_status = 200
    page.clock.run_for(31_000)
    expect(page.locator(".when-stale")).to_be_hidden()


NOW_IN_AMSTERDAM = """() => new Date().toLocaleTimeString("nl-NL",
    {hour: "2-digit", minute: "2-digit", timeZone: "Europe/Amsterdam"}).replace(":", ".")"""


def test_rows_do_not_come_or_move_under_the_focus(visitor, stream_site):
    stream_site.fragment = ROWS
    page = opened(visitor, stream_site)
    page.locator("#b").focus()
    stream_site.fragment = (
        "<ul>"
        + ROW.format("c", "Özdemir waits")
        + ROW.format("b", "Noël in consult")
        + ROW.format("a", "Jansen")
        + "</ul>"
    )
    stream_site.tell()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_text(["Jansen", "Noël in consult"])
    expect(page.locator("#b")).to_be_focused()

    page.get_by_role("button", name="1 new").click()
    expect(page.locator("[data-row]")).to_have_text(["Özdemir waits", "Noël in consult", "Jansen"])
    expect(page.get_by_role("button", name="1 new")).to_have_count(0)


def test_held_rows_come_when_the_focus_leaves(visitor, stream_site):
    stream_site.fragment = ROWS
    page = opened(visitor, stream_site)
    page.locator("#b").focus()
    stream_site.fragment = ROWS.replace("</ul>", ROW.format("c", "Özdemir waits") + "</ul>")
    stream_site.tell()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    page.locator("#b").evaluate("row => row.blur()")
    expect(page.locator("[data-row]")).to_have_count(3)


def test_login_page_never_takes_the_place_of_a_fragment(visitor, stream_site):
    page = opened(visitor, stream_site)
    stream_site.fragment = "<p>second</p>"
    stream_site.fragment_status = 302
    stream_site.tell()
    stream_site.await_fetches(1)
    expect(page.locator("main")).to_have_text("first")


def test_row_that_came_and_went_leaves_no_notice_behind(visitor, stream_site):
    stream_site.fragment = ROWS
    page = opened(visitor, stream_site)
    page.locator("#b").focus()
    stream_site.fragment = ROWS.replace("</ul>", ROW.format("c", "Özdemir waits") + "</ul>")
    stream_site.tell()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    stream_site.fragment = ROWS.replace("Noël waits", "Noël in consult")
    stream_site.tell()
    expect(page.locator("#b")).to_have_text("Noël in consult")
    expect(page.get_by_role("button", name="1 new")).to_have_count(0)
