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


@asynccontextmanager
async def limited(seconds: float, left: Left | None) -> AsyncIterator[None]:
    """Raises TimeoutError past the time, or once `left` returns: the caller is gone."""
    async with asyncio.timeout(seconds) as limit:
        watch = None if left is None else asyncio.create_task(_watch(left, limit))
        try:
            yield
        finally:
            if watch is not None:
                watch.cancel()


async def _watch(left: Left, limit: asyncio.Timeout) -> None:
    await left()
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())


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
