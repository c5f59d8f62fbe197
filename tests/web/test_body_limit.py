"""Requests over 16 MiB are refused, and the client hears of it; nobody takes the room of all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from web.body_limit import MAX_BODY_BYTES
from web.limits import ConnectionLimits, Limits

JSON = {"Content-Type": "application/json"}
CHUNK = b" " * (1 << 20)


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield CHUNK


async def _post(server: InProcessServer, content: bytes | AsyncIterator[bytes]) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
        return await client.post("/graphql", content=content, headers=JSON)


async def test_a_body_that_says_its_length_is_refused(server: InProcessServer) -> None:
    response = await _post(server, b" " * (MAX_BODY_BYTES + 1))
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_a_body_that_does_not_is_refused_too(server: InProcessServer) -> None:
    assert (await _post(server, _chunks(20))).status_code == 413


async def test_a_body_of_just_16_mib_is_read(server: InProcessServer) -> None:
    body = b'{"query": "{ __typename }"}'.ljust(MAX_BODY_BYTES)
    assert (await _post(server, body)).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("path", ["/session"])
async def test_the_limit_holds_for_every_route(server: InProcessServer, path: str) -> None:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
        assert (await client.post(path, content=_chunks(20))).status_code == 413


ACTIVITY = b'{"query": "subscription { activity { cursor } }"}'
SIZE = 5_000


@pytest.fixture
async def small(database_url: str) -> AsyncIterator[InProcessServer]:
    """A server that has room for 16 bodies of 5,000 bytes."""
    limits = Limits(connections=ConnectionLimits(body_bytes=SIZE))
    async with InProcessServer(database_url, limits=limits) as server:
        yield server


async def _status(server: InProcessServer, key: str) -> int:
    async with GraphQLClient(server.url, key) as client:
        body = b'{"query": "{ __typename }"}'.ljust(SIZE)
        return (await client.http.post("/graphql", content=body, headers=JSON)).status_code


async def test_open_event_streams_take_no_room_of_bodies(
    small: InProcessServer, keys: Keys
) -> None:
    async with AsyncExitStack() as streams:
        client = await streams.enter_async_context(GraphQLClient(small.url, keys.read))
        for _ in range(17):
            response = await streams.enter_async_context(
                client.http.stream(
                    "POST",
                    "/graphql",
                    content=ACTIVITY.ljust(SIZE),
                    headers={**JSON, "Accept": "text/event-stream"},
                )
            )
            assert response.status_code == 200
        assert await _status(small, keys.read) == 200


@pytest.fixture
async def stalled(small: InProcessServer, keys: Keys) -> AsyncIterator[None]:
    """Twenty uploads by one key, each short of a byte."""
    port = int(small.url.rpartition(":")[2])
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"X-API-Key: {keys.read}\r\nContent-Length: {SIZE}\r\n\r\n"
    )
    writers = []
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + b" " * (SIZE - 1))
        writers.append(writer)
    while await _status(small, keys.read) != 503:
        pass
    yield
    for writer in writers:
        writer.close()


@pytest.mark.usefixtures("stalled")
async def test_one_key_leaves_room_for_others(small: InProcessServer, keys: Keys) -> None:
    assert await _status(small, keys.full) == 200


@pytest.mark.usefixtures("stalled")
@pytest.mark.parametrize("path", ["/livez", "/graphql?query={__typename}"])
async def test_what_has_no_body_is_answered_all_the_same(
    small: InProcessServer, keys: Keys, path: str
) -> None:
    async with GraphQLClient(small.url, keys.read) as client:
        assert (await client.http.get(path)).status_code == 200
