"""The libraries that front ends use, set up as docs/clients.md says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.node import NodeScript, set_up
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

pytestmark = pytest.mark.node

RECORD = (
    "mutation Record($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"
)
EVENT = "query Event($id: ID!) { event(id: $id) { id usage { totalTokens } } }"
ACTIVITY = "subscription Activity { activity { events { id } } }"
# The script, the section of the page, and which of its set-ups.
URQL = ("urql.mjs", "urql", 0)
URQL_BY_WEBSOCKET = ("urql.mjs", "urql", 1)
APOLLO = ("apollo.mjs", "Apollo Client", 0)
RELAY = ("relay.mjs", "Relay", 0)
GRAPHQL_REQUEST = ("graphql-request.mjs", "graphql-request", 0)

SetUp = tuple[str, str, int]
each_client = pytest.mark.parametrize(
    "client_set_up", [URQL, URQL_BY_WEBSOCKET, APOLLO, RELAY, GRAPHQL_REQUEST], ids=str
)
each_that_subscribes = pytest.mark.parametrize(
    "client_set_up", [URQL, URQL_BY_WEBSOCKET, APOLLO, RELAY], ids=str
)


def running(
    client_set_up: SetUp, server: InProcessServer, key: str, query: str, **variables: Any
) -> NodeScript:
    script, section, number = client_set_up
    code = set_up(section, number).replace("//127.0.0.1:8000", server.url.removeprefix("http:"))
    kind = query.partition(" ")[0]
    return NodeScript(script, before=code, key=key, kind=kind, query=query, variables=variables)


@each_client
async def test_it_records(
    client_set_up: SetUp, server: InProcessServer, keys: Keys, event: dict[str, Any]
) -> None:
    async with running(client_set_up, server, keys.write, RECORD, events=[event]) as script:
        data = (await script.says())["data"]
    assert data["recordEvents"]["recorded"] == 1


@each_client
async def test_it_reads(
    client_set_up: SetUp,
    server: InProcessServer,
    client: GraphQLClient,
    keys: Keys,
    event: dict[str, Any],
) -> None:
    await client.record(event)
    async with running(client_set_up, server, keys.read, EVENT, id="event-1") as script:
        said = await script.says()
        assert "data" in said, said
        data = said["data"]
    assert data["event"]["id"] == "event-1"
    assert data["event"]["usage"]["totalTokens"] == "1200"


@each_that_subscribes
async def test_it_follows_what_is_recorded(
    client_set_up: SetUp,
    server: InProcessServer,
    client: GraphQLClient,
    keys: Keys,
    event: dict[str, Any],
) -> None:
    async with running(client_set_up, server, keys.read, ACTIVITY) as script:
        assert (await script.says())["data"]["activity"]["events"] == []
        await client.record(event)
        (seen,) = (await script.says())["data"]["activity"]["events"]
    assert seen["id"] == "event-1"


@each_client
@pytest.mark.parametrize(
    ("query", "code"), [(EVENT, "UNAUTHENTICATED"), (EVENT.replace(" id ", " no "), "BAD_INPUT")]
)
async def test_it_sees_the_code_of_an_error(
    client_set_up: SetUp, server: InProcessServer, query: str, code: str
) -> None:
    async with running(client_set_up, server, "om_live_x", query, id="event-1") as script:
        assert await script.says() == {"code": code}
