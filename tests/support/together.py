"""Several at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
# Seconds until all threads have begun, however busy the machine.
LONGEST_START = 60


def together(*jobs: Callable[[], T]) -> list[T]:
    """What they answer, in their order; what one raises is raised once all are done. For a test with transactions."""
    start = Barrier(len(jobs), timeout=LONGEST_START)

    def run(job: Callable[[], T]) -> T:
        start.wait()
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
