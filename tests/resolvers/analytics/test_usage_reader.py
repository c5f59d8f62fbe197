"""The reader: one snapshot for fields side by side, given back whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.database import Database
from models.errors import TooComplex, Unavailable
from models.event_log import Attempts, append
from models.reach import Reach
from resolvers.analytics.usage_reader import UsageReader
from tests.events import make_draft
from tests.interruption import Moment, interrupted
from tests.pooled_connections import PooledConnections

_COUNT = "SELECT count(*) FROM usage_events"
_COUNT_OF_CUSTOMER = "SELECT count(*) FROM usage_events WHERE customer_id = 'acme'"


def _reading(statement: str) -> Callable[[Any, bool], Awaitable[Any]]:
    return lambda driver, _: driver.fetchval(statement)


def _connections_in_use(database: Database) -> int:
    return database.engine.pool.checkedout()  # type: ignore[attr-defined]


async def test_fields_side_by_side_see_one_state_of_the_log(database: Database) -> None:
    reader = UsageReader(database, Reach(1))
    async with reader.open():
        before = await reader.once("first", _reading(_COUNT))
        await append(database, 1, [make_draft("a")], Attempts())
        async with reader.open():
            assert await reader.once("second", _reading(_COUNT)) == before


async def test_a_field_that_comes_later_sees_what_is_there_then(database: Database) -> None:
    reader = UsageReader(database, Reach(1))
    async with reader.open():
        assert await reader.once("count", _reading(_COUNT)) == 0
    await append(database, 1, [make_draft("a")], Attempts())
    async with reader.open():
        assert await reader.once("count", _reading(_COUNT)) == 1


async def test_no_connection_is_kept_when_all_are_done(database: Database) -> None:
    reader = UsageReader(database, Reach(1))

    async def read(number: int) -> None:
        async with reader.open():
            await reader.once(number, _reading(_COUNT))

    await asyncio.gather(*(read(number) for number in range(5)))
    assert _connections_in_use(database) == 0


async def test_a_statement_that_fails_says_why_and_keeps_no_connection(database: Database) -> None:
    reader = UsageReader(database, Reach(1))
    with pytest.raises(Exception, match="division by zero"):
        async with reader.open():
            await reader.once("wrong", _reading("SELECT 1 / 0"))
    assert _connections_in_use(database) == 0
    async with reader.open():
        assert await reader.once("right", _reading("SELECT 1")) == 1


@pytest.mark.parametrize("moment", Moment)
async def test_fields_that_are_cancelled_at_any_await_leave_a_clean_connection(
    database: Database, database_url: str, moment: Moment
) -> None:
    async def ask() -> None:
        reader = UsageReader(database, Reach(1, "acme"))

        async def read(number: int) -> None:
            async with reader.open():
                await reader.once(number, _reading(_COUNT_OF_CUSTOMER))

        async with asyncio.TaskGroup() as fields:
            for number in range(3):
                fields.create_task(read(number))

    left = {}
    step = 1
    async with PooledConnections(database, database_url) as pooled:
        while await interrupted(ask(), step, moment):
            if found := await pooled.left_behind():
                left[step] = found
            step += 1
    assert left == {}
    assert step > 5


async def test_a_connection_that_dies_is_an_absent_database(database: Database) -> None:
    reader = UsageReader(database, Reach(1))

    async def read_with_the_connection_cut() -> None:
        async with reader.open():
            pid = await reader.once("pid", _reading("SELECT pg_backend_pid()"))
            async with database.driver() as owner:
                await owner.execute(f"SELECT pg_terminate_backend({pid}, 5000)")
            await reader.once("next", _reading("SELECT 1"))

    with pytest.raises(Unavailable):
        await read_with_the_connection_cut()
    assert _connections_in_use(database) == 0


async def test_a_question_that_takes_too_long_is_told_from_an_absent_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.STATEMENT_SECONDS", 0.2)
    database = Database(database_url)
    reader = UsageReader(database, Reach(1))
    with pytest.raises(TooComplex):
        async with reader.open():
            await reader.once("long", _reading("SELECT pg_sleep(20)"))
    await database.close()
