"""Channel: what the hub and the announcer see, whatever lies beneath."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from resolvers.activity.channel import GAP, Channel, ChannelUnavailable, Gap, Messages
from tests.valkey import ValkeyServer, eventually


@pytest.fixture(params=["memory", "redis"])
def url(request: pytest.FixtureRequest, valkey: ValkeyServer) -> str:
    if request.param == "memory":
        return "memory://"
    valkey.start()
    return valkey.url


@asynccontextmanager
async def connected(
    url: str, max_waiting: int = 1_000, max_waiting_bytes: int = 1_000_000
) -> AsyncIterator[Channel]:
    channel = Channel(url, max_waiting=max_waiting, max_waiting_bytes=max_waiting_bytes)
    await channel.connect()
    try:
        yield channel
    finally:
        await channel.disconnect()


async def heard(messages: Messages, count: int) -> list[bytes | Gap]:
    """The next messages, without the gap that may stand at the start."""
    found: list[bytes | Gap] = []
    async with asyncio.timeout(15):
        while len(found) < count:
            message = await anext(messages)
            if found or message is not GAP:
                found.append(message)
    return found


async def settle(channel: Channel, name: str, messages: Messages) -> None:
    """Return when the subscription stands and all before is read."""
    async with asyncio.timeout(15):
        while True:
            await channel.publish(name, b"settled")
            try:
                async with asyncio.timeout(0.2):
                    while await anext(messages) != b"settled":
                        pass
                return
            except TimeoutError:
                pass


async def test_messages_get_through_in_order(url: str) -> None:
    async with connected(url) as channel, channel.subscribe("a") as messages:
        await settle(channel, "a", messages)
        for number in range(100):
            await channel.publish("a", b"\xff%d" % number)
        assert await heard(messages, 100) == [b"\xff%d" % number for number in range(100)]


async def test_a_channel_hears_nothing_of_others(url: str) -> None:
    async with (
        connected(url) as channel,
        channel.subscribe("a") as messages,
        channel.subscribe("b") as others,
    ):
        await settle(channel, "a", messages)
        await settle(channel, "b", others)
        await channel.publish("b", b"for b")
        await channel.publish("a", b"for a")
        assert await heard(messages, 1) == [b"for a"]
        assert await heard(others, 1) == [b"for b"]


async def test_many_concurrent_first_subscribers_hear(url: str) -> None:
    async with connected(url) as channel, AsyncExitStack() as stack:
        subscriptions = await asyncio.gather(
            *(stack.enter_async_context(channel.subscribe("a")) for _ in range(100))
        )
        for messages in subscriptions:
            await settle(channel, "a", messages)
        await channel.publish("a", b"last")
        for messages in subscriptions:
            async with asyncio.timeout(15):
                while await anext(messages) != b"last":
                    pass


async def test_two_processes_hear_each_other(valkey: ValkeyServer) -> None:
    valkey.start()
    async with (
        connected(valkey.url) as here,
        connected(valkey.url) as there,
        here.subscribe("a") as messages,
    ):
        await settle(there, "a", messages)
        await there.publish("a", b"hello")
        assert await heard(messages, 1) == [b"hello"]


async def test_a_slow_subscriber_finds_one_gap_and_then_what_is_new(url: str) -> None:
    async with (
        connected(url, max_waiting=10) as channel,
        channel.subscribe("a") as slow,
        channel.subscribe("a") as quick,
    ):
        await settle(channel, "a", slow)
        await settle(channel, "a", quick)
        sent = [b"%d" % number for number in range(100)]
        for message in sent:
            await channel.publish("a", message)
            await heard(quick, 1)
        found: list[bytes | Gap] = []
        async with asyncio.timeout(15):
            while sent[-1] not in found:
                found.append(await anext(slow))
        assert found[0] is GAP
        assert 1 <= len(found) - 1 <= 10
        assert found[1:] == sent[-(len(found) - 1) :]


async def test_a_slow_subscriber_is_bounded_in_bytes(url: str) -> None:
    async with (
        connected(url, max_waiting_bytes=100_000) as channel,
        channel.subscribe("a") as slow,
        channel.subscribe("a") as quick,
    ):
        await settle(channel, "a", slow)
        await settle(channel, "a", quick)
        for _ in range(100):
            await channel.publish("a", bytes(30_000))
            await heard(quick, 1)
        held = slow._inbox._messages
        assert len(held) <= 3
        assert await anext(slow) is GAP


async def test_an_outage_is_a_gap_to_each_subscriber(valkey: ValkeyServer) -> None:
    valkey.start()
    async with (
        connected(valkey.url) as channel,
        channel.subscribe("a") as first,
        channel.subscribe("b") as second,
    ):
        await settle(channel, "a", first)
        await settle(channel, "b", second)
        valkey.kill()
        await eventually(lambda: not channel.healthy)
        with pytest.raises(ChannelUnavailable):
            await channel.publish("a", b"lost")
        await asyncio.to_thread(valkey.start)
        async with asyncio.timeout(15):
            assert await anext(first) is GAP
            assert await anext(second) is GAP
        assert channel.healthy
        await channel.publish("a", b"found")
        assert await heard(first, 1) == [b"found"]


async def test_a_subscription_that_was_left_costs_nothing(url: str) -> None:
    async with connected(url) as channel:
        tasks = asyncio.all_tasks()
        for _ in range(3):
            async with channel.subscribe("a") as messages:
                await settle(channel, "a", messages)
        assert asyncio.all_tasks() == tasks
        assert not channel._pumps
        await channel.publish("a", b"nobody listens")
        async with channel.subscribe("a") as messages:
            await settle(channel, "a", messages)


async def test_disconnecting_ends_subscriptions_and_tasks(url: str) -> None:
    before = asyncio.all_tasks()
    channel = Channel(url)
    await channel.connect()
    async with channel.subscribe("a") as messages:
        await channel.disconnect()
        async with asyncio.timeout(5):
            assert [message async for message in messages if message is not GAP] == []
    assert asyncio.all_tasks() == before


async def test_the_channel_within_a_process_is_healthy_at_once() -> None:
    channel = Channel()
    assert channel.healthy
    assert channel.problem is None


async def test_the_channel_over_redis_says_why_it_is_not_healthy(valkey: ValkeyServer) -> None:
    async with connected(valkey.url) as channel:
        assert not channel.healthy
        await eventually(lambda: str(valkey.port) in str(channel.problem))


@pytest.mark.parametrize("url", ["postgres://me:secret@host", "localhost:6379", ""])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL must start with") as refusal:
        Channel(url)
    assert "secret" not in str(refusal.value)
