"""The way to Postgres: one engine, a session for reading and a session for writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)

from models.database_address import (
    CONNECT_SECONDS,
    SESSION_SETTINGS,
    DatabaseAddress,
    read_address,
)
from models.errors import TooComplex, Unavailable
from models.reach import Reach

STATEMENT_SECONDS = 30.0

# Postgres is away, starting, stopping or full of connections: classes 08, 53 and 57P. Login errors
# (28, 3D) also answer UNAVAILABLE.
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    # Between a server's goodbye and the end of its connection asyncpg says that "another
    # operation is in progress", and SQLAlchemy passes that on as it is.
    asyncpg.InternalClientError,
)


# What Postgres, the connection or a time-out raises: what they left behind is not known.
_OF_CONNECTIONS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def is_unavailable(error: BaseException) -> bool:
    """Whether an error says that Postgres is away rather than that a statement is wrong."""
    if isinstance(error, (OSError, TimeoutError, PoolTimeout, InterfaceError, *_AWAY)):
        return True
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (cause is not None and is_unavailable(cause))
    return False


@asynccontextmanager
async def unavailable_when_away() -> AsyncIterator[None]:
    """Turn the many faces of an absent Postgres into `Unavailable`."""
    try:
        yield
    except Exception as error:
        if is_unavailable(error):
            raise Unavailable("The database is not reachable right now; try again.") from error
        raise


@asynccontextmanager
async def ended_when_slow() -> AsyncIterator[None]:
    """Tell a statement that took too long from a Postgres that is away: again is no use.

    Raises TooComplex.
    """
    try:
        yield
    except (TimeoutError, asyncpg.QueryCanceledError) as error:
        raise TooComplex(
            f"This takes longer than {STATEMENT_SECONDS:.0f} seconds and was ended; choose a "
            "shorter range, or fewer filters."
        ) from error


def _is_clean_after(error: BaseException, driver: asyncpg.Connection[Any]) -> bool:
    """Whether an error of our own left no transaction behind, such as prices that have changed."""
    is_ours = isinstance(error, Exception) and not isinstance(error, _OF_CONNECTIONS)
    return is_ours and not driver.is_closed() and not driver.is_in_transaction()


async def _connect(address: DatabaseAddress) -> asyncpg.Connection[Any]:
    return await address.connect(
        SESSION_SETTINGS,
        command_timeout=STATEMENT_SECONDS,
        # Whatever its length: what is added to the cubes is one statement of 18 KB.
        max_cacheable_statement_size=0,
    )


class Database:
    """One process's pool of connections to one Postgres."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Connects when it is first used. Raises BadAddress for a URL that cannot be used."""
        address = read_address(url)
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            # An error that nobody expected is logged: e-mails and metadata are among the values.
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=10,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "async_creator_fn": partial(_connect, address),
                "prepared_statement_cache_size": 0
                if address.is_pooled
                else address.statement_cache,
            },
        )

    @asynccontextmanager
    async def read(self, reach: Reach) -> AsyncIterator[AsyncSession]:
        """A session in one read-only transaction, so that what it reads fits together.

        Row-level security shows it nothing beyond `reach`, whatever it asks. Raises TooComplex
        where a statement takes too long.
        """
        async with self.read_as_owner() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(reach.step_in)
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, asyncpg.Connection)
            await driver.execute(reach.borders)
            async with ended_when_slow():
                yield session

    @asynccontextmanager
    async def read_as_owner(self) -> AsyncIterator[AsyncSession]:
        """As `read`, of all workspaces: for what comes before a workspace is known."""
        async with unavailable_when_away(), AsyncSession(self.engine) as session:
            await session.connection(
                execution_options={
                    "isolation_level": "REPEATABLE READ",
                    "postgresql_readonly": True,
                }
            )
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end of the block, or nothing at all."""
        async with (
            unavailable_when_away(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """asyncpg's own connection, for what SQLAlchemy would only be in the way of.

        Where the block is cancelled, or Postgres or the connection fails in it, the connection is
        closed and the pool opens another when it needs one. SQLAlchemy does the same for its own
        statements, but cannot know what was begun here: a transaction whose BEGIN was cancelled,
        or the locks of a statement that was prepared and never run.
        """
        async with self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, asyncpg.Connection)
            try:
                yield driver
            except BaseException as error:
                if not _is_clean_after(error, driver):
                    await connection.invalidate()
                raise

    @asynccontextmanager
    async def snapshot(self, reach: Reach) -> AsyncIterator[asyncpg.Connection[Any]]:
        """asyncpg's own connection, in a transaction as that of `read`."""
        async with self.snapshot_as_owner() as driver:
            await driver.execute(f"{reach.step_in}; {reach.borders}")
            async with ended_when_slow():
                yield driver

    @asynccontextmanager
    async def snapshot_as_owner(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """asyncpg's own connection, in a transaction as that of `read_as_owner`."""
        async with (
            unavailable_when_away(),
            self.driver() as driver,
            driver.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield driver

    async def ping(self) -> None:
        """Raises Unavailable where Postgres does not answer."""
        async with self.read_as_owner() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()
