"""No measure of speed, which belongs to benchmarks/: what would go on for ever is broken off, and fails."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

MINUTE = 60.0


@contextmanager
def ends(within: float = MINUTE) -> Iterator[None]:
    """`within`: seconds of processor time, some hundred times what is needed. For the main thread."""

    def break_off(*_: object) -> Never:
        raise AssertionError(f"still at it after {within:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, break_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, within)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
