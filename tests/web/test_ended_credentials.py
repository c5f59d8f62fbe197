"""What an open stream says when its key, token or session ends, and that it then closes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from models.database import Database
from tests.browser import Browser, make_person
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

CURSORS = "subscription { activity { cursor } }"
TOKEN = 'mutation { createCustomerToken(customerId: "acme", expiresInSeconds: 600) { token } }'
KEY = 'mutation { createApiKey(name: "a", scopes: [USAGE_READ, EVENTS_WRITE]) { secret } }'
# What ends which kind of credential; without a WHERE, for there is one of each that matters.
ENDS = {
    "a customer's token": "UPDATE customer_tokens SET expires_at = now()",
    "a revoked key": "UPDATE api_keys SET revoked_at = now() WHERE name = 'a'",
    "an expired key": "UPDATE api_keys SET expires_at = now() WHERE name = 'a'",
    "a session": "UPDATE sessions SET expires_at = now()",
}


@pytest.fixture(params=ENDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def headers(
    kind: str, server: InProcessServer, admin: GraphQLClient, database: Database
) -> dict[str, str]:
    """Those that carry a credential of this kind."""
    if kind == "a session":
        async with Browser(server.url) as browser:
            await make_person(browser, database)
            return {
                "Cookie": f"livemeter_session={browser.cookies['livemeter_session']}",
                "X-Livemeter-Page": "1",
            }
    if kind == "a customer's token":
        secret = (await admin.data(TOKEN))["createCustomerToken"]["token"]
    else:
        secret = (await admin.data(KEY))["createApiKey"]["secret"]
    return {"Authorization": f"Bearer {secret}"}


async def end(database: Database, kind: str) -> None:
    async with database.driver() as driver:
        await driver.execute(ENDS[kind])


@pytest.fixture
async def socket(
    server: InProcessServer, headers: dict[str, str]
) -> AsyncIterator[ClientConnection]:
    """Open and acknowledged."""
    async with connect(
        server.url.replace("http", "ws", 1) + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers=headers,
        proxy=None,
    ) as socket:
        await socket.send('{"type": "connection_init"}')
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, *ids: str) -> None:
    """Returns after the first update of each."""
    for id in ids:
        message = {"id": id, "type": "subscribe", "payload": {"query": CURSORS}}
        await socket.send(json.dumps(message))
        assert "errors" not in json.loads(await socket.recv())["payload"]


async def until_closed(socket: ClientConnection) -> tuple[list[Any], int | None]:
    """All that is said until the socket is closed, and the code of the close; None if it stays."""
    said: list[Any] = []
    with suppress(ConnectionClosed, TimeoutError):
        async with asyncio.timeout(10):
            while True:
                said.append(json.loads(await socket.recv()))
    return said, socket.close_code


async def test_each_subscription_is_told_once_and_the_websocket_closes(
    socket: ClientConnection, database: Database, kind: str
) -> None:
    await subscribe(socket, "1", "2", "3")
    await end(database, kind)
    said, code = await until_closed(socket)
    assert [message["type"] for message in said] == ["error"] * 3
    assert sorted(message["id"] for message in said) == ["1", "2", "3"]
    codes = [error["extensions"]["code"] for message in said for error in message["payload"]]
    assert codes == ["UNAUTHENTICATED"] * 3
    assert code == 4401


async def test_an_event_stream_is_told_once_and_ends(
    server: InProcessServer, headers: dict[str, str], database: Database, kind: str
) -> None:
    async with httpx2.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as http:
        accept = {"Accept": "text/event-stream"}
        body = {"query": CURSORS}
        async with http.stream("POST", "/graphql", json=body, headers=headers | accept) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == "event: next"
            assert "errors" not in json.loads((await anext(lines)).removeprefix("data: "))
            await end(database, kind)
            said = [line async for line in lines if line and not line.startswith(":")]
    assert said[0] == "event: next"
    (error,) = json.loads(said[1].removeprefix("data: "))["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert said[2:] == ["event: complete", "data: "]


@pytest.mark.parametrize("kind", ["a revoked key"], indirect=True)
async def test_what_was_begun_before_is_finished_before_the_close(
    socket: ClientConnection, database: Database, event: dict[str, Any], kind: str
) -> None:
    await subscribe(socket, "stream")
    query = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"
    payload = {"query": query, "variables": {"events": [event]}}
    async with database.write() as session:
        connection = await session.connection()
        # Recording waits for the workspace until the key has ended.
        await connection.exec_driver_sql("SELECT FROM workspaces WHERE id = 1 FOR UPDATE")
        await socket.send(json.dumps({"id": "record", "type": "subscribe", "payload": payload}))
        await end(database, kind)
        first = json.loads(await socket.recv())
        assert (first["id"], first["type"]) == ("stream", "error")
    said, code = await until_closed(socket)
    assert [(message["id"], message["type"]) for message in said] == [
        ("record", "next"),
        ("record", "complete"),
    ]
    assert said[0]["payload"] == {"data": {"recordEvents": {"recorded": 1}}}
    assert code == 4401
