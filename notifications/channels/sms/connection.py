"""One kept-alive HTTP connection, with a bound on the whole of each conversation."""

import select
import socket
import ssl
from http.client import HTTPConnection
from urllib.parse import SplitResult

from notifications.channels.cutting_off import cut_off

PORTS = {"http": 80, "https": 443}
# An answer is a few hundred bytes; what is longer is no answer of a gateway.
LONGEST_ANSWER = 64 * 1024


class Connection:
    def __init__(self, place: SplitResult, *, timeout: float) -> None:
        """`timeout`: seconds for connecting, and for each conversation."""
        self._place = place
        self._timeout = timeout
        self._open: HTTPConnection | None = None

    def open(self) -> None:
        """Raises OSError."""
        if self._open is not None and _is_quiet(self._open.sock):
            return
        self.close()
        sock = self._dial()
        connection = HTTPConnection(str(self._place.hostname), sock.getpeername()[1], timeout=self._timeout)
        connection.auto_open = 0
        connection.sock = sock
        self._open = connection

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body. Raises OSError or HTTPException; then the connection is closed."""
        assert self._open is not None  # noqa: S101  for the type checker: `open` comes first
        try:
            with cut_off(self._open.sock, after=self._timeout):
                self._open.request(
                    "POST", self._target(), body, {"Host": self._place.netloc.rpartition("@")[2], **headers}
                )
                with self._open.getresponse() as response:
                    answer = response.read(LONGEST_ANSWER)
                    if response.will_close or not response.isclosed():
                        self.close()
                    return response.status, answer
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _target(self) -> str:
        path = self._place.path or "/"
        return f"{path}?{self._place.query}" if self._place.query else path

    def _dial(self) -> socket.socket:
        port = self._place.port or PORTS[self._place.scheme]
        sock = socket.create_connection((str(self._place.hostname), port), self._timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._place.scheme == "http":
            return sock
        secured = ssl.create_default_context().wrap_socket(
            sock, server_hostname=self._place.hostname, do_handshake_on_connect=False
        )
        try:
            with cut_off(secured, after=self._timeout):
                secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured


def _is_quiet(sock: socket.socket | None) -> bool:
    """What can be read before we ask anything is the other side's farewell."""
    if sock is None:
        return False
    readable, _, _ = select.select([sock], [], [], 0)
    return not readable
