"""kill -9 of a server: what it answered is there, what it did not may be sent again."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from models.database import Database
from tests.conftest import Keys
from tests.cubes import cube_differences
from tests.faults.caller import Load, load
from tests.faults.table import Table, read_table
from tests.faults.watcher import watching
from tests.livemeter_server import ROOT, InProcessServer, ServerProcess
from tests.valkey import ValkeyServer


@dataclass(frozen=True)
class Aftermath:
    """A server that was killed while several callers recorded, and what they and Postgres know."""

    server: ServerProcess
    load: Load
    table: Table


@pytest.fixture
async def aftermath(
    server_process: ServerProcess, keys: Keys, database_url: str
) -> AsyncIterator[Aftermath]:
    async with load(lambda: server_process.url, keys.full, callers=6) as calls:
        await calls.has_recorded(300)
        server_process.kill()
        await calls.stop()
        yield Aftermath(server_process, calls, await read_table(database_url))


async def test_every_event_that_was_answered_before_a_kill_is_there_once(
    aftermath: Aftermath,
) -> None:
    stored = Counter(aftermath.table.ids)
    assert {stored[event_id] for event_id in aftermath.load.recorded_ids} == {1}


async def test_a_kill_leaves_no_gap_in_the_log(aftermath: Aftermath) -> None:
    assert aftermath.table.is_whole


async def test_a_kill_leaves_no_half_batch(aftermath: Aftermath) -> None:
    stored = set(aftermath.table.ids)
    there = {len(stored.intersection(batch.ids)) for batch in aftermath.load.batches}
    assert there <= {0, aftermath.load.events_a_batch}


async def test_a_kill_leaves_cubes_that_equal_the_events(
    aftermath: Aftermath, database: Database
) -> None:
    assert await cube_differences(database) == []


@pytest.mark.slow
async def test_cubes_equal_the_events_after_many_kills(
    server_process: ServerProcess, keys: Keys, database: Database
) -> None:
    async with load(lambda: server_process.url, keys.full, callers=6) as calls:
        for kills in range(10):
            await calls.has_recorded(300 * (kills + 1))
            server_process.kill()
            server_process.start()
        await calls.stop()
    assert await cube_differences(database) == []


async def test_after_a_restart_everything_sent_again_is_there_once(
    aftermath: Aftermath, database_url: str
) -> None:
    aftermath.server.start()
    for caller in aftermath.load.callers:
        for batch in list(caller.batches):
            batch.statuses = None
        await caller.send_again()
    table = await read_table(database_url)
    assert table.is_whole
    assert sorted(table.ids) == sorted(aftermath.load.ids)


# A recorder that dies between the commit and the announcement.
_KILLED_AT_THE_ANNOUNCEMENT = """
import asyncio, os, signal, sys

from models.database import Database
from resolvers.recording.recorder import Recorder
from tests.events import make_drafts


async def main() -> None:
    recorder = Recorder(Database(sys.argv[1]), lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    await recorder.record(1, make_drafts(sys.argv[2:]))


asyncio.run(main())
"""


async def _record_and_die(database_url: str, *ids: str) -> int:
    """The exit status."""
    arguments = ["-c", _KILLED_AT_THE_ANNOUNCEMENT, database_url, *ids]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    return await process.wait()


async def test_a_commit_that_was_never_announced_reaches_other_processes_subscribers(
    database_url: str, keys: Keys, valkey: ValkeyServer
) -> None:
    valkey.start()
    async with (
        InProcessServer(database_url, valkey.url) as server,
        watching(lambda: server.url, keys.full) as watcher,
    ):
        await _record_and_die(database_url, "a", "b", "c")
        await watcher.has_seen(3)
        assert watcher.ids == ["a", "b", "c"]


async def test_a_recorder_killed_at_the_announcement_has_committed(
    database_url: str, keys: Keys
) -> None:
    assert await _record_and_die(database_url, "a", "b", "c") == -signal.SIGKILL
    assert (await read_table(database_url)).ids == ["a", "b", "c"]
