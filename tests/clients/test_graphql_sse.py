"""graphql-sse, in its "distinct connections mode": a request for each operation."""

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


def graphql_sse(url: str, key: str, query: str = ACTIVITY) -> NodeScript:
    headers = {"Authorization": f"Bearer {key}"}
    return NodeScript("sse.mjs", url=f"{url}/graphql", headers=headers, query=query)


async def test_an_event_follows_the_first_empty_update(
    server: InProcessServer, client: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    async with graphql_sse(server.url, keys.read) as script:
        assert await next_ids(script) == []
        await client.record(event)
        assert await next_ids(script) == ["event-1"]


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_stream_that_the_server_ends_is_taken_up_again_without_gap_or_repeat(
    process: ServerProcess, client: GraphQLClient, keys: Keys, event: dict[str, Any], end: str
) -> None:
    async with graphql_sse(process.url, keys.read) as script:
        assert await script.says() == {"connected": {"wasRetry": False}}
        assert await next_ids(script) == []
        await client.record(event | {"id": "before"})
        ids = await ids_until(script, "before")
        getattr(process, end)()
        await client.record(event | {"id": "meanwhile"})
        process.start()
        # No `complete` comes before it.
        assert await script.says() == {"connected": {"wasRetry": True}}
        ids += await ids_until(script, "meanwhile")
        await client.record(event | {"id": "afterwards"})
        ids += await ids_until(script, "afterwards")
        assert ids == ["before", "meanwhile", "afterwards"]


async def test_a_stream_that_the_client_ends_ends_on_the_server(
    server: InProcessServer, keys: Keys
) -> None:
    watches = server.app.state.services.hub._watches
    async with graphql_sse(server.url, keys.read) as script:
        assert await next_ids(script) == []
        assert list(watches) == [1]
        script.unsubscribe()
        assert await script.says() == {"complete": True}
        async with asyncio.timeout(10):
            while watches:
                await asyncio.sleep(0.01)


async def test_a_query_is_answered_and_completed(server: InProcessServer, keys: Keys) -> None:
    async with graphql_sse(server.url, keys.read, "{ viewer { scopes } }") as script:
        assert await script.says_until("next") == {"data": {"viewer": {"scopes": ["USAGE_READ"]}}}
        assert await script.says() == {"complete": True}
        assert await script.end() == 0


@pytest.mark.parametrize(
    ("query", "code"), [(ACTIVITY, "UNAUTHENTICATED"), ("subscription {", "BAD_INPUT")]
)
async def test_what_cannot_be_done_is_told_with_its_code(
    server: InProcessServer, keys: Keys, query: str, code: str
) -> None:
    async with graphql_sse(server.url, keys.read + "x", query) as script:
        (error,) = (await script.says_until("next"))["errors"]
        assert error["extensions"]["code"] == code
        assert await script.says() == {"complete": True}


async def test_a_key_that_is_revoked_is_told_once_and_the_stream_ends(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with graphql_sse(server.url, keys.read) as script:
        assert await next_ids(script) == []
        async with database.driver() as driver:
            await driver.execute("UPDATE api_keys SET revoked_at = now()")
        (error,) = (await script.says_until("next"))["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert await script.says() == {"complete": True}
        assert await script.end() == 0
