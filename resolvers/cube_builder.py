"""Builds the cubes in the background, beside recording, where events came in without them."""

from __future__ import annotations

import asyncio

import structlog

from models.cube_building import build_step
from models.database import Database, is_unavailable

# There is something to build after an upgrade, and while an earlier version still runs beside.
PAUSE_SECONDS = 30.0

log = structlog.get_logger(__name__)


class CubeBuilder:
    """One for a process; several processes take turns, step by step."""

    def __init__(self, database: Database, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._database = database
        self._pause_seconds = pause_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._build_for_ever())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _build_for_ever(self) -> None:
        while True:
            try:
                await self._build()
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("cubes_not_built")
            await asyncio.sleep(self._pause_seconds)

    async def _build(self) -> None:
        """Step by step, with as long a pause after each step, so that recording goes on."""
        clock = asyncio.get_running_loop().time
        total = 0
        while True:
            started = clock()
            built = await build_step(self._database)
            if not built:
                break
            total += built
            await asyncio.sleep(clock() - started)
        if total:
            log.info("cubes_built", events=total)
