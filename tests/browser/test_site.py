"""The site, the browser and its watchers, before any page is tested with them."""

import re
import socket
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from people.models import Department
from tests import factories as make
from tests.support.accessibility import violations
from tests.support.browser import Complaints


@pytest.mark.browser
def test_login_page_opens_in_chromium_in_dutch(site, page, axe):
    page.goto("/account/login/")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    axe(page)


@pytest.mark.browser
def test_member_of_staff_is_logged_in(new_context):
    page = new_context(user=make.member("planner", make.department())).new_page()
    page.goto("/")
    assert "/account/login/" not in page.url


@pytest.mark.browser
def test_members_of_staff_log_in_with_their_password(page):
    planner = make.member("planner", make.department())
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(planner.email)
    page.locator("input[name=password]").fill(make.PASSWORD)
    page.locator("form:has(input[name=password]) [type=submit]").click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


@pytest.mark.browser
def test_media_browser_has_a_camera_and_a_microphone(new_context):
    page = new_context(media=True).new_page()
    page.goto("/account/login/")
    kinds = page.evaluate(
        "() => navigator.mediaDevices.getUserMedia({audio: true, video: true})"
        ".then(stream => stream.getTracks().map(track => track.kind + ' ' + track.readyState))"
    )
    assert sorted(kinds) == ["audio live", "video live"]


@pytest.mark.browser
class TestComplaints:
    """Each watcher notices what it watches for."""

    def hear(self, page, complaints: Complaints, script: str, heard: str) -> None:
        page.goto("/account/login/")
        page.evaluate(script)
        page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 100))")
        assert [one for one in complaints.unexpected if re.search(heard, one)], complaints.heard
        complaints.expect(heard)

    def test_console_error(self, page, complaints):
        self.hear(page, complaints, "console.error('the rail is bent')", "the rail is bent")

    def test_uncaught_exception(self, page, complaints):
        self.hear(page, complaints, "void setTimeout(() => { throw new Error('lost') })", "uncaught: .*lost")

    def test_inline_style_against_the_policy(self, page, complaints):
        self.hear(page, complaints, "document.body.setAttribute('style', 'color: red')", "Content Security Policy")

    def test_request_that_leaves_the_site(self, page, complaints):
        complaints.expect("Content Security Policy")
        self.hear(
            page, complaints, "location.assign('http://elsewhere.example/')", "left the site: elsewhere.example"
        )

    def test_axe_finds_a_picture_without_a_text(self, page):
        page.goto("/account/login/")
        page.evaluate("document.body.append(document.createElement('img'))")
        assert any(line.startswith("light: image-alt") for line in violations(page, "light"))


def test_socket_to_an_unknown_place_is_refused(site):
    with pytest.raises(InvalidStatus), connect(site.replace("http", "ws") + "/ws/nowhere/", origin=site):
        pass


def test_rows_of_the_test_are_seen_by_the_site_and_gone_afterwards(site, client):
    assert Department.objects.count() == 0
    make.department("neurologie")


@pytest.mark.parametrize("turn", [1, 2])
def test_visitor_who_hangs_on_does_not_hold_up_the_next_test(site, turn):
    """The first leaves a request half said; the second finds a site and a database as new."""
    address = urlsplit(site)
    visitor = socket.create_connection((address.hostname, address.port))
    visitor.sendall(b"GET /account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    make.department("longziekten")
    assert Department.objects.count() == 1
    visitor.close()
