"""The event stream: who is told what, and that a lost Redis or a lost permission is noticed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from queue import Queue
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from events import live as hints
from pages import live
from people.models import Membership
from scheduling.actions.links import mint_link, revoke_links
from scheduling.models import Appointment, ParticipantRole
from scheduling.patient_session import COOKIE, Level, keep_level
from tests import factories as make

SOON = 5.0


class Stream:
    """What a browser's EventSource would hear, line by line."""

    def __init__(self, site: str, cookie: str, topics: str = "") -> None:
        self.connection = HTTPConnection(urlsplit(site).netloc, timeout=30)
        path = "/live/" + (f"?topics={quote(topics)}" if topics else "")
        self.connection.request("GET", path, headers={"Cookie": cookie})
        self.socket = self.connection.sock
        self.response = self.connection.getresponse()
        self.lines: Queue[str] = Queue()
        if self.response.status == 200:
            threading.Thread(target=self._read, daemon=True).start()
            self.await_line(": open")

    def _read(self) -> None:
        try:
            for line in self.response:
                self.lines.put(line.decode().rstrip("\n"))
        except (OSError, ValueError, AttributeError):
            pass
        self.lines.put("the end")

    def await_line(self, wanted: str) -> None:
        while self.lines.get(timeout=SOON) != wanted:
            pass

    def next_topic(self) -> str:
        while not (line := self.lines.get(timeout=SOON)).startswith("data:"):
            pass
        return line.removeprefix("data:").strip()

    def topics_until(self, last: str) -> list[str]:
        heard = []
        while (topic := self.next_topic()) != last:
            heard.append(topic)
        return heard

    def close(self) -> None:
        # Whoever waits in a read holds the reader, and closing would wait for it: first end the read.
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)
        self.connection.close()


@pytest.fixture
def listen(site: str) -> Iterator[Callable[..., Stream]]:
    opened: list[Stream] = []

    def open_stream(cookie: str = "", topics: str = "") -> Stream:
        opened.append(Stream(site, cookie, topics))
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


def signed_in(user: Any) -> str:
    client = Client()
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return f"{django_settings.SESSION_COOKIE_NAME}={client.cookies[django_settings.SESSION_COOKIE_NAME].value}"


def by_link(appointment: Appointment) -> tuple[str, str]:
    participant = appointment.participants.exclude(role=ParticipantRole.CLINICIAN).get()
    link, _token = mint_link(participant=participant, now=timezone.now())
    response = HttpResponse()
    keep_level(response, {}, link.ref, Level.LINK)
    return f"{COOKIE}={response.cookies[COOKIE].value}", f"link:{link.ref}"


def test_staff_hear_their_departments_and_no_other(listen: Any, site: str):
    mine, other = make.department(), make.department("neurologie")
    stream = listen(signed_in(make.member("planner", mine)))
    hints.changed(f"department:{other.pk}", "session:1", "appointment:1")
    hints.changed("session:2")
    hints.changed(f"department:{mine.pk}", "session:7")
    heard = [topic for topic in stream.topics_until("session:7") if topic]
    assert heard == [f"department:{mine.pk}"]


def test_staff_may_ask_for_some_topics(listen: Any, site: str):
    appointment = make.appointment()
    user = make.member("planner", appointment.department)
    stream = listen(signed_in(user), f"session:{appointment.session_id}")
    hints.changed(f"department:{appointment.department_id}", "session:0")
    hints.changed(f"department:{appointment.department_id}", f"session:{appointment.session_id}")
    assert [topic for topic in stream.topics_until(f"session:{appointment.session_id}") if topic] == []


@pytest.mark.parametrize("kind", ["department", "session", "appointment"])
def test_staff_may_not_ask_for_another_department(listen: Any, site: str, kind: str):
    appointment = make.appointment(department=make.department("neurologie"))
    keys = {
        "department": appointment.department_id,
        "session": appointment.session_id,
        "appointment": appointment.pk,
    }
    stream = listen(signed_in(make.member("planner", make.department())), f"{kind}:{keys[kind]}")
    assert stream.response.status == 403


@pytest.mark.parametrize(
    "topics", ["department:", "department:x", "user:1", "session:9" + "9" * 30, "session:999999"]
)
def test_staff_may_not_ask_for_what_is_no_topic(listen: Any, site: str, topics: str):
    assert listen(signed_in(make.member("planner", make.department())), topics).response.status == 403


def test_strangers_hear_nothing(listen: Any, site: str):
    assert listen().response.status == 403
    assert listen(signed_in(make.UserFactory())).response.status == 403


def test_patients_hear_their_own_appointment_by_the_name_of_their_link(listen: Any, site: str):
    appointment, other = make.appointment(), make.appointment()
    cookie, topic = by_link(appointment)
    stream = listen(cookie, topic)
    hints.changed(f"appointment:{other.pk}", f"department:{appointment.department_id}")
    hints.changed(f"appointment:{appointment.pk}", f"department:{appointment.department_id}")
    assert [heard for heard in stream.topics_until(topic) if heard] == []


def test_patients_may_not_listen_by_the_link_of_others(listen: Any, site: str):
    cookie, _topic = by_link(make.appointment())
    _cookie, foreign = by_link(make.appointment())
    assert listen(cookie, foreign).response.status == 403
    assert listen(cookie, "link:x").response.status == 403
    assert listen("", foreign).response.status == 403


def test_patients_may_not_ask_for_staff_topics(listen: Any, site: str):
    appointment = make.appointment()
    cookie, topic = by_link(appointment)
    assert listen(cookie, f"department:{appointment.department_id}").response.status == 403
    stream = listen(cookie, f"{topic},department:{appointment.department_id}")
    hints.changed(f"department:{appointment.department_id}")
    hints.changed(f"appointment:{appointment.pk}")
    assert [heard for heard in stream.topics_until(topic) if heard] == []


def test_patients_with_a_revoked_link_hear_nothing_more(listen: Any, site: str):
    appointment = make.appointment()
    cookie, topic = by_link(appointment)
    revoke_links(appointment=appointment, now=timezone.now())
    assert listen(cookie, topic).response.status == 204
    # Who never opened it learns not even that it was there.
    assert listen("", topic).response.status == 403


def test_stream_ends_when_the_permission_does(listen: Any, site: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.0)
    user = make.member("planner", make.department())
    stream = listen(signed_in(user))
    stream.await_line(": beat")
    Membership.objects.filter(user=user).delete()
    stream.await_line("the end")


def test_stream_beats_when_nothing_happens(listen: Any, site: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    stream = listen(signed_in(make.member("planner", make.department())))
    stream.await_line(": beat")
    assert stream.response.headers["Content-Type"] == "text/event-stream"
    assert "no-store" in stream.response.headers["Cache-Control"]


def test_fragment_has_an_etag_and_answers_304(db: None):
    request = RequestFactory().get("/")
    first_answer = live.fragment(request, "clinician/_told.html", {"text": "x"}, etag_of=("a", 1))
    again = RequestFactory().get("/", headers={"If-None-Match": first_answer["ETag"]})
    assert live.fragment(again, "clinician/_told.html", {"text": "y"}, etag_of=("a", 1)).status_code == 304
    assert live.fragment(again, "clinician/_told.html", {"text": "y"}, etag_of=("a", 2)).status_code == 200
    assert live.fragment(again, "clinician/_told.html", {"text": "x"}).status_code == 200


def test_a_stream_that_nobody_reads_leaves_nothing_behind(listen: Any, site: str):
    for _ in range(3):
        listen(signed_in(make.member("planner", make.department()))).close()
    stream = listen(signed_in(make.member("planner", make.department())))
    hints.changed(f"department:{make.department().pk}")
    assert stream.next_topic() in ("", f"department:{make.department().pk}")


def test_no_hint_is_no_fault(settings: Any):
    """The database is the truth: an unreachable Redis costs a hint."""
    hints._client.cache_clear()
    settings.LIVE_REDIS_URL = "redis://127.0.0.1:1/0"
    try:
        hints.changed("department:1")
    finally:
        hints._client.cache_clear()
