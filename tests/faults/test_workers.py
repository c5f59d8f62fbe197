"""`livemeter serve --workers 2`: the workers talk, and live and die in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from tests.conftest import Keys
from tests.faults.caller import Caller
from tests.faults.watcher import Watcher, watching
from tests.livemeter_server import ServerProcess
from tests.quick_folder import quick_folder
from tests.valkey import ValkeyServer, eventually


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


def _parent(server: ServerProcess) -> psutil.Process:
    assert server.process is not None
    return psutil.Process(server.process.pid)


def _workers(server: ServerProcess) -> list[psutil.Process]:
    """The processes that uvicorn spawned to serve, ready or not."""
    return [child for child in _parent(server).children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return "spawn_main" in " ".join(process.cmdline())
    return False


def _is_gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _owner_of(server: ServerProcess, port: int) -> int:
    """The PID of the worker that has the other end of a client's connection."""
    for worker in _workers(server):
        with suppress(psutil.NoSuchProcess):
            for connection in worker.net_connections("tcp"):
                if connection.raddr and connection.raddr.port == port:
                    return int(worker.pid)
    return 0


@asynccontextmanager
async def _watchers_by_worker(server: ServerProcess, key: str) -> AsyncIterator[dict[int, Watcher]]:
    """One subscriber at each worker. Who accepts a connection is a matter of luck."""
    async with AsyncExitStack() as stack, asyncio.timeout(60):
        watchers: dict[int, Watcher] = {}
        while len(watchers) < 2:
            watcher = await stack.enter_async_context(watching(lambda: server.url, key))
            watchers.setdefault(_owner_of(server, watcher.port), watcher)
            watchers.pop(0, None)
        yield watchers


async def test_subscribers_at_both_workers_see_everything_once(
    database_url: str, valkey: ValkeyServer, keys: Keys
) -> None:
    valkey.start()
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    ids = [f"event-{number}" for number in range(20)]
    with ServerProcess("--port", "0", "--workers", "2", environment=environment) as server:
        async with _watchers_by_worker(server, keys.full) as watchers:
            for event_id in ids:
                async with Caller(lambda: server.url, keys.full) as caller:
                    await caller.send([event_id])
            for watcher in watchers.values():
                await watcher.has_seen(len(ids))
        assert [watcher.ids for watcher in watchers.values()] == [ids, ids]


async def test_workers_tell_each_other_before_the_beat_would(
    database_url: str, valkey: ValkeyServer, keys: Keys
) -> None:
    """A beat brings all events of its second in one update; the channel brings each by itself.

    So the number of updates tells the two apart on a machine of any speed.
    """
    valkey.start()
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    with ServerProcess("--port", "0", "--workers", "2", environment=environment) as server:
        async with (
            _watchers_by_worker(server, keys.full) as watchers,
            Caller(lambda: server.url, keys.full) as caller,
        ):
            started = time.monotonic()
            for number in range(25):
                await caller.send([f"event-{number}"])
                await asyncio.sleep(0.05)
            for watcher in watchers.values():
                await watcher.has_seen(25)
            beats = time.monotonic() - started
        # One of the two is not at the worker that recorded.
        assert min(len(watcher.updates) for watcher in watchers.values()) > beats + 3


async def test_a_worker_that_is_killed_is_replaced(server_of_two: ServerProcess) -> None:
    former = {worker.pid for worker in _workers(server_of_two)}
    for worker in _workers(server_of_two):
        worker.kill()
    await eventually(
        lambda: len({worker.pid for worker in _workers(server_of_two)} - former) == 2, seconds=30
    )
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        assert (await http.get(server_of_two.url + "/livez")).status_code == 200


@pytest.fixture
async def server_of_two(database_url: str) -> AsyncIterator[ServerProcess]:
    environment = {"DATABASE_URL": database_url}
    with ServerProcess("--port", "0", "--workers", "2", environment=environment) as server:
        await eventually(lambda: len(_workers(server)) == 2)
        yield server


@pytest.fixture
async def embedded(open_folder: Path) -> AsyncIterator[ServerProcess]:
    """Two workers on a Postgres of their own."""
    data_dir = str(open_folder / "data")
    with ServerProcess("--port", "0", "--workers", "2", "--data-dir", data_dir) as server:
        await eventually(lambda: len(_workers(server)) == 2)
        yield server


async def test_kill_9_of_the_parent_leaves_no_process_behind(embedded: ServerProcess) -> None:
    processes = _parent(embedded).children(recursive=True)
    assert any(process.name() == "postgres" for process in processes)
    embedded.kill()
    await eventually(lambda: all(map(_is_gone, processes)), seconds=30)


async def test_sigterm_of_the_parent_ends_with_status_0(embedded: ServerProcess) -> None:
    assert await asyncio.to_thread(embedded.stop) == 0


async def test_sigterm_of_the_parent_leaves_no_process_behind(embedded: ServerProcess) -> None:
    processes = _parent(embedded).children(recursive=True)
    assert any(process.name() == "postgres" for process in processes)
    await asyncio.to_thread(embedded.stop)
    # Those that were told to end may still be about it.
    await eventually(lambda: all(map(_is_gone, processes)), seconds=30)


async def test_sigterm_of_the_parent_shuts_postgres_down_in_order(
    embedded: ServerProcess, open_folder: Path
) -> None:
    await asyncio.to_thread(embedded.stop)
    log = (open_folder / "data" / "postgres.log").read_text()
    assert "database system is shut down" in log
