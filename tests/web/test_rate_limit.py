"""Each key has its own count of requests; whoever has no valid key shares that of an address."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from models.database import Database
from tests.browser import Browser, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from tests.statements import noted_statements
from web.limits import Limits, RateLimits

VIEWER = "{ viewer { workspace { name } } }"


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[InProcessServer]:
    limits = Limits(rates=RateLimits(per_key=5, per_address=4))
    async with InProcessServer(database_url, limits=limits) as server:
        yield server


async def _codes(client: GraphQLClient, requests: int) -> list[str]:
    answers = [await client.post(VIEWER) for _ in range(requests)]
    return [
        answer["errors"][0]["extensions"]["code"] if "errors" in answer else "OK"
        for answer in answers
    ]


async def test_a_key_may_ask_so_often_a_minute(client: GraphQLClient) -> None:
    assert await _codes(client, 7) == ["OK"] * 5 + ["RATE_LIMITED"] * 2


async def test_one_key_leaves_anothers_count_alone(
    server: InProcessServer, client: GraphQLClient, keys: Keys
) -> None:
    await _codes(client, 6)
    async with GraphQLClient(server.url, keys.read) as other:
        assert await _codes(other, 5) == ["OK"] * 5


async def test_wrong_keys_share_the_count_of_their_address(
    server: InProcessServer, keys: Keys
) -> None:
    codes = []
    for number in range(5):
        async with GraphQLClient(server.url, f"om_live_wrong{number}") as guesser:
            codes += await _codes(guesser, 1)
    assert codes == ["UNAUTHENTICATED"] * 4 + ["RATE_LIMITED"]


async def test_a_guess_that_is_refused_asks_nothing_of_postgres(
    server: InProcessServer, keys: Keys
) -> None:
    async with GraphQLClient(server.url, "om_live_wrong") as guesser:
        await _codes(guesser, 4)
        with noted_statements(server.app.state.services.database) as statements:
            assert await _codes(guesser, 1) == ["RATE_LIMITED"]
    assert statements == []


async def test_an_address_that_guessed_too_often_does_not_lock_a_known_key_out(
    server: InProcessServer, client: GraphQLClient
) -> None:
    await _codes(client, 1)
    async with GraphQLClient(server.url, "om_live_wrong") as guesser:
        await _codes(guesser, 10)
    assert await _codes(client, 1) == ["OK"]


async def test_a_session_that_names_a_foreign_workspace_counts_as_itself(
    server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, "ada@example.com")
        answers = [await browser.viewer(**{"Livemeter-Workspace": "0"}) for _ in range(8)]
    assert answers == ["FORBIDDEN"] * 5 + ["RATE_LIMITED"] * 3


async def test_a_key_that_is_busy_stays_known_whatever_comes_from_its_address(
    server: InProcessServer, client: GraphQLClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(server.app.state.admission, "_clock", lambda: now)
    await _codes(client, 1)
    async with GraphQLClient(server.url, "om_live_wrong") as guesser:
        await _codes(guesser, 10)
    now += 50
    assert await _codes(client, 1) == ["OK"]
    now += 50
    assert await _codes(client, 1) == ["OK"]


async def test_a_key_that_was_revoked_has_a_count_no_more(
    server: InProcessServer, admin: GraphQLClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = 'mutation { createApiKey(name: "k", scopes: [USAGE_READ]) { secret apiKey { id } } }'
    made = (await admin.data(create))["createApiKey"]
    async with GraphQLClient(server.url, made["secret"]) as client:
        await _codes(client, 1)
        await admin.data("mutation($id: ID!) { revokeApiKey(id: $id) { id } }", **made["apiKey"])
        later = time.monotonic() + 2
        monkeypatch.setattr(server.app.state.admission, "_clock", lambda: later)
        while await _codes(client, 1) == ["OK"]:
            pass  # Credentials are remembered for half a second.
        await _codes(client, 3)
    async with GraphQLClient(server.url, "om_live_wrong") as guesser:
        assert await _codes(guesser, 1) == ["RATE_LIMITED"]


async def test_all_sessions_of_a_key_share_its_count(server: InProcessServer, keys: Keys) -> None:
    answers = []
    for _ in range(2):
        async with Browser(server.url) as browser:
            await browser.post("/session", json={"key": keys.read})
            answers += [await browser.viewer() for _ in range(3)]
    assert [answer == "RATE_LIMITED" for answer in answers] == [False] * 5 + [True]


async def test_all_tokens_of_a_customer_share_its_count(
    database_url: str, client: GraphQLClient
) -> None:
    limits = Limits(rates=RateLimits(per_customer=5))
    token = 'mutation { createCustomerToken(customerId: "acme") { token } }'
    codes = []
    async with InProcessServer(database_url, limits=limits) as server:
        for _ in range(2):
            made = (await client.data(token))["createCustomerToken"]["token"]
            async with GraphQLClient(server.url, made) as customer:
                codes += await _codes(customer, 3)
    assert codes == ["OK"] * 5 + ["RATE_LIMITED"]


async def test_who_has_no_key_pays_for_the_length_of_a_body(server: InProcessServer) -> None:
    async with GraphQLClient(server.url) as client:
        statuses = [
            (
                await client.http.post("/graphql", json={"query": VIEWER, "x": "x" * size})
            ).status_code
            for size in (10, 4096 * 3, 10)
        ]
    assert statuses == [200, 429, 200]


async def test_graphql_is_told_when_to_go_on(client: GraphQLClient) -> None:
    await _codes(client, 5)
    response = await client.http.post("/graphql", json={"query": VIEWER})
    (error,) = response.json()["errors"]
    after = response.headers["Retry-After"]
    assert (response.status_code, error["extensions"]) == (
        429,
        {"code": "RATE_LIMITED", "retryAfter": int(after)},
    )


async def test_rest_is_told_when_to_go_on(server: InProcessServer, keys: Keys) -> None:
    async with RestClient(server.url, keys.read) as client:
        for _ in range(6):
            response = await client.get("/v1/openapi.json")
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["retryAfter"]) == (
        429,
        "RATE_LIMITED",
        int(response.headers["Retry-After"]),
    )


@pytest.mark.parametrize("path", ["/livez", "/", "/static/nothing.js"])
async def test_what_asks_nothing_of_postgres_is_free(server: InProcessServer, path: str) -> None:
    async with RestClient(server.url) as client:
        statuses = {(await client.get(path)).status_code for _ in range(10)}
    assert 429 not in statuses


async def test_each_operation_of_a_websocket_counts(server: InProcessServer, keys: Keys) -> None:
    async with _connected(server) as socket:
        await _told(socket, {"type": "connection_init", "payload": {"X-API-Key": keys.read}})
        codes = []
        for number in range(7):
            query = {"id": str(number), "type": "subscribe", "payload": {"query": VIEWER}}
            answer = await _told(socket, query)
            codes.append(
                answer["payload"][0]["extensions"]["code"] if answer["type"] == "error" else "OK"
            )
            if answer["type"] == "next":
                await socket.recv()
    assert codes == ["OK"] * 5 + ["RATE_LIMITED"] * 2


async def test_handshakes_count_too(server: InProcessServer) -> None:
    for _ in range(4):
        async with _connected(server):
            pass
    with pytest.raises(InvalidStatus) as caught:
        await _connected(server)
    response = caught.value.response
    assert (response.status_code, "Retry-After" in response.headers) == (429, True)


def _connected(server: InProcessServer) -> connect:
    return connect(
        server.url.replace("http", "ws", 1) + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        proxy=None,
    )


async def _told(socket: ClientConnection, message: object) -> Any:
    await socket.send(json.dumps(message))
    return json.loads(await socket.recv())
