"""Sign-ins that failed long ago: anybody can add to them, so that the audit log lets them go."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from models.audit import forget_failed_sign_ins
from models.database import Database
from models.errors import Unavailable

# A year, and who looks at it a month late.
KEPT = timedelta(days=400)
_PAUSE_SECONDS = 60 * 60

log = structlog.get_logger(__name__)


class OldFailures:
    """One for a process; what another has forgotten already is no work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._forget_for_ever())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _forget_for_ever(self) -> None:
        while True:
            try:
                async with self._database.write() as session:
                    await forget_failed_sign_ins(session, datetime.now(UTC) - KEPT)
            except Unavailable:
                pass  # An hour later will do.
            except Exception:
                log.exception("old_failures_kept")
            await asyncio.sleep(_PAUSE_SECONDS)
