"""A connection by way of a pooler that hands out its servers by transaction, such as PgBouncer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    _Connection = asyncpg.Connection[Any]
else:
    # Generic in its stubs alone.
    _Connection = asyncpg.Connection


class PooledConnection(_Connection):
    """Runs each statement that has arguments in a transaction.

    asyncpg prepares such a statement in one round trip and runs it in a second one. Outside of a
    transaction the pooler may send the two to different servers.
    """

    @asynccontextmanager
    async def _on_one_server(self) -> AsyncIterator[None]:
        if self.is_in_transaction():
            yield
            return
        async with self.transaction():
            yield

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        if not args:
            return await super().execute(query, **options)
        async with self._on_one_server():
            return await super().execute(query, *args, **options)

    async def executemany(
        self, command: str, args: Iterable[Sequence[Any]], **options: Any
    ) -> None:
        async with self._on_one_server():
            await super().executemany(command, args, **options)

    async def fetch(self, query: str, *args: Any, **options: Any) -> list[Any]:
        async with self._on_one_server():
            return await super().fetch(query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        async with self._on_one_server():
            return await super().fetchrow(query, *args, **options)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        async with self._on_one_server():
            return await super().fetchval(query, *args, **options)
