"""gql, the client of Python's back ends and notebooks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.websockets import WebsocketsTransport

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

RECORD = gql(
    "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"
)
EVENT = gql('{ event(id: "event-1") { id usage { totalTokens } } }')
ACTIVITY = gql("subscription { activity { events { id } } }")


def by_http(server: InProcessServer, key: str) -> Client:
    headers = {"Authorization": f"Bearer {key}"}
    return Client(transport=HTTPXAsyncTransport(url=f"{server.url}/graphql", headers=headers))


def by_websocket(server: InProcessServer, key: str) -> Client:
    url = server.url.replace("http", "ws", 1) + "/graphql"
    return Client(
        transport=WebsocketsTransport(url=url, init_payload={"Authorization": f"Bearer {key}"})
    )


@pytest.mark.parametrize("connect", [by_http, by_websocket])
async def test_it_records_and_reads(
    connect: Any, server: InProcessServer, keys: Keys, event: dict[str, Any]
) -> None:
    async with connect(server, keys.full) as session:
        recorded = await session.execute(
            GraphQLRequest(RECORD, variable_values={"events": [event]})
        )
        assert recorded == {"recordEvents": {"recorded": 1}}
        read = await session.execute(EVENT)
    assert read == {"event": {"id": "event-1", "usage": {"totalTokens": "1200"}}}


async def test_it_reads_without_asyncio(
    server: InProcessServer, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    await client.record(event)
    transport = HTTPXTransport(url=f"{server.url}/graphql", headers={"X-API-Key": keys.read})

    def read() -> Any:
        with Client(transport=transport) as session:
            return session.execute(EVENT)

    assert (await asyncio.to_thread(read))["event"]["id"] == "event-1"


async def test_it_follows_what_is_recorded(
    server: InProcessServer, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with by_websocket(server, keys.read) as session:
        updates = session.subscribe(ACTIVITY)
        assert (await anext(updates))["activity"]["events"] == []
        await client.record(event)
        assert (await anext(updates))["activity"]["events"] == [{"id": "event-1"}]
        await updates.aclose()


@pytest.mark.parametrize("connect", [by_http, by_websocket])
async def test_it_sees_the_code_of_an_error(connect: Any, server: InProcessServer) -> None:
    async with connect(server, "om_live_x") as session:
        with pytest.raises(TransportQueryError) as caught:
            await session.execute(EVENT)
    assert caught.value.errors is not None
    assert caught.value.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
