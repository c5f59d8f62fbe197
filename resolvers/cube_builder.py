"""Builds the cubes in the background, beside recording, where events came in without them."""

from __future__ import annotations

import asyncio

import structlog

from models.cube_building import build_step
from models.database import Database
from resolvers.rounds import Rounds, every

# There is something to build after an upgrade, and while an earlier version still runs beside.
PAUSE_SECONDS = 30.0

log = structlog.get_logger(__name__)


class CubeBuilder:
    """One for a process; several processes take turns, step by step."""

    def __init__(self, database: Database, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._database = database
        self._rounds = Rounds("cube builder", self._build, every(pause_seconds))

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()

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
