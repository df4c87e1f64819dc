"""One subscription for all who listen; the slow grow no queue, and a restarted Redis is heard of."""

import asyncio
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings

from events import hub
from events.hub import EVERYTHING, PENDING_MOST, Listener, listening
from tests.support import child_process
from tests.support.broker import start_valkey

SOON = 5.0


def every(topics: list[str]) -> list[str]:
    return topics


def only_red(topics: list[str]) -> list[str]:
    return [topic for topic in topics if topic == "red"]


def publish(url: str, *topics: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.publish(django_settings.LIVE_CHANNEL, " ".join(topics))


async def next_hint(listener: Listener) -> list[str]:
    """Without the hint that a new subscription gives."""
    while (topics := await listener.wait(SOON)) == [EVERYTHING]:
        pass
    return topics


def test_listeners_hear_what_they_choose():
    async def run() -> None:
        url = django_settings.LIVE_REDIS_URL
        async with listening(every) as all_of_it, listening(only_red) as red:
            # A new subscription begins with "everything", which stands for whatever comes before it is heard.
            assert await all_of_it.wait(SOON) == [EVERYTHING]
            await asyncio.to_thread(publish, url, "blue", "green")
            await asyncio.to_thread(publish, url, "red", "blue")
            heard = [*await next_hint(all_of_it)]
            while "red" not in heard:
                heard += await next_hint(all_of_it)
            assert set(heard) == {"blue", "green", "red"}
            assert await next_hint(red) == ["red"]

    asyncio.run(run())


def test_nothing_heard_is_an_empty_list():
    async def run() -> None:
        async with listening(only_red) as listener:
            await listener.wait(0.5)
            assert await listener.wait(0.05) == []

    asyncio.run(run())


def test_a_listener_that_sleeps_keeps_one_hint_for_everything():
    async def run() -> None:
        listener = Listener(every)
        for number in range(PENDING_MOST * 10):
            listener.tell([f"session:{number}"])
        assert await listener.wait(SOON) == [EVERYTHING]
        assert await listener.wait(0.01) == []

    asyncio.run(run())


def test_the_same_topic_twice_is_told_once():
    async def run() -> None:
        listener = Listener(every)
        for _ in range(100):
            listener.tell(["session:1"])
        assert await listener.wait(SOON) == ["session:1"]

    asyncio.run(run())


def test_a_restarted_redis_is_heard_of_and_heard_again(
    lone_valkey: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
):
    process, url = lone_valkey
    settings.LIVE_REDIS_URL = url
    monkeypatch.setattr(hub, "RETRY_MOST", 0.1)

    async def run() -> None:
        async with listening(only_red) as listener:
            assert await listener.wait(SOON) == [EVERYTHING]
            process.kill()
            process.wait()
            again = start_valkey(django_settings.DATA_DIR / "lone.sock", tmp_path / "again.log")
            try:
                # What changed meanwhile nobody knows: everything may have.
                assert await listener.wait(SOON) == [EVERYTHING]
                await asyncio.to_thread(publish, url, "red")
                assert await listener.wait(SOON) == ["red"]
            finally:
                child_process.stop(again)

    asyncio.run(run())


def test_without_redis_listening_goes_on(settings: Any):
    settings.LIVE_REDIS_URL = "redis://127.0.0.1:1/0"

    async def run() -> None:
        async with listening(every) as listener:
            assert await listener.wait(0.05) == []

    asyncio.run(run())
