"""Everything breaks at once, again and again, and a subscriber sees the table all the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

import pytest

from tests.conftest import Keys
from tests.faults.caller import load
from tests.faults.table import ask, read_table
from tests.faults.watcher import watching
from tests.livemeter_server import ServerProcess
from tests.valkey import ValkeyServer

_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def servers(database_url: str, valkey: ValkeyServer) -> Iterator[list[ServerProcess]]:
    valkey.start()
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    with ExitStack() as stack:
        yield [
            stack.enter_context(ServerProcess("--port", "0", environment=environment))
            for _ in range(2)
        ]


def _start_again(server: ServerProcess) -> None:
    """A start that meets an outage fails; whatever runs servers tries again."""
    for _ in range(10):
        try:
            server.start()
            return
        except AssertionError:
            server.kill()
    raise AssertionError("ten starts in a row failed")


@asynccontextmanager
async def _chaos(
    servers: list[ServerProcess], valkey: ValkeyServer, database_url: str, luck: random.Random
) -> AsyncIterator[None]:
    """While the block lasts; in the end all of it runs again."""
    over = asyncio.Event()

    async def pause(seconds: float) -> None:
        try:
            async with asyncio.timeout(luck.uniform(0.5, 1.5) * seconds):
                await over.wait()
        except TimeoutError:
            pass

    async def restart_servers() -> None:
        while not over.is_set():
            for server in servers:
                await pause(1.0)
                server.kill()
                await pause(0.2)
                await asyncio.to_thread(_start_again, server)

    async def restart_valkey() -> None:
        while not over.is_set():
            await pause(1.0)
            valkey.kill()
            await pause(0.8)
            await asyncio.to_thread(valkey.start)

    async def terminate_connections() -> None:
        while not over.is_set():
            await pause(0.7)
            await ask(database_url, _TERMINATE)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(restart_servers())
        tasks.create_task(restart_valkey())
        tasks.create_task(terminate_connections())
        try:
            yield
        finally:
            over.set()


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.slow)])
async def test_subscribers_that_resume_see_the_tables_events_in_their_order(
    servers: list[ServerProcess],
    valkey: ValkeyServer,
    database_url: str,
    keys: Keys,
    seconds: int,
) -> None:
    luck = random.Random(seconds)

    def address() -> str:
        return luck.choice(servers).url

    async with (
        watching(address, keys.full) as first,
        watching(address, keys.full) as second,
        load(address, keys.full, callers=6) as calls,
    ):
        async with _chaos(servers, valkey, database_url, luck):
            await asyncio.sleep(seconds)
        await calls.stop_and_send_again()
        table = await read_table(database_url)
        assert table.is_whole
        assert sorted(table.ids) == sorted(calls.ids)
        for watcher in (first, second):
            await watcher.has_seen(len(table.ids))
            assert watcher.ids == table.ids
