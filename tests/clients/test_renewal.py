"""A customer's token that is renewed as docs/clients.md says, before it ends."""

from __future__ import annotations

from typing import Any

import pytest

from models.database import Database
from tests.clients.feed import ACTIVITY, ids_until
from tests.clients.node import NodeScript, set_up
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

pytestmark = pytest.mark.node

VIEWER = "{ viewer { customerId } }"


def renewing(server: InProcessServer, keys: Keys, kind: str, query: str, ms: int) -> NodeScript:
    """With tokens that are renewed after so many milliseconds."""
    code = set_up("A token that ends").replace("//127.0.0.1:8000", server.url.removeprefix("http:"))
    url = f"{server.url}/graphql"
    return NodeScript(
        "renewal.mjs", before=code, url=url, backEndKey=keys.full, kind=kind, query=query, lifeMs=ms
    )


async def end_all_but_the_last(database: Database) -> None:
    async with database.driver() as driver:
        await driver.execute(
            "UPDATE customer_tokens SET expires_at = now() "
            "WHERE expires_at < (SELECT max(expires_at) FROM customer_tokens)"
        )


@pytest.mark.parametrize("kind", ["graphql-ws", "urql by WebSocket", "apollo by WebSocket"])
async def test_a_feed_goes_on_without_gap_or_repeat(
    server: InProcessServer,
    client: GraphQLClient,
    keys: Keys,
    database: Database,
    event: dict[str, Any],
    kind: str,
) -> None:
    async with renewing(server, keys, kind, ACTIVITY, 3_000) as script:
        await script.says_until("token")
        await script.says_until("next")
        await client.record(event | {"id": "before"})
        ids = await ids_until(script, "before")
        await script.says_until("token")
        await client.record(event | {"id": "meanwhile"})
        ids += await ids_until(script, "meanwhile")
        await end_all_but_the_last(database)
        await client.record(event | {"id": "afterwards"})
        ids += await ids_until(script, "afterwards")
    assert ids == ["before", "meanwhile", "afterwards"]


@pytest.mark.parametrize("kind", ["urql", "apollo"])
async def test_a_query_by_http_has_a_token_that_holds(
    server: InProcessServer, keys: Keys, database: Database, kind: str
) -> None:
    # Renewed for each request.
    async with renewing(server, keys, kind, VIEWER, 0) as script:
        for _ in range(2):
            script.go_on()
            assert "token" in await script.says()
            await end_all_but_the_last(database)
            answer = await script.says_until("next")
            assert answer["data"]["viewer"]["customerId"] == "acme"
