"""A small site with a stream and a fragment that a test can change, break and count."""

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PAGE = """<!doctype html><html lang="nl"><title>live</title>
<link rel="stylesheet" href="/static/css/components.css">
<script type="module" src="/static/js/live.js"></script>
<body data-live="/stream">
<p class="age" data-age><span class="when-fresh">true at <b data-age-time>?</b></span>
<span class="when-stale">lost at <b data-age-time>?</b></span></p>
<main data-fragment="/fragment" data-topic="clinic:7 user:3" data-hold="{count} new">%s</main>
<aside data-fragment="/calls" data-topic="clinic:8"></aside></body></html>"""


class StreamSite:
    def __init__(self) -> None:
        self.fragment = "<p>first</p>"
        self.calls = "<p>no calls</p>"
        self.fragment_status = 200
        self.stream_status = 200
        self.fetched: list[int] = []
        self.opened = 0
        self.listeners: list[queue.Queue[str | None]] = []
        self._changed = threading.Condition()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                site.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/":
            self._send(handler, 200, PAGE % self.fragment, {"Content-Security-Policy": POLICY})
        elif handler.path == "/fragment":
            self._answer_fragment(handler)
        elif handler.path == "/calls":
            self._send(handler, 200, self.calls)
        elif handler.path == "/stream":
            self._answer_stream(handler)
        elif (file := STATIC / handler.path.removeprefix("/static/")).is_file():
            self._send(handler, 200, file.read_text(encoding="utf-8"), {"Content-Type": TYPES[file.suffix]})
        else:
            self._send(handler, 404, "")

    def tell(self, topic: str = "") -> None:
        for listener in self.listeners:
            listener.put(f"event: changed\ndata: {topic}\n\n")

    def hang_up(self) -> None:
        for listener in self.listeners:
            listener.put(None)

    def await_listeners(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.listeners) == count, timeout=10), len(self.listeners)

    def await_opened(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.opened >= count, timeout=10), self.opened

    def await_fetches(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.fetched) >= count, timeout=10), self.fetched

    def close(self) -> None:
        self.hang_up()
        self.server.shutdown()
        self.server.server_close()

    def _answer_fragment(self, handler: BaseHTTPRequestHandler) -> None:
        tag = f'"{hash(self.fragment)}"'
        same = self.fragment_status == 200 and handler.headers.get("If-None-Match") == tag
        status = 304 if same else self.fragment_status
        headers = {"ETag": tag, "Location": "/"}
        self._send(handler, status, self.fragment if status == 200 else "", headers)
        with self._changed:
            self.fetched.append(status)
            self._changed.notify_all()

    def _answer_stream(self, handler: BaseHTTPRequestHandler) -> None:
        if self.stream_status != 200:
            self._send(handler, self.stream_status, "")
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.flush()
        mine: queue.Queue[str | None] = queue.Queue()
        self._listen(mine)
        try:
            for text in self._told(mine):
                handler.wfile.write(text.encode())
                handler.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self._listen(mine, stop=True)

    def _listen(self, mine: "queue.Queue[str | None]", *, stop: bool = False) -> None:
        with self._changed:
            if stop:
                self.listeners.remove(mine)
            else:
                self.listeners.append(mine)
                self.opened += 1
            self._changed.notify_all()

    def _told(self, mine: "queue.Queue[str | None]") -> Iterator[str]:
        while True:
            try:
                text = mine.get(timeout=0.1)
            except queue.Empty:
                # A comment: writing is the only way to notice that the browser has gone.
                yield ": beat\n\n"
                continue
            if text is None:
                return
            yield text

    def _send(
        self, handler: BaseHTTPRequestHandler, status: int, body: str, headers: dict[str, str] | None = None
    ) -> None:
        handler.send_response(status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | (headers or {})).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body.encode()) if status != 304 else 0))
        handler.end_headers()
        handler.wfile.write(body.encode())
