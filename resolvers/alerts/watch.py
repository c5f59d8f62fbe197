"""One workspace's rules, evaluated by this process: the log is followed, and windows move."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg
import structlog

from models.alert_bucket import Key, Tally, read_minutes
from models.alert_firing import read_going_on
from models.alert_problem import Skip, note_counted, read_skipped, skip_events
from models.alert_progress import (
    Head,
    Progress,
    advance,
    extend,
    lock_progress,
    read_repriced,
)
from models.alert_rule import AlertRule, read_all_rules
from models.alert_stream import sweep
from models.cube_sums import EXACT
from models.database import Database
from models.pauses import with_pauses
from resolvers.alerts.examination import examine
from resolvers.alerts.fault import Excluded, Postponed, Stale, is_fault, message_of
from resolvers.alerts.firing_log import FiringLog
from resolvers.alerts.firing_set import FiringSet, Outcome
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.gauge_set import GaugeSet, Touched
from resolvers.alerts.intake import CHUNK, Intake, raise_culprits
from resolvers.alerts.late import Suspects
from resolvers.alerts.stream_set import FORGET_MINUTES, Place, StreamSet
from resolvers.alerts.telling import Telling
from resolvers.alerts.troubles import Troubles
from resolvers.alerts.window import edge_of

# Read in one step, so that other workspaces get their turn.
MAX_READ = 5 * CHUNK
# Reading in small parts, because of an event that cannot be counted, takes longer.
READ_SECONDS = 2.0
# Where there is much, it is read together less often: the same keys come again and again. A
# threshold is to fire within five seconds.
MUCH = 1_000
MUCH_SECONDS = 2.5
# What was summed up is written so often, for the same reason.
FLUSH_SECONDS = 10.0
MAX_PENDING = 50_000
FILL_SECONDS = 1.0
KEYS_AT_A_TIME = 500
# Of events that were skipped, so many are tried again in a minute.
MAX_COUNTED_AGAIN = 100

log = structlog.get_logger(__name__)


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
        troubles: Troubles,
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._holder = holder
        self._telling = telling
        self._lease = lease
        self._troubles = troubles
        # The revisions of rules and of costs that all of this is of.
        self._loaded: tuple[int, int] | None = None
        self._rules: dict[str, AlertRule] = {}
        self._streams = StreamSet(workspace_id, [], troubles.explanations)
        self._gauges = GaugeSet(workspace_id, [], self._streams)
        self._intake = Intake(database, workspace_id, self._streams)
        # What was skipped before and is counted by now, but not written yet.
        self._counted: set[Skip] = set()
        # Rules and keys whose evaluation failed: looked at again with the next minute.
        self._failed: set[tuple[str, Key]] = set()
        self._log = FiringLog(database, workspace_id, telling)
        self._firing = FiringSet([])
        self._pending: dict[Place, Tally] = {}
        self._sequence = 0
        self._flushed_at = 0.0
        self._followed_at = 0.0
        self._is_swept = False

    async def step(self, head: Head, now: datetime) -> None:
        """Take in what was recorded, move the windows, and write what begins and ends.

        Raises NotHeld, and Stale or Excluded after which another watch begins anew.
        """
        if self._loaded is not None and self._troubles.take_up(now):
            raise Stale
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
            touched = await self._follow(head)
            if is_over:
                await self._count_skipped(touched)
            await self._evaluate(touched, now)
        if is_over or self._is_flush_due():
            await self._flush(now)
        if is_over:
            await self._tick(edge, now)
        if not self._is_swept:
            async with self._database.driver() as driver:
                self._is_swept = await sweep(driver, self._workspace_id)

    @property
    def reached(self) -> int | None:
        """The sequence up to which rules are evaluated; None before they were loaded."""
        return None if self._loaded is None else self._sequence

    @property
    def _known_edge(self) -> datetime:
        assert self._gauges.edge is not None
        return self._gauges.edge

    async def _load(self, head: Head, now: datetime) -> None:
        if self._pending and self._loaded is not None and self._loaded[1] == head.repriced:
            await self._flush(now)
        self._pending, self._loaded, self._counted = {}, None, set()
        self._rules = await self._read_rules(head, now)
        self._streams = StreamSet(
            self._workspace_id, self._rules.values(), self._troubles.explanations
        )
        self._gauges = GaugeSet(self._workspace_id, self._rules.values(), self._streams)
        self._intake = Intake(self._database, self._workspace_id, self._streams)
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

    async def _read_rules(self, head: Head, now: datetime) -> dict[str, AlertRule]:
        """The enabled rules that can be evaluated; of the others, troubles are noted."""
        async with self._database.read_as_owner() as session:
            kept = await read_all_rules(session, self._workspace_id)
        enabled = {rule.id: rule for rule in kept.rules if rule.is_enabled}
        broken: dict[str, Exception] = {
            rule.id: rule.error for rule in kept.unreadable if rule.is_enabled
        }
        self._troubles.begin(head.rules_revision, {*enabled, *broken})
        for rule_id, rule in enabled.items():
            try:
                examine(rule, edge_of(now))
            except Exception as error:
                broken[rule_id] = error
        for rule_id in broken.keys() - self._troubles.excluded:
            self._troubles.exclude(rule_id, broken[rule_id], now)
        excluded = self._troubles.excluded
        return {rule_id: rule for rule_id, rule in enabled.items() if rule_id not in excluded}

    async def _end_without_rule(self, driver: asyncpg.Connection[Any], now: datetime) -> None:
        # Of a rule that cannot be evaluated nobody knows whether its firings are over.
        ended = [
            firing
            for firing in self._firing.beside(self._rules)
            if firing.rule_id not in self._troubles.excluded
        ]
        if ended:
            await self._log.put(driver, Outcome(resolved=ended), self._rules, now)
            self._firing.end(ended)

    async def _fill(self, edge: datetime) -> bool:
        """Take in what was before the rules were, for a while; whether there was anything."""
        was_filling = self._streams.is_filling
        until = time.monotonic() + FILL_SECONDS
        while self._streams.is_filling and time.monotonic() < until:
            try:
                async with self._transaction() as (driver, progress):
                    self._check(progress.repriced)
                    await self._streams.fill(driver, edge)
            except Postponed as error:
                reason = message_of(error.__cause__ or error)
                log.warning("alerts_late", workspace=self._workspace_id, problem=reason)
        return was_filling

    def _is_due(self, head: Head) -> bool:
        since = time.monotonic() - self._followed_at
        return head.last_sequence - self._sequence < MUCH or since >= MUCH_SECONDS

    async def _follow(self, head: Head) -> Touched:
        """Read what was recorded since, and count it; it is written later."""
        touched: Touched = defaultdict(set)
        self._followed_at = time.monotonic()
        if not self._streams:
            self._sequence = head.last_sequence
        last = min(head.last_sequence, self._sequence + MAX_READ)
        while self._sequence < last:
            self._sequence, sums = await self._intake.read(self._sequence, last)
            await self._gauges.note(sums, touched)
            self._add_pending(sums)
            if time.monotonic() - self._followed_at >= READ_SECONDS:
                break
        return touched

    async def _count_skipped(self, touched: Touched) -> None:
        """Count events that could not be counted before, where that goes by now: once a minute."""
        async with self._database.driver() as driver:
            skipped = await read_skipped(driver, self._workspace_id) - self._counted
        self._streams.note_skipped(skipped | self._intake.skipped.keys())
        until = time.monotonic() + READ_SECONDS
        # At random: those that still cannot be counted do not keep the others waiting.
        waiting = sorted(skipped)
        for skip in random.sample(waiting, min(len(waiting), MAX_COUNTED_AGAIN)):
            sums = await self._intake.read_again(skip)
            if sums is not None:
                await self._gauges.note(sums, touched)
                self._add_pending(sums)
                self._counted.add(skip)
            if time.monotonic() >= until:
                break

    def _add_pending(self, sums: dict[Place, Tally]) -> None:
        with localcontext(EXACT):
            for place, tally in sums.items():
                known = self._pending.get(place)
                if known is None:
                    self._pending[place] = tally
                else:
                    known.add(tally)

    def _is_flush_due(self) -> bool:
        if self._intake.skipped:
            # So that people are told.
            return True
        since = time.monotonic() - self._flushed_at
        return len(self._pending) > MAX_PENDING or (bool(self._pending) and since >= FLUSH_SECONDS)

    async def _flush(self, now: datetime) -> None:
        """Write what was taken in, and what was late of it and made a window fire that is over.

        Together with the place in the log: what was not looked back at is read again.
        """
        outcome = await self._look_back(now)
        async with self._transaction() as (driver, progress):
            self._check(progress.repriced)
            await self._write_buckets(driver)
            await skip_events(driver, self._workspace_id, self._intake.skipped)
            await note_counted(driver, self._workspace_id, self._counted)
            await self._put(driver, outcome, now)
            if self._sequence > progress.sequence:
                await advance(driver, self._workspace_id, self._sequence)
        self._follow_outcome(outcome)
        self._pending, self._counted = {}, set()
        self._intake.skipped.clear()
        self._flushed_at = time.monotonic()

    async def _write_buckets(self, driver: asyncpg.Connection[Any]) -> None:
        """Raises Excluded where those of some streams alone cannot be written."""
        try:
            async with driver.transaction():
                await self._streams.write(driver, self._pending)
            return
        except Exception as error:
            if not is_fault(error):
                raise
            of_all = error
        by_mark: dict[str, dict[Place, Tally]] = defaultdict(dict)
        for place, tally in self._pending.items():
            by_mark[place[0]][place] = tally
        failed = []
        for mark, sums in by_mark.items():
            try:
                async with driver.transaction():
                    await self._streams.write(driver, sums)
            except Exception as error:
                if not is_fault(error):
                    raise
                failed.append(mark)
        raise_culprits(self._streams, failed, of_all)

    async def _move(self, edge: datetime) -> Touched:
        """The windows, by buckets that are all of one moment. Others may write meanwhile.

        Raises Excluded where those of some rules alone cannot be moved.
        """
        try:
            async with self._database.snapshot_as_owner() as driver:
                self._check(await read_repriced(driver, self._workspace_id))
                touched = await self._gauges.move(driver, edge)
        except Exception as error:
            if not is_fault(error):
                raise
            await self._find_unmoved(edge)
            raise
        for gauge in self._gauges:
            for rule in gauge.rules:
                touched[gauge] |= self._firing.keys(rule.id)
        return touched

    async def _find_unmoved(self, edge: datetime) -> None:
        """Which rules' windows cannot be made by themselves. Raises Excluded."""
        failed: dict[str, Exception] = {}
        for rule in self._rules.values():
            try:
                async with self._database.snapshot_as_owner() as driver:
                    await GaugeSet(self._workspace_id, [rule], self._streams).move(driver, edge)
            except Exception as error:
                if not is_fault(error):
                    raise
                failed[rule.id] = error
        if failed and (len(failed) == 1 or len(failed) < len(self._rules)):
            raise Excluded(list(failed), next(iter(failed.values())))

    async def _tick(self, edge: datetime, now: datetime) -> None:
        """When the minute changes, after what came in was written."""
        touched = await self._move(edge)
        for gauge in self._gauges:
            for rule in gauge.rules:
                touched[gauge] |= {key for rule_id, key in self._failed if rule_id == rule.id}
        self._failed.clear()
        outcome = await self._weigh(touched, now)
        outcome.peaks = self._firing.peaks(outcome)
        await self._write(outcome, now)
        async with self._transaction() as (driver, _):
            held = await self._telling.held(driver, self._workspace_id, self._rules, now)
            for rule_id, error in held.items():
                self._troubles.note(rule_id, error, now)
            if edge.minute % FORGET_MINUTES == 0:
                await self._streams.forget(driver, edge)
                self._is_swept = False
        self._troubles.settle(now)

    async def _evaluate(self, touched: Touched, now: datetime) -> None:
        await self._write(await self._weigh(touched, now), now)

    async def _weigh(self, touched: Touched, now: datetime) -> Outcome:
        outcome = Outcome()
        with localcontext(EXACT):
            for gauge, keys in touched.items():
                async for key in with_pauses(keys):
                    for rule in self._rules_to_weigh(gauge, key):
                        try:
                            self._firing.weigh(gauge, rule, key, now, outcome)
                        except Exception as error:
                            self._note_failed(rule.id, key, error, now)
        return outcome

    def _note_failed(self, rule_id: str, key: Key, error: Exception, now: datetime) -> None:
        self._troubles.note(rule_id, error, now)
        self._failed.add((rule_id, key))

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
                try:
                    await self._look_back_at(suspects, now, outcome)
                except Exception as error:
                    if not is_fault(error):
                        raise
                    self._troubles.note(suspects.rule.id, error, now)
        return outcome

    async def _look_back_at(self, suspects: Suspects, now: datetime, outcome: Outcome) -> None:
        for keys in suspects.parts(KEYS_AT_A_TIME):
            sums = await self._minutes(suspects, keys)
            async for key in with_pauses(keys, 20):
                found = suspects.finding(key, sums.get(key, {}))
                if found is not None:
                    self._firing.weigh_late(suspects.rule, key, found, now, outcome)

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
                await self._put(driver, outcome, now)
            self._follow_outcome(outcome)

    async def _put(self, driver: asyncpg.Connection[Any], outcome: Outcome, now: datetime) -> None:
        """What of the outcome can be written; the rest is taken out of it, and noted."""
        if not outcome:
            return
        try:
            # A savepoint, after which the transaction goes on.
            async with driver.transaction():
                await self._log.put(driver, outcome, self._rules, now)
        except Exception as error:
            if not is_fault(error):
                raise
            await self._put_by_parts(driver, outcome, now, error)

    async def _put_by_parts(
        self,
        driver: asyncpg.Connection[Any],
        outcome: Outcome,
        now: datetime,
        error: Exception,
    ) -> None:
        parts = outcome.parts()
        if len(parts) <= 1:
            for firing in (*outcome.opened, *outcome.resolved):
                self._note_failed(firing.rule_id, firing.key, error, now)
            outcome.clear()
            return
        outcome.clear()
        for part in parts:
            await self._put(driver, part, now)
            outcome.opened += part.opened
            outcome.resolved += part.resolved

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
