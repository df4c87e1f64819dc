import http.client
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

import config.urls  # noqa: F401  it looks once whether this is a demo, which here comes and goes
from demo.folder import Folder
from demo.ports import listen
from demo.smsbox import SmsBox
from demo.smsgateway import OUTCOMES
from notifications.channels.answers import Accepted, Refused
from notifications.channels.sms.session import Sms, SmsSession
from tests.demo.processes import PROJECT, eventually

IN_DEMO = pytest.mark.urls("tests.demo.demo_urls")


class Product(BaseHTTPRequestHandler):
    """The product's side of receipts: remembers what it was told."""

    heard: list[tuple[str, str, dict]] = []

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._hear(told)

    def do_GET(self) -> None:
        self._hear({})

    def _hear(self, told: dict) -> None:
        self.heard.append((self.command, self.path, told))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def product(settings) -> Iterator[list]:
    Product.heard = []
    with HTTPServer(("127.0.0.1", 0), Product) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.BASE_URL = f"http://127.0.0.1:{server.server_port}"
        settings.SMS_RECEIPT_SECRET = "secret"
        yield Product.heard
        server.shutdown()


class Process:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listening: socket.socket = listen("127.0.0.1", 0)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "demo.smsgateway", "--fd", str(self.listening.fileno())]
        command += ["--folder", str(Folder(self.folder).sms)]
        self.popen = subprocess.Popen(command, cwd=PROJECT, pass_fds=[self.listening.fileno()])

    def stop(self) -> None:
        self.popen.terminate()
        self.popen.wait(20)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}{path}"


@pytest.fixture
def gateway(settings, tmp_path: Path) -> Iterator[Process]:
    """The demo's own gateway, on the data folder that the viewer reads, and settings as a demo has them."""
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    process = Process(tmp_path)
    settings.SMS_PROVIDER, settings.SMS_URL, settings.SMS_KEY = "generic", process.url("/sms"), "demo"
    yield process
    process.stop()
    process.listening.close()


def send(*messages: Sms) -> list:
    with SmsSession() as session:
        answers = []
        for message in messages:
            session.connect()
            answers.append(session.send(message))
    return answers


def box(folder: Path) -> SmsBox:
    return SmsBox(Folder(folder).sms)


def outcomes(folder: Path) -> list[str]:
    return [text.outcome for text in box(folder).texts(box(folder).keys())]


@IN_DEMO
def test_a_text_that_was_sent_is_shown_as_on_a_phone(
    client: Client, gateway: Process, product: list, tmp_path: Path, db
) -> None:
    words = "Morgen om 14.10 uur belt u met De Waard.\nhttp://localhost:8000/v/geheim"
    send(Sms("06-00012345", words, "first"))
    eventually(lambda: outcomes(tmp_path) == ["delivered"], what="the receipt")

    page = client.get("/demo/sms/").content.decode()

    assert '<a href="http://localhost:8000/v/geheim"' in page
    assert "outcome-delivered" in page
    assert re.search(rf"{len(words)}\b.*\b1\b.*0,08", page)
    ((method, path, told),) = product
    assert (method, path) == ("POST", "/api/v1/receipts/sms/generic?token=secret")
    assert (told["reference"], told["status"]) == ("first", "delivered")


@IN_DEMO
def test_the_newest_comes_first_and_a_number_can_be_looked_for(
    client: Client, gateway: Process, product: list, db
) -> None:
    send(Sms("06-00012345", "Eerste", "1"), Sms("06-00054321", "Tweede", "2"))

    everything = client.get("/demo/sms/").content.decode()
    found = [client.get("/demo/sms/", {"to": to}).content.decode() for to in ("06-00012345", "+31600012345", "12345")]

    assert everything.index("Tweede") < everything.index("Eerste")
    assert all("Eerste" in page and "Tweede" not in page for page in found)


@IN_DEMO
def test_words_of_a_message_stay_words(client: Client, gateway: Process, product: list, db) -> None:
    send(Sms("06-00012345", "<script>alert(1)</script>", "1"))

    assert "<script>alert" not in client.get("/demo/sms/").content.decode()


@IN_DEMO
def test_without_texts_the_page_says_so(client: Client, settings, tmp_path: Path, db) -> None:
    settings.DATA_DIR = tmp_path

    assert 'class="empty"' in client.get("/demo/sms/").content.decode()


def test_without_a_demo_there_is_no_viewer(client: Client, db) -> None:
    assert client.get("/demo/sms/").status_code == 404


@pytest.mark.parametrize(("ending", "told"), [*OUTCOMES.items(), ("45", ["delivered"])])
def test_numbers_behave_by_their_ending(
    gateway: Process, product: list, tmp_path: Path, ending: str, told: list[str]
) -> None:
    send(Sms(f"06-000123{ending}", "Tot morgen", "1"), Sms("06-00012399", "Tot morgen", "2"))

    eventually(lambda: set(outcomes(tmp_path)) == {"delivered", (told or [""])[-1]}, what=str(told))

    heard = [(told["status"], told["code"]) for _, _, told in product if told["reference"] == "1"]
    assert heard == [("failed", "number") if outcome == "number" else (outcome, "") for outcome in told]


def test_a_number_can_be_refused_at_once(gateway: Process, product: list, tmp_path: Path) -> None:
    (answer,) = send(Sms("06-00012301", "Tot morgen", "1"))

    assert isinstance(answer, Refused)
    assert answer.code == "address"
    assert not box(tmp_path).keys()


def test_the_same_reference_is_one_message_also_after_a_restart(
    gateway: Process, product: list, tmp_path: Path
) -> None:
    first, second = send(Sms("06-00012345", "Tot morgen", "1"), Sms("06-00012345", "Tot straks", "1"))
    gateway.stop()
    gateway.start()
    (third,) = send(Sms("06-00012345", "Tot zo", "1"))

    assert first == second == third
    assert isinstance(first, Accepted)
    assert [text.offered.text for text in box(tmp_path).texts(box(tmp_path).keys())] == ["Tot morgen"]


def test_a_receipt_that_a_stop_held_up_is_told_after_the_start(
    gateway: Process, product: list, tmp_path: Path
) -> None:
    send(Sms("06-00012345", "Tot morgen", "1"))
    gateway.stop()
    assert (outcomes(tmp_path), product) == ([""], [])

    gateway.start()

    eventually(lambda: outcomes(tmp_path) == ["delivered"], what="the receipt")
    assert len(product) == 1


@pytest.mark.parametrize(("provider", "path"), [("cm", "/v1.0/message"), ("bird", "/messages")])
def test_it_speaks_the_shapes_of_the_real_ones(
    gateway: Process, product: list, settings, tmp_path: Path, provider: str, path: str
) -> None:
    settings.SMS_PROVIDER, settings.SMS_URL = provider, gateway.url(path)
    (answer,) = send(Sms("06-00012345", "Tot morgen", "1"))

    assert isinstance(answer, Accepted)
    eventually(lambda: outcomes(tmp_path) == ["delivered"], what="the receipt")
    assert [heard[0] for heard in product] == (["GET"] if provider == "bird" else [])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/", b"{}", 404), ("/sms", b"{", 400), ("/sms", b"[]", 400), ("/sms", b"x" * 70_000, 413)],
)
def test_what_is_no_offer_is_answered(gateway: Process, path: str, body: bytes, status: int) -> None:
    place = urlsplit(gateway.url("/"))
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    connection.request("POST", path, body, {"Authorization": "Bearer demo", "Idempotency-Key": "1"})
    assert connection.getresponse().status == status
    connection.close()


def test_a_reset_forgets_the_texts_and_keeps_the_secret(gateway: Process, product: list, tmp_path: Path) -> None:
    secret = Folder(tmp_path).sms_secret
    send(Sms("06-00012345", "Tot morgen", "1"))
    Folder(tmp_path).clear()

    assert not box(tmp_path).keys()
    assert Folder(tmp_path).sms_secret == secret


def test_the_key_of_the_hospital_is_not_kept(gateway: Process, product: list, tmp_path: Path) -> None:
    send(Sms("06-00012345", "Tot morgen", "1"))

    assert [text.offered.key for text in box(tmp_path).texts(box(tmp_path).keys())] == [""]
