"""Tell live screens that something changed. A hint, never the truth: a lost one costs a poll, not a patient."""

from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger("videopoli.live")


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def changed(*topics: str) -> None:
    if not topics:
        return
    try:
        _client().publish(settings.LIVE_CHANNEL, " ".join(topics))
    except redis.RedisError:
        log.warning("live hint lost", topics=len(topics))
