"""The product behind a real web server, in a thread of the test process, on the test database."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import pytest
import uvicorn
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

STARTS_WITHIN = 10.0
ENDS_WITHIN = 5.0


class SiteServer(uvicorn.Server):
    """One server for all tests of the process, as in production; emptied after each test."""

    def __init__(self) -> None:
        # As the product is served, see config/asgi.py: no lifespan, and no compression that costs 43 KB a socket.
        super().__init__(
            uvicorn.Config("config.asgi:application", lifespan="off", log_config=None, ws_per_message_deflate=False)
        )
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.is_up = threading.Event()
        self.problem: BaseException | None = None
        self.thread = threading.Thread(target=self._run_in_thread, name="site", daemon=True)

    def open(self) -> None:
        self.thread.start()
        if not self.is_up.wait(STARTS_WITHIN) or self.problem:
            raise RuntimeError("the site did not start") from self.problem

    def _run_in_thread(self) -> None:
        try:
            self.run(sockets=[self.listener])
        except BaseException as problem:
            self.problem = problem
            self.is_up.set()
            raise

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.is_up.set()

    def hang_up_on_everyone(self) -> None:
        """End what the test left open (event streams, sockets) and wait for the views to notice."""
        asyncio.run_coroutine_threadsafe(self._drain(), self.loop).result(ENDS_WITHIN + 1)

    async def _drain(self) -> None:
        for connection in list(self.server_state.connections):
            if transport := getattr(connection, "transport", None):
                transport.close()
        async with asyncio.timeout(ENDS_WITHIN):
            while tasks := list(self.server_state.tasks):
                await asyncio.wait(tasks)

    def close(self) -> None:
        self.should_exit = True
        self.thread.join(ENDS_WITHIN)
        self.listener.close()


class ForeignConnections:
    """Database connections opened by other threads; a request cut off half-way leaves one behind."""

    def __init__(self) -> None:
        self.opened: list[BaseDatabaseWrapper] = []

    def note(self, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.opened.append(connection)

    def close(self) -> None:
        while self.opened:
            connection = self.opened.pop()
            connection.inc_thread_sharing()
            connection.close()


@pytest.fixture(scope="session")
def _server() -> Iterator[SiteServer]:
    server = SiteServer()
    try:
        server.open()
        yield server
    finally:
        server.close()


@pytest.fixture
def site(transactional_db: None, settings: Any, broker: Any, _server: SiteServer) -> Iterator[str]:
    """The address of the running product, such as http://127.0.0.1:40213."""
    settings.BASE_URL = _server.url
    settings.CSRF_TRUSTED_ORIGINS = [_server.url]
    foreign = ForeignConnections()
    connection_created.connect(foreign.note)
    yield _server.url
    try:
        _server.hang_up_on_everyone()
    except (TimeoutError, FutureTimeout):
        pytest.fail(f"a view or socket went on for {ENDS_WITHIN} s after everyone had left")
    finally:
        connection_created.disconnect(foreign.note)
        foreign.close()
