"""Evaluates rules for as long as a process lives: of the workspaces that no other process holds."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from models.alert_progress import Head, NotHeld, hold, release
from models.database import Database, is_unavailable
from resolvers.alerts.telling import Telling
from resolvers.alerts.watch import Stale, Watch
from resolvers.rounds import Rounds, every

BEAT_SECONDS = 1.0
# Who has not been heard of for so long is taken for dead. Longer than any step should take.
LEASE = timedelta(seconds=5)
# Workspaces that are evaluated side by side: a large one does not keep the others waiting.
AT_ONCE = 4

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Evaluator:
    """One for a process. `clock` is the time of windows; leases go by Postgres' own clock."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock = utc_now,
        beat_seconds: float = BEAT_SECONDS,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = database
        self._telling = Telling()
        self._clock = clock
        self._lease = lease
        self._holder = secrets.token_hex(8)
        self._watches: dict[int, Watch] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._rounds = Rounds("alerts", self.step, every(beat_seconds))
        # Beside the steps: one that takes longer than a lease must not lose what it works on.
        self._holding = Rounds("alert leases", self._hold, every(lease.total_seconds() / 3))

    def start(self) -> None:
        self._rounds.start()
        self._holding.start()

    async def close(self) -> None:
        """Stop, and let another process take over at once."""
        await self._rounds.close()
        await self._holding.close()
        try:
            async with self._database.driver() as driver:
                await release(driver, self._holder)
        except Exception as error:
            # The lease ends by itself.
            if not is_unavailable(error):
                raise

    async def step(self) -> None:
        """One look at every workspace that is held, or can be."""
        async with self._database.driver() as driver:
            heads = await hold(driver, self._holder, self._lease)
        held = {head.workspace_id for head in heads}
        for workspace_id in self._watches.keys() - held:
            # Locked just now, by a repricing perhaps, or another's by now: the next look tells.
            self._watches.pop(workspace_id)
        await asyncio.gather(*map(self._step, heads))

    async def _step(self, head: Head) -> None:
        """Whatever goes wrong with one workspace is no reason not to look at the others."""
        watch = self._watches.get(head.workspace_id)
        if watch is None:
            watch = self._watches[head.workspace_id] = Watch(
                self._database, head.workspace_id, self._holder, self._telling, self._lease
            )
        try:
            async with self._turns:
                await watch.step(head, self._clock())
        except BaseException as error:
            # What is in memory holds no more. The next step begins from what is written.
            del self._watches[head.workspace_id]
            if isinstance(error, (Stale, NotHeld)):
                return
            if not isinstance(error, Exception):
                raise
            log.exception("alerts_failed", workspace=head.workspace_id)

    async def _hold(self) -> None:
        if self._watches:
            async with self._database.driver() as driver:
                await hold(driver, self._holder, self._lease)
