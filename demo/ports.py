"""Addresses to listen on, held open by the command so that a restarted server finds its own again."""

import errno
import socket

FIRST_PORT = 8000
TRIES = 100


class PortBusy(Exception):
    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(str(port))


class NotOurs(Exception):
    """The address does not belong to this machine, or the port needs more rights."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any. Raises PortBusy, NotOurs."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        if port and _someone_answers(port):
            raise PortBusy(port)
        server = socket.socket(family, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(address)
            server.listen(512)
        except OSError:
            server.close()
            raise
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise PortBusy(port) from None
        raise NotOurs(problem.strerror or str(problem)) from None
    return server


def listen_from(host: str, first: int) -> socket.socket:
    """On the first free port. Raises PortBusy when there is none among a hundred."""
    for port in range(first, first + TRIES):
        try:
            return listen(host, port)
        except PortBusy:
            continue
    raise PortBusy(first)


def _someone_answers(port: int) -> bool:
    """A browser that is told "localhost" tries ::1 first, so a stranger there would be shown instead of the demo."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as client:
                client.settimeout(0.5)
                client.connect((address, port))
        except OSError:
            continue
        return True
    return False
