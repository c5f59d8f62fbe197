"""Keys made and revoked by GraphQL: they work, they stop, and who did it is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database import Database
from models.key import Scope, find_key, new_key
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.subscription import subscribed

CREATE = """
    mutation($name: String!, $scopes: [Scope!]!, $expiresAt: DateTime) {
        createApiKey(name: $name, scopes: $scopes, expiresAt: $expiresAt) {
            secret apiKey { id name prefix scopes createdAt lastUsedAt expiresAt revokedAt }
        }
    }
"""
REVOKE = "mutation($id: ID!) { revokeApiKey(id: $id) { id revokedAt } }"
LIST = "{ apiKeys { id name lastUsedAt revokedAt } }"
HEAD = "{ events { head } }"


async def _create(admin: GraphQLClient, *scopes: str, **values: Any) -> Any:
    variables = {"name": "new", "scopes": list(scopes) or ["USAGE_READ"]} | values
    return (await admin.data(CREATE, **variables))["createApiKey"]


async def _stops(server: InProcessServer, secret: str) -> str:
    """The code of the first refusal."""
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    async with GraphQLClient(server.url, secret) as client:
        while "errors" not in (answer := await client.post(HEAD)):
            assert datetime.now(UTC) < deadline
    return str(answer["errors"][0]["extensions"]["code"])


async def test_a_new_key_works_and_its_secret_is_kept_nowhere(
    server: InProcessServer, admin: GraphQLClient, database: Database
) -> None:
    made = await _create(admin, "EVENTS_WRITE", "USAGE_READ")
    async with GraphQLClient(server.url, made["secret"]) as client:
        await client.data(HEAD)
    assert made["apiKey"]["scopes"] == ["EVENTS_WRITE", "USAGE_READ"]
    assert made["secret"].startswith(made["apiKey"]["prefix"])
    async with database.snapshot_as_owner() as driver:
        dump = await driver.fetchval("SELECT string_agg(k::text, '') FROM api_keys AS k")
        audit = await driver.fetchval("SELECT string_agg(a::text, '') FROM audit_entries AS a")
    assert made["secret"] not in dump + audit


async def test_a_revoked_key_stops(server: InProcessServer, admin: GraphQLClient) -> None:
    made = await _create(admin)
    async with GraphQLClient(server.url, made["secret"]) as client:
        await client.data(HEAD)
    revoked = (await admin.data(REVOKE, id=made["apiKey"]["id"]))["revokeApiKey"]
    assert revoked["revokedAt"] is not None
    assert await _stops(server, made["secret"]) == "UNAUTHENTICATED"


async def test_a_revoked_key_stops_at_once_where_it_was_revoked(
    server: InProcessServer, admin: GraphQLClient
) -> None:
    made = await _create(admin)
    async with GraphQLClient(server.url, made["secret"]) as client:
        await client.data(HEAD)
        await admin.data(REVOKE, id=made["apiKey"]["id"])
        assert (await client.error(HEAD))["code"] == "UNAUTHENTICATED"


async def test_what_is_open_with_a_revoked_key_ends(
    server: InProcessServer, admin: GraphQLClient
) -> None:
    made = await _create(admin)
    async with subscribed(server.url, made["secret"]) as subscription:
        await admin.data(REVOKE, id=made["apiKey"]["id"])
        assert await subscription.end() == "UNAUTHENTICATED"


async def test_what_is_open_ends_in_a_process_that_heard_of_it_by_postgres_alone(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with subscribed(server.url, keys.read) as subscription:
        async with database.write() as session:
            key = await find_key(session, keys.read)
            assert key is not None
            key.revoked_at = datetime.now(UTC)
        assert await subscription.end() == "UNAUTHENTICATED"


async def test_what_is_open_ends_with_the_keys_time(
    server: InProcessServer, database: Database
) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=2)
    key, secret = new_key(1, "short", [Scope.USAGE_READ], ends)
    async with database.write() as session:
        session.add(key)
    async with subscribed(server.url, secret) as subscription:
        assert await subscription.end() == "UNAUTHENTICATED"
    assert datetime.now(UTC) >= ends


async def test_others_subscriptions_go_on_when_a_key_is_revoked(
    server: InProcessServer, admin: GraphQLClient, keys: Keys, event: dict[str, Any]
) -> None:
    made = await _create(admin)
    async with (
        subscribed(server.url, keys.read) as other,
        subscribed(server.url, made["secret"]) as ended,
    ):
        await admin.data(REVOKE, id=made["apiKey"]["id"])
        await ended.end()
        await admin.record(event)
        assert await other.ids() == ["event-1"]


async def test_revoking_twice_changes_nothing(admin: GraphQLClient) -> None:
    key_id = (await _create(admin))["apiKey"]["id"]
    assert await admin.data(REVOKE, id=key_id) == await admin.data(REVOKE, id=key_id)


@pytest.mark.parametrize("key_id", ["key_0000000000000000", "", "\x00", "a" * 100_000])
async def test_a_key_that_is_not_there_cannot_be_revoked(admin: GraphQLClient, key_id: str) -> None:
    error = await admin.error(REVOKE, id=key_id)
    assert (error["code"], error["field"]) == ("NOT_FOUND", "id")
    assert len(error["message"]) < 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(
    admin: GraphQLClient, values: dict[str, Any], field: str
) -> None:
    error = await admin.error(CREATE, **({"name": "new", "scopes": ["ADMIN"]} | values))
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_when_a_key_was_last_used_is_shown(
    server: InProcessServer, admin: GraphQLClient
) -> None:
    made = await _create(admin)
    async with GraphQLClient(server.url, made["secret"]) as client:
        await client.data(HEAD)
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    used = None
    while used is None:
        assert datetime.now(UTC) < deadline
        keys = (await admin.data(LIST))["apiKeys"]
        used = next(key["lastUsedAt"] for key in keys if key["id"] == made["apiKey"]["id"])


async def test_the_list_has_keys_of_the_workspace_alone(
    admin: GraphQLClient, server: InProcessServer, keys: Keys
) -> None:
    names = [key["name"] for key in (await admin.data(LIST))["apiKeys"]]
    assert sorted(names) == ["admin", "full", "read", "write"]


async def test_what_was_done_to_keys_is_in_the_audit_log(admin: GraphQLClient) -> None:
    key_id = (await _create(admin))["apiKey"]["id"]
    await admin.data(REVOKE, id=key_id)
    log = await admin.data("{ auditLog { id actor action subject detail at } }")
    revoked, created = log["auditLog"]
    assert [created["action"], revoked["action"]] == ["KEY_CREATED", "KEY_REVOKED"]
    assert {created["subject"], revoked["subject"]} == {key_id}
    assert created["detail"] == {"name": "new", "scopes": ["USAGE_READ"]}
    assert created["actor"].startswith("admin (key_")


async def test_the_audit_log_goes_on_before_an_entry(admin: GraphQLClient) -> None:
    for _ in range(3):
        await _create(admin)
    first = (await admin.data("{ auditLog(first: 2) { id } }"))["auditLog"]
    rest = await admin.data(
        "query($before: ID) { auditLog(before: $before) { id } }", before=first[-1]["id"]
    )
    ids = [int(entry["id"]) for entry in first + rest["auditLog"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3


@pytest.mark.parametrize("arguments", ['before: "x"', "first: -1", "first: 1001"])
async def test_an_audit_page_that_is_none_is_refused(admin: GraphQLClient, arguments: str) -> None:
    error = await admin.error(f"{{ auditLog({arguments}) {{ id }} }}")
    assert error["code"] == "BAD_INPUT"


@pytest.fixture
def room_for_one_more(monkeypatch: pytest.MonkeyPatch, keys: Keys) -> None:
    """Room for five keys, of which four are there."""
    monkeypatch.setattr("resolvers.api_keys.MAX_KEYS", 5)


@pytest.mark.usefixtures("room_for_one_more")
async def test_keys_that_ended_take_no_place(admin: GraphQLClient) -> None:
    for _ in range(3):
        made = await _create(admin)
        await admin.data(REVOKE, id=made["apiKey"]["id"])


@pytest.mark.usefixtures("room_for_one_more")
async def test_of_keys_made_at_once_no_more_hold_than_may(admin: GraphQLClient) -> None:
    variables = {"name": "new", "scopes": ["USAGE_READ"]}
    answers = await asyncio.gather(*(admin.post(CREATE, **variables) for _ in range(4)))
    assert sorted("errors" in answer for answer in answers) == [False, True, True, True]


async def test_a_key_is_revoked_once_however_many_want_to(admin: GraphQLClient) -> None:
    id = (await _create(admin))["apiKey"]["id"]
    await asyncio.gather(*(admin.data(REVOKE, id=id) for _ in range(5)))
    entries = (await admin.data("{ auditLog { action } }"))["auditLog"]
    assert [entry["action"] for entry in entries].count("KEY_REVOKED") == 1
