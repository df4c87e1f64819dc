"""The check of links against a web server that really answers, and against everything that leads inside."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notifications import link_checks
from notifications.link_checks import check_link
from notifications.models import LinkProblem
from notifications.outgoing import Destination, NotPublic, address_of, is_public


@dataclass
class WebServer:
    """`pages`: per path a status, or an address to lead on to. `asked`: what came in."""

    port: int
    pages: dict[str, int | str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses_head: bool = False

    def at(self, path: str, host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def server() -> Iterator[WebServer]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            told.asked.append(f"{self.command} {self.path}")
            page = told.pages.get(self.path, 404)
            if self.command == "HEAD" and told.refuses_head:
                page = 405
            self.send_response(302 if isinstance(page, str) else page)
            if isinstance(page, str):
                self.send_header("Location", page)
            self.end_headers()

        do_GET = do_HEAD = answer  # noqa: N815  as the library calls them

        def log_message(self, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = WebServer(listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield told
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def intranet(settings) -> None:
    """This hospital allows one name of its own network."""
    settings.OUTGOING_HOSTS_ALLOWED = ["localhost"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, None),
        (204, None),
        (404, LinkProblem.GONE),
        (410, LinkProblem.GONE),
        (401, LinkProblem.SIGN_IN),
        (403, LinkProblem.CLOSED_TO_US),
        (429, LinkProblem.CLOSED_TO_US),
        (500, LinkProblem.SERVER),
        (503, LinkProblem.SERVER),
        (400, LinkProblem.WRONG_ANSWER),
        (304, LinkProblem.WRONG_ANSWER),
    ],
)
def test_answer_of_the_other_site_is_judged(server, intranet, status, problem):
    server.pages["/folder"] = status
    assert check_link(server.at("/folder")) is problem


def test_site_that_refuses_head_is_asked_again(server, intranet):
    server.refuses_head = True
    server.pages["/film"] = 200
    assert check_link(server.at("/film")) is None
    assert server.asked == ["HEAD /film", "GET /film"]


def test_page_that_answers_head_is_asked_once(server, intranet):
    server.pages["/folder?taal=nl"] = 200
    assert check_link(server.at("/folder?taal=nl#top")) is None
    assert server.asked == ["HEAD /folder?taal=nl"]


def test_address_with_letters_of_all_kinds_is_asked_as_browsers_do(server, intranet):
    server.pages["/uitleg/%C3%A9%C3%A9n%20dag"] = 200
    assert check_link(server.at("/uitleg/één dag")) is None


@pytest.mark.parametrize(("steps", "problem"), [(5, None), (6, LinkProblem.REDIRECTS)])
def test_at_most_five_redirects(server, intranet, steps, problem):
    server.pages |= {f"/{number}": f"/{number + 1}" for number in range(steps)} | {f"/{steps}": 200}
    assert check_link(server.at("/0")) is problem


def test_redirect_in_a_circle_ends(server, intranet):
    server.pages |= {"/a": "/b", "/b": "/a"}
    assert check_link(server.at("/a")) is LinkProblem.REDIRECTS


def test_redirect_to_an_inside_address_is_not_followed(server, intranet):
    server.pages |= {"/open": server.at("/secret", "127.0.0.1"), "/secret": 200}
    assert check_link(server.at("/open")) is LinkProblem.NOT_PUBLIC
    assert server.asked == ["HEAD /open"]


def test_redirect_to_a_file_is_not_followed(server, intranet):
    server.pages["/open"] = "file:///etc/passwd"
    assert check_link(server.at("/open")) is LinkProblem.WRONG_ANSWER


@pytest.mark.parametrize(
    "host",
    [
        "localhost",  # a name that resolves to this machine
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
    ],
)
def test_this_machine_is_never_asked(server, settings, host):
    settings.OUTGOING_HOSTS_ALLOWED = []
    server.pages["/secret"] = 200
    assert check_link(server.at("/secret", host)) in (LinkProblem.NOT_PUBLIC, LinkProblem.NO_HOST)
    assert server.asked == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_guard_taken_away_asks_this_machine(server, settings, monkeypatch, host):
    """So that the tests above are known to depend on it."""
    settings.OUTGOING_HOSTS_ALLOWED = []
    monkeypatch.setattr("notifications.outgoing.is_public", lambda address: True)
    monkeypatch.setattr("notifications.outgoing.PUBLIC_PORTS", (server.port,))
    server.pages["/secret"] = 200
    assert check_link(server.at("/secret", host)) is None


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.53",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.251",
        "255.255.255.255",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.5",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:5",
        "2002:0a00:0005::1",
        "2001:db8::1",
    ],
)
def test_address_within_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_address_of_the_world_is_public(address):
    assert is_public(address)


def test_other_ports_of_public_hosts_are_left_alone(settings):
    settings.OUTGOING_HOSTS_ALLOWED = []
    assert address_of(Destination("93.184.216.34", 443)) == "93.184.216.34"
    with pytest.raises(NotPublic):
        address_of(Destination("93.184.216.34", 6379))


def test_name_that_does_not_exist(intranet):
    assert check_link("https://bestaat-niet.invalid/") is LinkProblem.NO_HOST


@pytest.mark.parametrize(
    "url", ["ftp://dewaard.example/", "javascript:alert(1)", "https://", "http://[::1", "http://a:b/"]
)
def test_address_that_is_none_is_not_asked(url):
    assert check_link(url) is LinkProblem.WRONG_ANSWER


def test_nobody_listening(intranet):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert check_link(f"http://localhost:{port}/") is LinkProblem.NO_ANSWER


def test_plain_server_where_a_secure_one_is_named(server, intranet):
    assert check_link(server.at("/").replace("http:", "https:")) is LinkProblem.CERTIFICATE


def test_site_that_never_stops_dripping_is_hung_up_on(intranet, monkeypatch):
    monkeypatch.setattr(link_checks, "CHECK_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def drip() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not done.wait(0.02):
                    try:
                        connection.sendall(b"X-More: and more\r\n")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        found = check_link(f"http://localhost:{listening.getsockname()[1]}/")
        done.set()
        dripping.join(5)
    assert found is LinkProblem.NO_ANSWER
