"""A query that takes too long, or that nobody waits for any more, stops in Postgres too."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import asyncpg
import pytest

from schema.query_limits import QueryLimits
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from web.limits import Limits

EVENTS = "{ events { nodes { id } } }"
QUICKLY = Limits(query=QueryLimits(seconds=1.0))
RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"


class Locked:
    """Holds the events' table, so that whoever reads or writes it waits."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self._holder = await asyncpg.connect(self._url)
        self._watcher = await asyncpg.connect(self._url)
        await self._holder.execute("BEGIN; LOCK TABLE usage_events IN ACCESS EXCLUSIVE MODE")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._holder.close()
        await self._watcher.close()

    async def waiting(self) -> int:
        """How many statements Postgres is at, on this table."""
        return int(
            await self._watcher.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
        )

    async def comes_to(self, count: int) -> None:
        async with asyncio.timeout(10):
            while await self.waiting() != count:
                await asyncio.sleep(0.02)

    async def release(self) -> None:
        await self._holder.execute("ROLLBACK")


async def test_a_query_that_takes_too_long_is_too_complex(database_url: str, keys: Keys) -> None:
    async with (
        InProcessServer(database_url, limits=QUICKLY) as server,
        GraphQLClient(server.url, keys.read) as client,
        Locked(database_url) as locked,
    ):
        error = await client.error(EVENTS)
        await locked.comes_to(0)
    assert error["code"] == "TOO_COMPLEX"


async def test_a_query_that_is_answered_as_an_event_has_the_same_time(
    database_url: str, keys: Keys
) -> None:
    async with (
        InProcessServer(database_url, limits=QUICKLY) as server,
        GraphQLClient(server.url, keys.read) as client,
        Locked(database_url) as locked,
    ):
        response = await client.http.post(
            "/graphql", json={"query": EVENTS}, headers={"Accept": "text/event-stream"}
        )
        await locked.comes_to(0)
    assert "TOO_COMPLEX" in response.text


async def test_a_rest_request_has_the_same_time(database_url: str, keys: Keys) -> None:
    async with (
        InProcessServer(database_url, limits=QUICKLY) as server,
        RestClient(server.url, keys.read) as client,
        Locked(database_url) as locked,
    ):
        response = await client.get(
            "/v1/events/export", format="csv", startDate="2026-01-01", endDate="2026-01-02"
        )
        await locked.comes_to(0)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "TOO_COMPLEX")


async def test_after_queries_were_stopped_others_are_answered(
    database_url: str, keys: Keys
) -> None:
    """More of them than there are connections to Postgres."""
    async with (
        InProcessServer(database_url, limits=QUICKLY) as server,
        GraphQLClient(server.url, keys.read) as client,
    ):
        async with Locked(database_url):
            await asyncio.gather(*(client.post(EVENTS) for _ in range(25)))
        assert await client.data(EVENTS) == {"events": {"nodes": []}}


@pytest.mark.parametrize(
    ("path", "accept", "parameters"),
    [
        ("/graphql", "application/json", {"query": EVENTS}),
        ("/graphql", "application/json, text/event-stream", {"query": EVENTS}),
        ("/graphql", "text/event-stream", {"query": EVENTS}),
        (
            "/v1/events/export",
            "*/*",
            {"format": "csv", "startDate": "2026-01-01", "endDate": "2026-01-02"},
        ),
    ],
)
async def test_a_query_whose_caller_has_left_is_stopped(
    server: InProcessServer,
    database_url: str,
    keys: Keys,
    path: str,
    accept: str,
    parameters: dict[str, str],
) -> None:
    async with Locked(database_url) as locked:
        async with GraphQLClient(server.url, keys.read) as client:
            headers = {"Accept": accept}
            asking = asyncio.create_task(client.http.get(path, params=parameters, headers=headers))
            await locked.comes_to(1)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await locked.comes_to(0)


async def test_a_mutation_is_finished_whatever_the_time_for_queries(
    database_url: str, keys: Keys, event: dict[str, Any]
) -> None:
    limits = Limits(query=QueryLimits(seconds=0.2))
    async with (
        InProcessServer(database_url, limits=limits) as server,
        GraphQLClient(server.url, keys.full) as client,
        Locked(database_url) as locked,
    ):
        recording = asyncio.create_task(client.data(RECORD, events=[event]))
        await locked.comes_to(1)
        await asyncio.sleep(0.6)
        await locked.release()
        assert await recording == {"recordEvents": {"recorded": 1}}


async def test_a_mutation_whose_caller_has_left_is_finished(
    server: InProcessServer, database_url: str, keys: Keys, event: dict[str, Any]
) -> None:
    async with GraphQLClient(server.url, keys.read) as reader, Locked(database_url) as locked:
        async with GraphQLClient(server.url, keys.full) as client:
            body = {"query": RECORD, "variables": {"events": [event]}}
            recording = asyncio.create_task(client.http.post("/graphql", json=body))
            await locked.comes_to(1)
            recording.cancel()
            await asyncio.gather(recording, return_exceptions=True)
        await asyncio.sleep(0.2)
        await locked.release()
        async with asyncio.timeout(10):
            while await reader.data(EVENTS) == {"events": {"nodes": []}}:
                await asyncio.sleep(0.02)
