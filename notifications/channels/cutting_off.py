"""A bound on the whole of a conversation: a socket's own only bounds each read, and who drips is always in time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_off(sock: socket.socket, *, after: float) -> Iterator[None]:
    """`after`: seconds. Raises TimeoutError once they are over, also where what was read by then looks whole."""
    late = threading.Event()
    timer = threading.Timer(after, _shut, [sock, late])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError


def _shut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    # It may be closed by then, which is what was wanted.
    with suppress(OSError):
        # Not its own method: that of a secured socket takes its state from under the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
