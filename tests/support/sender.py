"""Processes that send what is due and are up at once, to be killed in numbers: forked from one that has all loaded.

A Celery worker takes seconds to start, and more than that to notice that a process of its pool was killed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.support import child_process
from tests.support.worker import environment

# Each line that comes in forks a process that sweeps; its id goes out.
FORKS = """
import os, signal, sys
import django
django.setup()
from notifications.tasks import send_due
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        send_due()
        os._exit(0)
    print(pid, flush=True)
"""


class Sender:
    def __init__(self) -> None:
        self.process = child_process.start(
            [sys.executable, "-c", FORKS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=settings.BASE_DIR,
        )
        self._line()

    def sweep(self) -> int:
        """Begins one; the id of its process."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self._line())

    def kill(self, pid: int) -> None:
        """kill -9; it may have finished by itself."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@pytest.fixture
def sender(transactional_db: None) -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.process.communicate(timeout=30)
