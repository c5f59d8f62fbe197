"""Live connections are bounded: by key, in what they do at once, and in how long they lie idle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.valkey import eventually
from web.limits import ConnectionLimits, Limits, StreamLimits

ACTIVITY = "subscription { activity { cursor } }"
TYPENAME = "{ __typename }"


def _server(database_url: str, **limits: Any) -> InProcessServer:
    return InProcessServer(database_url, limits=Limits(streams=StreamLimits(**limits)))


def _socket(server: InProcessServer) -> connect:
    return connect(
        server.url.replace("http", "ws", 1) + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        proxy=None,
    )


async def _told(socket: ClientConnection, message: object) -> Any:
    await socket.send(json.dumps(message))
    return json.loads(await socket.recv())


def _init(key: str) -> dict[str, Any]:
    return {"type": "connection_init", "payload": {"X-API-Key": key}}


def _subscribe(id: str, query: str = ACTIVITY) -> dict[str, Any]:
    return {"id": id, "type": "subscribe", "payload": {"query": query}}


async def _close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(10):
        await socket.wait_closed()
    return socket.close_code


async def test_a_key_has_so_many_websockets(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, streams_per_key=1) as server,
        _socket(server) as first,
        _socket(server) as second,
    ):
        await _told(first, _init(keys.read))
        await second.send(json.dumps(_init(keys.read)))
        assert await _close_code(second) == 1013


async def test_another_key_has_its_own(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, streams_per_key=1) as server,
        _socket(server) as first,
        _socket(server) as second,
    ):
        await _told(first, _init(keys.read))
        assert (await _told(second, _init(keys.full)))["type"] == "connection_ack"


async def test_a_websocket_that_is_closed_makes_room(database_url: str, keys: Keys) -> None:
    async with _server(database_url, streams_per_key=1) as server:
        for _ in range(3):
            async with _socket(server) as socket:
                assert (await _told(socket, _init(keys.read)))["type"] == "connection_ack"
            streams = server.app.state.graphql.streams
            await eventually(lambda streams=streams: streams._open == 0)  # type: ignore[misc]


async def test_a_process_has_so_many_in_all(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, streams=1) as server,
        _socket(server) as first,
        _socket(server) as second,
    ):
        await _told(first, _init(keys.read))
        await second.send(json.dumps(_init(keys.full)))
        assert await _close_code(second) == 1013


async def test_event_streams_count_as_well(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, streams_per_key=1) as server,
        _socket(server) as first,
        GraphQLClient(server.url, keys.read) as client,
    ):
        await _told(first, _init(keys.read))
        response = await client.http.post(
            "/graphql", json={"query": ACTIVITY}, headers={"Accept": "text/event-stream"}
        )
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
            429,
            "RATE_LIMITED",
        )


async def test_an_event_stream_that_is_left_makes_room(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, streams_per_key=1) as server,
        GraphQLClient(server.url, keys.read) as client,
    ):
        for _ in range(3):
            async with client.http.stream(
                "POST",
                "/graphql",
                json={"query": ACTIVITY},
                headers={"Accept": "text/event-stream"},
            ) as response:
                assert response.status_code == 200
            streams = server.app.state.graphql.streams
            await eventually(lambda streams=streams: streams._open == 0)  # type: ignore[misc]


async def test_a_websocket_does_so_much_at_once(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, operations_per_connection=1) as server,
        _socket(server) as socket,
    ):
        await _told(socket, _init(keys.read))
        await _told(socket, _subscribe("1"))
        answer = await _told(socket, _subscribe("2"))
        assert (answer["id"], answer["payload"][0]["extensions"]["code"]) == ("2", "RATE_LIMITED")


def _long(size: int) -> str:
    return ACTIVITY.ljust(size)


async def test_a_key_has_so_much_in_its_event_streams(database_url: str, keys: Keys) -> None:
    async with (
        _server(database_url, held_bytes=100_000) as server,
        GraphQLClient(server.url, keys.read) as client,
    ):
        response = await client.http.post(
            "/graphql", json={"query": _long(40_000)}, headers={"Accept": "text/event-stream"}
        )
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
            429,
            "RATE_LIMITED",
        )


async def test_a_key_has_so_much_in_the_operations_of_its_websockets(
    database_url: str, keys: Keys
) -> None:
    async with _server(database_url, held_bytes=200_000) as server, _socket(server) as socket:
        await _told(socket, _init(keys.read))
        for id in ("1", "2", "3"):
            await socket.send(json.dumps(_subscribe(id, _long(20_000))))
        answer = await _told(socket, _subscribe("4", _long(40_000)))
        assert (answer["id"], answer["payload"][0]["extensions"]["code"]) == ("4", "RATE_LIMITED")


async def test_an_operation_that_is_done_makes_room(database_url: str, keys: Keys) -> None:
    async with _server(database_url, held_bytes=100_000) as server, _socket(server) as socket:
        await _told(socket, _init(keys.read))
        streams = server.app.state.graphql.streams
        for number in range(5):
            answer = await _told(socket, _subscribe(str(number), TYPENAME.ljust(30_000)))
            assert answer["type"] == "next"
            assert json.loads(await socket.recv())["type"] == "complete"
            await eventually(lambda: len(streams._held) == 0)


async def test_what_a_websocket_begins_with_counts_as_long_as_it_is_open(
    database_url: str, keys: Keys
) -> None:
    async with _server(database_url, held_bytes=100_000) as server, _socket(server) as socket:
        init = _init(keys.read)
        init["payload"]["x"] = "x" * 40_000
        await socket.send(json.dumps(init))
        assert await _close_code(socket) == 1013


async def test_a_message_that_does_not_end_is_not_waited_for(database_url: str) -> None:
    limits = Limits(connections=ConnectionLimits(body_seconds=0.1))
    async with InProcessServer(database_url, limits=limits) as server, _socket(server) as socket:

        async def pieces() -> AsyncIterator[str]:
            yield "x"
            await asyncio.Event().wait()

        sending = asyncio.create_task(socket.send(pieces()))
        code = await _close_code(socket)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert code == 1008


async def test_a_websocket_that_does_not_begin_is_closed(database_url: str) -> None:
    async with _server(database_url, init_seconds=0.1) as server, _socket(server) as socket:
        assert await _close_code(socket) == 4408


async def test_a_websocket_that_only_pings_is_closed(database_url: str, keys: Keys) -> None:
    async with _server(database_url, idle_seconds=0.3) as server, _socket(server) as socket:
        await _told(socket, _init(keys.read))

        async def ping() -> None:
            while True:
                await socket.send('{"type": "ping"}')
                await asyncio.sleep(0.05)

        pinging = asyncio.create_task(ping())
        code = await _close_code(socket)
        pinging.cancel()
        await asyncio.gather(pinging, return_exceptions=True)
        assert code == 4408


async def test_a_websocket_with_a_subscription_is_not_idle(database_url: str, keys: Keys) -> None:
    async with _server(database_url, idle_seconds=0.1) as server, _socket(server) as socket:
        await _told(socket, _init(keys.read))
        await _told(socket, _subscribe("1"))
        await asyncio.sleep(0.5)
        assert (await _told(socket, {"type": "ping"}))["type"] == "pong"


async def test_a_message_that_announces_too_much_is_refused(database_url: str) -> None:
    limits = Limits(connections=ConnectionLimits(message_bytes=10_000))
    async with InProcessServer(database_url, limits=limits) as server, _socket(server) as socket:
        await socket.send("x" * 10_001)
        assert await _close_code(socket) == 1009


async def test_pieces_of_a_message_that_add_up_to_too_much_are_refused(database_url: str) -> None:
    limits = Limits(connections=ConnectionLimits(message_bytes=10_000))
    async with InProcessServer(database_url, limits=limits) as server, _socket(server) as socket:
        with suppress(ConnectionClosed):
            await socket.send(["x" * 1_000] * 1_000)
        assert await _close_code(socket) == 1009
