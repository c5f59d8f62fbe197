"""What is left on the connections of a pool, seen by the connections themselves."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import asyncpg
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from models.database import Database

# All that a reader's session sets, and all that a connection could keep beside that.
_CONTEXT = """
    SELECT
        current_user = session_user AS has_own_role,
        coalesce(current_setting('livemeter.workspace_id', true), '') AS workspace,
        coalesce(current_setting('livemeter.customer_id', true), '') AS customer,
        current_setting('transaction_read_only') AS read_only,
        current_setting('transaction_isolation') AS isolation,
        ARRAY(SELECT name FROM pg_settings WHERE source = 'session') AS settings,
        ARRAY(SELECT pg_listening_channels()) AS channels
"""
CLEAN = {
    "has_own_role": True,
    "workspace": "",
    "customer": "",
    "read_only": "off",
    "isolation": "read committed",
    "settings": [],
    "channels": [],
}
# `idle` is what Postgres says of a connection outside of any transaction.
_SEEN = """
    SELECT state, ARRAY(SELECT locktype || ' ' || mode FROM pg_locks WHERE pid = $1) AS locks
    FROM pg_stat_activity WHERE pid = $1
"""
_COUNT = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'livemeter'
"""


class PooledConnections:
    """The connections that a pool opens within the block, and what was left on them."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._opened: list[asyncpg.Connection[Any]] = []

    async def __aenter__(self) -> Self:
        event.listen(self._database.engine.sync_engine, "connect", self._note)
        self._watcher = await asyncpg.connect(self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        event.remove(self._database.engine.sync_engine, "connect", self._note)
        await self._watcher.close()

    def _note(self, connection: Any, _: object) -> None:
        self._opened.append(connection.driver_connection)

    def of_driver(self) -> list[asyncpg.Connection[Any]]:
        self._opened = [one for one in self._opened if not one.is_closed()]
        return self._opened

    async def left_behind(self) -> list[str]:
        """What any of them has that a new one has not. None may be in use."""
        found = []
        if in_use := self._in_use():
            found.append(f"{in_use} are not given back")
        for connection in self.of_driver():
            seen = await self._watcher.fetchrow(_SEEN, connection.get_server_pid())
            if seen is not None and (seen["state"] != "idle" or seen["locks"]):
                found.append(f"Postgres says {dict(seen)}")
            try:
                context = dict(await connection.fetchrow(_CONTEXT) or {})
            except asyncpg.PostgresError as error:
                found.append(f"{type(error).__name__}: {error}")
            else:
                found += [
                    f"{name}: {context[name]}" for name in CLEAN if context[name] != CLEAN[name]
                ]
        return found

    def _in_use(self) -> int:
        pool = self._database.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    async def is_given_back(self) -> None:
        """Until none is in use."""
        async with asyncio.timeout(10):
            while self._in_use():
                await asyncio.sleep(0.01)

    async def is_recorded(self, event_id: str) -> bool:
        """Whether an event is committed."""
        query = "SELECT EXISTS (SELECT FROM usage_events WHERE id = $1)"
        return bool(await self._watcher.fetchval(query, event_id))

    async def comes_to(self, count: int) -> None:
        """Until Postgres has so many, at most: what is closed may take a moment."""
        async with asyncio.timeout(10):
            while await self._watcher.fetchval(_COUNT) > count:
                await asyncio.sleep(0.01)
