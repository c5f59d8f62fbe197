"""When keys were last used, written down now and then: not for each request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from models.database import Database
from models.errors import Unavailable
from models.key import note_key_uses

BEAT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class KeyUses:
    """One for a process. What it does not get to write when the process is killed is lost."""

    def __init__(self, database: Database, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._database = database
        self._beat_seconds = beat_seconds
        self._uses: dict[tuple[int, str], datetime] = {}
        self._beat: asyncio.Task[None] | None = None

    def note(self, workspace_id: int, key_id: str) -> None:
        self._uses[workspace_id, key_id] = datetime.now(UTC)

    def start(self) -> None:
        self._beat = asyncio.create_task(self._beat_for_ever())

    async def close(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self._write()

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._beat_seconds)
            await self._write()

    async def _write(self) -> None:
        uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            async with self._database.write() as session:
                await note_key_uses(session, uses)
        except Unavailable:
            self._uses = uses | self._uses
        except Exception:
            log.exception("key_uses_failed")
