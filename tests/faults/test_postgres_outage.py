"""Postgres dies, or is stopped for seconds, under a server: all goes on by itself after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from models.database import Database
from models.key import Scope, new_key
from models.migration import migrate
from resolvers.recording.recorder import PATIENCE_SECONDS
from tests.faults.caller import Load, load
from tests.faults.table import Table, read_table
from tests.faults.watcher import Watcher, watching
from tests.livemeter_server import InProcessServer
from tests.quick_folder import quick_folder
from web.embedded.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def modules_postgres() -> Iterator[EmbeddedPostgres]:
    with quick_folder() as folder:
        # What was answered is in the kernel's hands all the same: a kill loses nothing of it.
        server = EmbeddedPostgres(folder / "data", {"fsync": "off"})
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def own_postgres(modules_postgres: EmbeddedPostgres) -> EmbeddedPostgres:
    """One that may be ended, with a new supervisor: that one counts quick deaths."""
    modules_postgres.stop()
    modules_postgres.start()
    return modules_postgres


@pytest.fixture
async def key(own_postgres: EmbeddedPostgres) -> str:
    """The database is empty but for this key."""
    database = Database(own_postgres.url)
    await migrate(database)
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("TRUNCATE usage_events")
        await connection.exec_driver_sql(
            "UPDATE workspaces SET last_sequence = 0, cubed_sequence = 0"
        )
        key, secret = new_key(1, "full", [Scope.EVENTS_WRITE, Scope.USAGE_READ])
        session.add(key)
    await database.close()
    return secret


@dataclass(frozen=True)
class Scene:
    """Callers record through a server and a subscriber watches, all on one Postgres."""

    load: Load
    watcher: Watcher
    postgres: EmbeddedPostgres

    def postmaster(self) -> psutil.Process:
        lock_file = self.postgres.data_dir / "postgres" / "postmaster.pid"
        return psutil.Process(int(lock_file.read_text().splitlines()[0]))

    async def finish(self) -> Table:
        """Stop recording, and wait until the subscriber has it all."""
        await self.load.stop_and_send_again()
        table = await read_table(self.postgres.url)
        await self.watcher.has_seen(len(table.ids))
        return table


@pytest.fixture
async def scene(own_postgres: EmbeddedPostgres, key: str) -> AsyncIterator[Scene]:
    async with (
        InProcessServer(own_postgres.url) as server,
        watching(lambda: server.url, key) as watcher,
        load(lambda: server.url, key, events_a_batch=50) as calls,
    ):
        await watcher.has_seen(500)
        yield Scene(calls, watcher, own_postgres)


async def _die(scene: Scene) -> None:
    """kill -9 of the postmaster, twice; its supervisor starts it again."""
    for _ in range(2):
        scene.postmaster().kill()
        await scene.load.has_recorded(200)


async def _stop_for_a_moment(scene: Scene) -> None:
    """Less than a recorder's patience."""
    await asyncio.to_thread(scene.postgres.stop)
    await asyncio.sleep(1)
    await asyncio.to_thread(scene.postgres.start)
    await scene.load.has_recorded(200)


async def _stop_for_long(scene: Scene) -> None:
    """More than a recorder's patience."""
    await asyncio.to_thread(scene.postgres.stop)
    await asyncio.sleep(PATIENCE_SECONDS + 1)
    await asyncio.to_thread(scene.postgres.start)
    await scene.load.has_recorded(200)


every_outage = pytest.mark.parametrize("outage", [_die, _stop_for_a_moment, _stop_for_long])


@every_outage
async def test_callers_are_answered_recorded_or_unavailable(scene: Scene, outage: Any) -> None:
    await outage(scene)
    await scene.load.stop()
    assert scene.load.codes <= {"UNAVAILABLE"}


@every_outage
async def test_no_batch_is_written_in_part(scene: Scene, outage: Any) -> None:
    await outage(scene)
    await scene.load.stop()
    stored = set((await read_table(scene.postgres.url)).ids)
    there = {len(stored.intersection(batch.ids)) for batch in scene.load.batches}
    assert there <= {0, scene.load.events_a_batch}


@every_outage
async def test_everything_is_there_once_when_refused_batches_are_sent_again(
    scene: Scene, outage: Any
) -> None:
    await outage(scene)
    await scene.load.stop_and_send_again()
    table = await read_table(scene.postgres.url)
    assert table.is_whole
    assert sorted(table.ids) == sorted(scene.load.ids)


@every_outage
async def test_an_open_feed_goes_on_without_gap_or_repeat(scene: Scene, outage: Any) -> None:
    await outage(scene)
    table = await scene.finish()
    assert (scene.watcher.subscriptions, scene.watcher.ids) == (1, table.ids)


@every_outage
async def test_what_is_sent_once_is_never_answered_as_a_duplicate(
    scene: Scene, outage: Any
) -> None:
    """Where a commit's outcome is unknown the recorder tries again, and knows its own rows."""
    await outage(scene)
    await scene.load.stop()
    answers = {status for batch in scene.load.batches for status in batch.statuses or ()}
    assert answers == {"RECORDED"}
