"""The builder: closes gaps by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import asyncpg
import pytest

from models.cube_building import build_all
from models.cube_gaps import read_gaps
from models.database import Database
from models.event_log import Attempts, append
from resolvers.cube_builder import CubeBuilder
from tests.cubes import cube_differences
from tests.events import make_drafts
from tests.models.test_cubes import BEFORE_CUBES
from tests.random_usage import random_drafts


@pytest.fixture
async def builder(database: Database) -> AsyncIterator[CubeBuilder]:
    builder = CubeBuilder(database, pause_seconds=0.02)
    builder.start()
    yield builder
    await builder.close()


async def _record_before_cubes(database: Database, name: str) -> None:
    await append(database, 1, random_drafts(Random(1), 50, name), Attempts())
    async with database.write() as session:
        for statement in BEFORE_CUBES:
            await (await session.connection()).exec_driver_sql(statement)


async def _is_built(database: Database) -> bool:
    async with database.snapshot_as_owner() as driver:
        return not await read_gaps(driver, 1)


async def test_what_was_recorded_before_there_were_cubes_is_built(
    database: Database, builder: CubeBuilder
) -> None:
    await _record_before_cubes(database, "a")
    async with asyncio.timeout(15):
        while not await _is_built(database):
            await asyncio.sleep(0.01)
    assert await cube_differences(database) == []


async def test_a_workspace_whose_cubes_cannot_be_built_keeps_no_other_waiting(
    database: Database,
) -> None:
    async with database.driver() as driver:
        await driver.execute("INSERT INTO workspaces (name) VALUES ('second')")
    await append(database, 2, make_drafts("ab", workspace_id=2), Attempts())
    await _record_before_cubes(database, "a")
    async with database.driver() as driver:
        await driver.execute("UPDATE usage_events SET cost = 'NaN' WHERE workspace_id = 1")
        await driver.execute(
            "ALTER TABLE cube_totals_by_day ADD CHECK (workspace_id != 1 OR cost != 'NaN')"
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await build_all(database)
    async with database.snapshot_as_owner() as driver:
        assert not await read_gaps(driver, 2)
