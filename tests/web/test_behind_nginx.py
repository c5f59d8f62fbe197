"""Behind nginx, set up as docs/running.md says, all works that works without it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.nginx import documented_block, running_nginx
from tests.rest_client import RestClient
from web.body_limit import MAX_BODY_BYTES
from web.limits import Limits, RateLimits

TYPENAME = '{"query": "{ __typename }"}'
ACTIVITY = "subscription { activity { events { id } } }"
_PER_MINUTE = 5


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[InProcessServer]:
    """One that answers an address without a key only a few times."""
    limits = Limits(rates=RateLimits(per_address=_PER_MINUTE))
    async with InProcessServer(database_url, limits=limits) as server:
        yield server


@pytest.fixture
async def nginx(server: InProcessServer, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an nginx before it."""
    started = running_nginx(server.url, tmp_path, documented_block())
    url = await asyncio.to_thread(started.__enter__)
    yield url
    await asyncio.to_thread(started.__exit__, None, None, None)


async def test_an_event_stream_passes_as_it_comes(
    nginx: str, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with GraphQLClient(nginx, keys.read) as http:
        headers = {"Accept": "text/event-stream"}
        body = {"query": ACTIVITY}
        async with http.http.stream("POST", "/graphql", json=body, headers=headers) as stream:
            updates = (line async for line in stream.aiter_lines() if line.startswith("data: {"))
            assert '"events":[]' in await anext(updates)
            await client.record(event)
            assert "event-1" in await anext(updates)


async def test_a_page_of_nginxs_host_gets_a_websocket(
    nginx: str, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with connect(
        nginx.replace("http", "ws", 1) + "/graphql",
        origin=Origin(nginx),
        subprotocols=[Subprotocol("graphql-transport-ws")],
        proxy=None,
    ) as socket:

        async def told(message: dict[str, Any]) -> Any:
            await socket.send(json.dumps(message))
            return json.loads(await socket.recv())

        payload = {"X-API-Key": keys.read}
        assert await told({"type": "connection_init", "payload": payload}) == {
            "type": "connection_ack"
        }
        subscribe = {"type": "subscribe", "id": "1", "payload": {"query": ACTIVITY}}
        assert (await told(subscribe))["type"] == "next"
        await client.record(event)
        update = json.loads(await socket.recv())["payload"]["data"]["activity"]
        assert update["events"] == [{"id": "event-1"}]


async def test_bodies_pass_up_to_the_servers_own_limit(nginx: str, keys: Keys) -> None:
    async with GraphQLClient(nginx, keys.read) as http:
        headers = {"Content-Type": "application/json"}
        body = TYPENAME.ljust(MAX_BODY_BYTES)
        answer = await http.http.post("/graphql", content=body, headers=headers)
        assert answer.json() == {"data": {"__typename": "Query"}}
        answer = await http.http.post("/graphql", content=body + " ", headers=headers)
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_an_export_passes(nginx: str, client: GraphQLClient, keys: Keys, event: Any) -> None:
    await client.record(event)
    days = {"startDate": "2026-11-01", "endDate": "2026-11-30"}
    async with RestClient(nginx, keys.read) as rest:
        assert b"event-1" in await rest.export(format="csv", **days)


async def test_clients_are_counted_by_their_own_addresses(nginx: str) -> None:
    async def ask(address: str, **headers: str) -> int:
        transport = httpx2.AsyncHTTPTransport(local_address=address)
        async with httpx2.AsyncClient(transport=transport, base_url=nginx) as http:
            body = {"Content-Type": "application/json", **headers}
            return (await http.post("/graphql", content=TYPENAME, headers=body)).status_code

    # What a client itself says of its address is not believed.
    first = [await ask("127.0.0.2", **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(9)]
    assert first == [200] * _PER_MINUTE + [429] * (9 - _PER_MINUTE)
    assert await ask("127.0.0.3") == 200
