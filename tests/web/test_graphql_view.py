"""What the view answers over HTTP and WebSocket before and beside GraphQL itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from web.accept import EVENT_STREAM, GRAPHQL_RESPONSE, JSON
from web.body_limit import MAX_BODY_BYTES

TYPENAME = "{ __typename }"
ANSWER = {"data": {"__typename": "Query"}}
SUBSCRIPTION = "subscription { activity { cursor } }"
# What urql sends with queries and mutations.
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)


@pytest.fixture
async def http(server: InProcessServer) -> AsyncIterator[httpx2.AsyncClient]:
    """Without a key."""
    async with GraphQLClient(server.url) as client:
        yield client.http


def assert_refused(response: httpx2.Response, status: int = 400) -> None:
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_INPUT"}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("application/json, application/graphql-response+json", JSON),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        ("Application/GraphQL-Response+JSON; charset=utf-8, */*;q=0.5", GRAPHQL_RESPONSE),
        ("text/html, application/graphql-response+json, application/json", GRAPHQL_RESPONSE),
        ("application/json;q=0.1, application/graphql-response+json;q=0.2", GRAPHQL_RESPONSE),
        (f"{URQL}", GRAPHQL_RESPONSE),
        (f"{EVENT_STREAM};q=0.9, {JSON}", JSON),
    ],
)
async def test_the_answer_has_the_first_media_type_that_is_accepted(
    http: httpx2.AsyncClient, accept: str, media_type: str
) -> None:
    response = await http.post("/graphql", json={"query": TYPENAME}, headers={"Accept": accept})
    assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert response.json() == ANSWER


@pytest.mark.parametrize("accept", [EVENT_STREAM, "text/*", f"{EVENT_STREAM}, {JSON}"])
async def test_who_wants_events_gets_a_query_as_one(http: httpx2.AsyncClient, accept: str) -> None:
    response = await http.post("/graphql", json={"query": TYPENAME}, headers={"Accept": accept})
    assert response.headers["Content-Type"] == EVENT_STREAM
    expected = f"event: next\ndata: {json.dumps(ANSWER, separators=(',', ':'))}\n\n"
    assert response.text == expected + "event: complete\ndata: \n\n"


@pytest.mark.parametrize(
    "accept", [EVENT_STREAM, "*/*", URQL, f"{JSON}, {EVENT_STREAM};q=0.1", None], ids=str
)
async def test_a_subscription_is_streamed_to_who_accepts_events(
    client: GraphQLClient, accept: str | None
) -> None:
    if accept is None:
        del client.http.headers["Accept"]
    headers = {} if accept is None else {"Accept": accept}
    body = {"query": SUBSCRIPTION}
    async with client.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.headers["Content-Type"] == EVENT_STREAM
        lines = response.aiter_raw()
        first = await anext(lines)
    assert first.startswith(b'event: next\ndata: {"data":')
    assert first.endswith(b"}\n\n")
    assert b"\r" not in first


@pytest.mark.parametrize(
    "accept",
    [
        JSON,
        "application/*",
        f"*/*, {EVENT_STREAM};q=0",
        "multipart/mixed;subscriptionSpec=1.0," + JSON,
    ],
)
async def test_a_subscription_is_not_acceptable_to_who_wants_no_events(
    client: GraphQLClient, accept: str
) -> None:
    response = await client.http.post(
        "/graphql", json={"query": SUBSCRIPTION}, headers={"Accept": accept}
    )
    assert_refused(response, 406)
    assert EVENT_STREAM in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("accept", ["text/html", "*/*;q=0", f"image/png, {JSON};q=0"])
@pytest.mark.parametrize("operation", [TYPENAME, "mutation { __typename }", SUBSCRIPTION])
async def test_what_nothing_fits_is_refused(
    client: GraphQLClient, operation: str, accept: str
) -> None:
    response = await client.http.post(
        "/graphql", json={"query": operation}, headers={"Accept": accept}
    )
    assert_refused(response, 406)
    assert response.headers["Content-Type"] == f"{JSON}; charset=utf-8"


async def test_what_is_refused_is_not_recorded(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    query = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"
    body = {"query": query, "variables": {"events": [event]}}
    await client.http.post("/graphql", json=body, headers={"Accept": "text/html"})
    data = await client.data('{ event(id: "event-1") { id } }')
    assert data == {"event": None}


async def test_a_get_may_query(http: httpx2.AsyncClient) -> None:
    params = {"query": "query Q($one: ID!) { ...on Query { event(id: $one) { id } } }"}
    response = await http.get("/graphql", params={**params, "variables": '{"one": "1"}'})
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_get_may_not_change_anything(http: httpx2.AsyncClient) -> None:
    response = await http.get("/graphql", params={"query": "mutation { __typename }"})
    assert_refused(response, 405)
    assert response.headers["Allow"] == "POST"


async def test_other_methods_are_refused(http: httpx2.AsyncClient) -> None:
    response = await http.put("/graphql", json={"query": TYPENAME})
    assert_refused(response, 405)
    assert response.headers["Allow"] == "GET, POST"


async def test_a_browser_is_shown_the_editor(http: httpx2.AsyncClient) -> None:
    response = await http.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    media_type = response.headers["Content-Type"].partition(";")[0]
    # The second where the page was not built.
    assert (response.status_code, media_type) in [(200, "text/html"), (503, "text/plain")]


async def test_a_script_that_asks_nothing_is_told_so(http: httpx2.AsyncClient) -> None:
    assert_refused(await http.get("/graphql"))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "5",
        "null",
        '"{ __typename }"',
        "[]",
        '[{"query": "{ __typename }"}]',
        "{}",
        '{"query": null}',
        '{"query": 5}',
        '{"query": "{ __typename }", "operationName": 5}',
        '{"query": "{ __typename }", "operationName": "Other"}',
        '{"query": "{ __typename }", "variables": []}',
        '{"query": "{ __typename }", "extensions": "x"}',
        '{"query": "fragment F on Query { __typename }"}',
    ],
)
async def test_what_is_no_request_for_one_answer_is_refused(
    http: httpx2.AsyncClient, body: str
) -> None:
    headers = {"Content-Type": "application/json"}
    assert_refused(await http.post("/graphql", content=body, headers=headers))


async def test_a_form_of_another_site_cannot_post(http: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "text/plain"}
    body = json.dumps({"query": TYPENAME})
    assert_refused(await http.post("/graphql", content=body, headers=headers))


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (f"Content-Length: {MAX_BODY_BYTES + 1}", b""),
        (
            "Transfer-Encoding: chunked",
            b"%x\r\n" % (MAX_BODY_BYTES + 1) + b" " * MAX_BODY_BYTES + b" ",
        ),
    ],
    ids=["announced", "not announced"],
)
async def test_too_large_a_body_is_refused_before_it_has_ended(
    server: InProcessServer, header: str, body: bytes
) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = ["POST /graphql HTTP/1.1", "Host: livemeter", "Content-Type: application/json", header]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, content = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    assert head.startswith("HTTP/1.1 413 ")
    (error,) = json.loads(content)["errors"]
    assert error["extensions"] == {"code": "BAD_INPUT"}


def websocket(
    server: InProcessServer,
    origin: str | None = None,
    subprotocols: Sequence[Subprotocol] | None = (Subprotocol("graphql-transport-ws"),),
) -> connect:
    return connect(
        server.url.replace("http", "ws", 1) + "/graphql",
        origin=None if origin is None else Origin(origin),
        subprotocols=subprotocols,
        proxy=None,
    )


async def answer(connection: ClientConnection, message: object) -> Any:
    await connection.send(json.dumps(message))
    return json.loads(await connection.recv())


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://127.0.0.1:1", "null"])
async def test_a_page_of_another_origin_gets_no_websocket(
    server: InProcessServer, origin: str
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await websocket(server, origin)
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("has_origin", [True, False])
async def test_our_own_page_and_what_is_no_page_get_a_websocket(
    server: InProcessServer, has_origin: bool
) -> None:
    async with websocket(server, server.url if has_origin else None) as connection:
        ack = await answer(connection, {"type": "connection_init"})
        assert ack == {"type": "connection_ack"}


@pytest.mark.parametrize("subprotocols", [None, [Subprotocol("graphql-ws")]])
async def test_without_the_subprotocol_the_websocket_is_closed(
    server: InProcessServer, subprotocols: list[Subprotocol] | None
) -> None:
    async with websocket(server, subprotocols=subprotocols) as connection:
        assert await _closed(connection) == 4406


@pytest.mark.parametrize(
    "message",
    [
        5,
        {},
        {"type": "greeting"},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": "{ __typename }"},
        {"type": "subscribe", "id": [], "payload": {"query": TYPENAME}},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": TYPENAME, "variables": [1]}},
        {"type": "subscribe", "id": "1", "payload": {"query": TYPENAME, "operationName": 5}},
    ],
    ids=str,
)
async def test_a_message_of_another_shape_closes_the_websocket(
    server: InProcessServer, message: object
) -> None:
    async with websocket(server) as connection:
        await answer(connection, {"type": "connection_init"})
        await connection.send(json.dumps(message))
        assert await _closed(connection) == 4400


async def _closed(connection: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as caught:
        await connection.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code
