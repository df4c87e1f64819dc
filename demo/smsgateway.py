"""The demo's gateway for text messages: really listens, keeps every message as a file, and tells what became of it.

It speaks the three shapes of demo/smsshapes.py. Numbers behave by their last two digits:

    00  the number turns out not to exist: a receipt says so
    01  the number is refused at once
    02  the phone stays off: on its way, and in the end not delivered
    03  nothing is ever heard of it
    any other: delivered, a moment later

A reference that it saw before is answered as it was then, and sends nothing.
"""

import argparse
import socket
import threading
import time
import urllib.request
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from demo import smsshapes
from demo.smsbox import SmsBox, Text
from demo.smsshapes import Offered, ReceiptCall, Reply
from demo.telling import tell_product

REFUSED_AT_ONCE = "01"
OUTCOMES = {"00": ["number"], "02": ["buffered", "failed"], "03": []}
A_MOMENT = 1.5
LARGEST_OFFER = 64 * 1024


@dataclass
class Gateway:
    box: SmsBox
    moment: float = A_MOMENT

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        kept = self.box.texts(self.box.keys())
        self._seen = {text.offered.reference: text for text in kept}

    def begin(self) -> None:
        """Tell what was not yet told when it stopped."""
        for text in self._seen.values():
            if not text.outcome:
                self._tell_later(text)

    def take(self, offered: Offered) -> Reply:
        if offered.to.endswith(REFUSED_AT_ONCE):
            return smsshapes.no_such_number(offered)
        with self._lock:
            text = self._seen.get(offered.reference)
            if text is None:
                text = Text(f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}", offered)
                self._seen[offered.reference] = text
                self.box.keep(text)
                self._tell_later(text)
        return smsshapes.accepted(text.offered, text.its_id, parts=1)

    def _tell_later(self, text: Text) -> None:
        threading.Thread(target=self._tell, args=[text], daemon=True).start()

    def _tell(self, text: Text) -> None:
        for outcome in OUTCOMES.get(text.offered.to[-2:], ["delivered"]):
            time.sleep(self.moment)
            if text.offered.receipts_url:
                call = smsshapes.receipt_call(text.offered, text.its_id, outcome, datetime.now(UTC).isoformat())
                _make(call)
            self.box.keep(replace(text, outcome=outcome))


def _make(call: ReceiptCall) -> None:
    asked = urllib.request.Request(  # noqa: S310  the address is the product's own
        call.url, call.body or None, {"Content-Type": "application/json"}, method=call.method
    )
    tell_product(asked, what="a receipt")


class Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST_OFFER:
            self.close_connection = True
            self._say(Reply(413, {}))
            return
        offered = smsshapes.read_offer(self.path, dict(self.headers), self.rfile.read(size))
        self._say(self.server.gateway.take(offered) if isinstance(offered, Offered) else offered)

    def _say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Every message is a file already."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, gateway: Gateway) -> None:
        super().__init__(listening.getsockname(), Conversation, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.gateway = gateway


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fd", type=int, required=True, help="a listening socket")
    arguments.add_argument("--folder", type=Path, required=True, help="where the messages are kept")
    given = arguments.parse_args()
    gateway = Gateway(SmsBox(given.folder))
    with Server(socket.socket(fileno=given.fd), gateway) as server:
        gateway.begin()
        server.serve_forever()


if __name__ == "__main__":
    main()
