"""Evaluates rules for as long as a process lives: of the workspaces that no other process holds."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from models.alert_problem import keep_problems
from models.alert_progress import Head, NotHeld, hold, lock_progress, release
from models.database import Database, is_unavailable
from resolvers.alerts.fault import Excluded, Stale, is_away, message_of
from resolvers.alerts.telling import Telling
from resolvers.alerts.troubles import Troubles
from resolvers.alerts.watch import Watch
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
        self._troubles: dict[int, Troubles] = {}
        # Those that are looked at just now.
        self._steps: dict[int, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._rounds = Rounds("alerts", self._begin_steps, every(beat_seconds))
        # Beside the steps: one that takes longer than a lease must not lose what it works on.
        self._holding = Rounds("alert leases", self._renew, every(lease.total_seconds() / 3))
        # Those that failed take turns of their own: they keep no other workspace waiting.
        self._turns_of_failing = asyncio.Semaphore(1)

    def start(self) -> None:
        self._rounds.start()
        self._holding.start()

    async def close(self) -> None:
        """Stop, and let another process take over at once."""
        await self._rounds.close()
        await self._holding.close()
        steps = list(self._steps.values())
        for step in steps:
            step.cancel()
        await asyncio.gather(*steps, return_exceptions=True)
        try:
            async with self._database.driver() as driver:
                await release(driver, self._holder)
        except Exception as error:
            # The lease ends by itself.
            if not is_unavailable(error):
                raise

    async def step(self) -> None:
        """One look at every workspace that is held, or can be, until all were looked at."""
        await self._begin_steps()
        await asyncio.gather(*self._steps.values())

    async def _begin_steps(self) -> None:
        """Look at every workspace that is not looked at still: a slow one keeps nobody waiting."""
        heads = await self._hold()
        held = {head.workspace_id for head in heads}
        for workspace_id in self._watches.keys() - held - self._steps.keys():
            # Locked just now, by a repricing perhaps, or another's by now: the next look tells.
            self._watches.pop(workspace_id)
        for head in heads:
            if head.workspace_id not in self._steps:
                self._steps[head.workspace_id] = asyncio.create_task(self._step(head))

    async def _hold(self) -> list[Head]:
        reached = {id: watch.reached for id, watch in self._watches.items()}
        known = {id: sequence for id, sequence in reached.items() if sequence is not None}
        async with self._database.driver() as driver:
            return await hold(driver, self._holder, self._lease, known)

    async def _step(self, head: Head) -> None:
        """Whatever goes wrong with one workspace is no reason not to look at the others."""
        try:
            await self._look_at(head)
        finally:
            del self._steps[head.workspace_id]

    async def _look_at(self, head: Head) -> None:
        workspace_id = head.workspace_id
        troubles = self._troubles.setdefault(workspace_id, Troubles(workspace_id))
        if troubles.is_waiting(self._clock()):
            return
        turns = self._turns_of_failing if troubles.is_failing else self._turns
        try:
            async with turns:
                await self._watch(workspace_id, troubles).step(head, self._clock())
            troubles.succeed()
        except BaseException as error:
            # What is in memory holds no more. The next step begins from what is written.
            self._watches.pop(workspace_id, None)
            if not isinstance(error, Exception):
                raise
            self._note(workspace_id, troubles, error)
        await self._keep(workspace_id, troubles)

    def _watch(self, workspace_id: int, troubles: Troubles) -> Watch:
        watch = self._watches.get(workspace_id)
        if watch is None:
            watch = self._watches[workspace_id] = Watch(
                self._database,
                workspace_id,
                self._holder,
                self._telling,
                self._lease,
                troubles,
            )
        return watch

    def _note(self, workspace_id: int, troubles: Troubles, error: Exception) -> None:
        """A line for each failure; `Troubles` logs the trace of each error once."""
        if isinstance(error, Stale):
            return
        if isinstance(error, NotHeld):
            # Whoever holds it has troubles of their own.
            self._troubles.pop(workspace_id, None)
        elif isinstance(error, Excluded):
            for rule_id in error.rule_ids:
                troubles.exclude(rule_id, error.cause, self._clock())
            log.error(
                "alerts_rules_excluded",
                workspace=workspace_id,
                rules=list(error.rule_ids),
                problem=troubles.explanations.of(error.cause),
            )
        elif is_away(error):
            log.warning("alerts_missed", workspace=workspace_id, reason="the database is away")
        else:
            pause = troubles.fail(error, self._clock())
            log.error(
                "alerts_failed",
                workspace=workspace_id,
                problem=troubles.explanations.of(error),
                again_in_seconds=pause.total_seconds(),
            )

    async def _keep(self, workspace_id: int, troubles: Troubles) -> None:
        """Write what people are told of, where it has changed."""
        if not troubles.is_changed or workspace_id not in self._troubles:
            return
        problems = troubles.problems
        try:
            async with self._database.driver() as driver, driver.transaction():
                await lock_progress(driver, workspace_id, self._holder)
                await keep_problems(driver, workspace_id, problems)
        except Exception as error:
            # It is tried again with the next step.
            if not isinstance(error, NotHeld):
                log.warning(
                    "alerts_problems_not_kept", workspace=workspace_id, problem=message_of(error)
                )
            return
        troubles.note_kept(problems)

    async def _renew(self) -> None:
        if self._watches:
            await self._hold()
