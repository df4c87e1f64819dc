"""Tell live screens that something changed. A hint, never the truth: a lost one costs a poll, not a patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from time import monotonic

import redis
import structlog
from django.conf import settings

log = structlog.get_logger("videopoli.live")

GATHERED_SECONDS = 0.5


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


class _Gathering:
    """Topics that wait for a hint in which they go together."""

    def __init__(self) -> None:
        self._topics: dict[str, None] = {}
        self._told_at = monotonic()

    def add(self, topics: tuple[str, ...]) -> None:
        self._topics |= dict.fromkeys(topics)
        if monotonic() - self._told_at >= GATHERED_SECONDS:
            self.tell()

    def tell(self) -> None:
        topics, self._topics = tuple(self._topics), {}
        self._told_at = monotonic()
        _tell(topics)


_gathering: ContextVar[_Gathering | None] = ContextVar("gathering", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """For a job that changes much: what it tells goes out together, after half a second at most while it is busy."""
    gathering = _Gathering()
    before = _gathering.set(gathering)
    try:
        yield
    finally:
        _gathering.reset(before)
        gathering.tell()


def changed(*topics: str) -> None:
    gathering = _gathering.get()
    if gathering is None:
        _tell(topics)
    else:
        gathering.add(topics)


def _tell(topics: tuple[str, ...]) -> None:
    if not topics:
        return
    try:
        _client().publish(settings.LIVE_CHANNEL, " ".join(topics))
    except redis.RedisError:
        log.warning("live hint lost", topics=len(topics))
