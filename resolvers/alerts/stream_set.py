"""The streams of a workspace's rules: opened, filled with what was before, and let go of."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import Bucket, Key, Tally, add_buckets
from models.alert_problem import (
    NotEvaluated,
    Skip,
    forget_skipped,
    read_skipped,
    skip_events,
)
from models.alert_reading import LogPart, LogReader, summed
from models.alert_rule import AlertRule
from models.alert_stream import (
    Stream,
    Watched,
    close_streams,
    need_streams_from,
    new_stream,
    note_filled,
    open_stream,
    read_streams,
)
from models.cube_sums import EXACT
from models.time_range import EVER, TimeRange
from resolvers.alerts.explanation import Explanations
from resolvers.alerts.fault import Excluded, Postponed, is_fault, is_late
from resolvers.alerts.window import Window

_FIRST_FILL = timedelta(hours=1)
_SHORTEST_FILL = timedelta(minutes=1)
_LAST_FILL = timedelta(days=8)
_QUICK_SECONDS = 0.1
# So often what no window asks for any more is let go of.
FORGET_MINUTES = 10
# Each is a row, and is tried again: a stream that skips more is given up, with its rules.
MAX_SKIPPED = 1_000

# The mark of what a stream is of, a minute and a key.
Place = tuple[str, datetime, Key]


class StreamSet:
    """What the enabled rules of one workspace watch, by its mark."""

    def __init__(
        self, workspace_id: int, rules: Iterable[AlertRule], explanations: Explanations
    ) -> None:
        self._workspace_id = workspace_id
        self._explanations = explanations
        # Events that each stream could not count, by its mark.
        self._skipped: Counter[str] = Counter()
        self._watched: dict[str, Watched] = {}
        self._windows: dict[str, set[tuple[Window, Any]]] = defaultdict(set)
        self._rule_ids: dict[str, list[str]] = defaultdict(list)
        for rule in rules:
            watched = Watched.by(rule)
            self._watched[watched.mark] = watched
            self._rule_ids[watched.mark].append(rule.id)
            self._windows[watched.mark].add((Window.of(rule), rule.condition))
        self._streams: dict[str, Stream] = {}
        self._reader = LogReader(self._watched.values())
        self._length = _FIRST_FILL

    def __bool__(self) -> bool:
        return bool(self._streams)

    @property
    def marks(self) -> list[str]:
        """Of those that are open."""
        return list(self._streams)

    def rule_ids(self, mark: str) -> list[str]:
        """The rules that watch it."""
        return self._rule_ids[mark]

    def is_filled(self, mark: str) -> bool:
        return self._streams[mark].is_filled

    def is_whole(self, mark: str) -> bool:
        """Whether it is watched as a whole, and not by key."""
        return self._watched[mark].per is None

    def id(self, mark: str) -> str:
        """By which its buckets are kept."""
        return self._streams[mark].id

    async def open(
        self, driver: asyncpg.Connection[Any], sequence: int, last_sequence: int, edge: datetime
    ) -> int:
        """Begin and end streams as the rules want them; the place in the log to go on from.

        `sequence` is how far the streams came that there are already.
        """
        known = {one.watched: one for one in await read_streams(driver, self._workspace_id)}
        needed = self._needed(edge)
        # What a longer window needs was left behind by the shorter: begin anew.
        kept = {one for one in needed if one in known and known[one].needed_from <= needed[one]}
        gone = [stream.id for mark, stream in known.items() if mark not in kept]
        await close_streams(driver, self._workspace_id, gone)
        await forget_skipped(driver, self._workspace_id, kept)
        self.note_skipped(await read_skipped(driver, self._workspace_id))
        reached = sequence if kept else max(sequence, last_sequence)
        self._streams = {mark: known[mark] for mark in sorted(kept)}
        for mark in sorted(needed.keys() - kept):
            stream = self._streams[mark] = new_stream(mark, reached, needed[mark])
            await open_stream(driver, self._workspace_id, stream)
        return reached

    def note_skipped(self, skipped: Iterable[Skip]) -> None:
        """Take these for all events that could not be counted."""
        self._skipped = Counter(skip.watched for skip in skipped)

    def skip(self, mark: str, error: Exception) -> str:
        """One more event that the stream cannot count; returns why, for people.

        Raises Excluded of the stream's rules where there are too many.
        """
        message = self._explain_skip(mark, error, 1)
        self._skipped[mark] += 1
        return message

    def _explain_skip(self, mark: str, error: Exception, more: int) -> str:
        message = self._explanations.of(error)
        if self._skipped[mark] + more > MAX_SKIPPED:
            cause = NotEvaluated(
                f"More than {MAX_SKIPPED:,} events cannot be counted. The last of them: {message}"
            )
            raise Excluded(self.rule_ids(mark), cause)
        return message

    @property
    def is_filling(self) -> bool:
        return self._next_to_fill() is not None

    async def fill(self, driver: asyncpg.Connection[Any], edge: datetime) -> None:
        """Take in a part of what was recorded before a stream was, the latest first.

        Raises Excluded of the stream's rules where that fails, Postponed where Postgres is late.
        """
        mark = self._next_to_fill()
        if mark is None:
            return
        started = time.monotonic()
        try:
            await self._fill(driver, mark, edge)
        except Exception as error:
            if is_late(error) and self._length > _SHORTEST_FILL:
                self._length = max(self._length / 2, _SHORTEST_FILL)
                raise Postponed from error
            if not is_fault(error):
                raise
            raise Excluded(self.rule_ids(mark), error) from error
        quick = time.monotonic() - started < _QUICK_SECONDS
        longer = min(2 * self._length, _LAST_FILL)
        shorter = max(self._length / 2, min(self._length, _FIRST_FILL))
        self._length = longer if quick else shorter

    async def _fill(self, driver: asyncpg.Connection[Any], mark: str, edge: datetime) -> None:
        stream = self._streams[mark]
        from_ = max(min(stream.filled_from, edge) - self._length, stream.needed_from)
        part = LogPart(0, stream.start_sequence, TimeRange(from_, stream.filled_from))
        skipped: dict[Skip, str] = {}
        sums = await self._read_what_can_be(driver, mark, part, skipped)
        await self.write(driver, sums)
        await skip_events(driver, self._workspace_id, skipped)
        await note_filled(driver, self._workspace_id, stream.id, from_)
        # Nothing of this part is in memory where it could not be written.
        self._skipped[mark] += len(skipped)
        self._streams[mark] = stream._replace(filled_from=from_)

    async def _read_what_can_be(
        self,
        driver: asyncpg.Connection[Any],
        mark: str,
        part: LogPart,
        skipped: dict[Skip, str],
    ) -> dict[Place, Tally]:
        """Sums of a part of the log but for events that cannot be counted: these are skipped.

        Raises Excluded where there are too many of them, and what the stream fails with where
        there is nothing to read.
        """
        try:
            # A savepoint, after which the transaction goes on.
            async with driver.transaction():
                reader = LogReader([self._watched[mark]])
                return await _sum(await reader.read(driver, self._workspace_id, part))
        except Exception as error:
            if not is_fault(error) or part.until == part.after:
                raise
            if part.until - part.after == 1:
                message = self._explain_skip(mark, error, len(skipped) + 1)
                skipped[Skip(part.until, mark)] = message
                return {}
        if not skipped:
            # Where nothing is to be read, no event is to blame.
            await self._read_what_can_be(driver, mark, replace(part, after=part.until), skipped)
        middle = (part.after + part.until) // 2
        sums: dict[Place, Tally] = {}
        for half in (replace(part, until=middle), replace(part, after=middle)):
            found = await self._read_what_can_be(driver, mark, half, skipped)
            with localcontext(EXACT):
                for place, tally in found.items():
                    sums.setdefault(place, Tally()).add(tally)
        return sums

    async def read(
        self,
        driver: asyncpg.Connection[Any],
        after: int,
        until: int,
        marks: Sequence[str] | None = None,
    ) -> dict[Place, Tally]:
        """What was recorded with sequences in (after, until], summed by place.

        For all that is watched, or for what has the marks. An event before all windows is not
        looked at.
        """
        wanted = self._streams if marks is None else marks
        earliest = min(self._streams[mark].needed_from for mark in wanted)
        part = LogPart(after, until, TimeRange(earliest, EVER.to))
        reader = self._reader
        if marks is not None:
            reader = LogReader([self._watched[mark] for mark in marks])
        return await _sum(await reader.read(driver, self._workspace_id, part))

    async def write(self, driver: asyncpg.Connection[Any], sums: Mapping[Place, Tally]) -> None:
        """Add to the buckets."""
        buckets = (
            (self.id(mark), Bucket(minute, key, tally))
            for (mark, minute, key), tally in sums.items()
        )
        await add_buckets(driver, self._workspace_id, buckets)

    async def forget(self, driver: asyncpg.Connection[Any], edge: datetime) -> None:
        """Note what no window will ask for any more; `sweep` lets go of it."""
        needed = {
            mark: from_
            for mark, from_ in self._needed(edge).items()
            if self.is_filled(mark) and from_ > self._streams[mark].needed_from
        }
        ids = {self.id(mark): from_ for mark, from_ in needed.items()}
        await need_streams_from(driver, self._workspace_id, ids)
        for mark, from_ in needed.items():
            stream = self._streams[mark]
            filled_from = max(stream.filled_from, from_)
            self._streams[mark] = stream._replace(needed_from=from_, filled_from=filled_from)

    def _next_to_fill(self) -> str | None:
        return next((mark for mark, one in self._streams.items() if not one.is_filled), None)

    def _needed(self, edge: datetime) -> dict[str, datetime]:
        """The earliest minute that windows of each ask for."""
        return {
            mark: min(window.needed_from(edge, condition) for window, condition in windows)
            for mark, windows in self._windows.items()
        }


async def _sum(buckets: Iterable[tuple[str, Bucket]]) -> dict[Place, Tally]:
    with localcontext(EXACT):
        return await summed(buckets)
