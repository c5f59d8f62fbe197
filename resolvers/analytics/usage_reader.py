"""Reading for all the fields of one `usage`: from one snapshot, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg

from models.cube_gaps import read_gaps
from models.database import Database, ended_when_slow, unavailable_when_away
from models.reach import Reach
from models.usage_query import GroupValues, RankQuery, UsageQuery, read_ranking, read_usage
from models.usage_sums import UsageSums

T = TypeVar("T")
Sums = dict[tuple[int, GroupValues], UsageSums]
# In quotes: the class takes its parameter in stubs alone.
Read = Callable[["asyncpg.Connection[Any]", bool], Awaitable[T]]


class UsageReader:
    """Fields that are resolved side by side share a snapshot, so that their parts add up.

    It is taken when the first of them opens the reader, and given back when the last is done.
    """

    def __init__(self, database: Database, reach: Reach) -> None:
        self._database = database
        self._reach = reach
        self._turn = asyncio.Lock()
        self._opened = 0
        self._stack = AsyncExitStack()
        self._driver: asyncpg.Connection[Any] | None = None
        self._cubes_hold_all = False
        self._read: dict[Hashable, Any] = {}
        self._failure: BaseException | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._opened += 1
        try:
            yield
        finally:
            self._opened -= 1
            if self._opened == 0:
                async with self._turn:
                    await self._give_back()

    async def usage(self, query: UsageQuery) -> Sums:
        return await self.once(
            query, lambda driver, whole: read_usage(driver, query, cubes_hold_all=whole)
        )

    async def ranking(self, query: RankQuery) -> list[GroupValues]:
        return await self.once(
            query, lambda driver, whole: read_ranking(driver, query, cubes_hold_all=whole)
        )

    async def once(self, query: Hashable, read: Read[T]) -> T:
        """What was read for an equal query before, else what is read now; within `open`."""
        async with self._turn:
            if query not in self._read:
                self._read[query] = await self._try(read)
            found: T = self._read[query]
            return found

    async def _try(self, read: Read[T]) -> T:
        """Raises Unavailable where Postgres is away, and TooComplex where it takes too long."""
        async with unavailable_when_away():
            try:
                driver = await self._snapshot()
                async with ended_when_slow():
                    return await read(driver, self._cubes_hold_all)
            except BaseException as error:
                self._failure = error
                raise

    async def _snapshot(self) -> asyncpg.Connection[Any]:
        if self._driver is None:
            self._driver = await self._stack.enter_async_context(
                self._database.snapshot(self._reach)
            )
            self._cubes_hold_all = not await read_gaps(self._driver, self._reach.workspace_id)
        return self._driver

    async def _give_back(self) -> None:
        """Unless somebody came meanwhile. After a failure there is nothing to commit."""
        if self._opened:
            return
        failure, self._failure, self._driver = self._failure, None, None
        self._read.clear()
        if failure is None:
            await self._stack.aclose()
        else:
            with suppress(Exception):
                await self._stack.__aexit__(type(failure), failure, None)
