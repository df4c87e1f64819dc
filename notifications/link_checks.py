"""Does a link still lead to a page? Asked once a day of each, with little traffic, and never of our own network."""

import http.client
import socket
import ssl
from contextlib import suppress
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from notifications.models import LinkProblem
from notifications.outgoing import Destination, NoSuchHost, NotPublic, address_of

WAIT_SECONDS = 5.0
# All requests together, however slowly the other side drips.
CHECK_SECONDS = 30.0
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A guard before the page, or a limit: they say nothing of the page itself.
KEPT_OUT = frozenset({403, 418, 429, 451, 999})
HEADERS = {"User-Agent": "Videopoli link check", "Accept": "*/*", "Accept-Encoding": "identity"}


class _Answer(Exception):
    """What was found, from anywhere below."""

    def __init__(self, problem: LinkProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def check_link(url: str) -> LinkProblem | None:
    """None: there is a page. HEAD first; what answers that with a refusal is asked by GET."""
    try:
        until = monotonic() + CHECK_SECONDS
        status = _ask("HEAD", url, until)
        if status >= 400:
            status = _ask("GET", url, until)
    except _Answer as answer:
        return answer.problem
    return _judge(status)


def _judge(status: int) -> LinkProblem | None:
    if 200 <= status < 300:
        return None
    if status in (404, 410):
        return LinkProblem.GONE
    if status in (401, 407):
        return LinkProblem.SIGN_IN
    if status in KEPT_OUT:
        return LinkProblem.CLOSED_TO_US
    return LinkProblem.SERVER if status >= 500 else LinkProblem.WRONG_ANSWER


def _ask(method: str, url: str, until: float) -> int:
    """The status at the end of the redirects, of which every step is judged like the first."""
    for _step in range(MOST_REDIRECTS + 1):
        status, leads_to = _request(method, _parts(url), until)
        if status not in REDIRECTS or not leads_to:
            return status
        url = urljoin(url, leads_to)
    raise _Answer(LinkProblem.REDIRECTS)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise _Answer(LinkProblem.WRONG_ANSWER) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise _Answer(LinkProblem.WRONG_ANSWER)
    return parts


def _request(method: str, parts: SplitResult, until: float) -> tuple[int, str]:
    """Status and Location. The body is left where it is: the connection is closed on it."""
    connection = _Connection(parts)
    deadline = Timer(max(0.0, until - monotonic()), connection.hang_up)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request(method, _path(parts), headers=HEADERS)
        answer = connection.getresponse()
        if monotonic() >= until:  # headers that were cut off look like whole ones
            raise _Answer(LinkProblem.NO_ANSWER)
        return answer.status, answer.getheader("Location") or ""
    except NotPublic:
        raise _Answer(LinkProblem.NOT_PUBLIC) from None
    except NoSuchHost:
        raise _Answer(LinkProblem.NO_HOST) from None
    except ssl.SSLError:
        raise _Answer(LinkProblem.CERTIFICATE) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise _Answer(LinkProblem.NO_ANSWER) from None
    finally:
        deadline.cancel()
        connection.close()


def _path(parts: SplitResult) -> str:
    """What is not ASCII is written as browsers write it."""
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    return "".join(
        sign if "!" <= sign <= "~" else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in whole
    )


class _Connection(http.client.HTTPConnection):
    """Goes to the address that was judged, and names the host that was asked for."""

    def __init__(self, parts: SplitResult) -> None:
        self.destination = Destination(parts.hostname or "", parts.port or PORTS[parts.scheme])
        self.is_secure = parts.scheme == "https"
        self.default_port = PORTS[parts.scheme]
        super().__init__(self.destination.host, self.destination.port, timeout=WAIT_SECONDS)

    def connect(self) -> None:
        address = address_of(self.destination)
        self.sock = socket.create_connection((address, self.destination.port), WAIT_SECONDS)
        if self.is_secure:
            context = ssl.create_default_context()
            # The handshake apart: until it is done, `hang_up` must find the socket.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.destination.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def hang_up(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
