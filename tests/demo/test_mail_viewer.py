import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP

import pytest
from django.test import Client

from demo.folder import Folder
from demo.outbox import Outbox
from demo.ports import listen
from tests.demo.processes import PROJECT, eventually

IN_DEMO = pytest.mark.urls("tests.demo.demo_urls")
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def smtp(settings, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The demo's own mail server, on the data folder that the viewer reads."""
    settings.DATA_DIR = tmp_path
    listening: socket.socket = listen("127.0.0.1", 0)
    command = [sys.executable, "-m", "demo.mailserver", "--fd", str(listening.fileno())]
    command += ["--maildir", str(Folder(tmp_path).mail)]
    server = subprocess.Popen(command, cwd=PROJECT, pass_fds=[listening.fileno()])
    yield listening.getsockname()
    server.terminate()
    server.wait(20)
    listening.close()


def confirmation(to: str, subject: str = "Uw afspraak op 24 november") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "De Waard <afspraken@dewaard.example>", to, subject
    mail.set_content("U gaat beeldbellen met dr. Çelik.\n\nUw link: http://localhost:8000/v/geheim\n")
    mail.add_alternative('<p style="color: navy">U gaat <a href="/v/x">beeldbellen</a>.</p>', subtype="html")
    mail.add_attachment(CALENDAR.encode(), maintype="text", subtype="calendar", filename="afspraak.ics")
    return mail


def send(address: tuple[str, int], *mails: EmailMessage) -> None:
    with SMTP(*address, timeout=60) as client:
        for mail in mails:
            client.send_message(mail)


def key_of(folder: Path) -> str:
    return eventually(lambda: Outbox(Folder(folder).mail).keys())[0]


@IN_DEMO
def test_a_mail_that_was_sent_is_listed_and_read(client: Client, smtp: tuple[str, int], tmp_path: Path, db) -> None:
    send(smtp, confirmation("Noor Aït Ouarab <noor@example.org>"))
    key = key_of(tmp_path)

    listed = client.get("/demo/mail/").content.decode()
    shown = client.get(f"/demo/mail/{key}/").content.decode()

    assert "Uw afspraak op 24 november" in listed
    assert "noor@example.org" in listed
    assert "dr. Çelik" in shown
    assert '<a href="http://localhost:8000/v/geheim"' in shown
    assert "afspraak.ics" in shown


@IN_DEMO
def test_the_newest_comes_first_and_a_recipient_can_be_looked_for(
    client: Client, smtp: tuple[str, int], tmp_path: Path, db
) -> None:
    send(smtp, confirmation("noor@example.org", "Eerste"), confirmation("joost@example.org", "Tweede"))
    eventually(lambda: len(Outbox(Folder(tmp_path).mail).keys()) == 2)

    everything = client.get("/demo/mail/").content.decode()
    of_noor = client.get("/demo/mail/", {"to": "NOOR@example.org"}).content.decode()

    assert everything.index("Tweede") < everything.index("Eerste")
    assert "Eerste" in of_noor
    assert "Tweede" not in of_noor


@IN_DEMO
def test_the_html_of_a_mail_keeps_its_style_and_can_do_nothing(
    client: Client, smtp: tuple[str, int], tmp_path: Path
) -> None:
    send(smtp, confirmation("noor@example.org"))

    answer = client.get(f"/demo/mail/{key_of(tmp_path)}/html/")

    rules = {rule.split()[0]: rule.split()[1:] for rule in answer["Content-Security-Policy"].split("; ")}
    assert "color: navy" in answer.content.decode()
    assert rules["default-src"] == ["'none'"]
    assert rules["style-src"] == ["'unsafe-inline'"]
    assert "script-src" not in rules
    assert "allow-scripts" not in rules["sandbox"]
    assert rules["form-action"] == ["'none'"]


@IN_DEMO
def test_the_invitation_comes_as_a_file(client: Client, smtp: tuple[str, int], tmp_path: Path) -> None:
    send(smtp, confirmation("noor@example.org"))

    answer = client.get(f"/demo/mail/{key_of(tmp_path)}/part/0/")

    assert answer["Content-Type"] == "text/calendar"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.decode() == CALENDAR


@IN_DEMO
@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fdemo-password"])
def test_what_is_no_mail_is_not_found(client: Client, smtp: tuple[str, int], key: str, db) -> None:
    assert client.get(f"/demo/mail/{key}/").status_code == 404


@IN_DEMO
def test_without_mail_the_page_says_so(client: Client, settings, tmp_path: Path, db) -> None:
    settings.DATA_DIR = tmp_path

    assert client.get("/demo/mail/").status_code == 200


def test_without_a_demo_there_is_no_mail_viewer(client: Client, db) -> None:
    assert client.get("/demo/mail/").status_code == 404
