"""Seeing that a process is up, without ever waiting for it: each probe is asked again and again."""

import socket
from typing import Any, Protocol


class Probe(Protocol):
    def answers(self) -> bool: ...


class UnixProbe:
    """Somebody accepts connections on this socket."""

    def __init__(self, path: str) -> None:
        self.path = path

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            try:
                client.connect(self.path)
            except OSError:
                return False
        return True


class HttpProbe:
    """A page comes back. The request waits in the listening socket's queue until the server takes it."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self.address = (host, port)
        self.request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
        self.connection: socket.socket | None = None

    def answers(self) -> bool:
        try:
            if self.connection is None:
                self.connection = socket.create_connection(self.address, timeout=1)
                self.connection.sendall(self.request)
                self.connection.setblocking(False)
            answer = self.connection.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            self._forget()
            return False
        self._forget()
        return answer.startswith(b"HTTP/1.1 ")

    def _forget(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def probe_for(ready: dict[str, Any] | None) -> Probe | None:
    match ready:
        case None:
            return None
        case {"unix": path}:
            return UnixProbe(path)
        case {"http": [host, port, path]}:
            return HttpProbe(host, port, path)
        case _:
            raise ValueError(f"no such probe: {ready}")
