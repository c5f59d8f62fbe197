"""Brings deliveries from the outbox to their destinations, as long as the process runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import structlog

from models.alert_delivery import DeliveryKind
from models.alert_outbox import (
    Claimed,
    Report,
    claim,
    claim_one,
    mark_dead,
    mark_sent,
    prune,
    put_off,
    workspaces_waiting,
)
from models.database import Database
from models.errors import Unavailable
from resolvers.alerts.backoff import next_try
from resolvers.alerts.carrier import Carrier
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.outcome import Failed, Outcome, Sent
from resolvers.rounds import Rounds

BEAT_SECONDS = 1.0
# At once, in a process; and of one workspace, so that no other has to wait for it.
MAX_UNDER_WAY = 32
MAX_OF_WORKSPACE = 8
_PRUNE_EVERY = timedelta(hours=1)
# What is on its way at the end may arrive; what does not is sent again by whoever is next.
_STOP_SECONDS = 5.0

Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Courier:
    """One for a process; several processes share the outbox.

    A destination has one delivery under way in a process, so that one that does not answer takes
    no more than one place. `pause` is what lies between two looks; `wake` ends it early.
    """

    def __init__(
        self,
        database: Database,
        settings: DeliverySettings,
        *,
        clock: Clock = _now,
        pause: Callable[[], Awaitable[None]] | None = None,
        carrier: Carrier | None = None,
        random: Random | None = None,
    ) -> None:
        self.settings = settings
        self._database = database
        self._clock = clock
        self._pause = pause or self._until_woken
        self._carrier = carrier or Carrier(settings)
        self._random = random or Random()
        self._woken = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Claimed] = {}
        self._pruned_at: datetime | None = None
        self._rounds = Rounds("alert deliveries", self._go_round, self._pause)

    def start(self) -> None:
        self._rounds.start()

    def now(self) -> datetime:
        return self._clock()

    def wake(self) -> None:
        """Something was put into the outbox, and committed."""
        self._woken.set()

    async def close(self) -> None:
        await self._rounds.close()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._carrier.close()

    async def carry_due(self) -> None:
        """Carry all that is due now, and what becomes due by that. Raises Unavailable."""
        while await self._take_up():
            await asyncio.gather(*self._under_way)

    async def carry_now(self, workspace_id: int, delivery_id: str) -> None:
        """Carry this one, which the caller has claimed by putting it into the outbox.

        Raises Unavailable.
        """
        claimed = await claim_one(self._database, workspace_id, delivery_id, self._clock())
        if claimed is not None:
            await self._carry(claimed)

    async def _go_round(self) -> None:
        self._woken.clear()
        await self._prune()
        await self._take_up()

    async def _until_woken(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), BEAT_SECONDS)

    async def _take_up(self) -> int:
        """Start with what is due and has a place. Returns how many those are."""
        now = self._clock()
        waiting = await workspaces_waiting(self._database, now)
        # None is always the last to get a place.
        self._random.shuffle(waiting)
        taken = 0
        for workspace_id in waiting:
            try:
                taken += await self._take_up_of(workspace_id, now)
            except Unavailable:
                raise
            except Exception:
                # What is wrong with one workspace's outbox keeps no other's waiting.
                log.exception("deliveries_failed", workspace=workspace_id)
        return taken

    async def _take_up_of(self, workspace_id: int, now: datetime) -> int:
        busy = {one.destination_id for one in self._under_way.values()}
        of_workspace = Counter(one.workspace_id for one in self._under_way.values())[workspace_id]
        places = min(MAX_UNDER_WAY - len(self._under_way), MAX_OF_WORKSPACE - of_workspace)
        if places <= 0:
            return 0
        taken = await claim(self._database, workspace_id, now, limit=places, busy=busy)
        for claimed in taken:
            task = asyncio.create_task(self._carry(claimed))
            self._under_way[task] = claimed
            task.add_done_callback(self._ended)
        return len(taken)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Its place is free, and the next one of its order may be due."""
        self._under_way.pop(task, None)
        self._woken.set()

    async def _carry(self, claimed: Claimed) -> None:
        """Try once, and write down what came of it."""
        try:
            outcome = await self._carrier.carry(claimed, self._clock())
        except Exception:
            log.exception("delivery_broke", delivery=claimed.id)
            outcome = Failed("The message could not be made or sent; the server's log says why.")
        try:
            await self._settle(claimed, outcome)
        except Unavailable:
            # Whoever takes it up when the claim has ended sends it a second time.
            log.warning("delivery_not_noted", delivery=claimed.id)
        except Exception:
            log.exception("delivery_not_noted", delivery=claimed.id)

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        now = self._clock()
        report = Report(outcome.problem, outcome.status, outcome.accepted)
        if isinstance(outcome, Sent):
            log.info("alert_delivered", delivery=claimed.id, attempts=claimed.attempts)
            await mark_sent(self._database, claimed, now, report)
            return
        log.warning("alert_not_delivered", delivery=claimed.id, problem=outcome.problem)
        next_at = self._next_try(claimed, outcome, now)
        if next_at is None:
            await mark_dead(self._database, claimed, now, report)
        else:
            await put_off(self._database, claimed, next_at, report)

    def _next_try(self, claimed: Claimed, failed: Failed, now: datetime) -> datetime | None:
        """None where there is none: it is in vain, the day is over, or somebody waits for it."""
        if failed.is_final or claimed.kind is DeliveryKind.TEST:
            return None
        return next_try(now, claimed.queued_at, claimed.attempts, failed.retry_after, self._random)

    async def _prune(self) -> None:
        now = self._clock()
        if self._pruned_at is None or now >= self._pruned_at + _PRUNE_EVERY:
            self._pruned_at = now
            await prune(self._database, now)
