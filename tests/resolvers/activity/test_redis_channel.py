"""RedisChannel under Broadcast, with a real server that comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from broadcaster import Broadcast, Event
from redis.asyncio import Redis
from structlog.testing import capture_logs

from resolvers.activity.inbox import GAP
from resolvers.activity.redis_channel import ChannelUnavailable, RedisChannel, Timing
from tests.valkey import ValkeyServer, eventually

QUICK = Timing(
    silence_seconds=0.2,
    connect_seconds=0.5,
    publish_seconds=0.3,
    refuse_seconds=0.3,
    first_pause_seconds=0.02,
    last_pause_seconds=0.1,
)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[Broadcast, RedisChannel]]:
    backend = RedisChannel(url, timing=QUICK)
    async with Broadcast(backend=backend) as broadcast:
        yield broadcast, backend


@asynccontextmanager
async def listening(broadcast: Broadcast, channel: str) -> AsyncIterator[list[Any]]:
    """What comes over the channel, as it comes."""
    heard: list[Any] = []

    async with broadcast.subscribe(channel) as subscriber:

        async def listen() -> None:
            while True:
                heard.append((await subscriber.get()).message)

        listener = asyncio.create_task(listen())
        try:
            yield heard
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


async def say(broadcast: Broadcast, heard: list[Any], message: bytes, channel: str = "a") -> None:
    """Publish until it is heard."""
    async with asyncio.timeout(15):
        while message not in heard:
            with suppress(ChannelUnavailable):
                await broadcast.publish(channel, message)
            await asyncio.sleep(0.02)


def is_gap(event: Event) -> bool:
    message: object = event.message  # broadcaster says str, whatever it carries
    return message is GAP


async def test_an_error_that_nobody_expected_does_not_end_the_keeper(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(valkey.url) as (broadcast, backend):
        disconnect, fails = backend._pool.disconnect, [RuntimeError("nobody expected this")]

        async def disconnect_later(**asked: bool) -> None:
            if fails:
                raise fails.pop()
            await disconnect(**asked)

        monkeypatch.setattr(backend._pool, "disconnect", disconnect_later)
        await eventually(lambda: not fails)
        valkey.start()
        async with listening(broadcast, "a") as heard:
            await say(broadcast, heard, b"still here")


def operator(valkey: ValkeyServer) -> Any:
    """A plain client, untyped as redis-py's commands are in part."""
    return Redis.from_url(valkey.url)


async def test_a_message_gets_through_byte_for_byte(valkey: ValkeyServer) -> None:
    valkey.start()
    message = bytes(range(256)) * 1024
    async with connected(valkey.url) as (broadcast, _), listening(broadcast, "a") as heard:
        await eventually(lambda: heard == [GAP])
        await broadcast.publish("a", message)
        await eventually(lambda: heard == [GAP, message])


async def test_the_first_channel_is_not_silent(valkey: ValkeyServer) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, _):
        await asyncio.sleep(3 * QUICK.silence_seconds)
        async with listening(broadcast, "a") as heard:
            await eventually(lambda: heard == [GAP])
            await broadcast.publish("a", b"first")
            await eventually(lambda: heard == [GAP, b"first"])


async def test_concurrent_first_subscribers_all_hear(valkey: ValkeyServer) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, _), AsyncExitStack() as stack:
        names = [f"channel-{number % 50}" for number in range(200)]
        heard = await asyncio.gather(
            *(stack.enter_async_context(listening(broadcast, name)) for name in names)
        )
        await eventually(lambda: all(GAP in each for each in heard))
        for name in set(names):
            await broadcast.publish(name, name.encode())
        await eventually(
            lambda: all(each[-1] == name.encode() for each, name in zip(heard, names, strict=True))
        )


async def test_one_process_hears_another(valkey: ValkeyServer) -> None:
    valkey.start()
    async with (
        connected(valkey.url) as (here, _),
        connected(valkey.url) as (there, _),
        listening(here, "a") as heard_here,
        listening(there, "a") as heard_there,
    ):
        await eventually(lambda: heard_here == heard_there == [GAP])
        await here.publish("a", b"1")
        await there.publish("a", b"2")
        await eventually(lambda: sorted(heard_here[1:]) == [b"1", b"2"])
        await eventually(lambda: sorted(heard_there[1:]) == [b"1", b"2"])


@pytest.mark.parametrize("outage_seconds", [0.02, 1.0])
async def test_after_an_outage_there_is_a_gap_and_then_messages(
    valkey: ValkeyServer, outage_seconds: float
) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, backend), listening(broadcast, "a") as heard:
        await say(broadcast, heard, b"before")
        heard.clear()
        valkey.kill()
        await asyncio.sleep(outage_seconds)
        await asyncio.to_thread(valkey.start)
        await eventually(lambda: bool(heard))
        await say(broadcast, heard, b"after")
        assert heard[0] is GAP
        assert backend.healthy


async def test_outages_in_a_row_are_survived(valkey: ValkeyServer) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, _), listening(broadcast, "a") as heard:
        for number in range(5):
            await say(broadcast, heard, b"%d" % number)
            valkey.kill()
            await asyncio.to_thread(valkey.start)
        await say(broadcast, heard, b"last")


async def test_a_killed_connection_leaves_a_gap(valkey: ValkeyServer) -> None:
    valkey.start()
    async with (
        connected(valkey.url) as (broadcast, _),
        listening(broadcast, "a") as heard,
        operator(valkey) as admin,
    ):
        await eventually(lambda: heard == [GAP])
        await admin.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await eventually(lambda: heard == [GAP, GAP])


async def test_a_stopped_server_is_noticed_and_found_again(valkey: ValkeyServer) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, backend), listening(broadcast, "a") as heard:
        await say(broadcast, heard, b"before")
        heard.clear()
        valkey.stop_process()
        await eventually(lambda: not backend.healthy)
        valkey.continue_process()
        await eventually(lambda: bool(heard))
        await say(broadcast, heard, b"after")
        assert heard[0] is GAP
        assert backend.healthy


async def test_a_quiet_server_that_answers_pings_is_kept(valkey: ValkeyServer) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, backend), listening(broadcast, "a") as heard:
        await eventually(lambda: heard == [GAP])
        await asyncio.sleep(10 * QUICK.silence_seconds)
        assert heard == [GAP]
        assert backend.healthy


async def test_redis_may_come_after_the_start(valkey: ValkeyServer) -> None:
    async with asyncio.timeout(5):
        backend = RedisChannel(valkey.url, timing=QUICK)
        broadcast = Broadcast(backend=backend)
        await broadcast.connect()
    try:
        assert not backend.healthy
        async with listening(broadcast, "a") as heard:
            await asyncio.to_thread(valkey.start)
            await eventually(lambda: heard == [GAP])
            await say(broadcast, heard, b"hello")
    finally:
        await broadcast.disconnect()


async def test_publishing_while_redis_is_away_is_refused_quickly(valkey: ValkeyServer) -> None:
    async with connected(valkey.url) as (broadcast, _), asyncio.timeout(2):
        for _ in range(1_000):
            with pytest.raises(ChannelUnavailable, match="Redis is away"):
                await broadcast.publish("a", b"lost")


async def test_only_the_first_message_waits_for_a_server_that_is_stuck(
    valkey: ValkeyServer,
) -> None:
    valkey.start()
    patient = Timing(silence_seconds=30, publish_seconds=0.3, refuse_seconds=60)
    async with Broadcast(backend=RedisChannel(valkey.url, timing=patient)) as broadcast:
        valkey.stop_process()
        async with asyncio.timeout(5):
            with pytest.raises(ChannelUnavailable, match="did not take a message: "):
                await broadcast.publish("a", b"slow")
        async with asyncio.timeout(2):
            for _ in range(1_000):
                with pytest.raises(ChannelUnavailable, match="a moment ago"):
                    await broadcast.publish("a", b"refused")


async def test_after_unsubscribing_there_is_silence_here_and_on_the_server(
    valkey: ValkeyServer,
) -> None:
    valkey.start()
    async with connected(valkey.url) as (broadcast, _), operator(valkey) as admin:
        async with listening(broadcast, "a") as heard, listening(broadcast, "b") as still:
            await eventually(lambda: heard == still == [GAP])
            assert len(await admin.pubsub_channels()) == 2
        async with asyncio.timeout(15):
            while await admin.pubsub_channels():
                await asyncio.sleep(0.01)
        await broadcast.publish("a", b"nobody listens")
        assert heard == [GAP]
        async with listening(broadcast, "a") as again:
            await say(broadcast, again, b"again")
            assert b"nobody listens" not in again


async def test_a_reader_that_does_not_come_finds_a_gap_and_no_heap(valkey: ValkeyServer) -> None:
    valkey.start()
    backend = RedisChannel(valkey.url, timing=QUICK, max_messages=10)
    await backend.connect()
    try:
        for channel in "a", "b":
            await backend.subscribe(channel)
            async with asyncio.timeout(15):
                event = await backend.next_published()
            assert event.channel == channel
            assert is_gap(event)
        async with operator(valkey) as admin:
            for number in range(100):
                await admin.publish("ab"[number % 2], b"%d" % number)
        await asyncio.sleep(3 * QUICK.silence_seconds)
        events: list[Event] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(QUICK.silence_seconds):
                while True:
                    events.append(await backend.next_published())
        assert {event.channel for event in events[:2]} == {"a", "b"}
        assert all(is_gap(event) for event in events[:2])
        assert len(events) <= 12
    finally:
        await backend.disconnect()


@pytest.mark.parametrize("state", ["up", "away", "stopped", "with publishers stuck"])
async def test_disconnecting_leaves_nothing_behind(valkey: ValkeyServer, state: str) -> None:
    before = asyncio.all_tasks()
    if state != "away":
        valkey.start()
    broadcast = Broadcast(backend=RedisChannel(valkey.url, timing=QUICK))
    await broadcast.connect()
    stuck: list[asyncio.Task[None]] = []
    async with broadcast.subscribe("a"):
        if state in ("stopped", "with publishers stuck"):
            valkey.stop_process()
        if state == "with publishers stuck":
            message = bytes(1024 * 1024)
            stuck = [asyncio.create_task(broadcast.publish("a", message)) for _ in range(10)]
            await asyncio.sleep(0.05)
        async with asyncio.timeout(3):
            await broadcast.disconnect()
    outcomes = await asyncio.gather(*stuck, return_exceptions=True)
    assert all(isinstance(outcome, ChannelUnavailable) for outcome in outcomes)
    assert asyncio.all_tasks() == before


async def test_a_wrong_password_is_told_without_telling_it(tmp_path: Path) -> None:
    valkey = ValkeyServer(tmp_path, password="right-password")
    try:
        valkey.start()
        with capture_logs() as logs:
            async with connected(valkey.url_with("wrong-password")) as (broadcast, backend):
                await eventually(lambda: "invalid username-password" in str(backend.problem))
                assert not backend.healthy
                with pytest.raises(ChannelUnavailable) as refusal:
                    await broadcast.publish("a", b"")
        told = f"{logs} {backend.problem} {refusal.value} {backend!r} {refusal.value.__cause__}"
        assert "wrong-password" not in told
        assert [entry["event"] for entry in logs] == ["channel_down"]
        async with connected(valkey.url) as (_, right):
            await eventually(lambda: right.healthy)
    finally:
        valkey.close()


async def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(b"-ERR unknown command 'AUTH', with args beginning with: 'swordfish'\r\n")
        await reader.read(1024)
        writer.close()

    async with await asyncio.start_server(repeat, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"redis://:swordfish@127.0.0.1:{port}") as (_, backend):
            await eventually(lambda: "unknown command" in str(backend.problem))
            assert "'***'" in str(backend.problem)
            assert "swordfish" not in str(backend.problem)


async def test_a_refused_subscription_is_told_and_goes_on_when_allowed(
    valkey: ValkeyServer,
) -> None:
    valkey.start()
    async with (
        operator(valkey) as admin,
        connected(valkey.url) as (broadcast, backend),
    ):
        await admin.execute_command("ACL", "SETUSER", "default", "resetchannels")
        async with listening(broadcast, "a") as heard:
            await eventually(lambda: "permissions" in str(backend.problem))
            await admin.execute_command("ACL", "SETUSER", "default", "allchannels")
            await eventually(lambda: heard == [GAP])
            assert backend.healthy


async def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    valkey = ValkeyServer(tmp_path, password="p%2Fw", unix_socket=True)
    try:
        valkey.start()
        async with (
            connected(valkey.url_with("p%252Fw")) as (broadcast, _),
            listening(broadcast, "a") as heard,
        ):
            await say(broadcast, heard, b"hello")
    finally:
        valkey.close()


@pytest.mark.parametrize(
    "url",
    ["redis://:se/cret@host", "redis://:se#cret@host:1", "redis://:se[cret@host", "se://cret"],
)
def test_a_url_that_is_not_understood_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be understood") as refusal:
        RedisChannel(url)
    assert "cret" not in str(refusal.value)
    assert refusal.value.__suppress_context__
