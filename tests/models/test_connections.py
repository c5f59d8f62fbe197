"""Work that is broken off at any moment leaves nothing on a connection for whoever gets it next."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

import models.database
from models.database import Database
from models.errors import LivemeterError
from models.event_log import Attempts, Standing, append
from models.reach import Reach
from tests.events import make_draft
from tests.interruption import Moment, interrupted
from tests.pooled_connections import PooledConnections

READER = Reach(1)
CUSTOMER = Reach(1, "acme")
ROOT = Path(__file__).parents[2]
ROOMS = ("models", "pricing", "resolvers", "schema", "web")
# Locks, settings, roles, tables and subscriptions of a whole session.
LASTING = re.compile(
    r"pg_(?:try_)?advisory_lock\w*|set_config\([^)]*false\s*\)"
    r"|\bSET (?:SESSION|ROLE)\b|\bCREATE TEMP|\bLISTEN \w+"
)
QUERY = "SELECT count(*) FROM usage_events WHERE customer_id = 'acme'"

Opened = Any  # A session, or asyncpg's connection.
Open = Callable[[Database], AbstractAsyncContextManager[Opened]]


@asynccontextmanager
async def _writers_driver(database: Database) -> AsyncIterator[Opened]:
    """As costs are changed: past SQLAlchemy, within its transaction."""
    async with database.write() as session:
        connection = await session.connection()
        # It begins the transaction: until then SQLAlchemy has begun none.
        await connection.exec_driver_sql("SELECT 1")
        yield (await connection.get_raw_connection()).driver_connection


# Each way to a connection that there is.
WAYS = {
    "a reader": lambda database: database.read(READER),
    "a customer": lambda database: database.read(CUSTOMER),
    "the owner": lambda database: database.read_as_owner(),
    "a writer": lambda database: database.write(),
    "a writer's driver": _writers_driver,
    "a reader's snapshot": lambda database: database.snapshot(READER),
    "a customer's snapshot": lambda database: database.snapshot(CUSTOMER),
    "the owner's snapshot": lambda database: database.snapshot_as_owner(),
    "the driver": lambda database: database.driver(),
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
each_moment = pytest.mark.parametrize("moment", Moment)


async def _ask(opened: Opened, query: str = QUERY) -> None:
    if isinstance(opened, AsyncSession):
        await (await opened.connection()).exec_driver_sql(query)
    else:
        # As it is read everywhere: the statement is prepared, then run.
        await opened.fetch(query)


async def _use(database: Database, way: Open) -> None:
    async with way(database) as opened:
        await _ask(opened)
        await _ask(opened)


async def _record(database: Database) -> None:
    await append(database, 1, [make_draft("broken off", customer_id="acme")], Attempts())


@pytest.fixture
async def pooled(database: Database, database_url: str) -> AsyncIterator[PooledConnections]:
    async with PooledConnections(database, database_url) as pooled:
        yield pooled


@each_moment
@each_way
async def test_whoever_is_cancelled_at_any_await_leaves_a_clean_connection(
    database: Database, pooled: PooledConnections, way: Open, moment: Moment
) -> None:
    await _leaves_nothing(pooled, lambda: _use(database, way), moment)


@each_moment
async def test_recording_that_is_cancelled_at_any_await_leaves_a_clean_connection(
    database: Database, pooled: PooledConnections, moment: Moment
) -> None:
    await _leaves_nothing(pooled, lambda: _record(database), moment)


async def _leaves_nothing(
    pooled: PooledConnections, work: Callable[[], Coroutine[Any, Any, None]], moment: Moment
) -> None:
    left = {}
    step = 1
    while await interrupted(work(), step, moment):
        if found := await pooled.left_behind():
            left[step] = found
        step += 1
    assert left == {}
    assert step > 5


@each_moment
@each_way
async def test_writing_goes_on_after_whoever_was_cancelled_at_any_await(
    database: Database, pooled: PooledConnections, way: Open, moment: Moment
) -> None:
    """On the very connection, the only one of the pool. What is answered is committed."""
    step = 1
    while await interrupted(_use(database, way), step, moment):
        async with database.write() as session:
            await _ask(session, "UPDATE workspaces SET name = name")
        (entry,) = await append(database, 1, [make_draft(f"after-{step}")], Attempts())
        assert entry.standing is Standing.RECORDED
        assert await pooled.is_recorded(f"after-{step}")
        step += 1
    await pooled.comes_to(1)


@each_moment
async def test_whoever_is_cancelled_while_it_connects_leaves_no_connection_behind(
    database: Database, pooled: PooledConnections, moment: Moment
) -> None:
    step = 1
    while await interrupted(_use(database, WAYS["a reader"]), step, moment):
        assert await pooled.left_behind() == []
        await database.engine.dispose()
        step += 1
    await database.engine.dispose()
    await pooled.comes_to(0)


def test_no_statement_sets_what_would_outlive_its_transaction() -> None:
    """Where the tests above end their transactions, nothing else is left to be undone."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
        for match in LASTING.finditer(path.read_text())
    ]
    assert found == []


@each_way
async def test_a_statement_that_fails_leaves_a_clean_connection(
    database: Database, pooled: PooledConnections, way: Open
) -> None:
    with pytest.raises((SQLAlchemyError, asyncpg.PostgresError)):
        async with way(database) as opened:
            await _ask(opened, "SELECT 1 / 0")
    assert await pooled.left_behind() == []


@each_way
async def test_a_block_that_fails_leaves_a_clean_connection(
    database: Database, pooled: PooledConnections, way: Open
) -> None:
    async def fail() -> None:
        async with way(database) as opened:
            await _ask(opened)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await pooled.left_behind() == []


@each_way
async def test_a_statement_that_takes_too_long_leaves_a_clean_connection(
    database_url: str, way: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.database, "STATEMENT_SECONDS", 0.2)
    database = Database(database_url)
    async with PooledConnections(database, database_url) as pooled:
        with suppress(LivemeterError, TimeoutError):
            async with way(database) as opened:
                await _ask(opened, "SELECT pg_sleep(60)")
        assert await pooled.left_behind() == []
        await database.close()
        # It does not go on in Postgres either.
        await pooled.comes_to(0)


@each_way
async def test_a_generator_that_nobody_goes_on_with_leaves_a_clean_connection(
    database: Database, pooled: PooledConnections, way: Open
) -> None:
    async def rows() -> AsyncGenerator[None, None]:
        async with way(database) as opened:
            await _ask(opened)
            yield

    async for _ in rows():
        break
    gc.collect()
    await pooled.is_given_back()
    assert await pooled.left_behind() == []


@each_way
async def test_many_cancelled_at_once_leave_no_more_connections_than_the_pool_has(
    database: Database, pooled: PooledConnections, way: Open
) -> None:
    for number in range(10):
        tasks = [asyncio.create_task(_use(database, way)) for _ in range(30)]
        await asyncio.sleep(number / 1_000)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert await pooled.left_behind() == []
    await pooled.comes_to(10)
