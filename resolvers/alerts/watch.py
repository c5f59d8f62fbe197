"""One workspace's rules, evaluated by this process: the log is followed, and windows move."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import Key, Tally, read_minutes
from models.alert_firing import read_going_on
from models.alert_progress import (
    Head,
    Progress,
    advance,
    extend,
    lock_progress,
    read_repriced,
)
from models.alert_rule import AlertRule, read_rules
from models.alert_stream import sweep
from models.cube_sums import EXACT
from models.database import Database
from models.pauses import with_pauses
from resolvers.alerts.firing_log import FiringLog
from resolvers.alerts.firing_set import FiringSet, Outcome
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.gauge_set import GaugeSet, Touched
from resolvers.alerts.late import Suspects
from resolvers.alerts.stream_set import FORGET_MINUTES, Place, StreamSet
from resolvers.alerts.telling import Telling
from resolvers.alerts.window import edge_of

# Read at a time, and in one step, so that other workspaces get their turn.
CHUNK = 20_000
MAX_CHUNKS = 5
# Where there is much, it is read together less often: the same keys come again and again. A
# threshold is to fire within five seconds.
MUCH = 1_000
MUCH_SECONDS = 2.5
# What was summed up is written so often, for the same reason.
FLUSH_SECONDS = 10.0
MAX_PENDING = 50_000
FILL_SECONDS = 1.0
KEYS_AT_A_TIME = 500


class Stale(Exception):
    """Costs or rules were changed meanwhile: what is in memory holds no more."""


class Watch:
    """In memory: the sums within each rule's windows, and what was read but not written yet.

    All of it can be made again from the buckets and the log: a process that dies takes nothing
    along, and the next one goes on from what was written last.
    """

    def __init__(
        self,
        database: Database,
        workspace_id: int,
        holder: str,
        telling: Telling,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._holder = holder
        self._telling = telling
        self._lease = lease
        # The revisions of rules and of costs that all of this is of.
        self._loaded: tuple[int, int] | None = None
        self._rules: dict[str, AlertRule] = {}
        self._streams = StreamSet(workspace_id, [])
        self._gauges = GaugeSet(workspace_id, [], self._streams)
        self._log = FiringLog(database, workspace_id, telling)
        self._firing = FiringSet([])
        self._pending: dict[Place, Tally] = {}
        self._sequence = 0
        self._flushed_at = 0.0
        self._followed_at = 0.0
        self._is_swept = False

    async def step(self, head: Head, now: datetime) -> None:
        """Take in what was recorded, move the windows, and write what begins and ends.

        Raises NotHeld, and Stale after which another watch begins anew.
        """
        edge = edge_of(now)
        if self._loaded != (head.rules_revision, head.repriced):
            await self._load(head, now)
        if await self._fill(edge) or self._gauges.edge is None:
            # Before anything is read: what comes in late has to be seen as that. And with all that
            # was read in the buckets, since new windows are made of these.
            if self._pending:
                await self._flush(now)
            await self._evaluate(await self._move(edge), now)
        # By the windows as they were: what passed a limit in the last second of a minute did so
        # before the first minute left the window.
        is_over = edge > self._known_edge
        if is_over or self._is_due(head):
            await self._evaluate(await self._follow(head), now)
        if is_over or self._is_flush_due():
            await self._flush(now)
        if is_over:
            await self._tick(edge, now)
        if not self._is_swept:
            async with self._database.driver() as driver:
                self._is_swept = await sweep(driver, self._workspace_id)

    @property
    def _known_edge(self) -> datetime:
        assert self._gauges.edge is not None
        return self._gauges.edge

    async def _load(self, head: Head, now: datetime) -> None:
        if self._pending and self._loaded is not None and self._loaded[1] == head.repriced:
            await self._flush(now)
        self._pending, self._loaded = {}, None
        async with self._database.read_as_owner() as session:
            rules = await read_rules(session, self._workspace_id)
        self._rules = {rule.id: rule for rule in rules if rule.is_enabled}
        self._streams = StreamSet(self._workspace_id, self._rules.values())
        self._gauges = GaugeSet(self._workspace_id, self._rules.values(), self._streams)
        async with self._transaction() as (driver, progress):
            self._sequence = await self._streams.open(
                driver, progress.sequence, head.last_sequence, edge_of(now)
            )
            await advance(driver, self._workspace_id, self._sequence)
            going_on = await read_going_on(driver, self._workspace_id)
            self._firing = FiringSet(going_on, self._firing)
            await self._end_without_rule(driver, now)
            self._loaded = (head.rules_revision, progress.repriced)
        self._is_swept = False

    async def _end_without_rule(self, driver: asyncpg.Connection[Any], now: datetime) -> None:
        ended = self._firing.beside(self._rules)
        if ended:
            await self._log.put(driver, Outcome(resolved=ended), self._rules, now)
            self._firing.end(ended)

    async def _fill(self, edge: datetime) -> bool:
        """Take in what was before the rules were, for a while; whether there was anything."""
        was_filling = self._streams.is_filling
        until = time.monotonic() + FILL_SECONDS
        while self._streams.is_filling and time.monotonic() < until:
            async with self._transaction() as (driver, progress):
                self._check(progress.repriced)
                await self._streams.fill(driver, edge)
        return was_filling

    def _is_due(self, head: Head) -> bool:
        since = time.monotonic() - self._followed_at
        return head.last_sequence - self._sequence < MUCH or since >= MUCH_SECONDS

    async def _follow(self, head: Head) -> Touched:
        """Read what was recorded since, and count it; it is written later."""
        touched: Touched = defaultdict(set)
        self._followed_at = time.monotonic()
        for _ in range(MAX_CHUNKS):
            if self._sequence >= head.last_sequence:
                break
            if not self._streams:
                self._sequence = head.last_sequence
                break
            until = min(head.last_sequence, self._sequence + CHUNK)
            async with self._database.driver() as driver:
                sums = await self._streams.read(driver, self._sequence, until)
            await self._gauges.note(sums, touched)
            self._add_pending(sums)
            self._sequence = until
        return touched

    def _add_pending(self, sums: dict[Place, Tally]) -> None:
        with localcontext(EXACT):
            for place, tally in sums.items():
                known = self._pending.get(place)
                if known is None:
                    self._pending[place] = tally
                else:
                    known.add(tally)

    def _is_flush_due(self) -> bool:
        since = time.monotonic() - self._flushed_at
        return len(self._pending) > MAX_PENDING or (bool(self._pending) and since >= FLUSH_SECONDS)

    async def _flush(self, now: datetime) -> None:
        """Write what was taken in, and what was late of it and made a window fire that is over.

        Together with the place in the log: what was not looked back at is read again.
        """
        outcome = await self._look_back(now)
        async with self._transaction() as (driver, progress):
            self._check(progress.repriced)
            await self._streams.write(driver, self._pending)
            await self._log.put(driver, outcome, self._rules, now)
            if self._sequence > progress.sequence:
                await advance(driver, self._workspace_id, self._sequence)
        self._follow_outcome(outcome)
        self._pending = {}
        self._flushed_at = time.monotonic()

    async def _move(self, edge: datetime) -> Touched:
        """The windows, by buckets that are all of one moment. Others may write meanwhile."""
        async with self._database.snapshot_as_owner() as driver:
            self._check(await read_repriced(driver, self._workspace_id))
            touched = await self._gauges.move(driver, edge)
        for gauge in self._gauges:
            for rule in gauge.rules:
                touched[gauge] |= self._firing.keys(rule.id)
        return touched

    async def _tick(self, edge: datetime, now: datetime) -> None:
        """When the minute changes, after what came in was written."""
        outcome = await self._weigh(await self._move(edge), now)
        outcome.peaks = self._firing.peaks(outcome)
        await self._write(outcome, now)
        async with self._transaction() as (driver, _):
            await self._telling.held(driver, self._workspace_id, self._rules, now)
            if edge.minute % FORGET_MINUTES == 0:
                await self._streams.forget(driver, edge)
                self._is_swept = False

    async def _evaluate(self, touched: Touched, now: datetime) -> None:
        await self._write(await self._weigh(touched, now), now)

    async def _weigh(self, touched: Touched, now: datetime) -> Outcome:
        outcome = Outcome()
        with localcontext(EXACT):
            for gauge, keys in touched.items():
                async for key in with_pauses(keys):
                    for rule in self._rules_to_weigh(gauge, key):
                        self._firing.weigh(gauge, rule, key, now, outcome)
        return outcome

    def _rules_to_weigh(self, gauge: Gauge, key: Key) -> list[AlertRule]:
        if any(key in self._firing.keys(rule.id) for rule in gauge.rules):
            return gauge.rules
        return gauge.rules_to_read(key)

    async def _look_back(self, now: datetime) -> Outcome:
        """Whether windows that are over would have fired by what came in since."""
        outcome = Outcome()
        if not self._gauges.late:
            return outcome
        with localcontext(EXACT):
            for suspects in self._gauges.late.take():
                for keys in suspects.parts(KEYS_AT_A_TIME):
                    sums = await self._minutes(suspects, keys)
                    async for key in with_pauses(keys, 20):
                        found = suspects.finding(key, sums.get(key, {}))
                        if found is not None:
                            self._firing.weigh_late(suspects.rule, key, found, now, outcome)
        return outcome

    async def _minutes(
        self, suspects: Suspects, keys: list[Key]
    ) -> dict[Key, dict[datetime, Tally]]:
        """The keys' sums by minute, what is not written yet included."""
        mark = suspects.gauge.mark
        async with self._database.driver() as driver:
            sums = await read_minutes(
                driver, self._workspace_id, self._streams.id(mark), keys, suspects.range
            )
        wanted, range = set(keys), suspects.range
        async for (other, minute, key), tally in with_pauses(self._pending.items()):
            if other == mark and key in wanted and range.from_ <= minute < range.to:
                sums.setdefault(key, {}).setdefault(minute, Tally()).add(tally)
        return sums

    async def _write(self, outcome: Outcome, now: datetime) -> None:
        if outcome:
            async with self._transaction() as (driver, _):
                await self._log.put(driver, outcome, self._rules, now)
            self._follow_outcome(outcome)

    def _follow_outcome(self, outcome: Outcome) -> None:
        self._firing.begin(outcome.opened)
        self._firing.end(outcome.resolved)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[tuple[asyncpg.Connection[Any], Progress]]:
        """One within which nobody else evaluates the workspace. Raises NotHeld."""
        async with self._database.driver() as driver, driver.transaction():
            yield driver, await lock_progress(driver, self._workspace_id, self._holder)
            await extend(driver, self._workspace_id, self._lease)

    def _check(self, repriced: int) -> None:
        if self._loaded is None or repriced != self._loaded[1]:
            raise Stale
