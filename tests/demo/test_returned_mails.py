"""The demo's mail server returns what goes to nobody, as a real one would."""

import os
import queue
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTP

import pytest

from demo.folder import Folder
from demo.hospital.patients import HAS_MOVED
from demo.mailserver import comes_back
from demo.outbox import Outbox
from demo.ports import listen
from notifications.channels.mail.bounces import Fate, Returned, read_bounce
from tests.demo.processes import PROJECT, eventually
from tests.demo.test_mail_viewer import confirmation
from tests.demo.test_people import PEOPLE

MESSAGE = uuid.UUID("6f0f8f60-0000-4000-8000-000000000001")


@pytest.fixture
def hook():
    """Where the product would listen: (address, what was posted there)."""
    posted = queue.Queue()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            posted.put((self.path, dict(self.headers), content))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", posted
    server.shutdown()
    server.server_close()


@pytest.fixture
def smtp(hook, tmp_path):
    listening = listen("127.0.0.1", 0)
    command = [sys.executable, "-m", "demo.mailserver", "--fd", str(listening.fileno())]
    command += ["--maildir", str(Folder(tmp_path).mail)]
    environment = {**os.environ, "BASE_URL": hook[0], "MAIL_RECEIPT_SECRET": "of the demo"}
    server = subprocess.Popen(command, cwd=PROJECT, pass_fds=[listening.fileno()], env=environment)
    with SMTP(*listening.getsockname(), timeout=60) as client:
        yield client
    server.terminate()
    server.wait(20)
    listening.close()


def test_mail_to_nobody_is_kept_and_comes_back_as_a_report(smtp, hook, tmp_path, settings):
    settings.BOUNCE_ADDRESS = "bounces@dewaard.example"
    smtp.send_message(
        confirmation("m.reijnders.4@bounce.example"), from_addr=f"bounces+{MESSAGE.hex}@dewaard.example"
    )
    path, headers, report = hook[1].get(timeout=20)
    assert path == "/api/v1/receipts/mail"
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer of the demo", "message/rfc822")
    assert read_bounce(report) == Returned(MESSAGE, Fate.GONE, "5.1.1", "smtp; 550 5.1.1 user unknown")
    assert len(eventually(lambda: Outbox(Folder(tmp_path).mail).keys())) == 1


def test_mail_to_somebody_and_a_report_itself_do_not_come_back(smtp, hook):
    smtp.send_message(confirmation("noor@example.org"), from_addr="bounces@dewaard.example")
    smtp.sendmail("", ["weg@bounce.example"], "Subject: a report\r\n\r\n")
    # What does come back, comes after them.
    smtp.send_message(confirmation("weg.noor@example.org"), from_addr="bounces@dewaard.example")
    _, _, report = hook[1].get(timeout=20)
    assert b"weg.noor@example.org" in report
    assert hook[1].empty()


def test_one_patient_of_the_demo_has_such_an_address_and_no_mobile():
    (patient,) = (one for one in PEOPLE if comes_back(one.email))
    assert (patient.number, patient.mobile) == (str(HAS_MOVED), "")
