"""Who may read by REST, and what is told to those who may not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from models.database import Database
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from web.rest.openapi import ENDPOINTS

PATHS = [endpoint.path for endpoint in ENDPOINTS]
FORMAT = {"/v1/events/export": {"format": "csv"}}


async def _refusal(server: InProcessServer, path: str, key: str | None) -> Any:
    async with RestClient(server.url, key) as client:
        return await client.refusal(path, **FORMAT.get(path, {}))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", [None, "om_live_wrong"])
async def test_without_a_key_that_holds_nothing_is_said(
    server: InProcessServer, path: str, key: str | None
) -> None:
    assert await _refusal(server, path, key) == (401, "UNAUTHENTICATED", None)


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_no_key_hears_so_before_anything_else(
    server: InProcessServer, path: str
) -> None:
    async with RestClient(server.url) as client:
        response = await client.get(path, nonsense="1")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", PATHS)
async def test_a_key_that_may_only_write_is_refused(
    server: InProcessServer, keys: Keys, path: str
) -> None:
    assert await _refusal(server, path, keys.write) == (403, "FORBIDDEN", None)


async def test_a_revoked_key_stops(
    server: InProcessServer, keys: Keys, database: Database, rest: RestClient
) -> None:
    await rest.usage()
    async with database.write() as session:
        statement = text("UPDATE api_keys SET revoked_at = :now WHERE name = 'read'")
        await session.execute(statement, {"now": datetime.now(UTC)})
    while (await rest.get("/v1/analytics/usage")).status_code == 200:
        await asyncio.sleep(0.05)  # Keys are remembered for half a second.
    assert await _refusal(server, "/v1/analytics/usage", keys.read) == (
        401,
        "UNAUTHENTICATED",
        None,
    )


async def test_the_other_header_is_good_too(server: InProcessServer, keys: Keys) -> None:
    async with RestClient(server.url) as client:
        client.http.headers["X-API-Key"] = keys.read
        assert (await client.get("/v1/analytics/usage")).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_the_pages_session_is_good_too(
    server: InProcessServer, keys: Keys, path: str
) -> None:
    async with RestClient(server.url) as client:
        await client.http.post("/session", json={"key": keys.read})
        assert (await client.get(path, **FORMAT.get(path, {}))).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("workspace", "status"), [(1, 200), (2, 400)])
async def test_a_key_is_good_for_no_other_workspace_than_its_own(
    rest: RestClient, path: str, workspace: int, status: int
) -> None:
    answer = await rest.get(path, **FORMAT.get(path, {}), workspace=workspace)
    assert answer.status_code == status


async def test_another_workspace_sees_nothing_of_this_one(
    server: InProcessServer, keys: Keys, client: GraphQLClient, event: dict[str, Any]
) -> None:
    await client.record(event)
    day = {"startDate": "2026-11-01", "endDate": "2026-11-01"}
    async with RestClient(server.url, keys.other) as other:
        assert (await other.usage(**day))["summary"]["totalEvents"] == "0"


@pytest.mark.parametrize("path", PATHS)
async def test_answers_are_kept_by_no_cache(rest: RestClient, path: str) -> None:
    response = await rest.get(path, **FORMAT.get(path, {}))
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PATHS, "/v1/openapi.json"])
async def test_only_reading_is_answered(server: InProcessServer, path: str) -> None:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as http:
        response = await http.post(path)
    assert (response.status_code, response.json()["error"]["code"]) == (405, "BAD_INPUT")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_database_that_is_away_is_unavailable_and_worth_another_try(path: str) -> None:
    async with (
        InProcessServer("postgresql://nobody@127.0.0.1:1/nowhere") as server,
        RestClient(server.url, "om_live_any") as client,
    ):
        response = await client.get(path, **FORMAT.get(path, {}))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
    assert response.json()["error"]["code"] == "UNAVAILABLE"


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_our_own_fault_is_masked_and_in_the_log(
    rest: RestClient, database: Database, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    async with database.write() as session:
        await session.execute(text("ALTER TABLE usage_events RENAME TO gone"))
        await session.execute(text("ALTER TABLE cube_gaps RENAME TO gone_too"))
    response = await rest.get(path, **FORMAT.get(path, {}))
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["field"]) == (500, "INTERNAL", None)
    assert "gone" not in error["message"]
    assert error["message"].rpartition(" ")[2].rstrip(".") in "".join(capfd.readouterr())
