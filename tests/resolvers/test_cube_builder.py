"""The builder: closes gaps by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from models.cube_gaps import read_gaps
from models.database import Database
from models.event_log import Attempts, append
from resolvers.cube_builder import CubeBuilder
from tests.cubes import cube_differences
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
