"""SIGTERM while requests are under way: they are answered, and feeds are told to come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from tests.conftest import Keys
from tests.faults.caller import Batch, Caller
from tests.faults.table import read_table
from tests.faults.watcher import watching
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import ServerProcess
from tests.valkey import eventually

_CALLERS = 8
_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@asynccontextmanager
async def _log_locked(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody can write into the workspace's log while the block lasts."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM workspaces WHERE id = 1 FOR UPDATE")
            yield connection
    finally:
        await connection.close()


async def _await_blocked(connection: asyncpg.Connection) -> None:
    async with asyncio.timeout(30):
        while not await connection.fetchval(_BLOCKED):
            await asyncio.sleep(0.01)


async def _refuses(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return True
    writer.close()
    return False


@dataclass(frozen=True)
class Stopped:
    """What became of requests that were under way when SIGTERM came."""

    batches: list[Batch]
    status: int


@pytest.fixture
async def stopped(server_process: ServerProcess, keys: Keys, database_url: str) -> Stopped:
    """The requests wait for a lock that is released when the server takes no more connections."""
    url = server_process.url
    async with AsyncExitStack() as stack:
        callers = [
            await stack.enter_async_context(Caller(lambda: url, keys.full))
            for _ in range(_CALLERS + 1)
        ]
        async with _log_locked(database_url) as connection:
            sending = [
                asyncio.create_task(caller.send([f"{number}-{n}" for n in range(10)]))
                for number, caller in enumerate(callers[:-1])
            ]
            await _await_blocked(connection)
            # Requests are taken in their order: once these are answered the others are there.
            for _ in range(20):
                await callers[-1].send([])
            stopping = asyncio.create_task(asyncio.to_thread(server_process.stop))
            async with asyncio.timeout(30):
                while not await _refuses(url):
                    await asyncio.sleep(0.02)
        return Stopped(list(await asyncio.gather(*sending)), await stopping)


async def test_requests_under_way_are_answered(stopped: Stopped) -> None:
    assert [batch.statuses for batch in stopped.batches] == [["RECORDED"] * 10] * _CALLERS


async def test_what_they_recorded_is_there(stopped: Stopped, database_url: str) -> None:
    table = await read_table(database_url)
    assert sorted(table.ids) == sorted(id for batch in stopped.batches for id in batch.ids)


async def test_the_server_ends_with_status_0(stopped: Stopped) -> None:
    assert stopped.status == 0


async def test_a_websocket_is_closed_with_service_restart(
    server_process: ServerProcess, keys: Keys
) -> None:
    async with watching(lambda: server_process.url, keys.full) as watcher:
        await asyncio.to_thread(server_process.stop)
        await eventually(lambda: watcher.close_codes != [])
        assert watcher.close_codes == [1012]


async def test_an_open_subscription_does_not_keep_the_server_from_ending(
    server_process: ServerProcess, keys: Keys
) -> None:
    async with watching(lambda: server_process.url, keys.full):
        assert await asyncio.to_thread(server_process.stop) == 0


@pytest.mark.parametrize("accept", ["application/json, text/event-stream", "text/event-stream"])
async def test_who_accepts_events_too_is_answered(
    server_process: ServerProcess, keys: Keys, database_url: str, accept: str
) -> None:
    url = server_process.url
    query = (
        'mutation { recordEvents(events: [{id: "one", provider: "a", model: "b"}]) { recorded } }'
    )
    async with GraphQLClient(url, keys.full) as client:
        async with _log_locked(database_url) as connection:
            post = client.http.post("/graphql", json={"query": query}, headers={"Accept": accept})
            sending = asyncio.create_task(post)
            await _await_blocked(connection)
            stopping = asyncio.create_task(asyncio.to_thread(server_process.stop))
            async with asyncio.timeout(30):
                while not await _refuses(url):
                    await asyncio.sleep(0.02)
        assert '"recorded":1' in (await sending).text
        assert await stopping == 0
