"""A real Celery worker in a process of its own, on the test's database, broker and mail server."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.support import child_process
from tests.support.broker import Broker

READY_WITHIN = 30.0


class Worker:
    """`output` has its log lines, newest last."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.output: list[str] = []

    def start(self, *, concurrency: int = 1) -> None:
        """Returns when the worker takes jobs."""
        options = ["--without-gossip", "--without-mingle", "--without-heartbeat", f"--concurrency={concurrency}"]
        self.process = child_process.start(
            [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel=INFO", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
        ready = threading.Event()
        self.reader = threading.Thread(target=self._read, args=(self.process, ready), daemon=True)
        self.reader.start()
        if not ready.wait(READY_WITHIN) or self.process.poll() is not None:
            self.kill()
            raise RuntimeError("the worker did not start:\n" + "".join(self.output[-40:]))

    def _read(self, process: subprocess.Popen, ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if " ready." in line:
                ready.set()
        ready.set()

    def kill(self) -> None:
        """kill -9, its pool included."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """A warm shutdown: what it holds is finished first."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            if how is signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        except ProcessLookupError:
            self.process.wait(10)
        self.reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None


def environment() -> dict[str, str]:
    """What a process of the product needs in order to live in this test's world."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "BASE_URL": settings.BASE_URL,
    }


def database_url() -> str:
    """The test database's, which is not the one that the environment names."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    who = quote(told["USER"], safe="") + (f":{quote(told['PASSWORD'], safe='')}" if told["PASSWORD"] else "")
    return f"postgres://{who}@{told['HOST']}{':' + str(told['PORT']) if told['PORT'] else ''}/{told['NAME']}"


@pytest.fixture
def worker(transactional_db: None, broker: Broker, request: Any) -> Iterator[Worker]:
    """Not started yet: `worker.start()`. Whatever an earlier test left in the queue is gone."""
    broker.forget_everything()
    worker = Worker()
    yield worker
    worker.kill()
