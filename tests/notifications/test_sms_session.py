"""The gateway refuses, hangs, resets, drips or is gone: each is told apart, within the time that a message has."""

import random
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.channels.answers import Accepted, Broken, Deferred, OutOfReach, Refused
from notifications.channels.sms.session import Sms, SmsSession
from tests.notifications.conftest import patience_with
from tests.support.smsgateway import NOWHERE

SHAPES = ["generic", "cm", "bird"]
# Seconds: what hangs is given up long before, also by a machine that is busy.
FOREVER = 20
MESSAGE = Sms("+31612345678", "Morgen 14.10 uur belt u met De Waard.", "1f0c")


@pytest.fixture(params=SHAPES)
def shape(request, sms_gateway, settings):
    settings.SMS_PROVIDER, settings.SMS_URL = request.param, sms_gateway.url(request.param)
    return request.param


def send(*messages):
    with SmsSession() as session:
        answers = []
        for message in messages or [MESSAGE]:
            session.connect()
            answers.append(session.send(message))
    return answers if messages else answers[0]


class TestAccepted:
    def test_phone_gets_the_words_and_the_sender(self, shape, sms_gateway):
        answer = send()
        (received,) = sms_gateway.messages
        assert (received.to, received.sender, received.text) == (MESSAGE.to, "De Waard", MESSAGE.text)
        assert received.reference == MESSAGE.reference
        its_name = "" if shape == "cm" else f"at-the-gateway-{MESSAGE.reference}"
        assert answer == Accepted(its_name)

    @pytest.mark.parametrize("written", ["0612345678", "06-12 34 56 78", "0031612345678", "+31 6 12345678"])
    def test_number_goes_as_gateways_want_it(self, shape, sms_gateway, written):
        send(Sms(written, "Tot morgen", "1"))
        assert sms_gateway.messages[0].to == "+31612345678"

    def test_many_go_over_one_connection(self, shape, sms_gateway):
        batch = [Sms("+31612345678", "Tot morgen", f"r{number}") for number in range(20)]
        assert all(isinstance(answer, Accepted) for answer in send(*batch))
        assert [one.reference for one in sms_gateway.messages] == [one.reference for one in batch]
        assert sms_gateway.connections == 1

    def test_connection_that_the_gateway_closed_meanwhile_is_made_again(self, shape, sms_gateway):
        sms_gateway.closes_after_answers = True
        with SmsSession() as session:
            for number in range(3):
                session.connect()
                assert isinstance(session.send(Sms(MESSAGE.to, "Tot morgen", f"r{number}")), Accepted)
                await_farewell(session)
        assert sms_gateway.connections == 3

    def test_letters_outside_ascii_arrive(self, shape, sms_gateway):
        send(Sms(MESSAGE.to, "Zoë betaalt € 3 in Kraków, مرحبا", "1"))
        assert sms_gateway.messages[0].text == "Zoë betaalt € 3 in Kraków, مرحبا"

    def test_repeated_offer_to_the_generic_gateway_is_one_message(self, sms_gateway):
        first, second = send(MESSAGE, Sms(MESSAGE.to, "with a newer link", MESSAGE.reference))
        assert first == second == Accepted(f"at-the-gateway-{MESSAGE.reference}")
        assert [one.text for one in sms_gateway.messages] == [MESSAGE.text]
        assert len(sms_gateway.offers) == 2

    def test_generic_and_bird_are_told_where_receipts_go(self, shape, sms_gateway, settings):
        settings.SMS_RECEIPT_SECRET = "s&cret"
        send()
        expected = f"{settings.BASE_URL}/api/v1/receipts/sms/{shape}?token=s%26cret"
        # CM.com has that address in its own pages.
        assert sms_gateway.messages[0].receipts_url == ("" if shape == "cm" else expected)

    @pytest.mark.parametrize(("left", "told"), [(timedelta(minutes=90), 5400), (timedelta(seconds=5), 60)])
    def test_gateway_knows_when_it_is_too_late(self, shape, sms_gateway, time_machine, left, told):
        now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
        time_machine.move_to(now, tick=False)
        send(replace(MESSAGE, until=now + left))
        as_moment = f"{now + timedelta(seconds=told):%Y-%m-%d %H:%M:%S} GMT"
        assert sms_gateway.messages[0].validity == (as_moment if shape == "cm" else str(told))

    def test_without_a_secret_no_receipts_are_asked_for(self, shape, sms_gateway, settings):
        settings.SMS_RECEIPT_SECRET = ""
        send()
        assert sms_gateway.messages[0].receipts_url == ""


class TestRefused:
    @pytest.mark.parametrize("written", ["", "bij de buren", "06-123", "+31600012345"])
    def test_what_is_no_number_is_not_offered(self, sms_gateway, written):
        (answer,) = send(Sms(written, "Tot morgen", "1"))
        assert (answer.code, sms_gateway.offers) == ("address", [])

    def test_invented_number_is_one_in_the_demo_only(self, sms_gateway, settings):
        settings.DEMO = True
        send(Sms("06-00012345", "Tot morgen", "1"))
        assert sms_gateway.messages[0].to == "+31600012345"

    @pytest.mark.parametrize("status", [400, 406, 410, 413, 422])
    def test_final_refusal(self, shape, sms_gateway, status):
        sms_gateway.refuse(status)
        answer = send()
        assert answer == Refused(str(status), answer.text)
        assert answer.text.startswith(str(status))
        assert sms_gateway.messages == []

    def test_number_that_does_not_exist_has_a_code_of_its_own(self, shape, sms_gateway):
        sms_gateway.unknown_numbers.add(MESSAGE.to)
        answer = send()
        assert isinstance(answer, Refused)
        assert answer.code == "address"
        assert "612345678" not in answer.text

    @pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
    @pytest.mark.parametrize("at", ["OFFER", "AFTER_OFFER"])
    def test_asked_to_come_back_later(self, shape, sms_gateway, status, at):
        sms_gateway.refuse(status, at=at)
        answer = send()
        assert answer == Deferred(str(status), answer.text)
        assert sms_gateway.messages == []

    def test_one_refusal_leaves_the_connection_for_the_others(self, shape, sms_gateway):
        sms_gateway.refuse(422, times=1)
        batch = [Sms(MESSAGE.to, "Tot morgen", f"r{number}") for number in range(3)]
        assert [type(answer) for answer in send(*batch)] == [Refused, Accepted, Accepted]
        assert sms_gateway.connections == 1


class TestNotLetIn:
    """A mistake in the settings must not fail twenty thousand messages one by one."""

    def test_wrong_key(self, shape, sms_gateway, settings):
        settings.SMS_KEY = ""
        with pytest.raises(OutOfReach, match="does not let us in"):
            send()
        assert sms_gateway.messages == []

    @pytest.mark.parametrize("status", [301, 401, 402, 403, 404, 405, 407])
    def test_status_that_is_about_us(self, shape, sms_gateway, status):
        sms_gateway.refuse(status)
        with pytest.raises(OutOfReach, match=str(status)):
            send()

    def test_redirect_is_not_followed(self, sms_gateway, settings):
        sms_gateway.refuse(307, times=1)
        with pytest.raises(OutOfReach):
            send()
        assert len(sms_gateway.offers) == 1

    @pytest.mark.parametrize(
        ("provider", "url"),
        [
            ("", "http://127.0.0.1:1/"),
            ("pigeon", "http://127.0.0.1:1/"),
            ("generic", ""),
            ("generic", "file:///etc/passwd"),
            ("generic", "not an address"),
            ("generic", "http://gateway.example/sms"),
            ("cm", "http://10.0.0.7/v1.0/message"),
        ],
    )
    def test_settings_that_lead_nowhere(self, settings, provider, url):
        settings.SMS_PROVIDER, settings.SMS_URL = provider, url
        with SmsSession() as session, pytest.raises(OutOfReach, match="SMS_"):
            session.connect()

    def test_demo_may_speak_plainly_with_its_own_network(self, settings):
        settings.SMS_PROVIDER, settings.SMS_URL, settings.DEMO = "generic", "http://127.0.0.2:1/", True
        with SmsSession() as session, pytest.raises(OutOfReach, match="ConnectionRefused"):
            session.connect()

    def test_nobody_listens(self, sms_gateway, settings):
        settings.SMS_URL = NOWHERE
        with SmsSession() as session, pytest.raises(OutOfReach, match="ConnectionRefused"):
            session.connect()

    def test_name_that_does_not_exist(self, settings):
        settings.SMS_PROVIDER, settings.SMS_URL = "generic", "https://gateway.invalid/sms"
        with SmsSession() as session, pytest.raises(OutOfReach):
            session.connect()


class TestBroken:
    @pytest.mark.parametrize("trouble", ["hang", "reset", "drip"])
    @pytest.mark.parametrize(("at", "received"), [("OFFER", 0), ("AFTER_OFFER", 1)])
    def test_broken_off_before_and_after_it_was_taken(self, shape, sms_gateway, settings, trouble, at, received):
        settings.SMS_TIMEOUT = patience_with(trouble)
        getattr(sms_gateway, trouble)(at=at, times=1)
        began = time.monotonic()
        first, second = send(MESSAGE, MESSAGE)
        assert time.monotonic() - began < FOREVER
        assert isinstance(first, Broken)
        assert isinstance(second, Accepted)
        again = 0 if shape == "generic" else received
        assert len(sms_gateway.messages) == 1 + again
        assert {one.reference for one in sms_gateway.messages} == {MESSAGE.reference}

    def test_answer_that_is_no_http(self, settings):
        with answering(b"220 smtp.example ESMTP\r\n") as port:
            settings.SMS_PROVIDER, settings.SMS_URL = "generic", f"http://127.0.0.1:{port}/"
            assert isinstance(send(), Broken)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"id"', b'{"id": {}}', b"[" * 5000, b"\xff"])
    def test_answer_without_sense_counts_by_its_status(self, settings, body):
        head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body)}\r\n\r\n"
        with answering(head.encode() + body) as port:
            settings.SMS_PROVIDER, settings.SMS_URL = "generic", f"http://127.0.0.1:{port}/"
            assert send() == Accepted("")

    def test_answer_without_end_is_not_read_to_its_end(self, settings):
        with answering(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 100_000) as port:
            settings.SMS_PROVIDER, settings.SMS_URL = "generic", f"http://127.0.0.1:{port}/"
            assert send() == Accepted("")

    def test_handshake_that_drips_is_cut_off(self, settings):
        """Each read gets a byte in time; the whole would take forever."""
        with answering(b"\x16\x03\x03\x40\x00", then=b"\x00") as port:
            settings.SMS_PROVIDER, settings.SMS_URL = "generic", f"https://127.0.0.1:{port}/"
            settings.SMS_TIMEOUT = patience_with("drip")
            began = time.monotonic()
            with SmsSession() as session, pytest.raises(OutOfReach):
                session.connect()
            assert time.monotonic() - began < FOREVER

    def test_certificate_of_nobody_is_not_accepted(self, settings):
        with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            settings.SMS_PROVIDER, settings.SMS_URL = "generic", f"https://127.0.0.1:{port}/"
            with SmsSession() as session, pytest.raises(OutOfReach, match="SSL"):
                session.connect()


class answering:  # noqa: N801  reads as a statement
    """A server that says this to whoever comes, and then one thing again and again."""

    def __init__(self, said, then=b""):
        self.said, self.then = said, then

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self.listener.getsockname()[1]

    def serve(self):
        connection, _ = self.listener.accept()
        with connection:
            try:
                connection.recv(100_000)
                connection.sendall(self.said)
                while not self.over.wait(0.05):
                    connection.sendall(self.then)
            except OSError:
                return

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(5)
        self.listener.close()


def await_farewell(session):
    """The other side's end of the connection takes a moment to reach us."""
    sock = session._connection._open.sock
    sock.settimeout(5)
    assert sock.recv(1, socket.MSG_PEEK) == b""


def test_five_hundred_troubles_lose_nothing_and_double_nothing(sms_gateway, settings):
    """Each message meets a trouble of its own, and is offered again until the gateway has said yes or no."""
    settings.SMS_TIMEOUT = 0.15
    dice = random.Random(44)
    said = {}
    with SmsSession() as session:
        for number in range(500):
            trouble, at = dice.choice(TROUBLES), dice.choice(["OFFER", "AFTER_OFFER"])
            if isinstance(trouble, int):
                sms_gateway.refuse(trouble, at=at, times=1)
            else:
                getattr(sms_gateway, trouble)(at=at, times=1)
            sms = Sms(MESSAGE.to, "Tot morgen", f"r{number}")
            said[sms.reference] = until_decided(session, sms)
            sms_gateway.behave()
    accepted = [reference for reference, answer in said.items() if isinstance(answer, Accepted)]
    assert [one.reference for one in sms_gateway.messages] == accepted
    assert sms_gateway.refused == len(said)
    assert 300 < len(accepted) < 500


# What hangs is waited for: so it comes less often, and longer is waited than a busy machine needs for an answer.
TROUBLES = [*[400, 410, 408, 429, 500, 503, "reset"] * 3, "hang", "drip"]


def until_decided(session, sms):
    for _ in range(20):
        session.connect()
        answer = session.send(sms)
        if isinstance(answer, (Accepted, Refused)):
            return answer
    raise AssertionError(f"no decision: {answer}")
