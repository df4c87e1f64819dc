"""Hear what events.live tells: one Redis subscription per process, shared by everyone in it who listens.

A listener that is slow never holds up the others and never grows: what waits for it is a set of topics, and past a
bound the one hint that stands for all, "". The same hint follows a lost connection: anything may have changed.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog
from django.conf import settings

log = structlog.get_logger("videopoli.live")

EVERYTHING = ""
PENDING_MOST = 64
SUBSCRIBED_WITHIN = 1.0
RETRY_MOST = 5.0

# Of the topics of one hint, those that the listener is told, in the listener's own words.
Choose = Callable[[list[str]], Iterable[str]]


class Listener:
    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._pending: dict[str, None] = {}
        self._woken = asyncio.Event()

    def tell(self, topics: list[str]) -> None:
        for topic in [EVERYTHING] if topics == [EVERYTHING] else self._choose(topics):
            self._pending[topic] = None
        if len(self._pending) > PENDING_MOST or EVERYTHING in self._pending:
            self._pending = {EVERYTHING: None}
        if self._pending:
            self._woken.set()

    async def wait(self, seconds: float) -> list[str]:
        """The topics told since the last time; empty when nothing happened for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return []
        self._woken.clear()
        topics, self._pending = list(self._pending), {}
        return topics


class Hub:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._subscribed = asyncio.Event()
        self._subscription: asyncio.Task[None] | None = None

    async def add(self, listener: Listener) -> None:
        self._listeners.add(listener)
        if self._subscription is None or self._subscription.done():
            self._subscription = asyncio.create_task(self._stay_subscribed())
        try:
            async with asyncio.timeout(SUBSCRIBED_WITHIN):
                await self._subscribed.wait()
        except TimeoutError:
            log.warning("live hints are late")

    def remove(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._subscription is not None:
            self._subscription.cancel()
            self._subscription = None
            self._subscribed.clear()

    async def _stay_subscribed(self) -> None:
        failures = 0
        while True:
            try:
                await self._hear()
            except (redis.RedisError, OSError):
                failures = failures + 1 if not self._subscribed.is_set() else 1
                self._subscribed.clear()
                log.warning("live hints lost", failures=failures)
                await asyncio.sleep(min(RETRY_MOST, 0.25 * 2**failures) * random.uniform(0.5, 1.0))

    async def _hear(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.LIVE_REDIS_URL, socket_connect_timeout=2)
        async with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(settings.LIVE_CHANNEL)
            self._subscribed.set()
            self._tell_all([EVERYTHING])
            async for message in subscription.listen():
                self._tell_all(message["data"].decode().split())

    def _tell_all(self, topics: list[str]) -> None:
        for listener in list(self._listeners):
            listener.tell(topics)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@asynccontextmanager
async def listening(choose: Choose) -> AsyncIterator[Listener]:
    """Listen for as long as the block lasts."""
    hub = _hubs.setdefault(asyncio.get_running_loop(), Hub())
    listener = Listener(choose)
    try:
        await hub.add(listener)
        yield listener
    finally:
        hub.remove(listener)
