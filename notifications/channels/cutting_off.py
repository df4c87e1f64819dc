"""A bound on the whole of a conversation: a socket's own only bounds each read, and who drips is always in time.

One thread watches over all conversations of a process: starting one for each mail costs more than sending it.
"""

import heapq
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from time import monotonic


@contextmanager
def cut_off(sock: socket.socket, *, after: float) -> Iterator[None]:
    """`after`: seconds. Raises TimeoutError once they are over, also where what was read by then looks whole."""
    bound = _WATCH.over(sock, until=monotonic() + after)
    try:
        yield
    finally:
        bound.is_over = True
        if bound.was_late:
            raise TimeoutError


@dataclass(order=True, slots=True)
class _Bound:
    until: float
    number: int
    sock: socket.socket = field(compare=False)
    is_over: bool = field(default=False, compare=False)
    was_late: bool = field(default=False, compare=False)

    def cut(self) -> None:
        self.was_late = True
        # It may be closed by then, which is what was wanted.
        with suppress(OSError):
            # Not its own method: that of a secured socket takes its state from under the thread that reads.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Watch:
    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """In a forked process anew: the thread and the conversations are its parent's."""
        self._numbers = count()
        self._bounds: list[_Bound] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def over(self, sock: socket.socket, *, until: float) -> _Bound:
        bound = _Bound(until, next(self._numbers), sock)
        with self._changed:
            heapq.heappush(self._bounds, bound)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="cutting off", daemon=True)
                self._thread.start()
            elif self._bounds[0] is bound:
                self._changed.notify()
        return bound

    def _watch(self) -> None:
        with self._changed:
            while True:
                while self._bounds and self._bounds[0].is_over:
                    heapq.heappop(self._bounds)
                wait = self._bounds[0].until - monotonic() if self._bounds else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                else:
                    heapq.heappop(self._bounds).cut()


_WATCH = _Watch()
os.register_at_fork(after_in_child=_WATCH.begin)
