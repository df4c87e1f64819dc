"""A gateway for text messages that really listens, in the three shapes, and that can be told to misbehave."""

import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from demo import smsshapes
from demo.smsshapes import Offered, Reply
from tests.support.mailbox import Trouble

STEPS = ("OFFER", "AFTER_OFFER")
# Nobody listens there.
NOWHERE = "http://127.0.0.1:1/sms"
PATHS = {shape: path for path, shape in smsshapes.PATHS.items()}
SECRET = "what the gateway says to be let in"


class SmsGateway:
    """`messages` is what phones received, `offers` everything that was offered and understood.

    OFFER is the moment before the gateway takes a message, AFTER_OFFER the one between its taking and its answer:
    what is hung or reset there was accepted, but the sender does not hear it; what is refused there was not.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[Offered] = []
        self.offers: list[Offered] = []
        self.connections = 0
        self.refused = 0
        self.unknown_numbers: set[str] = set()
        self.closes_after_answers = False
        self.over = threading.Event()
        self._trouble: Trouble | None = None
        self._changed = threading.Condition()

    def to(self, number: str) -> list[Offered]:
        return [message for message in self.messages if message.to == number]

    def url(self, shape: str) -> str:
        return f"http://127.0.0.1:{self.port}{PATHS[shape]}"

    def await_count(self, count: int, *, within: float = 10) -> list[Offered]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.messages) >= count, within), (
                f"{len(self.messages)} of {count} messages came within {within} s"
            )
        return self.messages

    def refuse(self, status: int, *, at: str = "OFFER", times: int = 1_000_000) -> None:
        """Answer with this status, a passing 429 or 5xx or a final 4xx."""
        self._set(Trouble("refuse", at, status, times))

    def hang(self, *, at: str = "OFFER", times: int = 1_000_000) -> None:
        """Never answer."""
        self._set(Trouble("hang", at, 0, times))

    def drip(self, *, at: str = "OFFER", times: int = 1_000_000) -> None:
        """Answer with a byte now and then, for ever."""
        self._set(Trouble("drip", at, 0, times))

    def reset(self, *, at: str = "OFFER", times: int = 1_000_000) -> None:
        """Break the connection."""
        self._set(Trouble("reset", at, 0, times))

    def behave(self) -> None:
        self._trouble = None

    def _set(self, trouble: Trouble) -> None:
        if trouble.at not in STEPS:
            raise ValueError(f"cannot {trouble.kind} at {trouble.at}")
        self._trouble = trouble

    def meet(self, step: str) -> Trouble | None:
        """The trouble of this step, if any is left."""
        with self._changed:
            trouble = self._trouble
            if trouble is None or trouble.at != step or trouble.times == 0:
                return None
            trouble.times -= 1
            self.refused += 1
            self._changed.notify_all()
        return trouble

    def take(self, offered: Offered) -> Reply:
        """Only the generic gateway knows a message again: the two real ones send it to the phone twice."""
        if offered.to in self.unknown_numbers:
            return smsshapes.no_such_number(offered)
        with self._changed:
            seen = [one for one in self.messages if one.reference == offered.reference]
            if offered.shape != smsshapes.GENERIC or not seen:
                self.messages.append(offered)
            self._changed.notify_all()
        return smsshapes.accepted(offered, f"at-the-gateway-{offered.reference}", parts=1)


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.gateway = self.server.gateway
        self.gateway.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        offered = smsshapes.read_offer(self.path, dict(self.headers), body)
        if isinstance(offered, Offered):
            self.gateway.offers.append(offered)
        reply = self._taken(offered) if isinstance(offered, Offered) else offered
        if isinstance(reply, Trouble):
            self._misbehave(reply)
        else:
            self._say(reply)

    def _taken(self, offered: Offered) -> Reply | Trouble:
        trouble = self.gateway.meet("OFFER")
        if trouble is not None:
            return Reply(trouble.code, {}) if trouble.kind == "refuse" else trouble
        trouble = self.gateway.meet("AFTER_OFFER")
        if trouble is not None and trouble.kind == "refuse":
            return Reply(trouble.code, {})
        reply = self.gateway.take(offered)
        return trouble or reply

    def _say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        if self.gateway.closes_after_answers:
            # Without a word about it beforehand, as gateways do with connections that are idle.
            self.close_connection = True

    def _misbehave(self, trouble: Trouble) -> None:
        self.close_connection = True
        if trouble.kind == "hang":
            self.gateway.over.wait()
        elif trouble.kind == "drip":
            self._drip()
        else:
            # With no time to linger, the other side gets a reset instead of a polite end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _drip(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 202 Accepted\r\nX-Slow: ")
            while not self.gateway.over.wait(0.05):
                self.wfile.write(b"z")
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        """Its lines would hide what a search for personal data in the product's own log looks for."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gateway: SmsGateway

    def shutdown_request(self, request: Any) -> None:
        # A farewell first would turn the reset into a polite end.
        self.close_request(request)


@pytest.fixture
def sms_gateway(settings: Any) -> Iterator[SmsGateway]:
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.gateway = SmsGateway(server.server_port)
        runner = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        runner.start()
        settings.SMS_PROVIDER, settings.SMS_URL = "generic", server.gateway.url("generic")
        settings.SMS_KEY, settings.SMS_RECEIPT_SECRET = "a key", SECRET
        yield server.gateway
        server.gateway.over.set()
        server.shutdown()
        runner.join()
