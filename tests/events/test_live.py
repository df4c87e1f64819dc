"""Hints go out one by one, and together from a job that changes much."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import redis
from django.conf import settings

from events import live


@pytest.fixture
def heard() -> Iterator[redis.client.PubSub]:
    with redis.Redis.from_url(settings.LIVE_REDIS_URL) as client, closing(client.pubsub()) as heard:
        heard.subscribe(settings.LIVE_CHANNEL)
        assert heard.get_message(timeout=5)["type"] == "subscribe"
        yield heard


def ours(heard: redis.client.PubSub) -> list[str]:
    """Others may talk on the same server."""
    while (told := heard.get_message(timeout=5)) is not None:
        if b"ours" in told["data"]:
            return told["data"].decode().split()
    return []


def test_each_change_is_told_at_once(heard: redis.client.PubSub):
    live.changed("ours:1")
    assert ours(heard) == ["ours:1"]
    live.changed("ours:2", "ours:3")
    assert ours(heard) == ["ours:2", "ours:3"]


def test_what_a_busy_job_changes_is_told_together_also_when_it_fails(heard: redis.client.PubSub):
    with pytest.raises(ZeroDivisionError):
        busy_job_that_fails()
    live.changed("ours:4")
    assert ours(heard) == ["ours:1", "ours:2", "ours:3"]
    assert ours(heard) == ["ours:4"]


def busy_job_that_fails() -> None:
    with live.gathered():
        live.changed("ours:1", "ours:2")
        live.changed("ours:1", "ours:3")
        raise ZeroDivisionError


def test_busy_job_does_not_keep_it_to_the_end(heard: redis.client.PubSub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "GATHERED_SECONDS", 0.0)
    with live.gathered():
        live.changed("ours:1")
        assert ours(heard) == ["ours:1"]
