"""The streams of a workspace's rules: opened, filled with what was before, and let go of."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import Bucket, Key, Tally, add_buckets
from models.alert_reading import LogPart, LogReader, summed
from models.alert_rule import AlertRule
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
from models.time_range import EVER, TimeRange
from resolvers.alerts.window import Window

_FIRST_FILL = timedelta(hours=1)
_LAST_FILL = timedelta(days=8)
_QUICK_SECONDS = 0.1
# So often what no window asks for any more is let go of.
_FORGET_MINUTES = 10

# A stream's id, a minute and a key.
Place = tuple[str, datetime, Key]


class StreamSet:
    """What the enabled rules of one workspace watch."""

    def __init__(self, workspace_id: int, rules: Iterable[AlertRule]) -> None:
        self._workspace_id = workspace_id
        self._rules = list(rules)
        self._watched = {one.stream_id: one for one in map(Watched.by, self._rules)}
        self._streams: dict[str, Stream] = {}
        self._reader = LogReader(self._watched.values())
        self._length = _FIRST_FILL

    def __bool__(self) -> bool:
        return bool(self._streams)

    def is_filled(self, stream_id: str) -> bool:
        return self._streams[stream_id].is_filled

    def is_whole(self, stream_id: str) -> bool:
        """Whether it is watched as a whole, and not by key."""
        return self._watched[stream_id].per is None

    async def open(
        self, driver: asyncpg.Connection[Any], sequence: int, last_sequence: int, edge: datetime
    ) -> int:
        """Begin and end streams as the rules want them; the place in the log to go on from.

        `sequence` is how far the streams came that there are already.
        """
        known = {stream.id: stream for stream in await read_streams(driver, self._workspace_id)}
        needed = {id: self._needed_from(id, edge) for id in self._watched}
        # What a longer window needs was left behind by the shorter: begin anew.
        kept = {id for id in needed if id in known and known[id].needed_from <= needed[id]}
        await close_streams(driver, self._workspace_id, list(known.keys() - kept))
        reached = sequence if kept else max(sequence, last_sequence)
        for id in needed.keys() - kept:
            stream = Stream(id, reached, EVER.to, needed[id])
            await open_stream(driver, self._workspace_id, stream)
        streams = await read_streams(driver, self._workspace_id)
        self._streams = {stream.id: stream for stream in streams}
        return reached

    @property
    def is_filling(self) -> bool:
        return self._next_to_fill() is not None

    async def fill(self, driver: asyncpg.Connection[Any], edge: datetime) -> None:
        """Take in a part of what was recorded before a stream was, the latest first."""
        stream = self._next_to_fill()
        if stream is None:
            return
        started = time.monotonic()
        from_ = max(min(stream.filled_from, edge) - self._length, stream.needed_from)
        part = LogPart(0, stream.start_sequence, TimeRange(from_, stream.filled_from))
        reader = LogReader([self._watched[stream.id]])
        sums = await _sum(await reader.read(driver, self._workspace_id, part))
        await add_buckets(driver, self._workspace_id, placed(sums))
        await note_filled(driver, self._workspace_id, stream.id, from_)
        self._streams[stream.id] = stream._replace(filled_from=from_)
        quick = time.monotonic() - started < _QUICK_SECONDS
        longer, shorter = min(2 * self._length, _LAST_FILL), max(self._length / 2, _FIRST_FILL)
        self._length = longer if quick else shorter

    async def read(
        self, driver: asyncpg.Connection[Any], after: int, until: int
    ) -> dict[Place, Tally]:
        """What was recorded with sequences in (after, until], summed by place."""
        earliest = min(stream.needed_from for stream in self._streams.values())
        part = LogPart(after, until, TimeRange(earliest, EVER.to))
        return await _sum(await self._reader.read(driver, self._workspace_id, part))

    async def forget(self, driver: asyncpg.Connection[Any], edge: datetime) -> None:
        """Let go of what no window will ask for, now and then."""
        if edge.minute % _FORGET_MINUTES:
            return
        for stream in list(self._streams.values()):
            needed = self._needed_from(stream.id, edge)
            if stream.is_filled and needed > stream.needed_from:
                await need_stream_from(driver, self._workspace_id, stream.id, needed)
                self._streams[stream.id] = stream._replace(
                    needed_from=needed, filled_from=max(stream.filled_from, needed)
                )

    def _next_to_fill(self) -> Stream | None:
        return next((one for one in self._streams.values() if not one.is_filled), None)

    def _needed_from(self, stream_id: str, edge: datetime) -> datetime:
        return min(
            Window.of(rule).needed_from(edge, rule.condition)
            for rule in self._rules
            if Watched.by(rule).stream_id == stream_id
        )


def placed(sums: dict[Place, Tally]) -> Iterable[tuple[str, Bucket]]:
    return (
        (stream_id, Bucket(minute, key, tally)) for (stream_id, minute, key), tally in sums.items()
    )


async def _sum(buckets: Iterable[tuple[str, Bucket]]) -> dict[Place, Tally]:
    with localcontext(EXACT):
        return await summed(buckets)
