"""Keys and scopes: no key, a wrong, expired or revoked one; a scope that is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database import Database
from models.key import Scope, find_key, new_key
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

READS = ["{ viewer { email } }", '{ event(id: "a") { id } }', "{ events { head } }"]
RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"


async def _error(server: InProcessServer, key: str | None, query: str, **variables: Any) -> str:
    async with GraphQLClient(server.url, key) as client:
        return str((await client.error(query, **variables))["code"])


@pytest.mark.parametrize("query", READS)
@pytest.mark.parametrize("key", [None, "om_live_wrong", "", "Bearer", "om_live_" + "x" * 5_000])
async def test_who_has_no_key_sees_nothing(
    server: InProcessServer, keys: Keys, key: str | None, query: str
) -> None:
    assert await _error(server, key, query) == "UNAUTHENTICATED"


async def test_who_has_no_key_records_nothing(server: InProcessServer, event: Any) -> None:
    assert await _error(server, None, RECORD, events=[event]) == "UNAUTHENTICATED"


async def test_the_header_x_api_key_is_as_good(server: InProcessServer, keys: Keys) -> None:
    async with GraphQLClient(server.url) as client:
        client.http.headers["X-API-Key"] = keys.read
        data = await client.data("{ viewer { workspace { name } } }")
    assert data == {"viewer": {"workspace": {"name": "default"}}}


async def test_an_expired_key_is_refused(server: InProcessServer, database: Database) -> None:
    async with database.write() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        key, secret = new_key(1, "old", [Scope.USAGE_READ], past)
        session.add(key)
    assert await _error(server, secret, "{ events { head } }") == "UNAUTHENTICATED"


async def test_a_revoked_key_is_refused_within_a_second(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with GraphQLClient(server.url, keys.read) as client:
        await client.data("{ events { head } }")
        async with database.write() as session:
            key = await find_key(session, keys.read)
            assert key is not None
            key.revoked_at = datetime.now(UTC)
        refused_after = datetime.now(UTC) + timedelta(seconds=1)
        while "errors" not in (answer := await client.post("{ events { head } }")):
            assert datetime.now(UTC) < refused_after + timedelta(seconds=10)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_that_may_only_write_cannot_read(server: InProcessServer, keys: Keys) -> None:
    assert await _error(server, keys.write, "{ events { head } }") == "FORBIDDEN"


async def test_a_key_that_may_only_read_cannot_write(
    server: InProcessServer, keys: Keys, event: Any
) -> None:
    assert await _error(server, keys.read, RECORD, events=[event]) == "FORBIDDEN"


async def test_a_writer_sees_what_it_recorded_but_not_what_was_there(
    server: InProcessServer, keys: Keys, event: Any
) -> None:
    async with GraphQLClient(server.url, keys.write) as client:
        first = await client.record(event)
        again = await client.record(event)
    assert first["results"][0]["event"] == {"id": "event-1"}
    assert again["results"][0] == {
        "index": 0,
        "id": "event-1",
        "status": "DUPLICATE",
        "problem": None,
        "event": None,
    }


async def test_another_workspaces_events_are_not_there(
    server: InProcessServer, keys: Keys, event: Any
) -> None:
    async with GraphQLClient(server.url, keys.full) as mine:
        await mine.record(event)
        head = (await mine.data("{ events { head } }"))["events"]["head"]
    async with GraphQLClient(server.url, keys.other) as other:
        assert await other.data('{ event(id: "event-1") { id } }') == {"event": None}
        assert await other.data("{ events { nodes { id } } }") == {"events": {"nodes": []}}
        refused = await other.error(
            "query($after: Cursor) { events(after: $after) { head } }", after=head
        )
    assert refused["code"] == "BAD_INPUT"
