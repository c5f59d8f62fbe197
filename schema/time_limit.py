"""How long a query may take, and that it ends when its caller has left.

The task is cancelled, and asyncpg has Postgres cancel the statement that it waits for. Mutations
are left alone: what they do is done, and their callers must hear of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from schema.query_limits import too_complex

Left = Callable[[], Awaitable[None]]


# Most queries are answered before; a task for each would cost as much as some of them.
_WATCHED_AFTER_SECONDS = 0.05


@asynccontextmanager
async def limited(seconds: float, left: Left | None) -> AsyncIterator[None]:
    """Raises TimeoutError past the time, or once `left` returns: the caller is gone."""
    async with asyncio.timeout(seconds) as limit:
        departure = None if left is None else _Departure(left, limit)
        try:
            yield
        finally:
            if departure is not None:
                departure.ignore()


class _Departure:
    """Ends the time when the caller leaves."""

    def __init__(self, left: Left, limit: asyncio.Timeout) -> None:
        self._left = left
        self._limit = limit
        self._task: asyncio.Task[None] | None = None
        self._start = asyncio.get_running_loop().call_later(_WATCHED_AFTER_SECONDS, self._watch)

    def ignore(self) -> None:
        self._start.cancel()
        if self._task is not None:
            self._task.cancel()

    def _watch(self) -> None:
        self._task = asyncio.create_task(self._end_with_caller())

    async def _end_with_caller(self) -> None:
        await self._left()
        if not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())


class TimeLimit(SchemaExtension):
    """Ends queries with TOO_COMPLEX."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def on_execute(self) -> AsyncIterator[None]:
        context = self.execution_context
        if context.operation_type is not OperationType.QUERY:
            yield
            return
        try:
            async with limited(self._seconds, getattr(context.context, "left", None)):
                yield
        except TimeoutError:
            raise too_complex(
                f"The query took longer than {self._seconds:g} s and was stopped; ask for less."
            ) from None
