"""One workspace's rules, evaluated by this process: the log is followed, and windows move."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import (
    MINUTE,
    Bucket,
    Key,
    Part,
    Tally,
    add_buckets,
    read_blocks,
    read_minutes,
    read_parts,
)
from models.alert_firing import (
    AlertFiring,
    add_firings,
    note_peaks,
    read_going_on,
    resolve_firings,
)
from models.alert_progress import Head, Progress, advance, lock_progress, next_change
from models.alert_reading import LogPart, LogReader, summed
from models.alert_rule import AlertRule, read_rules
from models.alert_stream import (
    Stream,
    Watched,
    close_streams,
    need_stream_from,
    note_filled,
    open_stream,
    read_streams,
)
from models.cube_sums import EXACT
from models.database import Database
from models.pauses import with_pauses
from models.time_range import EVER, TimeRange
from resolvers.alerts.firing_set import FiringSet, Outcome
from resolvers.alerts.gauge import Gauge, Span
from resolvers.alerts.late import first_to_fire
from resolvers.alerts.telling import Telling
from resolvers.alerts.window import Window, edge_of

# Read at a time, so that others get their turn, and in one step, so that other workspaces do.
CHUNK = 20_000
MAX_CHUNKS = 5
# Where there is much, it is read together less often: the same keys come again and again. A
# threshold is to fire within five seconds.
MUCH = 1_000
MUCH_SECONDS = 2.5
# What was summed up is written so often: the same keys come again and again meanwhile.
FLUSH_SECONDS = 10.0
MAX_PENDING = 50_000
FILL_SECONDS = 1.0
_FIRST_FILL = timedelta(hours=1)
_LAST_FILL = timedelta(days=8)
_QUICK_SECONDS = 0.1

Place = tuple[str, datetime, Key]
Touched = dict[Gauge, set[Key]]
Late = dict[Gauge, dict[Key, set[datetime]]]


class Stale(Exception):
    """Costs or rules were changed meanwhile: what is in memory holds no more."""


class Watch:
    """In memory: the sums within each rule's windows, and what was read but not written yet.

    All of it can be made again from the buckets and the log: a process that dies takes nothing
    along, and the next one goes on from what was written last.
    """

    def __init__(
        self, database: Database, workspace_id: int, holder: str, telling: Telling
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._holder = holder
        self._telling = telling
        self._loaded: tuple[int, int] | None = None
        self._rules: dict[str, AlertRule] = {}
        self._watched: dict[str, Watched] = {}
        self._streams: dict[str, Stream] = {}
        self._reader = LogReader([])
        self._gauges: dict[str, list[Gauge]] = {}
        self._firing = FiringSet([])
        self._pending: dict[Place, Tally] = {}
        self._sequence = 0
        self._edge: datetime | None = None
        # What came in for minutes that were over, by gauge and key.
        self._late: Late = _none_late()
        self._flushed_at = 0.0
        self._followed_at = 0.0

    async def step(self, head: Head, now: datetime) -> None:
        """Take in what was recorded, move the windows, and write what begins and ends.

        Raises NotHeld, and Stale after which the next step begins anew.
        """
        edge = edge_of(now)
        if self._loaded != (head.rules_revision, head.repriced):
            await self._load(head, now)
        await self._fill(edge)
        # By the windows as they were: what passed a limit in the last second of a minute did so
        # before the first minute left the window.
        is_over = self._edge is None or edge > self._edge
        if is_over or self._is_due(head):
            await self._evaluate(await self._follow(head), now)
        if is_over:
            await self._evaluate(await self._tick(edge, now), now)
            await self._evaluate_late(now)
        elif self._is_flush_due():
            await self._flush()

    # What there is to watch

    async def _load(self, head: Head, now: datetime) -> None:
        if self._pending and self._loaded is not None and self._loaded[1] == head.repriced:
            await self._flush()
        self._loaded = None
        async with self._database.read_as_owner() as session:
            rules = await read_rules(session, self._workspace_id)
        self._rules = {rule.id: rule for rule in rules if rule.is_enabled}
        self._watched = {
            watched.stream_id: watched for watched in map(Watched.by, self._rules.values())
        }
        self._reader = LogReader(self._watched.values())
        self._gauges, self._pending, self._edge = {}, {}, None
        async with self._transaction() as (driver, progress):
            await self._open_streams(driver, head, progress, edge_of(now))
            self._firing = FiringSet(await read_going_on(driver, self._workspace_id))
            await self._end_without_rule(driver, now)
            self._loaded = (head.rules_revision, progress.repriced)

    async def _open_streams(
        self, driver: asyncpg.Connection[Any], head: Head, progress: Progress, edge: datetime
    ) -> None:
        known = {stream.id: stream for stream in await read_streams(driver, self._workspace_id)}
        needed = {id: self._needed_from(id, edge) for id in self._watched}
        # What a longer window needs was left behind by the shorter: begin anew.
        kept = {id for id in needed if id in known and known[id].needed_from <= needed[id]}
        await close_streams(driver, self._workspace_id, list(known.keys() - kept))
        self._sequence = progress.sequence
        if not kept:
            self._sequence = max(progress.sequence, head.last_sequence)
            await advance(driver, self._workspace_id, self._sequence)
        for id in needed.keys() - kept:
            stream = Stream(id, self._sequence, EVER.to, needed[id])
            await open_stream(driver, self._workspace_id, stream)
        streams = await read_streams(driver, self._workspace_id)
        self._streams = {stream.id: stream for stream in streams}

    def _needed_from(self, stream_id: str, edge: datetime) -> datetime:
        return min(
            Window.of(rule).needed_from(edge, rule.condition)
            for rule in self._rules.values()
            if Watched.by(rule).stream_id == stream_id
        )

    async def _end_without_rule(self, driver: asyncpg.Connection[Any], now: datetime) -> None:
        ended = self._firing.without_rule(self._rules)
        if ended:
            change = await next_change(driver, self._workspace_id)
            await self._end(driver, ended, now, change)
            self._firing.end(ended)

    # What was recorded before

    async def _fill(self, edge: datetime) -> None:
        """Take in what was recorded before a stream was, the latest first, for a while."""
        until = time.monotonic() + FILL_SECONDS
        length = _FIRST_FILL
        while (stream := self._next_to_fill()) is not None and time.monotonic() < until:
            started = time.monotonic()
            await self._fill_part(stream, min(stream.filled_from, edge) - length)
            quick = time.monotonic() - started < _QUICK_SECONDS
            length = min(2 * length, _LAST_FILL) if quick else max(length / 2, _FIRST_FILL)

    def _next_to_fill(self) -> Stream | None:
        return next((one for one in self._streams.values() if not one.is_filled), None)

    async def _fill_part(self, stream: Stream, from_: datetime) -> None:
        from_ = max(from_, stream.needed_from)
        part = LogPart(0, stream.start_sequence, TimeRange(from_, stream.filled_from))
        reader = LogReader([self._watched[stream.id]])
        async with self._transaction() as (driver, progress):
            self._check(progress)
            buckets = await reader.read(driver, self._workspace_id, part)
            await add_buckets(driver, self._workspace_id, _placed(await _sum(buckets)))
            await note_filled(driver, self._workspace_id, stream.id, from_)
        self._streams[stream.id] = stream._replace(filled_from=from_)
        # Its gauges are made with the next move of the windows.
        self._edge = None

    # What is recorded

    def _is_due(self, head: Head) -> bool:
        since = time.monotonic() - self._followed_at
        return head.last_sequence - self._sequence < MUCH or since >= MUCH_SECONDS

    async def _follow(self, head: Head) -> Touched:
        touched: Touched = defaultdict(set)
        self._followed_at = time.monotonic()
        for _ in range(MAX_CHUNKS):
            if self._sequence >= head.last_sequence:
                break
            if not self._streams:
                self._sequence = head.last_sequence
                break
            until = min(head.last_sequence, self._sequence + CHUNK)
            earliest = min(stream.needed_from for stream in self._streams.values())
            part = LogPart(self._sequence, until, TimeRange(earliest, EVER.to))
            async with self._database.driver() as driver:
                buckets = await self._reader.read(driver, self._workspace_id, part)
            await self._take_in(await _sum(buckets), touched)
            self._sequence = until
        return touched

    async def _take_in(self, sums: dict[Place, Tally], touched: Touched) -> None:
        with localcontext(EXACT):
            async for place, tally in with_pauses(sums.items()):
                stream_id, minute, key = place
                for gauge in self._gauges.get(stream_id, ()):
                    if gauge.note(Bucket(minute, key, tally)):
                        touched[gauge].add(key)
                    if gauge.minds_late and self._is_late(minute):
                        self._late[gauge][key].add(minute)
                known = self._pending.get(place)
                if known is None:
                    self._pending[place] = tally
                else:
                    known.add(tally)

    def _is_late(self, minute: datetime) -> bool:
        return self._edge is not None and minute < self._edge - MINUTE

    def _is_flush_due(self) -> bool:
        since = time.monotonic() - self._flushed_at
        return len(self._pending) > MAX_PENDING or (bool(self._pending) and since >= FLUSH_SECONDS)

    async def _flush(self) -> None:
        async with self._transaction() as (driver, progress):
            await self._write_pending(driver, progress)
        self._note_flushed()

    async def _write_pending(self, driver: asyncpg.Connection[Any], progress: Progress) -> None:
        self._check(progress)
        await add_buckets(driver, self._workspace_id, _placed(self._pending))
        if self._sequence > progress.sequence:
            await advance(driver, self._workspace_id, self._sequence)

    def _note_flushed(self) -> None:
        self._pending = {}
        self._flushed_at = time.monotonic()

    # When the minute changes

    async def _tick(self, edge: datetime, now: datetime) -> Touched:
        """Windows move by what came in and what went out; all that changed is to be looked at."""
        async with self._transaction() as (driver, progress):
            await self._write_pending(driver, progress)
            touched = await self._move(driver, edge)
            await self._forget(driver, edge)
            await self._telling.held(driver, self._workspace_id, self._rules, now)
        self._note_flushed()
        self._edge = edge
        for gauges in self._gauges.values():
            for gauge in gauges:
                for rule in gauge.rules:
                    touched[gauge] |= self._firing.keys(rule.id)
        return touched

    async def _move(self, driver: asyncpg.Connection[Any], edge: datetime) -> Touched:
        touched: Touched = defaultdict(set)
        parts: list[Part] = []
        changes: list[tuple[Gauge, Span, int]] = []
        self._make_gauges()
        for gauges in self._gauges.values():
            for gauge in gauges:
                is_new = gauge.edge is None
                for span, change in gauge.move(edge):
                    parts.append(Part(gauge.stream_id, *change.range, len(parts)))
                    changes.append((gauge, span, change.sign))
                await self._read_baseline(driver, gauge)
                if is_new:
                    # A whole that has nothing is looked at too: that may be what is watched for.
                    touched[gauge] |= {None} if self._is_whole(gauge) else set()
        with localcontext(EXACT):
            found = await read_parts(driver, self._workspace_id, parts)
            async for place, key, tally in with_pauses(found):
                gauge, span, sign = changes[place]
                gauge.apply(span, sign, key, tally)
                touched[gauge].add(key)
        return touched

    def _make_gauges(self) -> None:
        """Of streams that are filled by now; one for all rules that look through one window."""
        rules: dict[tuple[str, Window], list[AlertRule]] = defaultdict(list)
        for rule in self._rules.values():
            stream = self._streams[Watched.by(rule).stream_id]
            if stream.is_filled and stream.id not in self._gauges:
                rules[stream.id, Window.of(rule)].append(rule)
        for (stream_id, window), found in rules.items():
            self._gauges.setdefault(stream_id, []).append(Gauge(stream_id, window, found))

    def _is_whole(self, gauge: Gauge) -> bool:
        return self._watched[gauge.stream_id].per is None

    async def _read_baseline(self, driver: asyncpg.Connection[Any], gauge: Gauge) -> None:
        blocks = gauge.missing_baseline()
        if blocks is not None:
            length = timedelta(minutes=gauge.window.minutes or 0)
            found = await read_blocks(driver, self._workspace_id, gauge.stream_id, blocks, length)
            gauge.set_baseline(blocks, found)

    async def _forget(self, driver: asyncpg.Connection[Any], edge: datetime) -> None:
        """Let go of what no window will ask for, now and then."""
        if edge.minute % 10:
            return
        for stream in list(self._streams.values()):
            needed = self._needed_from(stream.id, edge)
            if stream.is_filled and needed > stream.needed_from:
                await need_stream_from(driver, self._workspace_id, stream.id, needed)
                self._streams[stream.id] = stream._replace(
                    needed_from=needed, filled_from=max(stream.filled_from, needed)
                )

    # What begins and what ends

    async def _evaluate(self, touched: Touched, now: datetime) -> None:
        outcome = Outcome()
        with localcontext(EXACT):
            for gauge, keys in touched.items():
                async for key in with_pauses(keys):
                    for rule in self._rules_to_weigh(gauge, key):
                        self._firing.weigh(gauge, rule, key, now, outcome)
        if outcome:
            await self._write(outcome, now)

    def _rules_to_weigh(self, gauge: Gauge, key: Key) -> list[AlertRule]:
        if any(key in self._firing.keys(rule.id) for rule in gauge.rules):
            return gauge.rules
        return gauge.rules_to_read(key)

    async def _evaluate_late(self, now: datetime) -> None:
        """Once a minute: whether windows that are over would have fired by what came in since."""
        late, self._late = self._late, _none_late()
        outcome = Outcome()
        with localcontext(EXACT):
            suspects = {
                (gauge, rule): found
                for gauge, by_key in late.items()
                for rule in gauge.limits
                if (found := _suspects(gauge, rule, by_key))
            }
        for (gauge, rule), by_key in suspects.items():
            await self._look_back(gauge, rule, by_key, now, outcome)
        if outcome:
            await self._write(outcome, now)

    async def _look_back(
        self,
        gauge: Gauge,
        rule: AlertRule,
        late: dict[Key, set[datetime]],
        now: datetime,
        outcome: Outcome,
    ) -> None:
        assert gauge.edge is not None
        length = gauge.range.to - gauge.range.from_
        first = min(minute for minutes in late.values() for minute in minutes)
        range = TimeRange(first - length, gauge.edge)
        async with self._database.driver() as driver:
            minutes = await read_minutes(
                driver, self._workspace_id, gauge.stream_id, list(late), range
            )
        with localcontext(EXACT):
            for key, its in late.items():
                found = first_to_fire(rule, length, minutes.get(key, {}), its, gauge.edge)
                if found is not None:
                    self._firing.weigh_late(rule, key, found, now, outcome)

    async def _write(self, outcome: Outcome, now: datetime) -> None:
        opened, resolved = outcome.opened, outcome.resolved
        async with self._transaction() as (driver, _):
            change = await next_change(driver, self._workspace_id)
            if opened:
                added = await add_firings(driver, opened, change)
                opened = [firing for firing in opened if firing.id in added]
            await self._end(driver, resolved, now, change)
            if outcome.peaks:
                await note_peaks(driver, self._workspace_id, outcome.peaks, change)
            for rule_id, begun in _by_rule(opened).items():
                await self._telling.begun(driver, self._rules[rule_id], begun, now)
        self._firing.begin(opened)
        self._firing.end(resolved)

    async def _end(
        self,
        driver: asyncpg.Connection[Any],
        firings: list[AlertFiring],
        now: datetime,
        change: int,
    ) -> None:
        """Those of rules that are gone, too: who was told of them is told of their end."""
        if not firings:
            return
        ids = [firing.id for firing in firings]
        ended = await resolve_firings(driver, self._workspace_id, ids, now, change)
        for rule_id, over in _by_rule(firings).items():
            told = [
                (replace(firing, resolved_at=now), order_key)
                for firing in over
                if (order_key := ended.get(firing.id)) is not None
            ]
            if told:
                await self._telling.ended(driver, await self._rule(rule_id), told, now)

    async def _rule(self, id: str) -> AlertRule:
        if id in self._rules:
            return self._rules[id]
        async with self._database.read_as_owner() as session:
            [rule] = await read_rules(session, self._workspace_id, ids=[id])
        return rule

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[tuple[asyncpg.Connection[Any], Progress]]:
        """One within which nobody else evaluates the workspace. Raises NotHeld."""
        async with self._database.driver() as driver, driver.transaction():
            yield driver, await lock_progress(driver, self._workspace_id, self._holder)

    def _check(self, progress: Progress) -> None:
        if self._loaded is None or progress.repriced != self._loaded[1]:
            self._loaded = None
            raise Stale


def _by_rule(firings: Iterable[AlertFiring]) -> dict[str, list[AlertFiring]]:
    found: dict[str, list[AlertFiring]] = defaultdict(list)
    for firing in firings:
        found[firing.rule_id].append(firing)
    return found


def _none_late() -> Late:
    return defaultdict(lambda: defaultdict(set))


def _suspects(
    gauge: Gauge, rule: AlertRule, late: dict[Key, set[datetime]]
) -> dict[Key, set[datetime]]:
    return {
        key: minutes
        for key, minutes in late.items()
        if gauge.may_have_fired(rule, key, min(minutes))
    }


async def _sum(buckets: Iterable[tuple[str, Bucket]]) -> dict[Place, Tally]:
    with localcontext(EXACT):
        return await summed(buckets)


def _placed(sums: dict[Place, Tally]) -> Iterable[tuple[str, Bucket]]:
    return (
        (stream_id, Bucket(minute, key, tally)) for (stream_id, minute, key), tally in sums.items()
    )
