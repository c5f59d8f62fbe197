"""graphql-ws, the client that most pages and services subscribe with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.database import Database
from tests.clients.feed import ACTIVITY, ids_until, next_ids
from tests.clients.node import NodeScript
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer, ServerProcess

pytestmark = pytest.mark.node

RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"


def graphql_ws(url: str, key: str, query: str = ACTIVITY, **options: Any) -> NodeScript:
    params = {"Authorization": f"Bearer {key}"}
    address = url.replace("http", "ws", 1) + "/graphql"
    return NodeScript(
        "ws.mjs", **{"url": address, "connectionParams": params, "query": query} | options
    )


@pytest.mark.parametrize(
    "spelling", ["Authorization", "authorization", "AUTHORIZATION", "X-API-Key", "x-api-key"]
)
async def test_a_key_in_connection_params_opens_the_feed(
    server: InProcessServer, keys: Keys, spelling: str
) -> None:
    bearer = "Bearer " if spelling.lower() == "authorization" else ""
    params = {spelling: bearer + keys.read}
    async with graphql_ws(server.url, keys.read, connectionParams=params) as script:
        assert await next_ids(script) == []


async def test_an_event_follows_the_first_empty_update(
    server: InProcessServer, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with graphql_ws(server.url, keys.read) as script:
        assert await next_ids(script) == []
        await client.record(event)
        assert await next_ids(script) == ["event-1"]


async def test_after_a_kill_it_goes_on_without_gap_or_repeat(
    process: ServerProcess, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with graphql_ws(process.url, keys.read, alsoAfterErrors=True) as script:
        assert await next_ids(script) == []
        await client.record(event | {"id": "before"})
        ids = await ids_until(script, "before")
        process.kill()
        assert await script.says_until("closed") == 1006
        await client.record(event | {"id": "meanwhile"})
        process.start()
        assert await script.says_until("connected") == {"wasRetry": True}
        ids += await ids_until(script, "meanwhile")
        await client.record(event | {"id": "afterwards"})
        ids += await ids_until(script, "afterwards")
        assert ids == ["before", "meanwhile", "afterwards"]


async def test_after_a_graceful_stop_it_comes_back_by_itself(
    process: ServerProcess, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with graphql_ws(process.url, keys.read) as script:
        assert await next_ids(script) == []
        assert process.stop() == 0
        assert await script.says() == {"closed": 1012}
        await client.record(event)
        process.start()
        assert await script.says() == {"connected": {"wasRetry": True}}
        assert await ids_until(script, "event-1") == ["event-1"]


async def test_a_wrong_key_is_told_so_in_an_error_message(
    server: InProcessServer, keys: Keys
) -> None:
    async with graphql_ws(server.url, keys.read + "x") as script:
        await script.says_until("connected")
        (error,) = (await script.says())["error"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "query", ["subscription {", "subscription { nothing }", "{ event(id: 5.5) { id } }", ""]
)
async def test_a_wrong_document_is_told_so_in_an_error_message(
    server: InProcessServer, keys: Keys, query: str
) -> None:
    async with graphql_ws(server.url, keys.read, query) as script:
        await script.says_until("connected")
        (error,) = (await script.says())["error"]
        assert error["extensions"]["code"] == "BAD_INPUT"


async def test_a_subscription_that_the_client_completes_ends_on_the_server(
    server: InProcessServer, keys: Keys
) -> None:
    watches = server.app.state.services.hub._watches
    # The connection stays open, so that it is the `complete` message that ends it.
    async with graphql_ws(server.url, keys.read, lazyCloseTimeout=60_000) as script:
        assert await next_ids(script) == []
        assert list(watches) == [1]
        script.unsubscribe()
        assert await script.says() == {"complete": True}
        await _emptied(watches)


async def test_a_client_that_is_gone_leaves_no_subscription_behind(
    server: InProcessServer, keys: Keys
) -> None:
    async with graphql_ws(server.url, keys.read) as script:
        assert await next_ids(script) == []
    await _emptied(server.app.state.services.hub._watches)


async def _emptied(watches: dict[int, Any]) -> None:
    async with asyncio.timeout(10):
        while watches:
            await asyncio.sleep(0.01)


async def test_a_token_that_ends_is_told_once_and_the_connection_is_closed(
    server: InProcessServer, client: GraphQLClient, database: Database
) -> None:
    token = await _customer_token(client)
    async with graphql_ws(server.url, token, lazyCloseTimeout=60_000) as script:
        assert await next_ids(script) == []
        async with database.driver() as driver:
            await driver.execute("UPDATE customer_tokens SET expires_at = now()")
        (error,) = (await script.says())["error"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert await script.says() == {"closed": 4401}


async def _customer_token(client: GraphQLClient) -> str:
    query = 'mutation { createCustomerToken(customerId: "acme", expiresInSeconds: 600) { token } }'
    return str((await client.data(query))["createCustomerToken"]["token"])


async def test_queries_and_mutations_go_over_the_websocket_too(
    server: InProcessServer, keys: Keys, event: dict[str, Any]
) -> None:
    async with graphql_ws(server.url, keys.write, RECORD, variables={"events": [event]}) as script:
        assert await script.says_until("next") == {"data": {"recordEvents": {"recorded": 1}}}
        assert await script.says() == {"complete": True}
        assert await script.says() == {"closed": 1000}
        assert await script.end() == 0
    async with graphql_ws(server.url, keys.read, '{ event(id: "event-1") { id } }') as script:
        assert await script.says_until("next") == {"data": {"event": {"id": "event-1"}}}
        assert await script.says() == {"complete": True}
